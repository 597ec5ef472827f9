/**
 * ES256 signatures as JWS wants them: r and s, 32 bytes each, big-endian (RFC 7518, section 3.4). Ours, since
 * node:crypto takes both of the two values of s, and with them a second signature that nobody made.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { DerError, derOf } from './keys/der.ts'

/** The order of the P-256 group (FIPS 186-5; SEC 2, section 2.4.2). */
export const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** Half of it, as the bytes of an integer. */
const halfOrder = Buffer.from((order / 2n).toString(16), 'hex')

export const signatureLength = 64

function integer(bytes: Uint8Array): bigint {
	return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

/** With (r, s) also (r, n-s) verifies: only the lower of the two is taken. */
export function isLowS(signature: Uint8Array): boolean {
	return Buffer.compare(signature.subarray(32, 64), halfOrder) <= 0
}

export function toLowS(signature: Uint8Array): Uint8Array {
	if (isLowS(signature)) return signature
	const low = (order - integer(signature.subarray(32, 64))).toString(16).padStart(64, '0')
	return Buffer.concat([signature.subarray(0, 32), Buffer.from(low, 'hex')])
}

export function isP256(key: KeyObject): boolean {
	return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
}

export function verifies(signingInput: Uint8Array, signature: Uint8Array, publicKey: KeyObject): boolean {
	return verify('sha256', signingInput, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)
}

export type SpkiFault = Fault<'not-a-public-key' | 'not-p256'>

/** SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING } up to the point (RFC 5480). */
const uncompressedSpki = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex')
const compressedSpki = ['02', '03'].map((sign) =>
	Buffer.from(`3039301306072a8648ce3d020106082a8648ce3d030107032200${sign}`, 'hex'),
)

/** Bytes. */
export const uncompressedSpkiLength = 91

/** The public key that these bytes spell (SPKI, DER), its point compressed or not; other spellings are refused. */
export function publicKeyOfSpki(der: Buffer): Result<KeyObject, SpkiFault> {
	const isOurs =
		(der.length === uncompressedSpkiLength && der.subarray(0, 27).equals(uncompressedSpki)) ||
		(der.length === 59 && compressedSpki.some((head) => der.subarray(0, 27).equals(head)))
	if (!isOurs) {
		return isKeyOfAnotherKind(der)
			? fail('not-p256', 'the key is not on the curve P-256')
			: fail('not-a-public-key', 'not a public key in PEM')
	}
	try {
		// Refuses what does not lie on the curve.
		return ok(createPublicKey({ key: der, format: 'der', type: 'spki' }))
	} catch {
		return fail('not-a-public-key', 'the key is no point of the curve P-256')
	}
}

/** Of some other form: whether it is a key at all only decides which word is said. */
function isKeyOfAnotherKind(der: Buffer): boolean {
	try {
		const [whole] = derOf(der, 0x30)
		const [algorithm] = derOf(whole.content, 0x30, 0x03)
		return !algorithm.all.equals(uncompressedSpki.subarray(2, 23))
	} catch (error) {
		if (error instanceof DerError) return false
		throw error
	}
}
