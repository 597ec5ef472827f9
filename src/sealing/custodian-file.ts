/**
 * A custodian's key in one piece is a file that age itself reads: comments, and one private key a line
 * (age-keygen(1)). With it the images can be opened without Testigo: `age -d -i custodian.key <file>`.
 */
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import type { Signer } from '../evidence/signer.ts'
import { instant } from '../platform/clock.ts'
import { makeFile } from '../platform/files/durable.ts'
import { readSecretFile } from '../platform/files/secret-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type Share, splitKey } from './custodian-share.ts'
import type { Split } from './custodians.ts'
import { unsealingSigner } from './unsealing-log.ts'

/** Makes a key, readable by its owner only; gives back what a kiosk's configuration names it by. */
export async function makeCustodian(
	path: string,
	now: number,
): Promise<Result<string, Fault<'already-there' | 'not-written'>>> {
	const secret = await generateX25519Identity()
	const recipient = await identityToRecipient(secret)
	const signs = unsealingSigner(secret).kid
	const text = `# created: ${instant(now)}\n# public key: ${recipient}\n# unsealings are signed by: ${signs}\n${secret}\n`
	const made = await writeSecret(path, text)
	return made.ok ? ok(recipient) : made
}

/** A new file that only its owner reads. */
export async function writeSecret(
	path: string,
	bytes: Uint8Array | string,
): Promise<Result<true, Fault<'already-there' | 'not-written'>>> {
	try {
		await makeFile(path, bytes, 0o600)
		return ok(true)
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === 'EEXIST') return fail('already-there', `${path}: is there already; name another file`)
		return fail('not-written', `${path}: can't be written (${code ?? message})`)
	}
}

/** What opens, and signs that it did. */
export interface OpenCustodian {
	readonly decrypter: Decrypter
	readonly signer: Signer
	/** The public half, as kiosks name it. */
	readonly recipient: string
}

/** By an age identity in one piece, such as shares give back. */
export async function custodianOf(key: string): Promise<OpenCustodian> {
	const decrypter = new Decrypter()
	decrypter.addIdentity(key)
	return { decrypter, signer: unsealingSigner(key), recipient: await identityToRecipient(key) }
}

const asKey = { missing: 'key-missing', exposed: 'key-exposed', 'too-large': 'not-a-key' } as const

/** Something that opens what was sealed to any key in the file, and signs by the first. */
export async function readCustodian(
	path: string,
): Promise<Result<OpenCustodian, Fault<'key-missing' | 'key-exposed' | 'not-a-key'>>> {
	const text = await readSecretFile(path, 'key')
	if (!text.ok) return fail(asKey[text.fault.code], text.fault.detail)
	let custodian: OpenCustodian | undefined
	for (const [index, line] of text.value.toString('utf8').split('\n').entries()) {
		const key = line.trim()
		if (key === '' || key.startsWith('#')) continue
		try {
			if (custodian === undefined) custodian = await custodianOf(key)
			else custodian.decrypter.addIdentity(key)
		} catch {
			// Without what the library says: it might repeat the key.
			return fail('not-a-key', `${path}: line ${index + 1} is no private key of age (AGE-SECRET-KEY-1…)`)
		}
	}
	if (custodian === undefined)
		return fail('not-a-key', `${path}: holds no private key of age (AGE-SECRET-KEY-1…)`)
	return ok(custodian)
}

export interface SplitCustodian {
	/** As kiosks name it, with the claim that it is split. */
	readonly named: string
	/** Id by which unsealings will be signed. */
	readonly signs: string
	readonly shares: readonly Share[]
}

/** Makes a key that is only ever here in memory: what leaves are its shares. */
export async function makeSplitCustodian(split: Split): Promise<SplitCustodian> {
	const key = await generateX25519Identity()
	const recipient = await identityToRecipient(key)
	const shares = await splitKey(key, split)
	return { named: `${recipient} ${split.threshold}/${split.count}`, signs: unsealingSigner(key).kid, shares }
}
