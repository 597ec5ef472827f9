/**
 * When what a centre holds may be published. Publishing every few minutes would pair a table, a device and a network's
 * line while volunteers still stand there: an entry waits until its device has closed its day or hours have passed, and
 * what is added comes from many devices. All entries of a device name it: who watches lines learns at each publication
 * which of them were not used in time. So a device comes as seldom as can be, and only in a crowd of others of which the
 * same is known (`test/publishing/line-matching.ts` tries it). Pure.
 */

export interface RipenessSettings {
	/** Milliseconds after which an entry is ripe though its device has not closed its day. */
	readonly ripeMs: number
	/** A publication that adds entries adds at least so many … */
	readonly leastEntries: number
	/** … of crowds of at least so many devices that came when these came, and closed their day if these have … */
	readonly leastDevices: number
	/** … or one that was received longer ago than this, in milliseconds, with its crowd, however small. */
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

/** What the log and its readers know of devices already. */
export interface DevicesSoFar {
	/** By device the number of its last entry of kind `close`, or that a head of it names. */
	readonly closedUpTo: ReadonlyMap<string, number>
	/** By device which publications brought leaves of it: equal where these are. None: no key. */
	readonly broughtBy: ReadonlyMap<string, string>
}

/** Ids of the entries that come next. */
export function ripeOf(
	waiting: Iterable<WaitingEntry>,
	{ closedUpTo, broughtBy }: DevicesSoFar,
	nowMs: number,
	settings: RipenessSettings,
): ReadonlySet<string> {
	const ageMs = ({ receivedMs }: WaitingEntry) => nowMs - (receivedMs ?? nowMs)
	const isOverdue = (entry: WaitingEntry) => ageMs(entry) >= settings.longestMs
	/** What is due of each device, together where devices can't be told apart by when something of them was published. */
	const crowds = new Map<string, (readonly WaitingEntry[])[]>()
	for (const [device, entries] of byDevice(waiting)) {
		const closed = entries.filter(({ seq }) => seq <= (closedUpTo.get(device) ?? 0))
		const open = entries.filter(({ seq }) => seq > (closedUpTo.get(device) ?? 0))
		const aged = open.filter((entry) => ageMs(entry) >= settings.ripeMs)
		// One that still scans comes when it has paused or closed, not hour by hour: each time tells more of who it is.
		const isWhole = aged.length === open.length || aged.some(isOverdue)
		const due = isWhole ? [...closed, ...aged] : closed
		if (due.length === 0) continue
		const how = `${closed.length > 0 ? 'closed' : ''} ${due.length > closed.length ? 'open' : ''}`
		const likeness = `${broughtBy.get(device) ?? ''} ${how}`
		crowds.set(likeness, [...(crowds.get(likeness) ?? []), due])
	}
	const large = [...crowds.values()].filter(({ length }) => length >= settings.leastDevices)
	const isCrowd = large.flat(2).length >= settings.leastEntries
	const going = [...crowds.values()].filter(
		(crowd) => (isCrowd && crowd.length >= settings.leastDevices) || crowd.flat().some(isOverdue),
	)
	return new Set(going.flat(2).map(({ id }) => id))
}

function byDevice(waiting: Iterable<WaitingEntry>): ReadonlyMap<string, readonly WaitingEntry[]> {
	const found = new Map<string, WaitingEntry[]>()
	for (const entry of waiting) {
		const entries = found.get(entry.device)
		if (entries === undefined) found.set(entry.device, [entry])
		else entries.push(entry)
	}
	return found
}
