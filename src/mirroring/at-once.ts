import { type Fault, ok, type Result } from '../platform/result.ts'

/** A few at a time, until the first that fails. */
export async function eachAtOnce<T, F extends Fault>(
	items: Iterable<T>,
	most: number,
	work: (item: T) => Promise<Result<unknown, F>>,
): Promise<Result<null, F>> {
	const waiting = items[Symbol.iterator]()
	let failed: Result<null, F> | null = null
	const runner = async () => {
		for (let next = waiting.next(); !next.done && failed === null; next = waiting.next()) {
			const done = await work(next.value)
			if (!done.ok) failed ??= done
		}
	}
	await Promise.all(Array.from({ length: most }, runner))
	return failed ?? ok(null)
}
