/** Time, passed in wherever it matters, so that tests and the simulator own it. */
export interface Clock {
	/** Wall time in milliseconds since 1970. A claim, never an order: see the chain for order. */
	wall(): number
	/** Milliseconds since some fixed instant of this run; never goes backwards. */
	monotonic(): number
	/** Calls `action` once after `milliseconds`; the returned function cancels it. */
	after(milliseconds: number, action: () => void): () => void
}

export const systemClock: Clock = {
	wall: () => Date.now(),
	monotonic: () => performance.now(),
	after(milliseconds, action) {
		const timer = setTimeout(action, milliseconds)
		return () => clearTimeout(timer)
	},
}

/** Ends after `milliseconds` of `clock`, or at once when `signal` aborts; never rejects. */
export function pause(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal?.aborted) return resolve()
		const done = () => {
			cancel()
			signal?.removeEventListener('abort', done)
			resolve()
		}
		const cancel = clock.after(milliseconds, done)
		signal?.addEventListener('abort', done)
	})
}

/** RFC 3339 in UTC, to the second. */
export function instant(milliseconds: number): string {
	return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}

/** A day after which no zone has a year of five digits, which no signed object could name. */
const latest = Date.UTC(9999, 11, 30)

/** The days of an IANA time zone, e.g. `2024-07-28`: what entries and heads say of when. */
export function daysIn(zone: string): (milliseconds: number) => string {
	const format = new Intl.DateTimeFormat('en', {
		timeZone: zone,
		calendar: 'iso8601',
		numberingSystem: 'latn',
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
	})
	return (milliseconds) => {
		const parts = format.formatToParts(Math.max(0, Math.min(milliseconds, latest)))
		const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
		return `${part('year')}-${part('month')}-${part('day')}`
	}
}

export function isTimeZone(name: string): boolean {
	try {
		return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
	} catch {
		return false
	}
}
