/** The rule that makes a list of signed objects a chain: no gaps, each naming the one before. */
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { ListedRole } from './authority/device-list.ts'
import type { Position } from './fields.ts'
import type { Jws, Kind } from './jws.ts'

export type ChainFault = Fault<'seq-repeated' | 'seq-gap' | 'bad-prev'>

/** A signed object, as the n-th of who signed it. */
export interface Link extends Position {
	/** The id of the one before; of the first the genesis. */
	readonly prev: string
}

/** Signed, as it came. */
export interface ChainObject {
	readonly text: string
}

/** Whose chains they are: devices', reading stations' or officers'. */
export interface ChainKind<T extends ChainObject> {
	readonly kind: Kind
	/** In which list of the registry its signers stand. */
	readonly role: ListedRole
	/** What verified bytes mean. */
	readonly read: (jws: Jws) => Result<T>
	readonly linkOf: (object: T) => Link
	readonly signerOf: (object: T) => string
}

/** `previous` is null before the first, whose `prev` must then be `genesis`. */
export function checkLink(
	previous: Position | null,
	{ seq, prev }: Link,
	genesis: string,
): Result<true, ChainFault> {
	const expected = (previous?.seq ?? 0) + 1
	if (seq < expected) return fail('seq-repeated', `seq ${seq} stands again after seq ${expected - 1}`)
	if (seq > expected) return fail('seq-gap', `seq ${seq} stands where seq ${expected} should`)
	if (prev !== (previous?.id ?? genesis)) {
		return fail('bad-prev', `seq ${seq} does not follow from the one before it`)
	}
	return ok(true)
}
