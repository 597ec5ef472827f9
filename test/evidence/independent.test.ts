/** Two implementations that share nothing with ours: jose, and the openssl command. Both ways. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as jose from 'jose'
import { describe, expect, test } from 'vitest'
import { openEntry, signEntry } from '#src/evidence/entry.js'
import { openHead, signHead } from '#src/evidence/head.js'
import { genesisOf } from '#src/evidence/identity.js'
import { readPublicKey } from '#src/evidence/keys/key-file.js'
import { openReceipt, signReceipt } from '#src/evidence/receipt.js'
import { inDirectory } from '../support/in-directory.ts'
import { derOf } from '../vectors/certificate.ts'
import { low } from '../vectors/seeded-key.ts'
import { base64url, headerOf } from '../vectors/signed.ts'
import { keyFileSigner, pkcs8, testKey } from './key-file.ts'
import { actaPayload, headPayload, receiptPayload } from './samples.ts'

const device = testKey('k-aaaaaaaaaa')
const centre = testKey('c-bbbbbbbbbb')
const kinds = {
	entry: { key: device, payload: actaPayload(device.id), sign: signEntry, open: openEntry },
	head: { key: device, payload: headPayload(device.id), sign: signHead, open: openHead },
	receipt: { key: centre, payload: receiptPayload(device.id), sign: signReceipt, open: openReceipt },
}
type Kind = keyof typeof kinds

async function signHere(kind: Kind): Promise<{ text: string; id: string }> {
	const { key, payload, sign } = kinds[kind]
	// Plain JSON, as it would come from a file: the functions under test check its shape themselves.
	return sign(JSON.parse(JSON.stringify(payload)), await keyFileSigner(key))
}

function fromDer(der: Uint8Array): Buffer {
	const integers: Buffer[] = []
	for (let at = 2; at < der.length; at += 2 + (der[at + 1] ?? 0)) {
		const digits = Buffer.from(der.subarray(at + 2, at + 2 + (der[at + 1] ?? 0)))
		integers.push(Buffer.concat([Buffer.alloc(32), digits]).subarray(-32))
	}
	return Buffer.concat(integers)
}

describe.each(Object.keys(kinds) as Kind[])('jose: %s', (kind) => {
	const { key, payload, open } = kinds[kind]

	test('takes what was signed here', async () => {
		const { text } = await signHere(kind)
		const verified = await jose.compactVerify(text, key.publicKey, { algorithms: ['ES256'] })
		expect(verified.protectedHeader).toEqual(headerOf(kind, key.id))
		expect(JSON.parse(Buffer.from(verified.payload).toString())).toEqual(payload)
	})

	test('signs what is taken here', async () => {
		const signed = await new jose.CompactSign(Buffer.from(JSON.stringify(payload)))
			.setProtectedHeader({ ...headerOf(kind, key.id), alg: 'ES256' })
			.sign(key.privateKey)
		const [header, body, signature = ''] = signed.split('.')
		const text = `${header}.${body}.${base64url(low(Buffer.from(signature, 'base64url')))}`
		const opened = open(text, key)
		expect(opened).toMatchObject({ ok: true, value: { text } })
	})
})

const openssl = spawnSync('openssl', ['version'])
if (openssl.error !== undefined) console.warn('skipped: no openssl command on this machine')

describe.skipIf(openssl.error !== undefined).each(Object.keys(kinds) as Kind[])(
	'openssl: %s (skipped where openssl is not installed)',
	(kind) => {
		const { key, payload, open } = kinds[kind]

		test('takes what was signed here, and prints its id', () =>
			inDirectory(async (directory) => {
				const { text, id } = await signHere(kind)
				const dot = text.lastIndexOf('.')
				const file = (name: string) => join(directory, name)
				await writeFile(file('input'), text.slice(0, dot))
				await writeFile(file('signature'), derOf(Buffer.from(text.slice(dot + 1), 'base64url')))
				await writeFile(file('public.pem'), key.publicKey.export({ type: 'spki', format: 'pem' }))
				const verify = ['dgst', '-sha256', '-verify', file('public.pem'), '-signature', file('signature')]
				expect(spawnSync('openssl', [...verify, file('input')]).status).toBe(0)
				await writeFile(file('other'), `${text.slice(0, dot)}A`)
				expect(spawnSync('openssl', [...verify, file('other')]).status).toBe(1)
				const digest = spawnSync('openssl', ['dgst', '-sha256', '-binary', file('input')])
				expect(id).toBe(digest.stdout.toString('base64url'))
			}))

		test('signs what is taken here', () =>
			inDirectory(async (directory) => {
				const input = `${base64url(JSON.stringify(headerOf(kind, key.id)))}.${base64url(JSON.stringify(payload))}`
				const file = (name: string) => join(directory, name)
				await writeFile(file('input'), input)
				await writeFile(file('key.pem'), pkcs8(key.privateKey), { mode: 0o600 })
				const made = spawnSync('openssl', [
					...['dgst', '-sha256', '-sign', file('key.pem'), '-out', file('signature')],
					file('input'),
				])
				expect(made.status).toBe(0)
				const text = `${input}.${base64url(low(fromDer(await readFile(file('signature')))))}`
				expect(open(text, key)).toMatchObject({ ok: true, value: { text } })
			}))
	},
)

test.skipIf(openssl.error !== undefined)(
	'a certificate made by openssl serves as a public key (skipped where openssl is not installed)',
	() =>
		inDirectory(async (directory) => {
			const key = join(directory, 'key.pem')
			await writeFile(key, pkcs8(device.privateKey), { mode: 0o600 })
			const made = spawnSync('openssl', [
				'req',
				'-x509',
				'-key',
				key,
				'-subj',
				`/CN=${device.id}`,
				'-days',
				'1',
			])
			expect(made.status).toBe(0)
			const read = readPublicKey(made.stdout.toString())
			expect(read.ok && genesisOf(read.value)).toBe(genesisOf(device.publicKey))
		}),
)

test('the id of an object is over the signing input, so two signatures over one input are one object', async () => {
	const first = await signHere('entry')
	const second = await signHere('entry')
	expect(first.text).not.toBe(second.text)
	expect(first.id).toBe(second.id)
	const input = first.text.slice(0, first.text.lastIndexOf('.'))
	expect(first.id).toBe(createHash('sha256').update(input).digest('base64url'))
})
