/** Checkpoints (C2SP tlog-checkpoint 1.0.0): a note in which a log says its size and its root. */

import { decodeBase64, encodeBase64 } from '../evidence/base64.ts'
import { longestKeyName, type VerifierKey } from '../evidence/keys/verifier-key.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type Cosignature, type CosignatureFault, verifyCosignatures } from './cosignature.ts'
import { parseDecimal } from './decimal.ts'
import {
	formatNote,
	type Note,
	type NoteFault,
	type NoteSignatureFault,
	parseNote,
	verifyNote,
} from './note.ts'
import { type NoteSigner, signNote } from './signing.ts'
import { emptyRoot, hashLength, isSameHash, type TreeHead } from './tree-hash.ts'

export interface Checkpoint extends TreeHead {
	/** Which log it is. */
	readonly origin: string
	/** Opaque lines, of which nobody can check anything. */
	readonly extensions: readonly string[]
}

export interface OpenedCheckpoint extends Checkpoint {
	readonly note: Note
	/** By witnesses that were asked for, verified, in the order of their lines. */
	readonly cosignatures: readonly Cosignature[]
}

/** `wrong-origin`: of another log than the key is named after. */
export type CheckpointFault = NoteFault | NoteSignatureFault | CosignatureFault | Fault<'wrong-origin'>

export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
	return [origin, size, encodeBase64(root), ...extensions].map((line) => `${line}\n`).join('')
}

/** The text of a note. */
export function parseCheckpoint(text: string): Result<Checkpoint, NoteFault> {
	const [origin = '', decimal = '', base64 = '', ...extensions] = text.split('\n')
	const [size, root] = [parseDecimal(decimal), decodeBase64(base64)]
	const refused = (why: string) => fail('bad-note', `no checkpoint: ${why}`)
	if (extensions.pop() !== '' || extensions.includes('')) return refused('lines lack, or are empty')
	if (origin === '' || Buffer.byteLength(origin) > longestKeyName) return refused('its origin is no origin')
	if (size === null) return refused('its size is no number')
	if (root === null || root.length !== hashLength) return refused('its root is no hash')
	if (size === 0 && !isSameHash(root, emptyRoot())) return refused('an empty tree has another root')
	return ok({ origin, size, root, extensions })
}

/** The log's own checkpoint; its origin is the name of the log's key. */
export function signCheckpoint({ size, root }: TreeHead, log: NoteSigner): string {
	const text = formatCheckpoint({ origin: log.key.name, size, root, extensions: [] })
	return formatNote({ text, signatures: [signNote(text, log)] })
}

/**
 * A checkpoint signed by a log of ours, with the cosignatures of `witnesses`. A line by any of these that does not verify
 * makes it a bad one; other lines, of other keys or types, stay in the note and count nowhere.
 */
export function openCheckpoint(
	bytes: Uint8Array,
	log: VerifierKey,
	witnesses: readonly VerifierKey[] = [],
): Result<OpenedCheckpoint, CheckpointFault> {
	const note = parseNote(bytes)
	if (!note.ok) return note
	const checkpoint = parseCheckpoint(note.value.text)
	if (!checkpoint.ok) return checkpoint
	const { origin, extensions } = checkpoint.value
	if (extensions.length > 0) return fail('bad-note', 'it has lines of which nobody can check anything')
	if (origin !== log.name) return fail('wrong-origin', `of the log ${origin}, not of ${log.name}`)
	const verified = verifyNote(note.value, log)
	if (!verified.ok) return verified
	const cosignatures = verifyCosignatures(note.value, witnesses)
	if (!cosignatures.ok) return cosignatures
	return ok({ ...checkpoint.value, note: note.value, cosignatures: cosignatures.value })
}
