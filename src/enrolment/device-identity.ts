/**
 * An identity of a device, a centre, a broker, a reading station or an officer: a pseudonym and its P-256 keys, made in a directory of its own.
 *
 *     key.pem           private key that signs evidence, PKCS #8, only for its owner; not there when it is in a token
 *     public.pem        its public key, SPKI
 *     tls-key.pem       private key for connections, only for its owner: whoever has the network signs nothing
 *     request.txt       asks the authority for certificates (`request.ts`)
 *     identity.json     {"id": …, "role": …}, written last: without it the identity was never finished; `key` names
 *                       the token
 *     certificate.pem, tls.pem, root.pem, centre.pem    put in by `install.ts`
 *
 * A broker has no key that signs evidence; a station and an officer, laptops without a network, none for connections.
 */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Id, publicKeyPem } from '../evidence/identity.ts'
import { type CertificateFault, readCertificateFile } from '../evidence/keys/certificate.ts'
import { type PublicKeyFileFault, readPublicKeyFile } from '../evidence/keys/public-key-file.ts'
import type { TokenKeyFault } from '../evidence/pkcs11/key.ts'
import type { TokenKey } from '../evidence/pkcs11/token.ts'
import type { KeyFileFault, Signer } from '../evidence/signer.ts'
import { makeDirectory, makeFile } from '../platform/files/durable.ts'
import { type JsonFileFault, readJsonFile } from '../platform/files/json-file.ts'
import { makeOwnFolder } from '../platform/files/own-folder.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { pseudonym } from './pseudonym.ts'
import { signBrokerRequest, signRequest } from './request.ts'
import { profiles, type Role, roles, type SignerRole } from './roles.ts'
import { makeKeyFile, makeTokenKey, openSigner, SigningKey, type TokenToUse } from './signing-key.ts'

const keyFile = 'key.pem'

/** Where a further identity of the device lies whose first one lies in `identity`. */
export function spareDirectory(identity: string, id: string): string {
	return join(identity, 'spares', id)
}

export interface NewIdentity {
	readonly id: string
	readonly publicKeyPath: string
	/** The request for certificates, as it stands in `requestPath`. */
	readonly request: string
	readonly requestPath: string
}

export interface OpenIdentity {
	readonly id: string
	/** Null where an earlier version made it. */
	readonly role: Role | null
	readonly signer: Signer
	/** What `certificate.pem` holds, the campaign's certificate with it; null before it was installed. */
	readonly certificate: string | null
}

export const IdentityFile = z.looseObject({ id: Id, role: z.enum(roles).optional(), key: SigningKey })

type MakingFault = KeyFileFault | TokenKeyFault | Fault<'already-there' | 'not-writable'>

/**
 * Makes an identity under a new pseudonym, its key in a file or in `token`. Never overwrites: a key that signed
 * something must stay, and of a half-made one nobody can tell.
 */
export function makeIdentity(
	directory: string,
	role: SignerRole,
	random: (bytes: number) => Uint8Array,
	token?: TokenToUse,
): Promise<Result<NewIdentity, MakingFault>> {
	return makeNamed(directory, pseudonym(role, random), role, token)
}

function makeNamed(
	directory: string,
	id: string,
	role: SignerRole,
	token?: TokenToUse,
): Promise<Result<NewIdentity, MakingFault>> {
	const key = token === undefined ? undefined : { ...token, label: id }
	return orFault(directory, async (at) => {
		const signer =
			key === undefined ? await makeKeyFile(id, at(keyFile)) : await newTokenKey(id, key, directory)
		if (!signer.ok) return signer
		await makeFile(at('public.pem'), publicKeyPem(signer.value.publicKey))
		const tls = profiles[role].tls === null ? ok(null) : await makeKeyFile(id, at('tls-key.pem'))
		if (!tls.ok) return tls
		const request = await signRequest(role, signer.value, tls.value)
		await makeFile(at('request.txt'), `${request}\n`)
		await makeFile(at('identity.json'), `${JSON.stringify({ id, role, key })}\n`)
		return ok({ id, publicKeyPath: at('public.pem'), request, requestPath: at('request.txt') })
	})
}

export function isIdentity(directory: string): Promise<boolean> {
	return stat(join(directory, 'identity.json')).then(
		() => true,
		() => false,
	)
}

/** A device's further identities, each in a folder of its own that is named by its id; see `day-identities.ts`. */
export async function makeSpares(
	identity: string,
	count: number,
	random: (bytes: number) => Uint8Array,
): Promise<Result<readonly NewIdentity[], MakingFault>> {
	const spares: NewIdentity[] = []
	while (spares.length < count) {
		const id = pseudonym('device', random)
		const held = await orFault(identity, async () => ok(await makeOwnFolder(identity, 'spares', id)))
		if (!held.ok) return held
		const made = await makeNamed(spareDirectory(identity, id), id, 'device')
		if (!made.ok) return made
		spares.push(made.value)
	}
	return ok(spares)
}

export type NewBroker = Omit<NewIdentity, 'publicKeyPath'>

/** The identity of a broker that kiosks and centre know by `names`, host names or addresses. */
export function makeBrokerIdentity(
	directory: string,
	names: readonly string[],
	random: (bytes: number) => Uint8Array,
): Promise<Result<NewBroker, MakingFault>> {
	const id = pseudonym('broker', random)
	return orFault(directory, async (at) => {
		const tls = await makeKeyFile(id, at('tls-key.pem'))
		if (!tls.ok) return tls
		const request = await signBrokerRequest(names, tls.value)
		await makeFile(at('request.txt'), `${request}\n`)
		await makeFile(at('identity.json'), `${JSON.stringify({ id, role: 'broker' })}\n`)
		return ok({ id, request, requestPath: at('request.txt') })
	})
}

/** Looks first whether the place is taken: a key that is made in a token stays there. */
async function newTokenKey(
	id: string,
	key: TokenKey,
	directory: string,
): Promise<Result<Signer, MakingFault>> {
	const there = await readdir(directory)
	if ([keyFile, 'public.pem', 'identity.json'].some((name) => there.includes(name))) return taken(directory)
	return makeTokenKey(id, key, directory)
}

async function orFault<T>(
	directory: string,
	make: (at: (name: string) => string) => Promise<Result<T, MakingFault>>,
): Promise<Result<T, MakingFault>> {
	try {
		await makeDirectory(directory)
		return await make((name) => join(directory, name))
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
	| CertificateFault
	| Fault<'key-mismatch' | 'wrong-role'>

/** The same of this role alone: who signs one thing signs no other. An earlier version noted none for devices and centres. */
export async function openIdentityOf(
	role: SignerRole,
	directory: string,
): Promise<Result<OpenIdentity, IdentityFault>> {
	const opened = await openIdentity(directory)
	if (!opened.ok) return opened
	const { id, role: noted } = opened.value
	const isEarlier = noted === null && (role === 'device' || role === 'centre')
	if (noted === role || isEarlier) return opened
	const { name, enrol } = profiles[role]
	const made = `"testigo enrol ${enrol}" makes one`
	return fail('wrong-role', `${directory}: ${id} is not the identity of ${name}; ${made}`)
}

export async function openIdentity(directory: string): Promise<Result<OpenIdentity, IdentityFault>> {
	const identity = await readJsonFile(join(directory, 'identity.json'), IdentityFile, { cap: 64 * 1024 })
	if (!identity.ok) return identity
	const { id, role = null } = identity.value
	const signer = await openSigner(directory, { ...identity.value, file: keyFile })
	if (!signer.ok) return signer
	const publicKey = await readPublicKeyFile(join(directory, 'public.pem'))
	if (!publicKey.ok) return publicKey
	if (!publicKey.value.equals(signer.value.publicKey)) {
		return fail('key-mismatch', `${directory}: public.pem does not belong to the key`)
	}
	const path = join(directory, 'certificate.pem')
	const chain = await readCertificateFile(path)
	if (!chain.ok && chain.fault.code !== 'file-missing') return chain
	const certified = chain.ok ? chain.value[0]?.publicKey : undefined
	if (certified?.equals(signer.value.publicKey) === false) {
		return fail('key-mismatch', `${path}: not the certificate of this key`)
	}
	return ok({ id, role, signer: signer.value, certificate: chain.ok ? chain.value.join('') : null })
}
