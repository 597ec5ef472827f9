/**
 * What an audit draws from: each table that counts, whether more than one source says it, and what it says. Written
 * before the seed is known, so that nobody can change what is drawn, or what it is compared with.
 */
import { hash } from 'node:crypto'
import type { Tally } from '../tally/tally.ts'
import type { Drawable } from './draw.ts'

export const auditClasses = ['confirmed', 'single-source'] as const
export type AuditClass = (typeof auditClasses)[number]

export interface CountedTable extends Drawable {
	readonly class: AuditClass
	/** `digestOfCounts` of the version that counts. */
	readonly counts: string
}

/** Tickets: what one device alone says is looked at more often. */
const ticketsOf: Readonly<Record<AuditClass, number>> = { confirmed: 1, 'single-source': 3 }

export function countedTable(table: string, of: AuditClass, counts: string): CountedTable {
	return { table, class: of, counts, tickets: ticketsOf[of] }
}

/** SHA-256, hex, of what stands behind the acta code in a payload: `23,0,…,0!0!0`. */
export function digestOfCounts(text: string): string {
	return hash('sha256', text.slice(text.indexOf('!') + 1), 'hex')
}

/** The tables that count now, by their names. */
export function populationOf(tally: Tally): CountedTable[] {
	return [...tally.tablesIn('counted')].sort().flatMap((table) => {
		const detail = tally.table(table)
		const [version] = detail?.versions ?? []
		if (detail === undefined || version === undefined) return []
		const of = detail.isConfirmed ? 'confirmed' : 'single-source'
		return [countedTable(table, of, digestOfCounts(version.text))]
	})
}
