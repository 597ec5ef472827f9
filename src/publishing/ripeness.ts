/**
 * When what a centre holds may be published. Publishing every few minutes would pair a table, a device and a network's
 * line while volunteers still stand there: an entry waits until its device has closed its day or hours have passed, and
 * what is added comes from many devices. Pure.
 */

export interface RipenessSettings {
	/** Milliseconds after which an entry is ripe though its device has not closed its day. */
	readonly ripeMs: number
	/** A publication that adds entries adds at least so many … */
	readonly leastEntries: number
	/** … of at least so many devices … */
	readonly leastDevices: number
	/** … or one that was received longer ago than this, in milliseconds. */
	readonly longestMs: number
}

/** `design.md`, section 10. */
export const usualRipeness: RipenessSettings = {
	ripeMs: 6 * 3_600_000,
	leastEntries: 500,
	leastDevices: 20,
	longestMs: 24 * 3_600_000,
}

/** An entry that the log lacks. */
export interface WaitingEntry {
	readonly id: string
	readonly device: string
	readonly seq: number
	/** When the centre's first receipt for it was signed; null without one: it counts as received now. */
	readonly receivedMs: number | null
}

export interface Ripe {
	/** Ids. */
	readonly entries: ReadonlySet<string>
	/** Ripe entries that wait for others to come with them. */
	readonly held: number
}

/** `closedUpTo`: by device the number of its last entry of kind `close`, or that a head of it names. */
export function ripeOf(
	waiting: Iterable<WaitingEntry>,
	closedUpTo: ReadonlyMap<string, number>,
	nowMs: number,
	settings: RipenessSettings,
): Ripe {
	const ripe: WaitingEntry[] = []
	for (const entry of waiting) {
		const isClosed = entry.seq <= (closedUpTo.get(entry.device) ?? 0)
		const ageMs = nowMs - (entry.receivedMs ?? nowMs)
		if (isClosed || ageMs >= settings.ripeMs) ripe.push(entry)
	}
	const devices = new Set(ripe.map(({ device }) => device)).size
	const isCrowd = ripe.length >= settings.leastEntries && devices >= settings.leastDevices
	const isOverdue = ripe.some(({ receivedMs }) => nowMs - (receivedMs ?? nowMs) >= settings.longestMs)
	if (ripe.length === 0 || !(isCrowd || isOverdue)) return { entries: new Set(), held: ripe.length }
	return { entries: new Set(ripe.map(({ id }) => id)), held: 0 }
}
