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
export const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
export const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
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
