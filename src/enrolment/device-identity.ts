/**
 * A device's or a centre's identity: a pseudonym and a P-256 key, made in a directory of its own.
 *
 *     key.pem         private key, PKCS #8, only for its owner; not there when it is in a token
 *     public.pem      public key, SPKI: carried to the other side
 *     identity.json   {"id": …}, written last: without it the identity was never finished; `key` names the token
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Id, publicKeyPem } from '../evidence/identity.ts'
import { makeKey, type TokenKeyFault } from '../evidence/pkcs11/key.ts'
import type { TokenKey } from '../evidence/pkcs11/token.ts'
import { type PublicKeyFileFault, readPublicKeyFile } from '../evidence/public-key-file.ts'
import type { KeyFileFault, Signer } from '../evidence/signer.ts'
import { makeDirectory, makeFile } from '../platform/durable.ts'
import { type JsonFileFault, readJsonFile } from '../platform/json-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { keyFile, openSigner, SigningKey } from './signing-key.ts'

export type Role = 'device' | 'centre'

const prefixes: Readonly<Record<Role, string>> = { device: 'k', centre: 'c' }

export interface NewIdentity {
	readonly id: string
	readonly publicKeyPath: string
}

export interface OpenIdentity {
	readonly id: string
	readonly signer: Signer
}

const IdentityFile = z.looseObject({ id: Id, key: SigningKey })

/**
 * A pseudonym tells nothing of place, hardware or order: ten base32 characters (RFC 4648, section 6) of
 * randomness, 50 bits. `random` gives as many random bytes as asked for.
 */
export function pseudonym(role: Role, random: (bytes: number) => Uint8Array): string {
	const letters = [...random(10)].map((byte) => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(byte % 32))
	return `${prefixes[role]}-${letters.join('')}`
}

/** A token that the key is to be made in; the key bears the pseudonym. */
export type TokenToUse = Omit<TokenKey, 'label'>

/**
 * Makes an identity under a new pseudonym, its key in a file or in `token`. Never overwrites: a key that signed
 * something must stay, and of a half-made one nobody can tell.
 */
export async function makeIdentity(
	directory: string,
	role: Role,
	random: (bytes: number) => Uint8Array,
	token?: TokenToUse,
): Promise<Result<NewIdentity, Fault<'already-there' | 'not-writable'> | TokenKeyFault>> {
	const id = pseudonym(role, random)
	const key = token === undefined ? undefined : { ...token, label: id }
	const publicKeyPath = join(directory, 'public.pem')
	try {
		await makeDirectory(directory)
		const there = await readdir(directory)
		if ([keyFile, 'public.pem', 'identity.json'].some((name) => there.includes(name))) return taken(directory)
		let publicKey: KeyObject
		if (key === undefined) {
			const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
			await makeFile(
				join(directory, keyFile),
				pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
				0o600,
			)
			publicKey = pair.publicKey
		} else {
			const made = await makeKey(key, directory)
			if (!made.ok) return made
			publicKey = made.value
		}
		await makeFile(publicKeyPath, publicKeyPem(publicKey))
		await makeFile(join(directory, 'identity.json'), `${JSON.stringify({ id, key })}\n`)
		return ok({ id, publicKeyPath })
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return code === 'EEXIST' ? taken(directory) : fail('not-writable', message)
	}
}

function taken(directory: string) {
	return fail(
		'already-there',
		`${directory}: holds an identity, or the rest of one; keep it, or name an empty directory`,
	)
}

export type IdentityFault =
	| JsonFileFault
	| KeyFileFault
	| TokenKeyFault
	| PublicKeyFileFault
	| Fault<'key-mismatch'>

export async function openIdentity(directory: string): Promise<Result<OpenIdentity, IdentityFault>> {
	const identity = await readJsonFile(join(directory, 'identity.json'), IdentityFile, { cap: 64 * 1024 })
	if (!identity.ok) return identity
	const { id } = identity.value
	const signer = await openSigner(directory, identity.value)
	if (!signer.ok) return signer
	const publicKey = await readPublicKeyFile(join(directory, 'public.pem'))
	if (!publicKey.ok) return publicKey
	if (!publicKey.value.equals(signer.value.publicKey)) {
		return fail('key-mismatch', `${directory}: public.pem does not belong to the key`)
	}
	return ok({ id, signer: signer.value })
}
