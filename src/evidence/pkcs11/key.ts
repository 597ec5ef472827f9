/** A P-256 key in a token: finding it, and making it there. */
import { createPublicKey, type KeyObject, randomBytes } from 'node:crypto'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import type { Handle } from './cryptoki.ts'
import { Token, type TokenFault, type TokenKey, type TokenSession } from './token.ts'

export type TokenKeyFault =
	| TokenFault
	| Fault<'key-missing' | 'key-ambiguous' | 'key-can-leave' | 'not-p256' | 'key-there'>

export interface FoundKey {
	readonly privateKey: Handle
	readonly publicKey: KeyObject
}

/** The curve's object identifier in DER, as CKA_EC_PARAMS holds it: 1.2.840.10045.3.1.7 (RFC 5480, section 2.1.1.1). */
const p256 = Buffer.from('06082a8648ce3d030107', 'hex')

/** Finds the token's key of this label, and makes sure that it was made there, and can't leave. */
export function findKey(token: Token, session: TokenSession): Result<FoundKey, TokenKeyFault> {
	const { handle } = session
	const { cryptoki, calls } = session.library
	const { CKO_PRIVATE_KEY, CKO_PUBLIC_KEY } = cryptoki
	const name = `${token.name}, key "${token.place.label}"`
	try {
		const privateKeys = ofLabel(token, session, CKO_PRIVATE_KEY)
		const [privateKey] = privateKeys
		const [publicKey] = ofLabel(token, session, CKO_PUBLIC_KEY)
		if (privateKey === undefined || publicKey === undefined) {
			return fail('key-missing', `${name}: there is no such pair of keys`)
		}
		if (privateKeys.length > 1) return fail('key-ambiguous', `${name}: several keys bear this label`)
		const bytes = (object: Handle, type: number) =>
			calls.C_GetAttributeValue(handle, object, [{ type }])[0]?.value ?? Buffer.alloc(0)
		const is = (type: number, wanted: boolean) => bytes(privateKey, type)[0] === (wanted ? 1 : 0)
		if (
			!is(cryptoki.CKA_SENSITIVE, true) ||
			!is(cryptoki.CKA_ALWAYS_SENSITIVE, true) ||
			!is(cryptoki.CKA_EXTRACTABLE, false) ||
			!is(cryptoki.CKA_NEVER_EXTRACTABLE, true)
		) {
			return fail('key-can-leave', `${name}: can leave the token, or could once; make a new one in it`)
		}
		if (!bytes(publicKey, cryptoki.CKA_EC_PARAMS).equals(p256)) {
			return fail('not-p256', `${name}: not on the curve P-256`)
		}
		return ok({ privateKey, publicKey: fromPoint(bytes(publicKey, cryptoki.CKA_EC_POINT)) })
	} catch (error) {
		return token.failed(error)
	}
}

/** Makes a key in the token under a label that no key there bears yet; gives its public key. */
export async function makeKey(place: TokenKey, directory: string): Promise<Result<KeyObject, TokenKeyFault>> {
	const loaded = await Token.load(place, directory)
	if (!loaded.ok) return loaded
	const token = loaded.value
	return await token.library.inTurn(() => makeIn(token))
}

async function makeIn(token: Token): Promise<Result<KeyObject, TokenKeyFault>> {
	const opened = await token.open(true)
	if (!opened.ok) return opened
	const { place } = token
	const { handle } = opened.value
	const { cryptoki, calls } = token.library
	try {
		if (ofLabel(token, opened.value, cryptoki.CKO_PRIVATE_KEY).length > 0) {
			return fail('key-there', `${token.name}: holds a key "${place.label}" already; nothing was made`)
		}
		// Some tokens join the halves by it.
		const id = { type: cryptoki.CKA_ID, value: randomBytes(8) }
		const label = { type: cryptoki.CKA_LABEL, value: place.label }
		const kept = { type: cryptoki.CKA_TOKEN, value: true }
		await calls.C_GenerateKeyPairAsync(
			handle,
			{ mechanism: cryptoki.CKM_EC_KEY_PAIR_GEN },
			[
				...[id, label, kept],
				{ type: cryptoki.CKA_VERIFY, value: true },
				{ type: cryptoki.CKA_EC_PARAMS, value: p256 },
			],
			[
				...[id, label, kept],
				{ type: cryptoki.CKA_PRIVATE, value: true },
				{ type: cryptoki.CKA_SENSITIVE, value: true },
				{ type: cryptoki.CKA_EXTRACTABLE, value: false },
				{ type: cryptoki.CKA_SIGN, value: true },
			],
		)
		const found = findKey(token, opened.value)
		return found.ok ? ok(found.value.publicKey) : found
	} catch (error) {
		return token.failed(error)
	} finally {
		token.close()
	}
}

function ofLabel(token: Token, { library, handle }: TokenSession, kind: number): Handle[] {
	const { cryptoki, calls } = library
	calls.C_FindObjectsInit(handle, [
		{ type: cryptoki.CKA_CLASS, value: kind },
		{ type: cryptoki.CKA_KEY_TYPE, value: cryptoki.CKK_EC },
		{ type: cryptoki.CKA_LABEL, value: token.place.label },
	])
	try {
		return calls.C_FindObjects(handle, 2)
	} finally {
		calls.C_FindObjectsFinal(handle)
	}
}

/** A point as 04, x, y (SEC 1, section 2.3.3), in a DER octet string, or bare, as some tokens give it. */
function fromPoint(value: Buffer): KeyObject {
	const point = value.subarray(-65)
	const coordinate = (from: number) => point.subarray(from, from + 32).toString('base64url')
	return createPublicKey({
		key: { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) },
		format: 'jwk',
	})
}
