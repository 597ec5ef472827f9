/** Public keys in PEM: bare (SPKI, RFC 5480), or in an X.509 certificate that an authority gave. */

import {
	beginsWith,
	concat,
	fromBase64,
	fromBase64url,
	hex,
	sha256,
	toBase64url,
	toInteger,
} from './bytes.js'
import { certificateOf, elements } from './certificate.js'
import { refuse } from './faults.js'

const field = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
export const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const curveB = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn
const spkiPrefix = hex('3059301306072a8648ce3d020106082a8648ce3d030107034200')
const spkiPrefixCompressed = hex('3039301306072a8648ce3d020106082a8648ce3d030107032200')

/** The key in a file of PEM; where there are certificates in it, that of the first. */
export async function readKey(pem) {
	const [certificate] = await certificatesIn(pem)
	return certificate?.key ?? keyOfSpki(blocksOf('PUBLIC KEY', pem)[0] ?? new Uint8Array())
}

function blocksOf(label, pem) {
	if (pem.includes('PRIVATE KEY')) refuse('not-a-public-key')
	const blocks = pem.matchAll(
		new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`, 'g'),
	)
	try {
		return [...blocks].map(([, text]) => fromBase64(text.replaceAll(/\s/g, '')))
	} catch {
		return refuse('not-a-public-key')
	}
}

export async function keyOfSpki(der) {
	let spki
	if (beginsWith(der, spkiPrefix) && der.length === 91) spki = der
	else if (beginsWith(der, spkiPrefixCompressed) && der.length === 59) spki = uncompressed(der.subarray(26))
	// Of some other form: whether it is a key at all only decides which word is said.
	else refuse(der.length > 0 && isKeyOfAnotherKind(der) ? 'not-p256' : 'not-a-public-key')
	try {
		const key = await crypto.subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve: 'P-256' }, false, [
			'verify',
		])
		return { key, spki: toBase64url(spki), genesis: toBase64url(await sha256(spki)) }
	} catch {
		return refuse('not-a-public-key')
	}
}

/** As a registry lists a key: base64url of the DER, the point uncompressed and on the curve. */
export function isSpki(value) {
	if (typeof value !== 'string') return false
	try {
		const der = fromBase64url(value)
		if (!beginsWith(der, spkiPrefix) || der.length !== 91 || der[26] !== 4) return false
		const [x, y] = [toInteger(der.subarray(27, 59)), toInteger(der.subarray(59))]
		return x < field && y < field && (y * y) % field === rightSide(x)
	} catch {
		return false
	}
}

/** x³ - 3x + b, which is y². */
function rightSide(x) {
	return ((((x * x - 3n) * x + curveB) % field) + field) % field
}

function uncompressed(point) {
	let root = 1n
	let base = rightSide(toInteger(point.subarray(1)))
	for (let exponent = (field + 1n) / 4n; exponent > 0n; exponent >>= 1n) {
		if (exponent & 1n) root = (root * base) % field
		base = (base * base) % field
	}
	const y = root % 2n === BigInt(point[0] & 1) ? root : field - root
	return concat(spkiPrefix, [4], point.subarray(1), hex(y.toString(16).padStart(64, '0')))
}

function isKeyOfAnotherKind(der) {
	const [all, ...more] = elements(der) ?? []
	const [algorithm, point] = elements(all?.content ?? []) ?? []
	return (
		more.length === 0 &&
		algorithm?.tag === 0x30 &&
		point?.tag === 3 &&
		!beginsWith(algorithm.all, spkiPrefix.subarray(2, 23))
	)
}

export async function verifies({ key }, bytes, signature) {
	return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, bytes)
}

// ---- Keys that an authority vouches for. There is no "now": evidence must get the same verdict years later ----

/** The first two, with their keys. */
async function certificatesIn(pem) {
	const certificates = blocksOf('CERTIFICATE', pem).slice(0, 2).map(certificateOf)
	return Promise.all(certificates.map(async (one) => ({ ...one, key: await keyOfSpki(one.spki) })))
}

/** `end` is when the one above it ends. */
async function checkBelow(certificate, key, end) {
	const { signature, signed, begins, ends } = certificate
	if (signature === null || !(await verifies(key, signed, signature))) refuse('foreign-certificate')
	if (!(begins <= end && begins <= ends)) refuse('certificate-expired')
}

/** `authority.pem`: a bare key, or the authority's certificate and behind it that of the root that signed it. */
export async function readAuthorityKey(pem) {
	const [own, root] = await certificatesIn(pem)
	if (own === undefined) return { key: await readKey(pem), ends: Number.POSITIVE_INFINITY }
	if (!own.isAuthority || root?.isAuthority === false) refuse('wrong-purpose')
	if (root !== undefined) await checkBelow(own, root.key, root.ends)
	return { key: own.key, ends: own.ends }
}

/**
 * The key in device.pem or centre.pem, and to whom a certificate was given (null for a bare key). Where an authority
 * is pinned, a certificate counts only when it is its own, for this purpose.
 */
export async function readVouchedKey(pem, pinned, purpose) {
	const [own] = await certificatesIn(pem)
	if (own === undefined || pinned === null) return { key: await readKey(pem), certified: null }
	await checkBelow(own, pinned.key, pinned.ends)
	if (own.isAuthority || own.usages.length !== 1 || own.usages[0] !== purpose) refuse('wrong-purpose')
	if (!/^[a-z0-9][a-z0-9-]{2,31}$/.test(own.commonName)) refuse('bad-name')
	return { key: own.key, certified: own.commonName }
}
