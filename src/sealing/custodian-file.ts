/**
 * A custodian's key as a file that age itself reads: comments, and one private key a line (age-keygen(1)). With
 * it the images can be opened without Testigo: `age -d -i custodian.key <file>`.
 */
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { instant } from '../platform/clock.ts'
import { makeFile } from '../platform/files/durable.ts'
import { readSecretFile } from '../platform/files/secret-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

/** Makes a key, readable by its owner only; gives back what a kiosk's configuration names it by. */
export async function makeCustodian(
	path: string,
	now: number,
): Promise<Result<string, Fault<'already-there' | 'not-written'>>> {
	const secret = await generateX25519Identity()
	const recipient = await identityToRecipient(secret)
	const text = `# created: ${instant(now)}\n# public key: ${recipient}\n${secret}\n`
	try {
		await makeFile(path, text, 0o600)
		return ok(recipient)
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === 'EEXIST') return fail('already-there', `${path}: is there already; name another file`)
		return fail('not-written', `${path}: can't be written (${code ?? message})`)
	}
}

const asKey = { missing: 'key-missing', exposed: 'key-exposed', 'too-large': 'not-a-key' } as const

/** Something that opens what was sealed to any key in the file. */
export async function readCustodian(
	path: string,
): Promise<Result<Decrypter, Fault<'key-missing' | 'key-exposed' | 'not-a-key'>>> {
	const text = await readSecretFile(path, 'key')
	if (!text.ok) return fail(asKey[text.fault.code], text.fault.detail)
	const decrypter = new Decrypter()
	let keys = 0
	for (const [index, line] of text.value.toString('utf8').split('\n').entries()) {
		const key = line.trim()
		if (key === '' || key.startsWith('#')) continue
		try {
			decrypter.addIdentity(key)
			keys++
		} catch {
			// Without what the library says: it might repeat the key.
			return fail('not-a-key', `${path}: line ${index + 1} is no private key of age (AGE-SECRET-KEY-1…)`)
		}
	}
	if (keys === 0) return fail('not-a-key', `${path}: holds no private key of age (AGE-SECRET-KEY-1…)`)
	return ok(decrypter)
}
