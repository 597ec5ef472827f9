/**
 * Time stamps of checkpoints (RFC 3161): an authority of time says that it has seen a digest. What is stamped is the text
 * of the note, its lines before the empty one: lines of witnesses come later. Pure; whether the authority is one, and its
 * signature good, `openssl ts -verify` says.
 */
import { createHash } from 'node:crypto'
import { type DerElement, DerError, derElements, derOf } from '../evidence/keys/der.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

/** Bytes: a token with its certificates has some 6,000. */
export const longestTimeStamp = 60_000

const [integer, octets, nul, oid, sequence] = [0x02, 0x04, 0x05, 0x06, 0x30]
const [boolean, generalizedTime, context0] = [0x01, 0x18, 0xa0]
const sha256Oid = Buffer.from('608648016503040201', 'hex')
const signedDataOid = Buffer.from('2a864886f70d010702', 'hex')
const tstInfoOid = Buffer.from('2a864886f70d0109100104', 'hex')

/** What is stamped of a checkpoint's note. */
export function stampedDigest(text: string): Buffer {
	return createHash('sha256').update(text).digest()
}

/** `nonce`: 8 random bytes, which the answer repeats. */
export function timeStampRequest(digest: Uint8Array, nonce: Uint8Array): Buffer {
	const algorithm = der(sequence, der(oid, sha256Oid), der(nul))
	return der(
		sequence,
		der(integer, Buffer.of(1)),
		der(sequence, algorithm, der(octets, digest)),
		der(integer, positive(nonce)),
		der(boolean, Buffer.of(0xff)),
	)
}

export interface TimeStamp {
	/** SHA-256. */
	readonly digest: Buffer
	/** RFC 3339, to the second. */
	readonly time: string
	/** As an INTEGER spells it; null where there is none. */
	readonly nonce: Buffer | null
}

/** Of an answer's bytes; says nothing of who signed it. */
export function readTimeStamp(bytes: Buffer): Result<TimeStamp, Fault<'bad-time-stamp'>> {
	if (bytes.length > longestTimeStamp) return fail('bad-time-stamp', `over ${longestTimeStamp} bytes`)
	try {
		return read(bytes)
	} catch (error) {
		if (error instanceof DerError) return fail('bad-time-stamp', 'no answer of a time-stamping authority')
		throw error
	}
}

function read(bytes: Buffer): Result<TimeStamp, Fault<'bad-time-stamp'>> {
	const [response] = derOf(bytes, sequence)
	const [statusInfo, token] = derElements(response.content)
	const [status] = statusInfo === undefined ? [] : derElements(statusInfo.content)
	const said = status?.tag === integer ? status.content.toString('hex') : ''
	// Granted, with changes or without (RFC 3161, section 2.4.2).
	if (token === undefined || (said !== '00' && said !== '01'))
		return fail('bad-time-stamp', 'the authority has refused it')
	const [type, explicit] = derOf(token.content, oid, context0)
	const [signed] = derOf(explicit.content, sequence)
	const [, , encapsulated] = derElements(signed.content)
	const [contentType, wrapped] = derOf(expected(encapsulated, sequence).content, oid, context0)
	if (!type.content.equals(signedDataOid) || !contentType.content.equals(tstInfoOid)) throw new DerError()
	const [info] = derOf(derOf(wrapped.content, octets)[0].content, sequence)
	const [, , imprint, , genTime, ...rest] = derElements(info.content)
	const [algorithm, hashed] = derOf(expected(imprint, sequence).content, sequence, octets)
	const [named] = derElements(algorithm.content)
	if (named?.content.equals(sha256Oid) !== true)
		return fail('bad-time-stamp', 'is of another hash than SHA-256')
	const time = timeIn(expected(genTime, generalizedTime).content.toString('latin1'))
	if (time === null) throw new DerError()
	const nonce = rest.find(({ tag }) => tag === integer)?.content ?? null
	return ok({ digest: hashed.content, time, nonce })
}

/** Whether an answer is on this request. */
export function isOn({ nonce, digest }: TimeStamp, of: Uint8Array, asked: Uint8Array): boolean {
	return digest.equals(of) && nonce?.equals(positive(asked)) === true
}

function expected(element: DerElement | undefined, tag: number): DerElement {
	if (element?.tag !== tag) throw new DerError()
	return element
}

/** `YYYYMMDDhhmmss[.f]Z`. */
function timeIn(text: string): string | null {
	const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d{1,9})?Z$/.exec(text) ?? []
	const [year, month, day, hour, minute, second] = parts
	const time = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
	return parts.length === 6 && !Number.isNaN(Date.parse(time)) ? time : null
}

/** The shortest spelling of a number above 0. */
function positive(bytes: Uint8Array): Buffer {
	const first = bytes.findIndex((byte) => byte !== 0)
	const rest = Buffer.from(first < 0 ? [0] : bytes.subarray(first))
	return (rest[0] ?? 0) < 0x80 ? rest : Buffer.concat([Buffer.of(0), rest])
}

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
	const content = Buffer.concat(contents)
	if (content.length >= 0x80) throw new RangeError('a request is short')
	return Buffer.concat([Buffer.of(tag, content.length), content])
}
