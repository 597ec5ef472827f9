/** What is tried at each of many places, or drawn at random, is tried less often in `npm test` than in `npm run test:long`. */
export function shortOrLong<T>({ short, long }: { readonly short: T; readonly long: T }): T {
	return process.env['TESTIGO_LONG'] === 'true' ? long : short
}
