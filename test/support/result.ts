import type { Result } from '#src/platform/result.js'

/** What worked; an error that says why where it did not. */
export function gotten<T>(result: Result<T>): T {
	if (!result.ok) throw new Error(`${result.fault.code}: ${result.fault.detail}`)
	return result.value
}

/** The code of the refusal; `ok` where there is none. */
export function codeOf(result: Result<unknown>): string {
	return result.ok ? 'ok' : result.fault.code
}
