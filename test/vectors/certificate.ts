/**
 * X.509 certificates made byte by byte (RFC 5280, DER), so that they come out the same each time. Shares nothing with
 * `src/enrolment`, which makes the real ones.
 */
import { integer, pemOf, type SeededKey, signatureOf } from './seeded-key.ts'

export interface CertificateWords {
	/** The common name. */
	readonly subject: string
	readonly key: SeededKey
	readonly issuer: string
	readonly by: SeededKey
	/** YYMMDDHHMMSSZ. */
	readonly from?: string
	readonly to?: string
	readonly isAuthority?: boolean
	/** Extended key usages, as dotted numbers. */
	readonly usages?: readonly string[]
}

const arc = '2.25.248391572945622752837148427373570704091'
export const forEntries = `${arc}.1`
export const forReceipts = `${arc}.2`
export const forTranscriptions = `${arc}.3`
export const forRulings = `${arc}.4`
export const forTls = '1.3.6.1.5.5.7.3.2'

const [boolean, integerTag, bitString, octetString, oidTag, utf8, sequence, set, utcTime] = [
	...[1, 2, 3, 4, 6, 12, 0x30, 0x31, 0x17],
]

export function certificate(words: CertificateWords): string {
	return pemOf(certificateDer(words), 'CERTIFICATE')
}

export function certificateDer({
	subject,
	key,
	issuer,
	by,
	from = '240701000000Z',
	to = '260701000000Z',
	isAuthority = false,
	usages = isAuthority ? [] : [forEntries],
}: CertificateWords): Buffer {
	const algorithm = der(sequence, oid('1.2.840.10045.4.3.2'))
	const extensions = [
		extension('2.5.29.19', der(sequence, ...(isAuthority ? [der(boolean, Buffer.from([0xff]))] : []))),
		// keyCertSign and cRLSign; digitalSignature.
		extension('2.5.29.15', der(bitString, Buffer.from(isAuthority ? [1, 0x06] : [7, 0x80]))),
		...(usages.length === 0 ? [] : [extension('2.5.29.37', der(sequence, ...usages.map(oid)))]),
	]
	const signedPart = der(
		sequence,
		der(0xa0, der(integerTag, Buffer.from([2]))),
		der(integerTag, Buffer.from([1])),
		algorithm,
		name(issuer),
		der(sequence, der(utcTime, Buffer.from(from)), der(utcTime, Buffer.from(to))),
		name(subject),
		key.spki,
		der(0xa3, der(sequence, ...extensions)),
	)
	const signature = der(bitString, Buffer.from([0]), derOf(signatureOf(by, signedPart)))
	return der(sequence, signedPart, algorithm, signature)
}

/** A signature as X.509 and openssl write it (RFC 3279, section 2.2.3). */
export function derOf(signature: Buffer): Buffer {
	return der(sequence, wholeNumber(signature.subarray(0, 32)), wholeNumber(signature.subarray(32)))
}

function der(tag: number | undefined, ...parts: readonly Buffer[]): Buffer {
	const content = Buffer.concat(parts)
	const { length } = content
	const octets =
		length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
	return Buffer.concat([Buffer.from([tag ?? 0, ...octets]), content])
}

function oid(dotted: string): Buffer {
	const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt)
	const bytes = [first * 40n + second, ...rest].flatMap((arcNumber) => {
		const digits = [Number(arcNumber & 0x7fn)]
		for (let left = arcNumber >> 7n; left > 0n; left >>= 7n) digits.unshift(Number(left & 0x7fn) | 0x80)
		return digits
	})
	return der(oidTag, Buffer.from(bytes))
}

function name(common: string): Buffer {
	return der(sequence, der(set, der(sequence, oid('2.5.4.3'), der(utf8, Buffer.from(common)))))
}

/** A critical one. */
function extension(id: string, value: Buffer): Buffer {
	return der(sequence, oid(id), der(boolean, Buffer.from([0xff])), der(octetString, value))
}

function wholeNumber(bytes: Buffer): Buffer {
	const digits = integer(bytes).toString(16)
	const content = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
	return der(integerTag, Buffer.alloc((content[0] ?? 0) < 0x80 ? 0 : 1), content)
}
