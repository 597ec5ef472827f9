/** Public keys in PEM: bare (SPKI, RFC 5480), or in an X.509 certificate that an authority gave. */

import {
	beginsWith,
	concat,
	fromBase64,
	fromBase64url,
	hex,
	sha256,
	toBase64,
	toBase64url,
	toHex,
	toInteger,
} from './bytes.js'
import { certificateOf, DerError, never, ofTags } from './certificate.js'
import { refuse } from './faults.js'

const field = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
export const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const curveB = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn
const spkiPrefix = hex('3059301306072a8648ce3d020106082a8648ce3d030107034200')
const spkiPrefixCompressed = hex('3039301306072a8648ce3d020106082a8648ce3d030107032200')

/** The key in a file of PEM: that of a certificate, or a bare one. */
export async function readKey(pem) {
	return (await readKeyFile(pem)).key
}

/**
 * The key, and the certificate that bears it (null for a bare key). Exactly one public key stands in the file, or one
 * certificate and behind it that of the authority that signed it, where it is there.
 */
async function readKeyFile(pem) {
	if (pem.includes('PRIVATE KEY')) refuse('not-a-public-key')
	const blocks = blocksOf(pem)
	const [first, second, third] = blocks
	if (first.label === 'PUBLIC KEY' && second === undefined)
		return { key: await keyOfSpki(first.der), certificate: null }
	if (third !== undefined || blocks.some(({ label }) => label !== 'CERTIFICATE')) refuse('bad-pem')
	const certificate = await certifiedBy(first.der)
	if (second !== undefined) {
		const above = await certifiedBy(second.der)
		if (!above.isAuthority) refuse('wrong-purpose')
		await checkBelow(certificate, above.key, above.ends)
	}
	return { key: certificate.key, certificate }
}

async function certifiedBy(der) {
	const certificate = certificateOf(der)
	return { ...certificate, key: await keyOfSpki(certificate.spki) }
}

/** As RFC 7468 writes it strictly: 64 characters a line but for the last, LF at its end, nothing between or around. */
function blocksOf(pem) {
	const block =
		/-----BEGIN ([A-Z0-9]+(?: [A-Z0-9]+)*)-----\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n)-----END \1-----\n/y
	const blocks = []
	while (block.lastIndex < pem.length || blocks.length === 0) {
		const [, label, body] = block.exec(pem) ?? refuse('bad-pem')
		const text = body.replaceAll('\n', '')
		if (text.length % 4 !== 0) refuse('bad-pem')
		let der
		try {
			der = fromBase64(text)
		} catch {
			refuse('bad-pem')
		}
		// Unused bits at the end must be zero: one key, one spelling.
		if (toBase64(der) !== text) refuse('bad-pem')
		blocks.push({ label, der })
	}
	return blocks
}

export async function keyOfSpki(der) {
	let spki
	if (beginsWith(der, spkiPrefix) && der.length === 91 && der[26] === 4) spki = der
	else if (beginsWith(der, spkiPrefixCompressed) && der.length === 59 && (der[26] | 1) === 3)
		spki = uncompressed(der.subarray(26))
	// Of some other form: whether it is a key at all only decides which word is said.
	else refuse(isKeyOfAnotherKind(der) ? 'not-p256' : 'not-a-public-key')
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
	try {
		const [all] = ofTags(der, 0x30)
		const [algorithm] = ofTags(all.content, 0x30, 3)
		return toHex(algorithm.all) !== toHex(spkiPrefix.subarray(2, 23))
	} catch (error) {
		if (error instanceof DerError) return false
		throw error
	}
}

export async function verifies({ key }, bytes, signature) {
	return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, bytes)
}

// ---- Keys that an authority vouches for. There is no "now": evidence must get the same verdict years later ----

/** `end` is when the one above it ends. */
async function checkBelow(certificate, key, end) {
	const { signature, signed, begins, ends } = certificate
	if (signature === null || !(await verifies(key, signed, signature))) refuse('foreign-certificate')
	if (!(begins <= end && begins <= ends)) refuse('certificate-expired')
}

/** `authority.pem`: a bare key, or the authority's certificate and behind it that of the root that signed it. */
export async function readAuthorityKey(pem) {
	const { key, certificate } = await readKeyFile(pem)
	if (certificate?.isAuthority === false) refuse('wrong-purpose')
	return { key, ends: certificate?.ends ?? never }
}

/**
 * The key in device.pem, centre.pem, station.pem or officer.pem, and to whom a certificate was given (null for a bare key). Where an authority
 * is pinned, a certificate counts only when it is its own, for this purpose.
 */
export async function readVouchedKey(pem, pinned, purpose) {
	const { key, certificate } = await readKeyFile(pem)
	if (certificate === null || pinned === null) return { key, certified: null }
	await checkBelow(certificate, pinned.key, pinned.ends)
	const { isAuthority, usages, commonName } = certificate
	if (isAuthority || usages.length !== 1 || usages[0] !== purpose) refuse('wrong-purpose')
	if (!/^[a-z0-9][a-z0-9-]{2,31}$/.test(commonName)) refuse('bad-name')
	return { key, certified: commonName }
}
