import type { Backoff } from '../../platform/backoff.ts'

/** Every wait of a scan session, in milliseconds, by phase. */
export interface SessionDelays {
	/** A camera that took no picture by then is in trouble. */
	readonly capturing: number
	/** Longer than the reader's own deadline, which comes first. */
	readonly reading: number
	/** How long the kiosk asks before it goes on without the button. */
	readonly confirming: number
	/** After how long a recording is shown as slow, and then, counted from there, the disk as not answering. */
	readonly recording: { readonly slow: number; readonly stuck: number }
	/** Between two tries of a disk that takes nothing: the first, doubled each time, up to the most. */
	readonly disk: Backoff
	/** How long a result stands. */
	readonly recorded: number
	readonly 'already-scanned': number
	readonly conflict: number
	readonly rejected: number
	/** Between two tries of a device that failed. */
	readonly fault: number
	/** How long the kiosk asks whether to close the day. */
	readonly 'asking-to-close': number
	/** After how long a close is shown as slow. */
	readonly closing: number
	/** How long each page of the closed day stands. */
	readonly closed: number
	/** The technician's screens end so long after the last press; a button that is stuck must not stop a kiosk. */
	readonly technician: number
	/** How long a result stands when the next paper waits already. */
	readonly glance: {
		readonly recorded: number
		readonly 'already-scanned': number
		readonly conflict: number
		readonly rejected: number
	}
}

export const sessionDelays: SessionDelays = {
	capturing: 20_000,
	reading: 30_000,
	confirming: 20_000,
	recording: { slow: 3_000, stuck: 57_000 },
	disk: { firstMs: 500, mostMs: 10_000 },
	recorded: 4_000,
	'already-scanned': 4_000,
	conflict: 8_000,
	rejected: 6_000,
	fault: 3_000,
	'asking-to-close': 15_000,
	closing: 3_000,
	closed: 6_000,
	technician: 120_000,
	glance: { recorded: 700, 'already-scanned': 1_500, conflict: 3_000, rejected: 3_000 },
}

/** Milliseconds for which the button must be pressed to be held: longer than anybody leans on it by mistake. */
export const holdMs = 3_000
