/** Whether a decision was replaced since it was signed: then to sign the same again changes nothing. Pure. */
import { type Decided, decisionOf, type SignedRuling } from '../evidence/ruling.ts'
import type { Decision } from '../tally/decisions.ts'

/**
 * The rulings that replaced it, one of each decision. `own`: all that the officer signed; what replaces it among these
 * is told also while nobody else has signed it. `decisions`: what a centre's records hold of the table.
 */
export function replacedSince(
	ruling: Decided,
	own: readonly SignedRuling[],
	decisions: readonly Decision[],
): readonly string[] {
	const decision = decisionOf(ruling)
	const signed = new Set([
		...own.filter((one) => decisionOf(one.ruling) === decision).map(({ id }) => id),
		...decisions.filter((one) => decisionOf(one) === decision).flatMap(({ rulings }) => idsOf(rulings)),
	])
	const replaces = (ids: readonly string[] = []) => ids.some((id) => signed.has(id))
	const later = [
		...own
			.filter((one) => replaces(one.ruling.replaces))
			.map((one) => [decisionOf(one.ruling), one.id] as const),
		...decisions
			.filter((one) => one.counts && replaces(one.replaces))
			.flatMap((one) => idsOf(one.rulings).map((id) => [decisionOf(one), id] as const)),
	]
	return [...new Map(later).values()]
}

function idsOf(rulings: readonly { readonly id: string }[]): string[] {
	return rulings.map(({ id }) => id)
}
