/**
 * A custodian's key as a file that age itself reads: comments, and one private key a line (age-keygen(1)). With
 * it the images can be opened without Testigo: `age -d -i custodian.key <file>`.
 */
import { open } from 'node:fs/promises'
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { isExposed } from '../evidence/signer.ts'
import { instant } from '../platform/clock.ts'
import { makeFile } from '../platform/durable.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

export type CustodianFileFault = Fault<
	'already-there' | 'not-written' | 'key-missing' | 'key-exposed' | 'not-a-key'
>

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

/** Bytes: a hundred keys. */
const largest = 16 * 1024

/** Something that opens what was sealed to any key in the file. */
export async function readCustodian(
	path: string,
): Promise<Result<Decrypter, Fault<'key-missing' | 'key-exposed' | 'not-a-key'>>> {
	const text = await readPrivate(path)
	if (!text.ok) return text
	const decrypter = new Decrypter()
	let keys = 0
	for (const [index, line] of text.value.split('\n').entries()) {
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

async function readPrivate(
	path: string,
): Promise<Result<string, Fault<'key-missing' | 'key-exposed' | 'not-a-key'>>> {
	try {
		const file = await open(path)
		try {
			const { mode, uid, size } = await file.stat()
			if (isExposed(mode, uid, process.getuid?.() ?? uid)) {
				return fail('key-exposed', `${path}: others can read this key; chmod 600 it where no one else was`)
			}
			if (size > largest) return fail('not-a-key', `${path}: is no key of age: over ${largest} bytes`)
			return ok(await file.readFile('utf8'))
		} finally {
			await file.close()
		}
	} catch (error) {
		return fail('key-missing', `${path}: can't read the key (${(error as NodeJS.ErrnoException).code})`)
	}
}
