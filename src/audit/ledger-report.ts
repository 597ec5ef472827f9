/** What an audit of a ledger reports. */
import type { Position, Range } from '../evidence/fields.ts'
import type { AuditFault } from './audit-fault.ts'
import type { Equivocation } from './equivocations.ts'
import type { AuthorityReport, RevokedReport } from './published-authority.ts'
import type { RestsOn } from './rests-on.ts'

export interface LedgerReport {
	/** The id of the centre whose receipt stands first; null when not one could be read. */
	readonly centre: string | null
	/** Different entries that are well signed and well formed, of all devices. */
	readonly entries: number
	/** Different acta codes among them. */
	readonly actas: number
	readonly devices: readonly DeviceAudit[]
	/** In the same form: answers of reading stations, rulings of officers. */
	readonly stations: readonly DeviceAudit[]
	readonly officers: readonly DeviceAudit[]
	readonly receipts: number
	/** Those by centres that the authority revoked: they count nowhere, and are not looked at. */
	readonly revokedReceipts: number
	readonly restsOn: readonly RestsOn[]
	/** Whose word lies beside the ledger; null where none does. */
	readonly authority: AuthorityReport | null
	/** Heads beside the ledger that are well signed. */
	readonly heads: number
	/** Of the equivocations, the first hundred; empty where the ledger is not a file. */
	readonly proofs: readonly Equivocation[]
	/** Null when they were not looked at. */
	readonly images: LedgerImageCount | null
	readonly faults: readonly AuditFault[]
	readonly faultCount: number
}

export interface DeviceAudit {
	readonly device: string
	readonly entries: number
	/** The last entry before which none is missing. */
	readonly upto: Position | null
	/** Seqs that are missing below the highest one held. */
	readonly gaps: readonly Range[]
	/** Seqs that two different entries bear: the device was cloned or rolled back. */
	readonly equivocations: readonly number[]
	/** Null while the device is in good standing. */
	readonly revoked: RevokedReport | null
	/** Entries after the last good one of a revoked device: a fault each, since anybody may have signed them. */
	readonly quarantined: number
}

export interface LedgerImageCount {
	readonly named: number
	readonly present: number
	/** Named by an entry, not there, and no receipt says that they are. */
	readonly awaited: number
	/** Not there although a receipt says so. */
	readonly missing: number
	readonly altered: number
}
