import { type Fault, ok, type Result } from '../platform/result.ts'

/** A few at a time, until the first that fails; nothing goes on behind its back. */
export async function eachAtOnce<T, F extends Fault>(
	items: Iterable<T>,
	most: number,
	work: (item: T) => Promise<Result<unknown, F>>,
): Promise<Result<null, F>> {
	const waiting = items[Symbol.iterator]()
	let failed: Result<null, F> | null = null
	let isOver = false
	const runner = async () => {
		try {
			for (let next = waiting.next(); !next.done && !isOver; next = waiting.next()) {
				const done = await work(next.value)
				if (done.ok) continue
				failed ??= done
				isOver = true
			}
		} finally {
			isOver = true
		}
	}
	const ended = await Promise.allSettled(Array.from({ length: most }, runner))
	for (const one of ended) if (one.status === 'rejected') throw one.reason
	return failed ?? ok(null)
}
