/**
 * The one spelling of what we write. JSON has many for the same: blanks between the fields, escapes in strings, a number
 * with more digits than it keeps. Whoever verifies need not care; but what is public for ever could carry a name or a
 * number in them that no field shows.
 */
import { type Jws, partsOf } from './jws.ts'

/** No field but `alg`, `typ` and `kid` in the header, and header and payload as `JSON.stringify` writes what they say. */
export function isSpelledAsWritten(jws: Jws): boolean {
	const { header, payload } = partsOf(jws)
	const read = JSON.parse(header) as Record<string, unknown>
	return (
		Object.keys(read).toSorted().join() === 'alg,kid,typ' &&
		JSON.stringify(read) === header &&
		JSON.stringify(jws.payload) === payload
	)
}
