/**
 * Signed notes (C2SP signed-note 1.0.0): a text, an empty line, and a line for each signature. Read strictly: what is
 * not spelled as it would be written is no note. Lines by unknown keys stay as they are.
 */

import { decodeBase64, encodeBase64 } from '../evidence/base64.ts'
import { verifiesEd25519 } from '../evidence/ed25519.ts'
import { formatKeyId, isKeyName, type VerifierKey } from '../evidence/keys/verifier-key.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

/** Bytes. Sixteen signatures of ML-DSA, of 3 KiB each, must have room. */
export const longestNote = 512 * 1024
export const mostSignatures = 100

export interface NoteSignature {
	readonly name: string
	readonly keyId: number
	/** What stands behind the key id: one byte at least, of any type. */
	readonly signature: Uint8Array
}

export interface Note {
	/** Ends with a line feed. */
	readonly text: string
	readonly signatures: readonly NoteSignature[]
}

export type NoteFault = Fault<'bad-note'>
/** `foreign-key`: not signed by who should have. `bad-signature`: a line of theirs does not verify. */
export type NoteSignatureFault = Fault<'foreign-key' | 'bad-signature'>

export function formatNote({ text, signatures }: Note): string {
	return `${text}\n${signatures.map(formatSignature).join('')}`
}

/** A line, with its line feed. */
export function formatSignature({ name, keyId, signature }: NoteSignature): string {
	const bytes = Buffer.concat([Buffer.from(formatKeyId(keyId), 'hex'), signature])
	return `— ${name} ${encodeBase64(bytes)}\n`
}

export function parseNote(bytes: Uint8Array): Result<Note, NoteFault> {
	if (bytes.length > longestNote) return fail('bad-note', `over ${longestNote} bytes`)
	const whole = decodeUtf8(bytes)
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
	if (whole === null || /[\u0000-\u0009\u000b-\u001f]/.test(whole))
		return fail('bad-note', 'not UTF-8, or with control characters')
	const end = whole.lastIndexOf('\n\n')
	const lines = whole.slice(end + 2).split('\n')
	if (end < 0 || lines.length < 2 || lines.pop() !== '')
		return fail('bad-note', 'not a text, an empty line, and whole lines of signatures')
	if (lines.length > mostSignatures) return fail('bad-note', `over ${mostSignatures} signatures`)
	const signatures: NoteSignature[] = []
	for (const line of lines) {
		const signature = parseSignature(line)
		if (signature === null) return fail('bad-note', `line ${signatures.length + 1} below is no signature`)
		signatures.push(signature)
	}
	return ok({ text: whole.slice(0, end + 1), signatures })
}

/** A line without its line feed; null for any other. */
function parseSignature(line: string): NoteSignature | null {
	const [, name = '', base64 = ''] = /^— ([^ ]+) ([A-Za-z0-9+/=]+)$/u.exec(line) ?? []
	const bytes = decodeBase64(base64)
	if (bytes === null || bytes.length < 5 || !isKeyName(name)) return null
	return { name, keyId: bytes.readUInt32BE(), signature: bytes.subarray(4) }
}

export function isBy({ name, keyId }: NoteSignature, key: VerifierKey): boolean {
	return name === key.name && keyId === key.keyId
}

/** The note at hand, signed by `key`: every line of its verifies, and there is one. Others' lines are not looked at. */
export function verifyNote(note: Note, key: VerifierKey): Result<null, NoteSignatureFault> {
	const own = note.signatures.filter((one) => isBy(one, key))
	if (own.length === 0) return fail('foreign-key', `not signed by ${key.name}+${formatKeyId(key.keyId)}`)
	const text = Buffer.from(note.text)
	return own.every(({ signature }) => verifiesEd25519(text, signature, key.publicKey))
		? ok(null)
		: fail('bad-signature', `the signature of ${key.name} is not of this text`)
}

export function openNote(bytes: Uint8Array, key: VerifierKey): Result<Note, NoteFault | NoteSignatureFault> {
	const note = parseNote(bytes)
	if (!note.ok) return note
	const verified = verifyNote(note.value, key)
	return verified.ok ? note : verified
}

function decodeUtf8(bytes: Uint8Array): string | null {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
	} catch {
		return null
	}
}
