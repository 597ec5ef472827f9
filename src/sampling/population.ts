/**
 * What an audit draws from: each table that counts, whether more than one source says it, and what it says. Written
 * before the seed is known, so that nobody can change what is drawn, or what it is compared with.
 */
import { hash } from 'node:crypto'
import type { Acta } from '../acta/payload.ts'
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

/** SHA-256, hex, of the counts as the payload spells them: `23,0,…,0!0!0`. */
export function digestOfCounts({ votes, nullVotes, emptyVotes }: Acta): string {
	return hash('sha256', `${votes.join(',')}!${nullVotes}!${emptyVotes}`, 'hex')
}
