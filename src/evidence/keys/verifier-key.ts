/**
 * Verifier keys of signed notes, as C2SP signed-note 1.0.0 spells them: `<name>+<key id>+<base64>`, where the base64 is
 * of one byte for the signature's type and the key, and the key id the first four bytes, in hex, of the SHA-256 of name,
 * line feed, type and key. Here only those with an Ed25519 key, in their one spelling, under a name that fits into a
 * line and a list: the log's own key, and its witnesses'.
 */
import { createHash } from 'node:crypto'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'

/** By signature type: what signs a log's checkpoint and site note, and what cosigns it with a time. */
export const noteKeyTypes = { log: 0x01, witness: 0x04 } as const
export type NoteKeyRole = keyof typeof noteKeyTypes

export interface VerifierKey {
	readonly role: NoteKeyRole
	/** Of a log its origin. */
	readonly name: string
	/** 4 bytes, which stand before each of its signatures. */
	readonly keyId: Buffer
	/** 32 bytes of Ed25519. */
	readonly key: Buffer
	/** As it is written. */
	readonly text: string
}

/** Characters of the longest name. */
const longestName = 128

/** Printable ASCII without blanks; no plus, which ends a name, and no comma, which ends a key in a list. */
const nameForm = /^[!-*\--~]+$/

export function isNoteKeyName(name: string): boolean {
	return name.length <= longestName && nameForm.test(name)
}

const keyLength = 32

/** Throws (a bug) on what `parseVerifierKey` would refuse. */
export function verifierKey(role: NoteKeyRole, name: string, key: Uint8Array): VerifierKey {
	if (!isNoteKeyName(name) || key.length !== keyLength) throw new Error('no name or key of a note')
	const typed = Buffer.concat([Buffer.from([noteKeyTypes[role]]), key])
	const keyId = createHash('sha256').update(`${name}\n`).update(typed).digest().subarray(0, 4)
	const text = `${name}+${keyId.toString('hex')}+${typed.toString('base64')}`
	return { role, name, keyId, key: typed.subarray(1), text }
}

export function parseVerifierKey(text: string): Result<VerifierKey, Fault<'bad-vkey'>> {
	const refuse = (why: string) => fail('bad-vkey', `no verifier key: ${why}`)
	const [name = '', keyId, base64 = '', more] = splitKey(text)
	if (keyId === undefined || more !== undefined) return refuse('not <name>+<8 hex digits>+<base64>')
	if (!isNoteKeyName(name)) return refuse('its name has a blank, a comma or more than ASCII, or is too long')
	const typed = Buffer.from(base64, 'base64')
	const role = typed[0] === noteKeyTypes.log ? 'log' : typed[0] === noteKeyTypes.witness ? 'witness' : null
	if (role === null || typed.length !== keyLength + 1) return refuse('not of Ed25519, type 0x01 or 0x04')
	const found = verifierKey(role, name, typed.subarray(1))
	return found.text === text ? ok(found) : refuse('its parts do not go together, as where a letter is wrong')
}

/** At the first two: base64 has a plus too. */
function splitKey(text: string): string[] {
	const [name = '', keyId, ...rest] = text.split('+')
	return keyId === undefined || rest.length === 0 ? [text] : [name, keyId, rest.join('+')]
}
