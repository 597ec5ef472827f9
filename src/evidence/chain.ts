/** The rule that makes a list of entries a chain: no gaps, each naming the one before. */
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { SignedEntry } from './entry.ts'
import type { Position } from './fields.ts'

export type ChainFault = Fault<'seq-repeated' | 'seq-gap' | 'bad-prev'>

/** `previous` is null before the first entry, whose `prev` must then be `genesis`. */
export function checkLink(
	previous: Position | null,
	{ entry }: SignedEntry,
	genesis: string,
): Result<true, ChainFault> {
	const expected = (previous?.seq ?? 0) + 1
	if (entry.seq < expected)
		return fail('seq-repeated', `seq ${entry.seq} stands again after seq ${expected - 1}`)
	if (entry.seq > expected) return fail('seq-gap', `seq ${entry.seq} stands where seq ${expected} should`)
	if (entry.prev !== (previous?.id ?? genesis)) {
		return fail('bad-prev', `seq ${entry.seq} does not follow from the entry before it`)
	}
	return ok(true)
}
