/**
 * What an audit has found: of the drawn tables how many are as the paper says, and how many wrong ones there can still be
 * among those that count. A paper that was not found counts as wrong, and so does one that nobody has looked at yet.
 */
import { mostWrong } from './hypergeometric.ts'
import { type AuditClass, auditClasses, type CountedTable } from './population.ts'

/** At most `most` of `all` tables are wrong, at 95 %. */
interface Bound {
	readonly most: number
	readonly all: number
}

/** `open`: nobody has looked yet. */
const verdicts = ['match', 'differs', 'not-found', 'open'] as const
export type Verdict = (typeof verdicts)[number]

interface AuditedClass extends Readonly<Record<Verdict, number>> {
	/** Tables that count. */
	readonly all: number
	readonly drawn: number
	readonly bound: Bound
}

export interface AuditReport {
	readonly classes: Readonly<Record<AuditClass, AuditedClass>>
	/** Of both: each at half of what is left of certainty. */
	readonly bound: Bound
	/** Drawn tables that are not a match, in the order of the draw. */
	readonly wrong: readonly { readonly table: string; readonly verdict: Verdict }[]
}

export function auditReport(
	population: readonly CountedTable[],
	drawn: readonly CountedTable[],
	verdictOf: (table: CountedTable) => Verdict,
): AuditReport {
	const found = drawn.map((table) => ({ table: table.table, class: table.class, verdict: verdictOf(table) }))
	const counts = auditClasses.map((name) => {
		const all = population.filter((table) => table.class === name).length
		const ofClass = found.filter((table) => table.class === name)
		const count = (verdict: Verdict) => ofClass.filter((table) => table.verdict === verdict).length
		const [match, differs, notFound, open] = verdicts.map(count) as [number, number, number, number]
		const wrong = ofClass.length - match
		return { name, all, drawn: ofClass.length, wrong, match, differs, 'not-found': notFound, open }
	})
	const classes = Object.fromEntries(
		counts.map(({ name, wrong, ...class_ }) => {
			return [
				name,
				{ ...class_, bound: { most: mostWrong(class_.all, class_.drawn, wrong, 0.95), all: class_.all } },
			]
		}),
	) as unknown as AuditReport['classes']
	const most = counts.map(({ all, drawn: n, wrong }) => mostWrong(all, n, wrong, 0.975))
	return {
		classes,
		bound: { most: most.reduce((sum, of) => sum + of, 0), all: population.length },
		wrong: found
			.filter(({ verdict }) => verdict !== 'match')
			.map(({ table, verdict }) => ({ table, verdict })),
	}
}
