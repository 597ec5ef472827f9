/**
 * The answer of anything that is expected to fail now and then: a value, or a fault that the caller must
 * look at. A throw is kept for bugs and for refusals at start-up.
 */
export type Result<T, F extends Fault = Fault> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly fault: F }

/**
 * What went wrong. `code` is stable and asserted in tests; `detail` is one line for a person: what is wrong,
 * where, and what to do about it. It holds no secret and no personal data.
 */
export interface Fault<C extends string = string> {
	readonly code: C
	readonly detail: string
}

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
	return { ok: true, value }
}

export function fail<C extends string>(
	code: C,
	detail: string,
): { readonly ok: false; readonly fault: Fault<C> } {
	return { ok: false, fault: { code, detail } }
}

/** For the default branch of an exhaustive switch: the compiler proves that it is never reached. */
export function unreachable(value: never): never {
	throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
