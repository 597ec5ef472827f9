/**
 * Keys that sign notes, as text: `<name>+<key id>+<type and key>` (C2SP signed-note, "Verifier keys"). Name and key id
 * together say by which key a line of a note is, and of which type.
 */
import { createHash } from 'node:crypto'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { decodeBase64, encodeBase64 } from '../base64.ts'
import { isEd25519Key } from '../ed25519.ts'

/** Over the text of a note, as logs sign. */
export const noteType = 0x01
/** Over a checkpoint and a time, as witnesses sign (C2SP tlog-cosignature). */
export const cosignatureType = 0x04

export interface VerifierKey {
	readonly name: string
	/** 32 bits; short on purpose: it finds a key, and proves nothing. */
	readonly keyId: number
	readonly type: typeof noteType | typeof cosignatureType
	/** Ed25519, 32 bytes. */
	readonly publicKey: Uint8Array
}

/** `other-type`: well formed, of a type that is not verified here, such as ML-DSA (0x06). */
export type VerifierKeyFault = Fault<'bad-vkey' | 'other-type'>

/** Bytes: what further types of cosignatures have room for. */
export const longestKeyName = 255

/** A name, or an origin, that notes can bear: neither spaces of Unicode nor `+` nor control characters. */
export function isKeyName(name: string): boolean {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: a note holds none
	const isSpelled = /^[^\p{White_Space}\p{Surrogate}+\u0000-\u001f]+$/u.test(name)
	return isSpelled && Buffer.byteLength(name) <= longestKeyName
}

/** Throws a RangeError for a name or a key that is none. */
export function verifierKey(name: string, type: VerifierKey['type'], publicKey: Uint8Array): VerifierKey {
	if (!isKeyName(name) || !isEd25519Key(publicKey)) throw new RangeError(`no key of notes: ${name}`)
	return { name, keyId: keyIdOf(name, type, publicKey), type, publicKey }
}

export function formatVerifierKey({ name, keyId, type, publicKey }: VerifierKey): string {
	return `${name}+${formatKeyId(keyId)}+${encodeBase64(Buffer.concat([Buffer.of(type), publicKey]))}`
}

/** Eight hex digits. */
export function formatKeyId(keyId: number): string {
	return keyId.toString(16).padStart(8, '0')
}

export function parseVerifierKey(text: string): Result<VerifierKey, VerifierKeyFault> {
	const [, name = '', keyId = '', base64 = ''] = /^([^+]*)\+([0-9a-f]{8})\+(.{4,4096})$/su.exec(text) ?? []
	const material = decodeBase64(base64)
	if (material === null || material.length < 2 || !isKeyName(name))
		return fail('bad-vkey', 'not a verifier key: <name>+<8 hex digits>+<base64>')
	const [type = 0, key] = [material[0], material.subarray(1)]
	if (type !== noteType && type !== cosignatureType)
		return fail('other-type', `${name}: signs with type ${type}, not with Ed25519 (1 or 4)`)
	if (!isEd25519Key(key)) return fail('bad-vkey', `${name}: the key is no Ed25519 key`)
	const found: VerifierKey = { name, keyId: keyIdOf(name, type, key), type, publicKey: key }
	return formatKeyId(found.keyId) === keyId
		? ok(found)
		: fail('bad-vkey', `${name}: the key id is not that of name and key; something was changed`)
}

function keyIdOf(name: string, type: number, publicKey: Uint8Array): number {
	const digest = createHash('sha256').update(`${name}\n`).update(Buffer.of(type)).update(publicKey).digest()
	return digest.readUInt32BE()
}

/** Whether a signature of the one could be taken for the other's. */
export function isSameSigner(one: VerifierKey, other: VerifierKey): boolean {
	const isSameKey = Buffer.compare(one.publicKey, other.publicKey) === 0
	return isSameKey || (one.name === other.name && one.keyId === other.keyId)
}
