/** Bytes and text. */
import { refuse } from './faults.js'

/** Characters of one object, bytes of one line: a tile's limit; of a registry, which lists all devices. */
export const longest = 65535
export const longestRegistry = 4194304
/** Bytes of a key file. */
export const longestFile = 65536

export const hex = (digits) => Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
export const beginsWith = (bytes, prefix) => prefix.every((byte, at) => bytes[at] === byte)
export function concat(...parts) {
	const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
	let at = 0
	for (const part of parts) {
		all.set(part, at)
		at += part.length
	}
	return all
}
export function fromBase64(text) {
	const characters = atob(text)
	const bytes = new Uint8Array(characters.length)
	for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at)
	return bytes
}
export function toBase64(bytes) {
	let characters = ''
	// So many arguments a call can take.
	for (let at = 0; at < bytes.length; at += 4096)
		characters += String.fromCharCode(...bytes.subarray(at, at + 4096))
	return btoa(characters)
}
/** With padding, in its one spelling (RFC 4648, section 4); null for any other. */
export function decodeBase64(text) {
	if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null
	const bytes = fromBase64(text)
	return toBase64(bytes) === text ? bytes : null
}
export const toBase64url = (bytes) =>
	toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
export const toInteger = (bytes) => BigInt(`0x0${toHex(bytes)}`)
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

export function fromBase64url(text) {
	if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) refuse('bad-base64url')
	const bytes = fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'))
	// Unused bits at the end must be zero: one object, one spelling.
	return toBase64url(bytes) === text ? bytes : refuse('bad-base64url')
}

/** ASCII, without leading zeros, to 2^53 - 1; null for any other. */
export function parseDecimal(text) {
	const number = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN
	return Number.isSafeInteger(number) ? number : null
}

export function isSameBytes(one, other) {
	return one.length === other.length && one.every((byte, at) => byte === other[at])
}
