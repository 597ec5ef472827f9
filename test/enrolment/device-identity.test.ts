import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeIdentity, openIdentity } from '#src/enrolment/device-identity.js'
import { pseudonym } from '#src/enrolment/pseudonym.js'
import { openHead, signHead } from '#src/evidence/head.js'
import { inDirectory } from '../support/in-directory.ts'
import { codeOf, gotten } from '../support/result.ts'

async function snapshot(directory: string): Promise<Record<string, string>> {
	const names = (await readdir(directory)).sort()
	return Object.fromEntries(
		await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name), 'utf8')])),
	)
}

describe('a pseudonym', () => {
	test('is a letter for the role and ten base32 characters of what was drawn', () => {
		expect(pseudonym('device', () => Uint8Array.from([0, 25, 26, 31, 32, 63, 255, 1, 2, 3]))).toBe(
			'k-az27a77bcd',
		)
		expect(pseudonym('centre', () => new Uint8Array(10))).toBe('c-aaaaaaaaaa')
	})

	test('asks for all of its randomness', () => {
		const asked: number[] = []
		pseudonym('device', (bytes) => {
			asked.push(bytes)
			return randomBytes(bytes)
		})
		expect(asked).toEqual([10])
		expect(new Set(Array.from({ length: 1000 }, () => pseudonym('device', randomBytes))).size).toBe(1000)
	})
})

const making = async (directory: string) => codeOf(await makeIdentity(directory, 'device', randomBytes))
const opening = async (directory: string) => codeOf(await openIdentity(directory))

describe('making', () => {
	test.each([
		['device', /^k-[a-z2-7]{10}$/],
		['centre', /^c-[a-z2-7]{10}$/],
	] as const)('the identity of a %s, in a directory that need not exist', (role, shape) =>
		inDirectory(async (parent) => {
			const directory = join(parent, 'a', 'b')
			const made = gotten(await makeIdentity(directory, role, randomBytes))
			expect(made.id).toMatch(shape)
			expect(made.publicKeyPath).toBe(join(directory, 'public.pem'))
			const files = await snapshot(directory)
			const names = ['identity.json', 'key.pem', 'public.pem', 'request.txt', 'tls-key.pem']
			expect(Object.keys(files)).toEqual(names)
			expect(JSON.parse(files['identity.json'] ?? '')).toEqual({ id: made.id, role })
			expect(files['key.pem']).toMatch(/^-----BEGIN PRIVATE KEY-----/)
			expect(files['public.pem']).toMatch(/^-----BEGIN PUBLIC KEY-----/)
			for (const name of ['key.pem', 'tls-key.pem']) {
				expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600)
			}
			expect(createPublicKey(files['public.pem'] ?? '').asymmetricKeyDetails).toEqual({
				namedCurve: 'prime256v1',
			})
		}),
	)

	test.each(['key.pem', 'public.pem', 'identity.json'])('already-there: %s is never overwritten', (name) =>
		inDirectory(async (directory) => {
			await writeFile(join(directory, name), 'kept')
			expect(await making(directory)).toBe('already-there')
			expect((await snapshot(directory))[name]).toBe('kept')
		}),
	)

	test('already-there: a whole identity stays as it is', () =>
		inDirectory(async (directory) => {
			await makeIdentity(directory, 'device', randomBytes)
			const before = await snapshot(directory)
			expect(await making(directory)).toBe('already-there')
			expect(await snapshot(directory)).toEqual(before)
		}))

	test('of two at once one is made', () =>
		inDirectory(async (directory) => {
			const both = await Promise.all([making(directory), making(directory)])
			expect(both.filter((made) => made === 'ok')).toHaveLength(1)
			expect(await opening(directory)).toBe('ok')
		}))

	test('not-writable: a file where the directory should be', () =>
		inDirectory(async (directory) => {
			await writeFile(join(directory, 'file'), '')
			expect(await making(join(directory, 'file', 'below'))).toBe('not-writable')
		}))
})

describe('opening', () => {
	const withIdentity = (work: (directory: string, id: string) => Promise<void>) =>
		inDirectory(async (directory) => {
			await work(directory, gotten(await makeIdentity(directory, 'device', randomBytes)).id)
		})

	test('gives a signer whose signatures the public key bears out', () =>
		withIdentity(async (directory, id) => {
			const opened = gotten(await openIdentity(directory))
			expect(opened.id).toBe(id)
			const head = { v: 2 as const, device: id, seq: 1, id: 'A'.repeat(43), receipts: 0, day: '2024-07-28' }
			const signed = await signHead(head, opened.signer)
			const publicKey = createPublicKey(await readFile(join(directory, 'public.pem')))
			expect(openHead(signed.text, { id, publicKey })).toMatchObject({ ok: true, value: { head } })
		}))

	const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
	const foreign = publicKey.export({ type: 'spki', format: 'pem' })
	test.each<[string, string, (at: (name: string) => string) => Promise<unknown>]>([
		['file-missing', 'nothing there', (at) => rm(at('.'), { recursive: true })],
		['file-missing', 'never finished', (at) => rm(at('identity.json'))],
		['key-exposed', 'a key that others can read', (at) => chmod(at('key.pem'), 0o644)],
		['key-missing', 'no key', (at) => rm(at('key.pem'))],
		['key-mismatch', 'the public key of another', (at) => writeFile(at('public.pem'), foreign)],
		['invalid', 'an id that is no id', (at) => writeFile(at('identity.json'), '{"id":"../up"}')],
		['not-json', 'an empty file', (at) => writeFile(at('identity.json'), '')],
		[
			'file-unreadable',
			'a directory',
			async (at) => {
				await rm(at('identity.json'))
				await mkdir(at('identity.json'))
			},
		],
	])('%s: %s', (code, _, harm) =>
		withIdentity(async (directory) => {
			await harm((name) => join(directory, name))
			expect(await opening(directory)).toBe(code)
		}),
	)
})
