import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeIdentity, openIdentity } from '#src/enrolment/device-identity.js'
import { pseudonym } from '#src/enrolment/pseudonym.js'
import { openHead, signHead } from '#src/evidence/head.js'
import { inDirectory } from '../support/in-directory.ts'

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

describe('making', () => {
	test.each([
		['device', /^k-[a-z2-7]{10}$/],
		['centre', /^c-[a-z2-7]{10}$/],
	] as const)('the identity of a %s, in a directory that need not exist', (role, shape) =>
		inDirectory(async (parent) => {
			const directory = join(parent, 'a', 'b')
			const made = await makeIdentity(directory, role, randomBytes)
			if (!made.ok) throw new Error(made.fault.detail)
			expect(made.value.id).toMatch(shape)
			expect(made.value.publicKeyPath).toBe(join(directory, 'public.pem'))
			const files = await snapshot(directory)
			expect(Object.keys(files)).toEqual([
				'identity.json',
				'key.pem',
				'public.pem',
				'request.txt',
				'tls-key.pem',
			])
			expect(JSON.parse(files['identity.json'] ?? '')).toEqual({ id: made.value.id, role })
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
			expect(await makeIdentity(directory, 'device', randomBytes)).toMatchObject({
				ok: false,
				fault: { code: 'already-there' },
			})
			expect((await snapshot(directory))[name]).toBe('kept')
		}),
	)

	test('already-there: a whole identity stays as it is', () =>
		inDirectory(async (directory) => {
			await makeIdentity(directory, 'device', randomBytes)
			const before = await snapshot(directory)
			expect(await makeIdentity(directory, 'device', randomBytes)).toMatchObject({
				fault: { code: 'already-there' },
			})
			expect(await snapshot(directory)).toEqual(before)
		}))

	test('of two at once one is made', () =>
		inDirectory(async (directory) => {
			const both = await Promise.all([1, 2].map(() => makeIdentity(directory, 'device', randomBytes)))
			expect(both.filter((made) => made.ok)).toHaveLength(1)
			expect((await openIdentity(directory)).ok).toBe(true)
		}))

	test('not-writable: a file where the directory should be', () =>
		inDirectory(async (directory) => {
			await writeFile(join(directory, 'file'), '')
			const made = await makeIdentity(join(directory, 'file', 'below'), 'device', randomBytes)
			expect(made).toMatchObject({ ok: false, fault: { code: 'not-writable' } })
		}))
})

describe('opening', () => {
	const withIdentity = (work: (directory: string, id: string) => Promise<void>) =>
		inDirectory(async (directory) => {
			const made = await makeIdentity(directory, 'device', randomBytes)
			if (!made.ok) throw new Error(made.fault.detail)
			await work(directory, made.value.id)
		})
	const codeOf = async (directory: string) => {
		const opened = await openIdentity(directory)
		return opened.ok ? 'opened' : opened.fault.code
	}

	test('gives a signer whose signatures the public key bears out', () =>
		withIdentity(async (directory, id) => {
			const opened = await openIdentity(directory)
			if (!opened.ok) throw new Error(opened.fault.detail)
			expect(opened.value.id).toBe(id)
			const head = {
				v: 1 as const,
				device: id,
				seq: 1,
				id: 'A'.repeat(43),
				receipts: 0,
				time: '2024-07-28T22:14:09Z',
			}
			const signed = await signHead(head, opened.value.signer)
			const publicKey = createPublicKey(await readFile(join(directory, 'public.pem')))
			expect(openHead(signed.text, { id, publicKey })).toMatchObject({ ok: true, value: { head } })
		}))

	test('file-missing: nothing there, or never finished', () =>
		withIdentity(async (directory) => {
			expect(await codeOf(join(directory, 'nowhere'))).toBe('file-missing')
			await rm(join(directory, 'identity.json'))
			expect(await codeOf(directory)).toBe('file-missing')
		}))

	test('key-exposed, key-missing', () =>
		withIdentity(async (directory) => {
			await chmod(join(directory, 'key.pem'), 0o644)
			expect(await codeOf(directory)).toBe('key-exposed')
			await rm(join(directory, 'key.pem'))
			expect(await codeOf(directory)).toBe('key-missing')
		}))

	test('key-mismatch: the public key of another', () =>
		withIdentity(async (directory) => {
			const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
			await writeFile(join(directory, 'public.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
			expect(await codeOf(directory)).toBe('key-mismatch')
		}))

	test('invalid, not-json: an id that is no id', () =>
		withIdentity(async (directory) => {
			await writeFile(join(directory, 'identity.json'), '{"id":"../up"}')
			expect(await codeOf(directory)).toBe('invalid')
			await writeFile(join(directory, 'identity.json'), '')
			expect(await codeOf(directory)).toBe('not-json')
			await rm(join(directory, 'identity.json'))
			await mkdir(join(directory, 'identity.json'))
			expect(await codeOf(directory)).toBe('file-unreadable')
		}))
})
