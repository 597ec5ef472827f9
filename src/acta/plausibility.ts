/**
 * What about an acta should make a person look at the paper again. Findings are reported beside the acta and
 * never refuse it: a misprint, a forgery and a strange afternoon look alike here.
 *
 * None of them holds for any of the 24,532 actas published in 2024.
 */
import type { ElectionDefinition } from './election.ts'
import type { Acta } from './payload.ts'
import type { RegisteredTable } from './register/register.ts'
import { totalsOf } from './totals.ts'

export interface Implausibility {
	readonly code: ImplausibilityCode
	/** One line for a person. */
	readonly detail: string
}

type ImplausibilityCode =
	/** The table's number is 0 or higher than any known. */
	| 'mesa-unheard-of'
	/** A register is at hand, and the table is not in it. */
	| 'not-in-register'
	| 'more-votes-than-electors'
	/** Every single elector voted. */
	| 'everybody-voted'
	| 'no-votes'
	| 'one-candidate-only'
	/** More null and empty votes than valid ones. */
	| 'mostly-invalid'
	/** The sum of the votes has more digits than the form has room for. */
	| 'total-unprintable'

/** The table that an acta is of, e.g. `121202007.01`. */
export function tableOf(acta: Pick<Acta, 'centro' | 'mesa'>): string {
	return `${acta.centro}.${acta.mesa}`
}

export function implausibilities(
	acta: Acta,
	election: ElectionDefinition,
	/** The register's tables. */
	tables?: ReadonlyMap<string, Pick<RegisteredTable, 'electors'>>,
): readonly Implausibility[] {
	const found: Implausibility[] = []
	const find = (code: ImplausibilityCode, detail: string) => found.push({ code, detail })
	const { valid, total, byCandidate } = totalsOf(acta, election)
	const { highestMesa } = election.code

	const mesa = Number(acta.mesa)
	if (mesa === 0) find('mesa-unheard-of', 'tables are counted from 1, this one says 0')
	if (highestMesa !== undefined && mesa > highestMesa) {
		find('mesa-unheard-of', `table ${mesa}, where the highest known is ${highestMesa}`)
	}

	const electors = tables?.get(tableOf(acta))?.electors
	if (electors !== undefined) {
		if (total > electors) find('more-votes-than-electors', `${total} votes, ${electors} electors`)
		if (total === electors && total > 0) find('everybody-voted', `all ${electors} electors voted`)
	} else if (tables !== undefined) {
		find('not-in-register', `the register has no table ${tableOf(acta)}`)
	}

	const chosen = [...byCandidate.values()].filter((votes) => votes > 0).length
	if (total === 0) find('no-votes', 'not one vote')
	if (chosen === 1 && byCandidate.size > 1) find('one-candidate-only', `all ${valid} votes for one candidate`)
	if (total - valid > valid) find('mostly-invalid', `${total - valid} null and empty votes, ${valid} valid`)
	if (total > election.highestCount) {
		find('total-unprintable', `${total} votes, the form has room for ${election.highestCount}`)
	}
	return found
}
