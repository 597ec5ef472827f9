/** What an audit of a journal reports. */
import type { Position } from '../evidence/fields.ts'
import type { AuditFault } from './audit-fault.ts'
import type { AuthorityReport, RevokedReport } from './published-authority.ts'
import type { RestsOn } from './rests-on.ts'

export interface JournalReport {
	/** Null when not one entry could be read. */
	readonly device: string | null
	/** Entries that are well signed and well formed, in all and by kind. */
	readonly entries: number
	readonly byKind: Readonly<Record<string, number>>
	/** Different acta codes among them. */
	readonly actas: number
	/** The last of them. */
	readonly head: Position | null
	/** No line, signature or link is at fault. (That nothing was cut off the end, only a head can show.) */
	readonly chainWhole: boolean
	/** The entry that was the last when the day was closed, as the head beside the entries says; null without one. */
	readonly closed: Position | null
	readonly restsOn: readonly RestsOn[]
	/** Whose word lies beside the journal; null where none does. */
	readonly authority: AuthorityReport | null
	/** Null while the device is in good standing. */
	readonly revoked: RevokedReport | null
	/** Entries after the last good one of a revoked device: a fault each, since anybody may have signed them. */
	readonly quarantined: number
	/** Null when they were not looked at. */
	readonly images: JournalImageCount | null
	/** The first of them, in the order found; `faultCount` counts all. */
	readonly faults: readonly AuditFault[]
	readonly faultCount: number
}

export interface JournalImageCount {
	readonly named: number
	readonly present: number
	/** Not there, and a receipt beside the journal says that a centre holds them. */
	readonly givenAway: readonly EvictedImage[]
	readonly missing: number
	readonly altered: number
}

export interface EvictedImage {
	/** The entry that names it. */
	readonly seq: number
	readonly sha256: string
	/** The id of the receipt, and of who signed it. */
	readonly receipt: string
	readonly centre: string
}
