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

/** RFC 3339 in UTC, to the minute: what an entry says of when. */
export function instantToTheMinute(milliseconds: number): string {
	return `${new Date(milliseconds).toISOString().slice(0, 16)}:00Z`
}
