/**
 * Ed25519 (RFC 8032) keys as their 32 bytes. The keys that verifiers differ about are none: a point of small order,
 * under which one signature fits many texts, and a number that stands for another one below 2^255 - 19.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'

/** Bytes. */
const ed25519KeyLength = 32
const signatureLength = 64

/** SEQUENCE { SEQUENCE { id-Ed25519 }, BIT STRING } up to the key (RFC 8410). */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex')

/** The y of all points whose order divides 8, little-endian, without the sign of x. */
const smallOrder = new Set([
	'0000000000000000000000000000000000000000000000000000000000000000',
	'0100000000000000000000000000000000000000000000000000000000000000',
	'26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
	'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
	'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])

/** Whether signatures by this key mean anything. That it is a point at all shows when one verifies. */
export function isEd25519Key(key: Uint8Array): boolean {
	if (key.length !== ed25519KeyLength) return false
	const y = Buffer.from(key)
	y.writeUInt8(y.readUInt8(31) & 0x7f, 31)
	const isTooLarge = /^(?:e[d-f]|f[0-9a-f])f{60}7f$/.test(y.toString('hex'))
	return !isTooLarge && !smallOrder.has(y.toString('hex'))
}

export function ed25519KeyObject(key: Uint8Array): KeyObject {
	return createPublicKey({ key: Buffer.concat([spkiHead, key]), format: 'der', type: 'spki' })
}

/** The 32 bytes of a public key. */
export function ed25519KeyBytes(publicKey: KeyObject): Buffer {
	return publicKey.export({ type: 'spki', format: 'der' }).subarray(spkiHead.length)
}

export function verifiesEd25519(text: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean {
	return signature.length === signatureLength && verify(null, text, ed25519KeyObject(key), signature)
}
