/** X.509 certificates (RFC 5280), DER, of the one profile that an authority of Testigo issues. */
import { concat, hex, toHex } from './bytes.js'
import { refuse } from './faults.js'

const ecdsaWithSha256 = '300a06082a8648ce3d040302'
const commonNameId = '0603550403'
const basicConstraints = '0603551d13'
const extendedKeyUsage = '0603551d25'
/** 2.25.248391572945622752837148427373570704091, then 1 to sign entries, 2 receipts, 3 transcriptions, 4 rulings; DER, hexadecimal. */
export const purposes = {
	entries: '06156982f5debd84aac9d2a4a7b19589bcfc94d1855b01',
	receipts: '06156982f5debd84aac9d2a4a7b19589bcfc94d1855b02',
	transcriptions: '06156982f5debd84aac9d2a4a7b19589bcfc94d1855b03',
	rulings: '06156982f5debd84aac9d2a4a7b19589bcfc94d1855b04',
}

/** Later than any that a certificate can say. */
export const never = '99999999999999'

/** Bytes that are no DER, or not what should stand there. */
export class DerError extends Error {}

/** The DER elements in `bytes`, each with its length in the shortest spelling: tag, whole element, content. */
function elements(bytes) {
	const found = []
	for (let at = 0; at < bytes.length; ) {
		let length = bytes[at + 1] ?? 0x80
		let start = at + 2
		if (length >= 0x80) {
			const octets = length - 0x80
			length = Number.parseInt(`0${toHex(bytes.subarray(start, start + octets))}`, 16)
			if (octets < 1 || octets > 2 || length < (octets === 1 ? 0x80 : 0x100)) throw new DerError()
			start += octets
		}
		if (start + length > bytes.length) throw new DerError()
		found.push({
			tag: bytes[at],
			all: bytes.subarray(at, start + length),
			content: bytes.subarray(start, start + length),
		})
		at = start + length
	}
	return found
}

/** The elements of `bytes`, which must bear these tags, in this order. */
export function ofTags(bytes, ...tags) {
	const found = elements(bytes)
	if (found.length !== tags.length || found.some(({ tag }, at) => tag !== tags[at])) throw new DerError()
	return found
}

export function certificateOf(der) {
	try {
		const [whole] = ofTags(der, 0x30)
		const [signedPart, algorithm, signature] = ofTags(whole.content, 0x30, 0x30, 3)
		const [version, , innerAlgorithm, , validity, subject, spki, more] = ofTags(
			signedPart.content,
			...[0xa0, 2, 0x30, 0x30, 0x30, 0x30, 0x30, 0xa3],
		)
		if (toHex(version.content) !== '020102') throw new DerError()
		const [begins, ends, ...moreTimes] = elements(validity.content).map(timeOf)
		if (ends === undefined || moreTimes.length > 0) throw new DerError()
		const extensions = extensionsOf(more.content)
		const isOurs = toHex(algorithm.all) === ecdsaWithSha256 && toHex(innerAlgorithm.all) === ecdsaWithSha256
		return {
			signed: signedPart.all,
			signature: isOurs ? rawSignature(signature.content) : null,
			begins,
			ends,
			spki: spki.all,
			commonName: commonNameOf(subject.content),
			isAuthority: isAuthority(extensions.get(basicConstraints)),
			usages: usagesOf(extensions.get(extendedKeyUsage)),
		}
	} catch (error) {
		if (error instanceof DerError) return refuse('not-a-public-key')
		throw error
	}
}

/** YYYYMMDDHHMMSS, to be compared as text. UTCTime has two digits of the year, 1950 to 2049. */
function timeOf({ tag, content }) {
	const digits = new TextDecoder('latin1').decode(content)
	const isShort = tag === 0x17 && digits.length === 13
	const text = isShort ? `${digits < '5' ? '20' : '19'}${digits}` : digits
	const fits = /^\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d[0-5]\dZ$/
	if (!(isShort || tag === 0x18) || !fits.test(text)) throw new DerError()
	return text.slice(0, 14)
}

/** Kind, as DER in hexadecimal, to value. */
function extensionsOf(field) {
	const [list] = ofTags(field, 0x30)
	const found = new Map()
	for (const { tag, content } of elements(list.content)) {
		const parts = elements(content)
		const isCritical = parts.length === 3 && toHex(parts[1].all) === '0101ff'
		if (tag !== 0x30 || !(parts.length === 2 || isCritical)) throw new DerError()
		const [kind, value] = [parts[0], parts[parts.length - 1]]
		if (kind.tag !== 6 || value.tag !== 4 || found.has(toHex(kind.all))) throw new DerError()
		found.set(toHex(kind.all), value.content)
	}
	return found
}

function isAuthority(value) {
	if (value === undefined) return false
	const [first] = elements(ofTags(value, 0x30)[0].content)
	return first !== undefined && toHex(first.all) === '0101ff'
}

/** The extended key usages, as DER in hexadecimal. */
function usagesOf(value) {
	if (value === undefined) return []
	return elements(ofTags(value, 0x30)[0].content).map(({ tag, all, content }) => {
		if (tag !== 6 || !/^(?:(?!80)(?:[89a-f].)*[0-7].)+$/.test(toHex(content))) throw new DerError()
		return toHex(all)
	})
}

/** The subject, when it is a common name and nothing else; else nothing. */
function commonNameOf(subject) {
	const sets = elements(subject)
	const pairs = sets.length === 1 && sets[0].tag === 0x31 ? elements(sets[0].content) : []
	const parts = pairs.length === 1 && pairs[0].tag === 0x30 ? elements(pairs[0].content) : []
	const isName =
		parts.length === 2 && toHex(parts[0].all) === commonNameId && [0x0c, 0x13].includes(parts[1].tag)
	return isName ? new TextDecoder('latin1').decode(parts[1].content) : ''
}

/** r and s, 32 bytes each, from SEQUENCE { INTEGER, INTEGER }, each positive and in its shortest spelling. */
function rawSignature(bits) {
	if (bits[0] !== 0) throw new DerError()
	const [pair] = ofTags(bits.subarray(1), 0x30)
	const numbers = ofTags(pair.content, 2, 2).map(({ content }) => {
		const digits = toHex(content)
		if (!/^(?:0[1-9a-f]|[1-7].|00[89a-f].)/.test(digits)) throw new DerError()
		const short = digits.replace(/^00/, '')
		if (short.length > 64) throw new DerError()
		return short.padStart(64, '0')
	})
	return concat(...numbers.map(hex))
}
