/**
 * ES256 signatures as JWS wants them: r and s, 32 bytes each, big-endian (RFC 7518, section 3.4). Ours, since
 * node:crypto takes both of the two values of s, and with them a second signature that nobody made.
 */
import { type KeyObject, verify } from 'node:crypto'

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
