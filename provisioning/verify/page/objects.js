/** Signed objects: form, then signature, then meaning. */
import { fromBase64url, longest, longestRegistry, sha256, toBase64url, toInteger } from './bytes.js'
import { codeOf, refuse } from './faults.js'
import { order, readKey, verifies } from './keys.js'
import { fields, id, isObject, newest, shapes } from './shapes.js'
import { parseJson } from './strict-json.js'

export async function parse(jws, kind) {
	if (jws.length > (kind === 'registry' ? longestRegistry : longest)) refuse('too-large')
	const parts = jws.split('.')
	if (parts.length !== 3) refuse('not-a-jws')
	const [headerBytes, payloadBytes, signature] = parts.map(fromBase64url)
	const header = parseJson(headerBytes)
	const isText = (value) => typeof value === 'string'
	if (!fields({ alg: isText, typ: isText, kid: id })(header)) refuse('bad-header')
	if (header.alg !== 'ES256') refuse('foreign-alg')
	if (header.typ !== `testigo-${kind}+jws`) refuse('foreign-typ')
	if (Object.hasOwn(header, 'crit')) refuse('crit')
	if (signature.length !== 64) refuse('bad-signature-length')
	if (toInteger(signature.subarray(32)) > order / 2n) refuse('high-s')
	const payload = parseJson(payloadBytes)
	const signingInput = new TextEncoder().encode(jws.slice(0, jws.lastIndexOf('.')))
	return {
		kind,
		kid: header.kid,
		header,
		headerBytes,
		payload,
		payloadBytes,
		signature,
		signingInput,
		id: toBase64url(await sha256(signingInput)),
	}
}

/** Of whichever of these kinds it is. */
export async function parseAs(jws, [kind, ...others]) {
	try {
		return await parse(jws, kind)
	} catch (error) {
		if (codeOf(error) !== 'foreign-typ' || others.length === 0) throw error
		return parseAs(jws, others)
	}
}

export async function verify({ signature, signingInput }, key) {
	if (!(await verifies(key, signingInput, signature))) refuse('bad-signature')
}

/** The field in which an object names its signer, where it does. */
export const signers = { entry: 'device', head: 'device', transcription: 'station', ruling: 'officer' }

/** What it says, of the shape of its kind unless another is given; some kinds name their signer. */
export function read({ kind, kid, payload }, shape = shapes[kind]) {
	const version = isObject(payload) && Object.hasOwn(payload, 'v') ? payload.v : 1
	if (!(Number.isInteger(version) && version >= 1 && version <= (newest[kind] ?? 1)))
		refuse('unknown-version')
	if (!shape(payload)) refuse('bad-payload')
	const signer = signers[kind]
	if (signer !== undefined && payload[signer] !== kid) refuse(`wrong-${signer}`)
	return payload
}

/** One object by itself, that `by` should have signed. */
export async function openSigned(jws, kind, by, key) {
	const signed = await parse(jws, kind)
	if (signed.kid !== by) refuse('bad-signature')
	await verify(signed, key)
	read(signed)
	return signed
}

export async function openObject(jws, kind, by, pem, device) {
	const { payload } = await openSigned(jws, kind, by, await readKey(pem))
	if (kind === 'control' && payload.device !== device) refuse('other-device')
	return payload
}
