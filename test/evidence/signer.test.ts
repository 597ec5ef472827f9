import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openEntry, signEntry } from '#src/evidence/entry.js'
import { genesisOf, publicKeyPem } from '#src/evidence/identity.js'
import { readPublicKey } from '#src/evidence/keys/key-file.js'
import { mostRanges, openReceipt, signReceipt } from '#src/evidence/receipt.js'
import { KeyFileSigner } from '#src/evidence/signer.js'
import { isExposed } from '#src/platform/files/secret-file.js'
import { chunkCount } from '#src/protocol/chunks.js'
import { largestFileBytes } from '#src/protocol/limits.js'
import { inDirectory } from '../support/in-directory.ts'
import { codeOf, gotten } from '../support/result.ts'
import { device } from '../vectors/object-vector.ts'
import { isLow } from '../vectors/seeded-key.ts'
import { keyFileSigner, pkcs8, testKey } from './key-file.ts'
import { actaPayload, receiptPayload } from './samples.ts'

async function codeOfFile(content: string | null, mode = 0o600): Promise<string> {
	return inDirectory(async (directory) => {
		const path = join(directory, 'key.pem')
		if (content !== null) {
			await writeFile(path, content)
			await chmod(path, mode)
		}
		const opened = await KeyFileSigner.open('k-aaaaaaaaaa', path)
		if (!opened.ok) expect(opened.fault.detail).toContain(path)
		return codeOf(opened)
	})
}

const p256 = testKey('k-aaaaaaaaaa')

describe('key file', () => {
	test.each([0o600, 0o400])('opens with mode %o', async (mode) => {
		expect(await codeOfFile(pkcs8(p256.privateKey), mode)).toBe('ok')
	})

	test.each([0o640, 0o604, 0o644, 0o620, 0o440, 0o666])('key-exposed: mode %o', async (mode) => {
		expect(await codeOfFile(pkcs8(p256.privateKey), mode)).toBe('key-exposed')
	})

	test("a systemd credential, root's and shown as group-readable, is not exposed to a service that is not root", () => {
		expect(isExposed(0o100440, 0, 990)).toBe(false)
		expect(isExposed(0o100440, 0, 0)).toBe(true)
		expect(isExposed(0o100440, 990, 990)).toBe(true)
		expect(isExposed(0o100444, 0, 990)).toBe(true)
		expect(isExposed(0o100460, 0, 990)).toBe(true)
	})

	test('key-missing: no file, or a directory', async () => {
		expect(await codeOfFile(null)).toBe('key-missing')
		await inDirectory(async (directory) => {
			const path = join(directory, 'key.pem')
			await mkdir(path, { mode: 0o700 })
			expect(await KeyFileSigner.open('k-aaaaaaaaaa', path)).toMatchObject({ fault: { code: 'key-missing' } })
		})
	})

	const foreign: Record<string, KeyObject> = {
		'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
		secp256k1: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey,
		RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
		Ed25519: generateKeyPairSync('ed25519').privateKey,
	}
	test.each(Object.keys(foreign))('not-p256: %s', async (name) => {
		expect(await codeOfFile(pkcs8(foreign[name] as KeyObject))).toBe('not-p256')
	})

	test('not-a-key: nothing, text, a public key, a key with a passphrase', async () => {
		expect(await codeOfFile('')).toBe('not-a-key')
		expect(await codeOfFile('hello')).toBe('not-a-key')
		expect(await codeOfFile(p256.publicKey.export({ type: 'spki', format: 'pem' }).toString())).toBe(
			'not-a-key',
		)
		const locked = p256.privateKey.export({
			type: 'pkcs8',
			format: 'pem',
			cipher: 'aes-256-cbc',
			passphrase: 'x',
		})
		expect(await codeOfFile(locked.toString())).toBe('not-a-key')
	})

	test('no fault tells anything of the key', async () => {
		await inDirectory(async (directory) => {
			const path = join(directory, 'key.pem')
			await writeFile(path, pkcs8(p256.privateKey).replace('M', '!'), { mode: 0o600 })
			const opened = await KeyFileSigner.open('k-aaaaaaaaaa', path)
			expect(opened.ok || opened.fault.detail).toBe(`${path}: not a private key in PEM`)
		})
	})
})

test('signs with the low s, always', async () => {
	const signer = await keyFileSigner(p256)
	for (let count = 0; count < 64; count++) {
		const signature = await signer.sign(Buffer.from([count]))
		expect(signature).toHaveLength(64)
		expect(isLow(signature)).toBe(true)
	}
})

test('nothing is signed that would be refused', async () => {
	const signer = await keyFileSigner(p256)
	const good = JSON.parse(JSON.stringify(actaPayload(signer.kid)))
	await expect(signEntry({ ...good, seq: 0 }, signer)).rejects.toThrow()
	await expect(signEntry({ ...good, device: 'k-zzzzzzzzzz' }, signer)).rejects.toThrow('another device')
	await expect(signEntry({ ...good, later: 'x'.repeat(70_000) }, signer)).rejects.toThrow('too long')
})

test('the longest receipt that a centre can need is not too long', async () => {
	const signer = await keyFileSigner(p256)
	const ranges = (base: number) =>
		Array.from({ length: mostRanges }, (_, n): [number, number] => [base + 2 * n, base + 2 * n])
	const receipt = JSON.parse(JSON.stringify(receiptPayload('k-aaaaaaaaaa')))
	const chunks = chunkCount(largestFileBytes)
	const images = Array.from({ length: 16 }, () => ({
		...receipt.images[0],
		missing: ranges(chunks - 2 * mostRanges),
	}))
	// A device may give its entries any number.
	const gaps = ranges(Number.MAX_SAFE_INTEGER - 2 * mostRanges)
	const more = {
		...{ device: 'k'.repeat(32), status: 'conflict', reason: 'r'.repeat(40), ledger: 'A'.repeat(22) },
		...{ returned: 'A'.repeat(43), nonce: 'A'.repeat(22), publishBy: receipt.time, copies: 9 },
	}
	const { text } = await signReceipt({ ...receipt, images, gaps, ...more }, signer)
	expect(openReceipt(text, p256).ok).toBe(true)
})

test('the longest entry that can be read is not too long to be signed', async () => {
	const signer = await keyFileSigner(p256)
	const good = JSON.parse(JSON.stringify(actaPayload(signer.kid)))
	const [image] = good.images
	const images = Array.from({ length: 16 }, () => ({ ...image, role: 'r'.repeat(16) }))
	// Six bytes of JSON each, more than any other character takes.
	const reading = { ...good.reading, text: '\u0001'.repeat(4096), code: '\u0001'.repeat(64) }
	const { text } = await signEntry({ ...good, election: '\u0001'.repeat(64), reading, images }, signer)
	expect(openEntry(text, p256).ok).toBe(true)
})

describe('public key', () => {
	test('is read back in one spelling, and has one genesis, however its point is written', () => {
		expect(device.compressedPem).not.toBe(device.pem)
		for (const pem of [device.pem, device.compressedPem]) {
			const key = gotten(readPublicKey(pem))
			expect(key.equals(device.publicKey)).toBe(true)
			expect(publicKeyPem(key)).toBe(device.pem)
			expect(genesisOf(key)).toBe(genesisOf(device.publicKey))
		}
	})

	test('is no private key, and of no other kind', () => {
		expect(codeOf(readPublicKey(pkcs8(p256.privateKey)))).toBe('not-a-public-key')
		const { publicKey } = generateKeyPairSync('ed25519')
		const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
		expect(codeOf(readPublicKey(pem))).toBe('not-p256')
	})
})
