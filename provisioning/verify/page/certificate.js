/** X.509 certificates (RFC 5280), DER: what of one matters here. */
import { beginsWith, concat, hex, toHex } from './bytes.js'
import { refuse } from './faults.js'

const ecdsaWithSha256 = hex('300a06082a8648ce3d040302')
const commonNameId = '0603550403'
const basicConstraints = '0603551d13'
const extendedKeyUsage = '0603551d25'
/** 2.25.248391572945622752837148427373570704091, then 1 to sign entries, 2 to sign receipts; DER, hexadecimal. */
export const purposes = {
	entries: '06156982f5debd84aac9d2a4a7b19589bcfc94d1855b01',
	receipts: '06156982f5debd84aac9d2a4a7b19589bcfc94d1855b02',
}

/** The DER elements in `bytes`: tag, whole element, content. Null when they don't fit. */
export function elements(bytes) {
	const found = []
	for (let at = 0; at < bytes.length; ) {
		let length = bytes[at + 1]
		let start = at + 2
		if (length > 0x82 || length === 0x80) return null
		if (length > 0x80) {
			const octets = length - 0x80
			length = Number.parseInt(toHex(bytes.subarray(start, start + octets)), 16)
			start += octets
		}
		if (!(start + length <= bytes.length)) return null
		found.push({
			tag: bytes[at],
			all: bytes.subarray(at, start + length),
			content: bytes.subarray(start, start + length),
		})
		at = start + length
	}
	return found
}

export function certificateOf(der) {
	try {
		const [signedPart, algorithm, signature] = elements(elements(der)[0].content)
		const [, , , validity, subject, spki, ...more] = elements(signedPart.content).filter(
			({ tag }) => tag !== 0xa0,
		)
		const [begins, ends] = elements(validity.content).map(timeOf)
		const extensions = extensionsOf(more.find(({ tag }) => tag === 0xa3))
		const usages = extensions.get(extendedKeyUsage)
		const isOurs =
			algorithm.all.length === ecdsaWithSha256.length && beginsWith(algorithm.all, ecdsaWithSha256)
		return {
			signed: signedPart.all,
			signature: isOurs ? rawSignature(signature.content.subarray(1)) : null,
			begins,
			ends,
			spki: spki.all,
			commonName: commonNameOf(subject),
			isAuthority: toHex(extensions.get(basicConstraints) ?? []).includes('0101ff'),
			usages: usages === undefined ? [] : elements(elements(usages)[0].content).map(({ all }) => toHex(all)),
		}
	} catch {
		return refuse('not-a-public-key')
	}
}

/** Milliseconds since 1970. UTCTime has two digits of the year, 1950 to 2049. */
function timeOf({ tag, content }) {
	const digits = new TextDecoder().decode(content)
	const text = tag === 0x17 ? `${digits < '5' ? '20' : '19'}${digits}` : digits
	const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
	return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** Kind, as DER in hexadecimal, to value. */
function extensionsOf(field) {
	const all = field === undefined ? [] : elements(elements(field.content)[0].content)
	return new Map(
		all.map(({ content }) => {
			const parts = elements(content)
			return [toHex(parts[0].all), parts[parts.length - 1].content]
		}),
	)
}

/** The subject, when it is a common name and nothing else. */
function commonNameOf({ content }) {
	const [set, ...more] = elements(content)
	const pairs = set === undefined ? [] : elements(set.content)
	const [kind, name] = pairs.length === 1 && more.length === 0 ? elements(pairs[0].content) : []
	return kind !== undefined && toHex(kind.all) === commonNameId ? new TextDecoder().decode(name.content) : ''
}

/** r and s, 32 bytes each, from SEQUENCE { INTEGER, INTEGER }. */
function rawSignature(der) {
	const numbers = elements(elements(der)[0].content).map(({ content }) =>
		toHex(content).padStart(64, '0').slice(-64),
	)
	return concat(...numbers.map(hex))
}
