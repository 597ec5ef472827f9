/**
 * Somebody watches the lines of all places where kiosks stand, knows at which second each was online, and has the archive:
 * whose line is which device's? A day of many kiosks with invented times, published by a rule, and the best guess of who
 * knows how such days look. Left out are anchors, by which an entry tells how many receipts the kiosk had seen. Pure.
 */
import { BroughtBy } from '#src/publishing/brought-by.js'
import {
	type RipenessSettings,
	type ripeOf,
	usualRipeness,
	type WaitingEntry,
} from '#src/publishing/ripeness.js'
import type { Random } from '#src/simulator/random.js'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** As often as `publish --follow` looks. */
const everyMs = 5 * minuteMs

export type RipenessRule = typeof ripeOf

/** Entry by entry, and any crowd: what design says in short. It is found out. */
export const entryByEntry: RipenessRule = (waiting, { closedUpTo }, nowMs, settings) => {
	const ripe = [...waiting].filter(
		({ seq, device, receivedMs }) =>
			seq <= (closedUpTo.get(device) ?? 0) || nowMs - (receivedMs ?? nowMs) >= settings.ripeMs,
	)
	const isCrowd =
		ripe.length >= settings.leastEntries &&
		new Set(ripe.map(({ device }) => device)).size >= settings.leastDevices
	const isOverdue = ripe.some(({ receivedMs }) => nowMs - (receivedMs ?? nowMs) >= settings.longestMs)
	return new Set(isCrowd || isOverdue ? ripe.map(({ id }) => id) : [])
}

export interface Day {
	/** Of each line, which is the device of the same number, when it was online. */
	readonly onlineMs: readonly (readonly number[])[]
	readonly publications: readonly DayPublication[]
}

interface DayPublication {
	readonly atMs: number
	/** By device what it brought of it, as everybody sees. */
	readonly brought: ReadonlyMap<number, Shown>
	/** It brought nothing that waited too long. */
	readonly isByCrowd: boolean
}

interface Received extends WaitingEntry {
	readonly receivedMs: number
	readonly line: number
	readonly isClose: boolean
}

export interface DayPlan {
	readonly devices: number
	readonly rule: RipenessRule
	readonly settings?: RipenessSettings
}

/** Kiosks scan from six in the morning on, most close in the evening, each online a few times. */
export function simulateDay(random: Random, { devices, rule, settings = usualRipeness }: DayPlan): Day {
	const onlineMs: number[][] = []
	const received: Received[] = []
	for (let line = 0; line < devices; line++) {
		const fromMs = random.between(6, 12) * hourMs
		const untilMs = random.between(18, 24) * hourMs
		const scansMs = Array.from({ length: random.whole(20, 40) }, () => random.between(fromMs, untilMs)).sort(
			ascending,
		)
		const times = Array.from({ length: random.whole(1, 7) }, () => random.between(fromMs, untilMs))
		const isClosed = random.chance(0.9)
		const lastMs = untilMs + random.between(1, 90) * minuteMs
		const sessions = [...times, lastMs].sort(ascending).map((ms) => Math.floor(ms / 1000) * 1000)
		onlineMs.push(sessions)
		let seq = 0
		for (const [index, atMs] of [...scansMs, ...(isClosed ? [untilMs] : [])].entries()) {
			const receivedMs = sessions.find((ms) => ms >= atMs) ?? Number.POSITIVE_INFINITY
			const isClose = index === scansMs.length
			received.push({ id: `${line}/${++seq}`, device: `k-${line}`, line, seq, receivedMs, isClose })
		}
	}
	return { onlineMs, publications: publicationsOf(received, rule, settings) }
}

function publicationsOf(received: readonly Received[], rule: RipenessRule, settings: RipenessSettings) {
	const coming = [...received].sort((one, other) => other.receivedMs - one.receivedMs)
	const waiting = new Map<string, Received>()
	const closedUpTo = new Map<string, number>()
	const broughtBy = new BroughtBy()
	const publications: DayPublication[] = []
	for (const atMs of looksAt(received, settings)) {
		for (let entry = coming.at(-1); entry !== undefined && entry.receivedMs <= atMs; entry = coming.at(-1)) {
			coming.pop()
			waiting.set(entry.id, entry)
			if (entry.isClose) closedUpTo.set(entry.device, entry.seq)
		}
		const soFar = { closedUpTo, broughtBy: broughtBy.texts }
		const entries = rule(waiting.values(), soFar, atMs, settings)
		if (entries.size === 0) continue
		const brought = new Map<number, Shown>()
		let isByCrowd = true
		for (const id of entries) {
			const { line, isClose, receivedMs } = waiting.get(id) as Received
			if (isClose || !brought.has(line)) brought.set(line, isClose ? 'entries and close' : 'entries')
			if (atMs - receivedMs >= settings.longestMs) isByCrowd = false
			waiting.delete(id)
		}
		publications.push({ atMs, brought, isByCrowd })
		broughtBy.note(new Set([...brought.keys()].map((line) => `k-${line}`)), publications.length)
	}
	return publications
}

/** Whenever the publisher looks and something may have become ripe. */
function looksAt(received: readonly Received[], { ripeMs, longestMs }: RipenessSettings): readonly number[] {
	const changesMs = received.flatMap(({ receivedMs }) => [
		receivedMs,
		receivedMs + ripeMs,
		receivedMs + longestMs,
	])
	return [...new Set(changesMs.map((ms) => Math.ceil(ms / everyMs) * everyMs))].sort(ascending)
}

const shownOfDevices = ['nothing', 'entries', 'entries and close'] as const
type Shown = (typeof shownOfDevices)[number]

/** What a line's times look like beside a publication, each a number below its `lookSize`. */
function looksOf(onlineMs: readonly number[], atMs: number, beforeMs: number): readonly number[] {
	const before = onlineMs.findLast((ms) => ms <= atMs)
	const after = onlineMs.find((ms) => ms > atMs)
	const within = (sinceMs: number, untilMs: number) =>
		onlineMs.some((ms) => ms > sinceMs && ms <= untilMs) ? 1 : 0
	const ripeMs = usualRipeness.ripeMs
	return [
		agoLook(before === undefined ? Number.POSITIVE_INFINITY : atMs - before),
		agoLook(after === undefined ? Number.POSITIVE_INFINITY : after - atMs),
		within(beforeMs, atMs),
		within(beforeMs - ripeMs, atMs - ripeMs),
		within(atMs - ripeMs, atMs),
		// Together: only the last time of a day brings a close.
		within(beforeMs, atMs) * 2 + (after === undefined ? 1 : 0),
		within(beforeMs - ripeMs, atMs - ripeMs) * 2 + (after === undefined ? 1 : 0),
		within(beforeMs - ripeMs, atMs - ripeMs) * 2 + within(atMs - ripeMs, atMs),
		Math.min(7, onlineMs.filter((ms) => ms <= atMs).length),
	]
}

const lookSize = 64

function agoLook(ms: number): number {
	if (ms < hourMs) return Math.floor(ms / everyMs)
	return Math.min(lookSize - 1, 12 + Math.floor((ms - hourMs) / (hourMs / 2)))
}

/** Knows how days of this kind look, whatever the rule is: naive Bayes over all publications together. */
export class LineMatcher {
	/** How often a look of a number was seen, by what was shown: of the device's own line, and of any. */
	readonly #own = new Counts()
	readonly #any = new Counts()

	learn(day: Day): void {
		for (const { shown, looks } of publicationsSeen(day)) {
			const devices = shownOfDevices.map((what) => shown.filter((one) => one === what).length)
			for (const [line, all] of looks.entries()) {
				this.#own.add(shown[line] ?? 'nothing', all, 1)
				for (const [index, what] of shownOfDevices.entries()) this.#any.add(what, all, devices[index] ?? 0)
			}
		}
	}

	/** By device the line that is named: the likeliest, each once, the surest first. */
	name(day: Day, random: Random): readonly number[] {
		const devices = [...day.onlineMs.keys()]
		const scores = devices.map(() => new Float64Array(devices.length))
		for (const { shown, looks } of publicationsSeen(day)) {
			const weights = new Map(
				shownOfDevices.map((what) => [what, looks.map((all) => this.#weight(what, all))]),
			)
			for (const [device, row] of scores.entries()) {
				const own = weights.get(shown[device] ?? 'nothing') ?? []
				for (const line of devices) row[line] = (row[line] ?? 0) + (own[line] ?? 0)
			}
		}
		const pairs = devices.flatMap((device) =>
			devices.map((line) => ({ device, line, score: scores[device]?.[line] ?? 0 })),
		)
		const named = devices.map(() => -1)
		const taken = new Set<number>()
		for (const { device, line } of random.shuffled(pairs).sort((one, other) => other.score - one.score)) {
			if (named[device] !== -1 || taken.has(line)) continue
			named[device] = line
			taken.add(line)
		}
		return named
	}

	#weight(shown: Shown, looks: readonly number[]): number {
		return looks.reduce(
			(sum, look, which) =>
				sum + Math.log(this.#own.share(shown, which, look) / this.#any.share(shown, which, look)),
			0,
		)
	}
}

class Counts {
	readonly #counts = new Map(shownOfDevices.map((shown) => [shown, new Float64Array(16 * lookSize)]))
	readonly #all = new Map<Shown, number>()

	add(shown: Shown, looks: readonly number[], times: number): void {
		const counts = this.#counts.get(shown)
		for (const [which, look] of looks.entries()) {
			const at = which * lookSize + look
			if (counts !== undefined) counts[at] = (counts[at] ?? 0) + times
		}
		this.#all.set(shown, (this.#all.get(shown) ?? 0) + times)
	}

	share(shown: Shown, which: number, look: number): number {
		const seen = this.#counts.get(shown)?.[which * lookSize + look] ?? 0
		return (seen + 0.5) / ((this.#all.get(shown) ?? 0) + lookSize / 2)
	}
}

function publicationsSeen({ publications, onlineMs }: Day) {
	return publications.map(({ atMs, brought }, index) => ({
		shown: onlineMs.map((_, device): Shown => brought.get(device) ?? 'nothing'),
		looks: onlineMs.map((online) => looksOf(online, atMs, publications[index - 1]?.atMs ?? 0)),
	}))
}

function ascending(one: number, other: number): number {
	return one - other
}
