/**
 * An X.509 certificate as evidence is checked by it: only of the one profile that an authority of Testigo issues
 * (`certificate.ts`), read field by field. Ours beside Node's, which is OpenSSL's and takes in much more: the other
 * verifiers read the same profile by the same rules, so that no file is good to one and bad to another.
 */
import type { KeyObject } from 'node:crypto'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { publicKeyOfSpki, type SpkiFault, verifies } from '../p256.ts'
import { DerError, derElements, derOf } from './der.ts'

export interface DerCertificate {
	/** The part that the issuer signed. */
	readonly signed: Buffer
	/** r and s; null where it is not one of ECDSA with SHA-256. */
	readonly signature: Buffer | null
	/** YYYYMMDDHHMMSS, UTC: to be compared as text. */
	readonly begins: string
	readonly ends: string
	readonly publicKey: KeyObject
	/** The subject, where it is a common name and nothing else. */
	readonly commonName: string | null
	readonly isAuthority: boolean
	/** The extended key usages, as dotted numbers. */
	readonly usages: readonly string[]
}

/** Later than any that a certificate can say. */
export const never = '99999999999999'

const ecdsaWithSha256 = '300a06082a8648ce3d040302'
const commonNameId = '0603550403'
const basicConstraints = '0603551d13'
const extendedKeyUsage = '0603551d25'
const [boolean, integer, bitString, octetString, oid] = [1, 2, 3, 4, 6]
const [utf8String, printableString, utcTime, generalizedTime] = [0x0c, 0x13, 0x17, 0x18]
const [sequence, set, version, extensions] = [0x30, 0x31, 0xa0, 0xa3]

export function readDerCertificate(der: Buffer): Result<DerCertificate, SpkiFault> {
	try {
		const [whole] = derOf(der, sequence)
		const [signed, algorithm, signature] = derOf(whole.content, sequence, sequence, bitString)
		const [v, , innerAlgorithm, , validity, subject, spki, more] = derOf(
			signed.content,
			...([version, integer, sequence, sequence, sequence, sequence, sequence, extensions] as const),
		)
		if (hexOf(v.content) !== '020102') throw new DerError()
		const times = derElements(validity.content).map(timeOf)
		const [begins, ends] = times
		if (begins === undefined || ends === undefined || times.length !== 2) throw new DerError()
		const byKind = extensionsOf(more.content)
		const isOurs = hexOf(algorithm.all) === ecdsaWithSha256 && innerAlgorithm.all.equals(algorithm.all)
		const parts = {
			signed: signed.all,
			signature: isOurs ? rawSignature(signature.content) : null,
			begins,
			ends,
			commonName: commonNameOf(subject.content),
			isAuthority: isAuthority(byKind.get(basicConstraints)),
			usages: usagesOf(byKind.get(extendedKeyUsage)),
		}
		const key = publicKeyOfSpki(spki.all)
		return key.ok ? ok({ ...parts, publicKey: key.value }) : key
	} catch (error) {
		if (error instanceof DerError)
			return fail('not-a-public-key', 'a certificate is damaged, or of a foreign form')
		throw error
	}
}

export type IssueFault = Fault<'foreign-certificate' | 'certificate-expired'>

/** Null where `signer`, whose own certificate ends at `end`, issued it in its time. */
export function issueFault(
	{ signed, signature, begins, ends }: DerCertificate,
	signer: KeyObject,
	end: string,
): { readonly ok: false; readonly fault: IssueFault } | null {
	if (signature === null || !verifies(signed, signature, signer))
		return fail('foreign-certificate', 'the certificate is not signed by the one above it')
	if (begins <= end && begins <= ends) return null
	return fail('certificate-expired', 'the certificate was issued when the one above it had ended')
}

function hexOf(bytes: Buffer): string {
	return bytes.toString('hex')
}

/** UTCTime has two digits of the year, 1950 to 2049. */
function timeOf({ tag, content }: { readonly tag: number; readonly content: Buffer }): string {
	const digits = content.toString('latin1')
	const text = tag === utcTime && digits.length === 13 ? `${digits < '5' ? '20' : '19'}${digits}` : digits
	const isTime = tag === utcTime ? digits.length === 13 : tag === generalizedTime
	const fits = /^[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]Z$/
	if (!isTime || !fits.test(text)) throw new DerError()
	return text.slice(0, 14)
}

/** Kind, as DER in hex, to value. */
function extensionsOf(field: Buffer): ReadonlyMap<string, Buffer> {
	const [list] = derOf(field, sequence)
	const found = new Map<string, Buffer>()
	for (const { tag, content } of derElements(list.content)) {
		const parts = derElements(content)
		const kind = parts[0]
		const value = parts.at(-1)
		const isCritical = parts.length === 3 && hexOf(parts[1]?.all ?? Buffer.alloc(0)) === '0101ff'
		if (
			tag !== sequence ||
			kind?.tag !== oid ||
			value?.tag !== octetString ||
			!(parts.length === 2 || isCritical) ||
			found.has(hexOf(kind.all))
		)
			throw new DerError()
		found.set(hexOf(kind.all), value.content)
	}
	return found
}

function isAuthority(value: Buffer | undefined): boolean {
	if (value === undefined) return false
	const [first] = derElements(derOf(value, sequence)[0].content)
	return first?.tag === boolean && hexOf(first.all) === '0101ff'
}

function usagesOf(value: Buffer | undefined): readonly string[] {
	if (value === undefined) return []
	return derElements(derOf(value, sequence)[0].content).map(({ tag, content }) => {
		if (tag !== oid) throw new DerError()
		return dotted(content)
	})
}

/** Object identifiers (X.690, section 8.19), each number in its shortest spelling. */
function dotted(content: Buffer): string {
	const numbers: bigint[] = []
	let number: bigint | null = null
	for (const octet of content) {
		if (number === null && octet === 0x80) throw new DerError()
		const grown: bigint = ((number ?? 0n) << 7n) | BigInt(octet & 0x7f)
		if (octet < 0x80) numbers.push(grown)
		number = octet < 0x80 ? null : grown
	}
	const [first] = numbers
	if (first === undefined || number !== null) throw new DerError()
	const arc = first < 80n ? first / 40n : 2n
	return [arc, first - arc * 40n, ...numbers.slice(1)].join('.')
}

function commonNameOf(subject: Buffer): string | null {
	const sets = derElements(subject)
	const pairs = sets.length === 1 && sets[0]?.tag === set ? derElements(sets[0].content) : []
	const parts = pairs.length === 1 && pairs[0]?.tag === sequence ? derElements(pairs[0].content) : []
	const [kind, name] = parts
	if (parts.length !== 2 || kind === undefined || name === undefined) return null
	const isText = name.tag === utf8String || name.tag === printableString
	return hexOf(kind.all) === commonNameId && isText ? name.content.toString('latin1') : null
}

/** r and s, 32 bytes each, from a BIT STRING of SEQUENCE { INTEGER, INTEGER }. */
function rawSignature(bits: Buffer): Buffer {
	if (bits[0] !== 0) throw new DerError()
	const [pair] = derOf(bits.subarray(1), sequence)
	return Buffer.concat(derOf(pair.content, integer, integer).map(({ content }) => wholeNumber(content)))
}

/** A positive one, in its shortest spelling, as 32 bytes. */
function wholeNumber(content: Buffer): Buffer {
	const [first = 0x80, second = 0] = content
	const digits = first === 0 && second >= 0x80 ? content.subarray(1) : content
	if (first >= 0x80 || (first === 0 && digits === content) || digits.length > 32) throw new DerError()
	return Buffer.concat([Buffer.alloc(32 - digits.length), digits])
}
