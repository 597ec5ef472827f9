/** Decides what to make of something that claims to be an entry. Pure: nothing is stored here. */
import { createHash } from 'node:crypto'
import type { ListedRole } from '../evidence/authority/device-list.ts'
import { type EntryFault, readEntry, type SignedEntry } from '../evidence/entry.ts'
import type { Identity } from '../evidence/identity.ts'
import { longestJws, parseJws, verifyJws } from '../evidence/jws.ts'
import { answersOf, type Receipt } from '../evidence/receipt.ts'
import { sentFile } from '../protocol/chunks.ts'
import type { ConflictReason, DeviceChain, HeldEntry } from './device-chain.ts'

type RejectionReason = 'unknown-device' | 'wrong-role' | 'topic-mismatch' | EntryFault['code']

export type EntryVerdict =
	/** New: to be kept, in conflict with another or not. */
	| { readonly kind: 'new'; readonly entry: SignedEntry; readonly held: HeldEntry }
	| { readonly kind: 'duplicate'; readonly held: HeldEntry }
	/** Proven to be by the device, of a version not understood here: to be kept all the same. */
	| { readonly kind: 'foreign'; readonly text: string; readonly id: string }
	| { readonly kind: 'rejected'; readonly id: string; readonly reason: RejectionReason }

export interface ClaimedEntry {
	/** What the topic says. */
	readonly device: string
	/** Null for what came without a topic. */
	readonly seq: number | null
	readonly payload: Uint8Array
}

/** `device` and `chain` are those of the device that the topic names; without them it is unknown, or has another `role`. */
export function entryVerdict(
	{ device: named, seq, payload }: ClaimedEntry,
	device: Identity | undefined,
	chain: DeviceChain | undefined,
	role: ListedRole | null = null,
): EntryVerdict {
	const reject = (reason: RejectionReason): EntryVerdict => ({
		kind: 'rejected',
		id: claimedId(payload),
		reason,
	})
	if (payload.length > longestJws) return reject('too-large')
	if (role === 'station' || role === 'officer') return reject('wrong-role')
	if (device === undefined || chain === undefined) return reject('unknown-device')
	const jws = parseJws(Buffer.from(payload).toString('latin1'), 'entry')
	if (!jws.ok) return reject(jws.fault.code)
	if (jws.value.kid !== named) return reject('topic-mismatch')
	const verified = verifyJws(jws.value, device)
	if (!verified.ok) return reject(verified.fault.code)

	const { text, id } = jws.value
	const read = readEntry(verified.value)
	if (!read.ok) {
		return read.fault.code === 'unknown-version' ? { kind: 'foreign', text, id } : reject(read.fault.code)
	}
	const { entry } = read.value
	if (seq !== null && entry.seq !== seq) return reject('topic-mismatch')
	const held = chain.get(entry.seq, id)
	if (held !== undefined) return { kind: 'duplicate', held }
	return {
		kind: 'new',
		entry: read.value,
		held: heldEntry(read.value, chain.conflictOf(entry.seq, entry.prev, id)),
	}
}

export function heldEntry(
	{ entry, id }: Pick<SignedEntry, 'entry' | 'id'>,
	conflict: ConflictReason | null,
): HeldEntry {
	const images = entry.kind === 'acta' ? entry.images : []
	const pictures = images.map(({ sha256 }) => sha256)
	return { seq: entry.seq, id, prev: entry.prev, files: images.map(sentFile), pictures, conflict }
}

/** The entry that an earlier receipt of this centre answers, when all that it says is true of what is held. */
export function entryOfReturned(
	receipt: Receipt,
	chain: DeviceChain | undefined,
	isWhole: (sha256: string) => boolean,
): HeldEntry | null {
	const { seq, entry, status, upto } = receipt
	const held = chain?.get(seq, entry)
	if (chain === undefined || held === undefined || status === 'rejected') return null
	for (const answer of answersOf(receipt)) {
		if (answer.status !== 'rejected' && chain.get(answer.seq, answer.entry) === undefined) return null
		if (answer.images.some((image) => image.status === 'stored' && !isWhole(image.sha256))) return null
	}
	if (upto === null) return held
	return upto.seq <= (chain.upto?.seq ?? 0) && chain.get(upto.seq, upto.id) !== undefined ? held : null
}

/** Whether a receipt of this centre says that something is held which is not. */
export function promisesMore(receipt: Receipt, chain: DeviceChain | undefined): boolean {
	const isHeld = (at: number, id: string) => chain?.get(at, id) !== undefined
	const { upto } = receipt
	const lacks = answersOf(receipt).some(
		({ seq, entry, status }) => status !== 'rejected' && !isHeld(seq, entry),
	)
	return lacks || (upto !== null && !isHeld(upto.seq, upto.id))
}

/** The id that the bytes would have as an object, so that the sender knows which of its messages is meant. */
function claimedId(payload: Uint8Array): string {
	const end = Buffer.from(payload.buffer, payload.byteOffset, payload.length).lastIndexOf('.')
	return createHash('sha256')
		.update(end < 0 ? payload : payload.subarray(0, end))
		.digest('base64url')
}
