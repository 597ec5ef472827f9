/**
 * A device's or a centre's identity: a pseudonym and a P-256 key, made in a directory of its own.
 *
 *     key.pem         private key, PKCS #8, only for its owner
 *     public.pem      public key, SPKI: carried to the other side
 *     identity.json   {"id": …}, written last: without it the identity was never finished
 */
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import * as z from 'zod'
import { Id, publicKeyPem } from '../evidence/identity.ts'
import { type PublicKeyFileFault, readPublicKeyFile } from '../evidence/public-key-file.ts'
import { type KeyFileFault, KeyFileSigner } from '../evidence/signer.ts'
import { makeDirectory, makeFile } from '../platform/durable.ts'
import { type JsonFileFault, readJsonFile } from '../platform/json-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { pseudonym } from './pseudonym.ts'

export type Role = 'device' | 'centre'

export interface NewIdentity {
	readonly id: string
	readonly publicKeyPath: string
}

export interface OpenIdentity {
	readonly id: string
	readonly signer: KeyFileSigner
}

const IdentityFile = z.looseObject({ id: Id })

/**
 * Makes an identity under a new pseudonym. Never overwrites: a key that signed something must stay, and of a
 * half-made one nobody can tell.
 */
export async function makeIdentity(
	directory: string,
	role: Role,
	random: (bytes: number) => Uint8Array,
): Promise<Result<NewIdentity, Fault<'already-there' | 'not-writable'>>> {
	const id = pseudonym(role, random)
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
	const publicKeyPath = join(directory, 'public.pem')
	try {
		await makeDirectory(directory)
		await makeFile(join(directory, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600)
		await makeFile(publicKeyPath, publicKeyPem(publicKey))
		await makeFile(join(directory, 'identity.json'), `${JSON.stringify({ id })}\n`)
		return ok({ id, publicKeyPath })
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		if (code !== 'EEXIST') return fail('not-writable', message)
		return fail(
			'already-there',
			`${directory}: holds an identity, or the rest of one; keep it, or name an empty directory`,
		)
	}
}

export type IdentityFault = JsonFileFault | KeyFileFault | PublicKeyFileFault | Fault<'key-mismatch'>

export async function openIdentity(directory: string): Promise<Result<OpenIdentity, IdentityFault>> {
	const identity = await readJsonFile(join(directory, 'identity.json'), IdentityFile, { cap: 64 * 1024 })
	if (!identity.ok) return identity
	const { id } = identity.value
	const signer = await KeyFileSigner.open(id, join(directory, 'key.pem'))
	if (!signer.ok) return signer
	const publicKey = await readPublicKeyFile(join(directory, 'public.pem'))
	if (!publicKey.ok) return publicKey
	if (!publicKey.value.equals(signer.value.publicKey)) {
		return fail('key-mismatch', `${directory}: public.pem does not belong to key.pem`)
	}
	return ok({ id, signer: signer.value })
}
