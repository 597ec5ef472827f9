/** A pass phrase that a server asks for, kept as its scrypt hash (RFC 7914) in a file of its own. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import { faultsOf } from '../files/json-file.ts'
import { readSecretFile } from '../files/secret-file.ts'
import { type Fault, fail, ok, type Result } from '../result.ts'
import { parseJson } from '../strict-json.ts'

/** Some 32 MB and a tenth of a second each time. */
const cost = { N: 32_768, r: 8, p: 1 } as const
const keyBytes = 32

/** Characters. */
const shortestPassPhrase = 14
const longestPassPhrase = 256

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`))

const PassPhraseFile = z.strictObject({
	v: z.literal(1),
	kdf: z.literal('scrypt'),
	N: z.literal(cost.N),
	r: z.literal(cost.r),
	p: z.literal(cost.p),
	salt: hex(16),
	hash: hex(keyBytes),
})
export type PassPhraseHash = z.infer<typeof PassPhraseFile>

export async function hashPassPhrase(
	phrase: string,
): Promise<Result<PassPhraseHash, Fault<'too-short' | 'too-long'>>> {
	const { length } = [...phrase]
	if (length < shortestPassPhrase)
		return fail('too-short', `a pass phrase takes ${shortestPassPhrase} characters: four words, say`)
	if (length > longestPassPhrase)
		return fail('too-long', `a pass phrase takes ${longestPassPhrase} characters at most`)
	const salt = randomBytes(16)
	const hash = await derive(phrase, salt)
	return ok({ v: 1, kdf: 'scrypt', ...cost, salt: salt.toString('hex'), hash: hash.toString('hex') })
}

export async function readPassPhraseFile(
	path: string,
): Promise<Result<PassPhraseHash, Fault<'no-pass-phrase'>>> {
	const bytes = await readSecretFile(path, 'hash of a pass phrase')
	if (!bytes.ok) return fail('no-pass-phrase', bytes.fault.detail)
	const json = parseJson(bytes.value)
	if (!json.ok) return fail('no-pass-phrase', `${path}: ${json.fault.detail}`)
	const read = PassPhraseFile.safeParse(json.value)
	return read.success ? ok(read.data) : fail('no-pass-phrase', `${path}: ${faultsOf(read.error).join('; ')}`)
}

export async function isPassPhrase(phrase: string, { salt, hash }: PassPhraseHash): Promise<boolean> {
	if (phrase.length > 2 * longestPassPhrase) return false
	return timingSafeEqual(await derive(phrase, Buffer.from(salt, 'hex')), Buffer.from(hash, 'hex'))
}

/** However it was typed: keyboards compose letters in different ways. */
function derive(phrase: string, salt: Buffer): Promise<Buffer> {
	const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r }
	return new Promise((resolve, reject) => {
		scrypt(phrase.normalize('NFKC'), salt, keyBytes, options, (error, key) => {
			if (error === null) resolve(key)
			else reject(error)
		})
	})
}
