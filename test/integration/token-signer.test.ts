/** Keys that can't leave their token: made there, checked at each opening, and what happens when it is taken out. */
import { execFileSync } from 'node:child_process'
import { verify } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isLowS } from '#src/evidence/p256.js'
import { findKey, makeKey } from '#src/evidence/pkcs11/key.js'
import { Token, type TokenKey } from '#src/evidence/pkcs11/token.js'
import { TokenSigner } from '#src/evidence/pkcs11/token-signer.js'
import { gotten } from '../support/result.ts'
import { type TestToken, tokenKinds } from '../support/tokens.ts'

const hello = Buffer.from('hello')

for (const { name, without, make } of tokenKinds) {
	describe.skipIf(without !== null)(`a key in ${name} ${without ?? ''}`, () => {
		let directory: string
		let token: TestToken
		let key: TokenKey

		beforeAll(async () => {
			directory = await mkdtemp(join(tmpdir(), 'testigo-'))
			await mkdir(join(directory, 'token'))
			token = await make(join(directory, 'token'))
			key = { ...token.key, label: 'k-aaaaaaaaaa' }
			gotten(await makeKey(key, directory))
		})
		afterAll(async () => {
			await token.end()
			await rm(directory, { recursive: true })
		})

		const open = (more: Partial<TokenKey> = {}) =>
			TokenSigner.open('k-aaaaaaaaaa', { ...key, ...more }, directory)

		async function opened(): Promise<TokenSigner> {
			return gotten(await open())
		}

		test('signs what its public key bears out, with low s, also many at once', async () => {
			const signer = await opened()
			const texts = Array.from({ length: 24 }, (_, index) => Buffer.from(`text ${index}`))
			const signatures = await Promise.all(texts.map((text) => signer.sign(text)))
			for (const [index, signature] of signatures.entries()) {
				expect(signature).toHaveLength(64)
				expect(isLowS(signature)).toBe(true)
				const by = { key: signer.publicKey, dsaEncoding: 'ieee-p1363' as const }
				expect(verify('sha256', texts[index] ?? hello, by, signature)).toBe(true)
			}
		})

		test('the event loop goes on while it signs', async () => {
			const signer = await opened()
			let signed = 0
			const work = Array.from({ length: 20 }, () => signer.sign(hello).then(() => signed++))
			// Signatures that held the loop would all be there before anything else got its turn.
			const then = await new Promise<number>((resolve) => setImmediate(() => resolve(signed)))
			await Promise.all(work)
			expect(then).toBeLessThan(20)
		})

		test('is not made twice under one label', async () => {
			const before = await opened()
			expect(await makeKey(key, directory)).toMatchObject({ ok: false, fault: { code: 'key-there' } })
			expect((await opened()).publicKey.equals(before.publicKey)).toBe(true)
		})

		test('does not leave, not even for who knows the PIN', async () => {
			const loaded = gotten(await Token.load(key, directory))
			const session = gotten(await loaded.open())
			const found = gotten(findKey(loaded, session))
			const { calls } = loaded.library
			// CKA_VALUE
			const read = () => calls.C_GetAttributeValue(session.handle, found.privateKey, [{ type: 0x11 }])
			expect(read).toThrow(/CKR_ATTRIBUTE_SENSITIVE|CKR_ATTRIBUTE_TYPE_INVALID/)
		})

		test.each<[string, Partial<TokenKey>, RegExp]>([
			['module-unusable', { module: '/usr/lib/no-such-library.so' }, /no-such-library\.so: can't be loaded/],
			['token-missing', { token: 'other' }, /token "other": not there/],
			['token-missing', { serial: '99' }, /with serial number 99: not there/],
			['key-missing', { label: 'k-bbbbbbbbbb' }, /token "kiosk", key "k-bbbbbbbbbb"/],
			['pin-missing', { pinFile: '/nowhere/pin' }, /\/nowhere\/pin: can't read the PIN/],
		])('%s', async (code, more, detail) => {
			expect(await open(more)).toMatchObject({
				ok: false,
				fault: { code, detail: expect.stringMatching(detail) },
			})
		})

		test('pin-exposed: others can read the file', async () => {
			const pinFile = join(directory, 'exposed')
			await writeFile(pinFile, '4711-0815')
			await chmod(pinFile, 0o644)
			expect(await open({ pinFile: 'exposed' })).toMatchObject({ fault: { code: 'pin-exposed' } })
		})

		test('taken out, it refuses and says which; put back, it signs again', async () => {
			const signer = await opened()
			await signer.sign(hello)
			await token.remove()
			await expect(signer.sign(hello)).rejects.toThrow(/token "kiosk": .*is it there/)
			await expect(signer.sign(hello)).rejects.toThrow(/token "kiosk": /)
			await token.insert()
			const signature = await signer.sign(hello)
			const by = { key: signer.publicKey, dsaEncoding: 'ieee-p1363' as const }
			expect(verify('sha256', hello, by, signature)).toBe(true)
		})

		test('a PIN that is not taken is not tried again, and is told nowhere', async () => {
			const signer = await opened()
			const right = await readFile(key.pinFile)
			try {
				await token.remove()
				await expect(signer.sign(hello)).rejects.toThrow()
				await token.insert()
				await writeFile(key.pinFile, 'wrong-pin')
				await expect(signer.sign(hello)).rejects.toThrow(/token "kiosk": does not take the PIN/)
				await expect(signer.sign(hello)).rejects.toThrow(/did not take this PIN; put the right one there/)
				await expect(signer.sign(hello)).rejects.not.toThrow(/wrong-pin/)
			} finally {
				await writeFile(key.pinFile, right)
			}
			await expect(signer.sign(hello)).resolves.toHaveLength(64)
		})

		// TPMs make no other keys.
		describe.runIf(name === 'SoftHSM')('keys that are not good enough', () => {
			const add = (label: string, ...words: string[]) =>
				execFileSync(
					'pkcs11-tool',
					[
						...['--module', token.key.module, '--token-label', 'kiosk', '--login', '--pin', '4711-0815'],
						...['--label', label, ...words],
					],
					{ stdio: 'ignore' },
				)
			const codeOf = async (label: string) => {
				const opened = await open({ label })
				return opened.ok ? 'opened' : opened.fault.code
			}

			test('not-p256: on another curve', async () => {
				add('p384', '--keypairgen', '--key-type', 'EC:secp384r1')
				expect(await codeOf('p384')).toBe('not-p256')
			})

			test('key-can-leave: made to be taken out', async () => {
				add('loose', '--keypairgen', '--key-type', 'EC:prime256v1', '--extractable')
				expect(await codeOf('loose')).toBe('key-can-leave')
			})

			test('key-can-leave: made outside, and put into the token', async () => {
				const pem = join(directory, 'outside.pem')
				const der = join(directory, 'outside.der')
				execFileSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', pem])
				execFileSync('openssl', ['ec', '-in', pem, '-outform', 'DER', '-out', der], { stdio: 'ignore' })
				add('outside', '--write-object', der, '--type', 'privkey')
				execFileSync('openssl', ['ec', '-in', pem, '-pubout', '-outform', 'DER', '-out', `${der}.pub`], {
					stdio: 'ignore',
				})
				add('outside', '--write-object', `${der}.pub`, '--type', 'pubkey')
				expect(await codeOf('outside')).toBe('key-can-leave')
			})
		})
	})
}
