/**
 * What an uplink keeps beside the receipts: a cache for itself and a heartbeat for the kiosk. A lost or
 * older one only means that entries are sent again. Of it the kiosk takes `latestReceipt` and `contrary`, which it
 * verifies with the pinned key, and shows `connected` and `setAsideCount`, for which nothing vouches: they are no
 * proof of anything, and decide nothing that is recorded.
 */
import * as z from 'zod'
import { Instant, LedgerId } from '../evidence/fields.ts'
import { Id } from '../evidence/identity.ts'
import { longestJws } from '../evidence/jws.ts'
import { ok, type Result } from '../platform/result.ts'
import { type HeartbeatFault, readHeartbeat } from './heartbeat-file.ts'

/** Its name in the uplink's directory. */
export const stateFile = 'state.json'

/** Ledgers that a centre may lose in a device's life: orders of more are not obeyed. */
export const mostLedgers = 200

/** Far over what a device records in its life: a display has no room for more digits. */
const mostSetAside = 1_000_000

export const UplinkState = z.object({
	v: z.literal(1),
	device: Id.nullable(),
	/** The receipt whose `upto` is the highest, as it came. */
	latestReceipt: z.string().max(longestJws).nullable(),
	/**
	 * The furthest one of the ledger that the centre keeps now, shown to it at each connection: signed, it proves that
	 * this ledger held what it may have lost since.
	 */
	ledgerReceipt: z.string().max(longestJws).nullable().default(null),
	/**
	 * The seq up to which the centre holds all entries, as far as it said last: less than `latestReceipt` says
	 * when it has lost what it held.
	 */
	entriesUpto: z.int().min(0),
	/** The seq up to which the centre holds all entries with all their files. */
	imagesUpto: z.int().min(0),
	connected: z.boolean(),
	/** Since when it is connected or not. */
	since: Instant.nullable(),
	/** When this was written: with an old one no uplink runs. */
	written: Instant.nullable(),
	/** The last trouble, in one line; null when connected without any. */
	lastError: z.object({ code: z.string(), detail: z.string(), time: Instant }).nullable(),
	/** Entries that wait apart and are tried again slowly; the first of them, and how many there are. */
	setAside: z.array(z.object({ seq: z.int().min(1), reason: z.string() })).max(100),
	setAsideCount: z.int().min(0).max(mostSetAside),
	/** What the centre keeps no more of for now, since this device's quota there is full; null for nothing. */
	paused: z.enum(['all', 'images']).nullable().default(null),
	/** Entries whose seq the centre holds with another id too: proof of a cloned or rolled back device. */
	conflicts: z.array(z.int().min(1)).max(100),
	/** A verified receipt for an entry that the journal does not have: it was rolled back, or the device cloned. */
	contrary: z.string().max(longestJws).nullable(),
	/** The centre's ledgers for which everything was sent again, the last one last: an order counts once. */
	resentTo: z.array(LedgerId).max(mostLedgers),
	/** Which part of `receipts.jws` is to go back to a centre that lost its own, in bytes; null for none. */
	returning: z.object({ from: z.int().min(0), upto: z.int().min(0) }).nullable(),
	/** The number of the list of centres by which all this was counted; 0 for the pinned one. */
	centres: z.int().min(0).default(0),
})
export type UplinkState = z.infer<typeof UplinkState>

export function emptyUplinkState(): UplinkState {
	return {
		v: 1,
		device: null,
		latestReceipt: null,
		ledgerReceipt: null,
		entriesUpto: 0,
		imagesUpto: 0,
		connected: false,
		since: null,
		written: null,
		lastError: null,
		setAside: [],
		setAsideCount: 0,
		paused: null,
		conflicts: [],
		contrary: null,
		resentTo: [],
		returning: null,
		centres: 0,
	}
}

/** For readers beside the uplink. */
export async function readUplinkState(path: string): Promise<Result<UplinkState, HeartbeatFault>> {
	const read = await readHeartbeat(path, UplinkState)
	return read.ok ? ok(read.value.says) : read
}
