/**
 * The one format of everything that is signed: JWS compact serialisation (RFC 7515), ES256, with the header
 * `{"alg":"ES256","typ":"testigo-<kind>+jws","kid":"<id>"}`. Signer and verifier both use this module.
 *
 * A verifier knows from where an object came what kind it must be, so `alg` and `typ` are compared, never
 * obeyed; `jku`, `x5u` and `jwk` are ignored; `crit` is refused. The bytes are kept and never re-serialised.
 * Ours, though jose is good: it obeys options where here one format is fixed, and tests hold us against it.
 */
import { hash } from 'node:crypto'
import * as z from 'zod'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type JsonFault, parseJson } from '../platform/strict-json.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { type Position, Seq } from './fields.ts'
import { Id, type Identity } from './identity.ts'
import { isLowS, signatureLength, verifies } from './p256.ts'
import type { Signer } from './signer.ts'

export type Kind =
	| 'entry'
	| 'receipt'
	| 'head'
	| 'control'
	| 'revocation'
	| 'registry'
	| 'centres'
	| 'response'
	| 'request'
	| 'settings'
	| 'unsealing'
	| 'transcription'
	| 'ruling'
	| 'campaign'
	| 'mirrors'

/**
 * Characters of the longest object written or taken in, of every kind but the registry: what fits into a tile of the
 * public log. An entry has some 1,000, a receipt with many gaps more.
 */
export const longestJws = 65_535

/** The same of a registry, which lists all devices of a campaign: some 220 characters each. */
export const longestRegistry = 4 * 1024 * 1024

/** Characters of the longest object of a kind. */
function longestOf(kind: Kind): number {
	return kind === 'registry' ? longestRegistry : longestJws
}

export interface Jws {
	/** The compact form, exactly as it came. */
	readonly text: string
	/** base64url of the SHA-256 of the signing input; the signature is not in it, since it is malleable. */
	readonly id: string
	readonly kid: string
	/** The payload's bytes, parsed as strict JSON. Proven by nobody before `verifyJws`. */
	readonly payload: unknown
	readonly signature: Uint8Array
}

export type JwsFault = Fault<
	| 'too-large'
	| 'not-a-jws'
	| 'bad-base64url'
	| 'bad-header'
	| 'foreign-alg'
	| 'foreign-typ'
	| 'crit'
	| 'bad-signature-length'
	| 'high-s'
	| 'bad-signature'
	| JsonFault['code']
>

const Header = z.looseObject({ alg: z.string(), typ: z.string(), kid: Id })

/** Takes an object apart and checks its form; says nothing yet of who signed it. */
export function parseJws(text: string, kind: Kind): Result<Jws, JwsFault> {
	const longest = longestOf(kind)
	if (text.length > longest) return fail('too-large', `longer than ${longest} characters`)
	const parts = text.split('.')
	const [header = '', payload = '', signature = ''] = parts
	if (parts.length !== 3) return fail('not-a-jws', 'not three parts between dots')
	const headerBytes = decodeBase64url(header)
	const payloadBytes = decodeBase64url(payload)
	const signatureBytes = decodeBase64url(signature)
	if (headerBytes === null || payloadBytes === null || signatureBytes === null) {
		return fail('bad-base64url', 'a part is not canonical base64url')
	}

	const headerJson = parseJson(headerBytes)
	if (!headerJson.ok) return headerJson
	const read = Header.safeParse(headerJson.value)
	if (!read.success) return fail('bad-header', 'the header lacks alg, typ or a well-formed kid')
	if (read.data.alg !== 'ES256')
		return fail('foreign-alg', 'the header asks for another algorithm than ES256')
	if (read.data.typ !== typeOf(kind)) return fail('foreign-typ', `the header does not say ${typeOf(kind)}`)
	if ('crit' in read.data) return fail('crit', 'the header holds crit, which nothing here understands')

	if (signatureBytes.length !== signatureLength) {
		return fail('bad-signature-length', `the signature is not ${signatureLength} bytes`)
	}
	if (!isLowS(signatureBytes))
		return fail('high-s', 'the signature is the high-s form of the one that was made')
	const payloadJson = parseJson(payloadBytes)
	if (!payloadJson.ok) return payloadJson
	return ok({
		text,
		id: idOfText(text),
		kid: read.data.kid,
		payload: payloadJson.value,
		signature: signatureBytes,
	})
}

/** True proof of custody, and of nothing else: this key signed these bytes. */
export function verifyJws(jws: Jws, by: Identity): Result<Jws, JwsFault> {
	if (jws.kid === by.id && verifies(Buffer.from(signingInputOf(jws.text)), jws.signature, by.publicKey)) {
		return ok(jws)
	}
	return fail('bad-signature', `the signature is not by ${by.id}`)
}

/** Signs the bytes that it makes of `payload`; throws (a bug) when nobody would take them in. */
export async function signJws(kind: Kind, payload: object, signer: Signer): Promise<Jws> {
	const signingInput = signingInputFor(kind, signer.kid, payload)
	const signature = await signer.sign(Buffer.from(signingInput))
	const text = `${signingInput}.${encodeBase64url(signature)}`
	if (text.length > longestOf(kind))
		throw new RangeError(`a ${kind} of ${text.length} characters is too long`)
	return { text, id: idOf(signingInput), kid: signer.kid, payload, signature }
}

/** The text that `signJws` made, put together again; proven by nobody. */
export function encodeJws(kind: Kind, kid: string, payload: object, signature: Uint8Array): string {
	return `${signingInputFor(kind, kid, payload)}.${encodeBase64url(signature)}`
}

function signingInputFor(kind: Kind, kid: string, payload: object): string {
	return `${encodeJson({ alg: 'ES256', typ: typeOf(kind), kid })}.${encodeJson(payload)}`
}

/** Which number of a chain these bytes, about to be signed, would take; null for what is no entry. */
export function entryIn(signingInput: Uint8Array): Position | null {
	const text = Buffer.from(signingInput).toString('latin1')
	const [header, payload] = text.split('.').map((part) => parseJson(Buffer.from(part, 'base64url')))
	if (!header?.ok || Header.safeParse(header.value).data?.typ !== typeOf('entry')) return null
	const { seq } = z.looseObject({ seq: Seq }).parse(payload?.ok ? payload.value : null)
	return { seq, id: idOf(text) }
}

function typeOf(kind: Kind): string {
	return `testigo-${kind}+jws`
}

const TypedHeader = z.looseObject({ typ: z.string() })

/** Of which kind an object says that it is; null for what says none. Its form is not looked at otherwise. */
export function kindOfText(text: string): string | null {
	const header = parseJson(Buffer.from(text.slice(0, Math.max(0, text.indexOf('.'))), 'base64url'))
	const typ = header.ok ? TypedHeader.safeParse(header.value).data?.typ : undefined
	return typ?.match(/^testigo-([a-z]+)\+jws$/)?.[1] ?? null
}

function encodeJson(value: object): string {
	return encodeBase64url(Buffer.from(JSON.stringify(value)))
}

/** What its first two parts spell. */
export function partsOf({ text }: Jws): { readonly header: string; readonly payload: string } {
	const [header = '', payload = ''] = text
		.split('.')
		.map((part) => Buffer.from(part, 'base64url').toString('utf8'))
	return { header, payload }
}

function signingInputOf(text: string): string {
	return text.slice(0, text.lastIndexOf('.'))
}

/** The id that an object of this text has, if it is one. */
export function idOfText(text: string): string {
	return idOf(signingInputOf(text))
}

function idOf(signingInput: string): string {
	return hash('sha256', signingInput, 'base64url')
}
