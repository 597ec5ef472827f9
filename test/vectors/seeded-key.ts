/**
 * Test keys made from a word, and signatures that come out the same each time (RFC 6979), so that the vectors
 * can be made again and compared. Everybody knows these private keys: no verifier of real evidence may trust
 * one. Shares nothing with `src/evidence`.
 */
import { createECDH, createHash, createHmac, createPublicKey, type KeyObject } from 'node:crypto'

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING } up to the point (RFC 5480). */
const spkiPrefix = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex')
const spkiPrefixCompressed = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex')

export interface SeededKey {
	readonly id: string
	readonly secret: bigint
	/** SPKI, DER. */
	readonly spki: Buffer
	readonly pem: string
	readonly publicKey: KeyObject
	/** The same key with its point spelled compressed. */
	readonly compressedPem: string
}

/** `word` is all that the key is made from. */
export function seededKey(id: string, word: string = id): SeededKey {
	const secret = (integer(sha256(`testigo test vectors, not a secret: ${word}`)) % (order - 1n)) + 1n
	const spki = Buffer.concat([spkiPrefix, pointOf(secret)])
	const compressed = Buffer.concat([spkiPrefixCompressed, pointOf(secret, 'compressed')])
	const pem = pemOf(spki)
	return { id, secret, spki, pem, publicKey: createPublicKey(pem), compressedPem: pemOf(compressed) }
}

export function pemOf(der: Buffer, label = 'PUBLIC KEY'): string {
	const lines = der.toString('base64').match(/.{1,64}/g) ?? []
	return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** ES256, low s. */
export function signatureOf({ secret }: SeededKey, bytes: string | Uint8Array): Buffer {
	const digest = sha256(bytes)
	const k = nonceOf(secret, digest)
	const r = integer(pointOf(k).subarray(1, 33)) % order
	const s = (inverse(k) * ((integer(digest) + r * secret) % order)) % order
	return low(Buffer.concat([octets(r), octets(s)]))
}

export function isLow(signature: Uint8Array): boolean {
	return integer(signature.subarray(32)) <= order / 2n
}

export function low(signature: Buffer): Buffer {
	return isLow(signature) ? signature : highTwin(signature)
}

/** The same signature with the other s, which verifies as well. */
export function highTwin(signature: Buffer): Buffer {
	return Buffer.concat([signature.subarray(0, 32), octets(order - integer(signature.subarray(32)))])
}

export function sha256(bytes: string | Uint8Array): Buffer {
	return createHash('sha256').update(bytes).digest()
}

export function integer(bytes: Uint8Array): bigint {
	return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

export function octets(value: bigint): Buffer {
	return Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
}

function pointOf(scalar: bigint, spelling: 'compressed' | 'uncompressed' = 'uncompressed'): Buffer {
	const point = createECDH('prime256v1')
	point.setPrivateKey(octets(scalar))
	return point.getPublicKey(null, spelling)
}

/** RFC 6979, section 3.2, for SHA-256 and P-256. */
function nonceOf(secret: bigint, digest: Buffer): bigint {
	const mac = (key: Buffer, ...parts: Buffer[]) =>
		createHmac('sha256', key).update(Buffer.concat(parts)).digest()
	const seed = Buffer.concat([octets(secret), octets(integer(digest) % order)])
	let v: Buffer = Buffer.alloc(32, 1)
	let key: Buffer = Buffer.alloc(32, 0)
	key = mac(key, v, Buffer.from([0]), seed)
	v = mac(key, v)
	key = mac(key, v, Buffer.from([1]), seed)
	v = mac(key, v)
	for (;;) {
		v = mac(key, v)
		const k = integer(v)
		if (k > 0n && k < order) return k
		key = mac(key, v, Buffer.from([0]))
		v = mac(key, v)
	}
}

/** By Fermat: the order is prime. */
function inverse(value: bigint): bigint {
	let result = 1n
	let base = value % order
	for (let exponent = order - 2n; exponent > 0n; exponent >>= 1n) {
		if (exponent & 1n) result = (result * base) % order
		base = (base * base) % order
	}
	return result
}
