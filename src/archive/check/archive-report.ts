/** What is found of an archive (`provisioning/verify/ARCHIVE.md`, "How it is checked" and "What comes out"). */
import type { RestsOn } from '../../audit/rests-on.ts'
import type { CollectedFaults } from '../../platform/collected-faults.ts'
import type { Fault } from '../../platform/result.ts'
import type { publishedFigures } from '../../tally/figures.ts'
import type { Leaf } from '../leaf.ts'

/** What is wrong with an archive. */
export interface ArchiveFault extends Fault {
	/** Of a file, from the archive's folder; empty where it is of no file. */
	readonly path?: string
	/** Number of the leaf, from 0. */
	readonly leaf?: number
}

/** A hostile archive can be made to hold millions. */
export type ArchiveFaults = CollectedFaults<ArchiveFault>

/** What those who signed have done, which an honest archive keeps and shows. */
export interface Finding {
	readonly code: FindingCode
	readonly leaf: number
	readonly by: string
	readonly seq: number | null
}

export type FindingCode =
	| 'unknown-device'
	| 'unknown-station'
	| 'unknown-officer'
	| 'wrong-role'
	| 'revoked'
	| 'equivocation'
	| 'bad-prev'
	| 'other-image'
	| 'answer-changed'

export interface SignerReport {
	readonly id: string
	/** Different objects of its chain. */
	readonly entries: number
	/** The highest number. */
	readonly last: number
	/** Numbers below it that are not there. */
	readonly awaited: number
}

export interface ArchiveReport {
	readonly origin: string | null
	readonly size: number | null
	/** base64. */
	readonly root: string | null
	readonly publication: number | null
	readonly time: string | null
	readonly rehearsal: boolean
	readonly witnesses: {
		readonly listed: number
		readonly threshold: number
		readonly cosigned: readonly string[]
	}
	readonly leaves: Readonly<Record<Leaf['kind'], number>>
	readonly devices: readonly SignerReport[]
	readonly stations: readonly SignerReport[]
	readonly officers: readonly SignerReport[]
	readonly images: { readonly public: number; readonly absent: number; readonly withdrawn: number }
	/** The first of them, in the order of the leaves; `findingCount` counts all. */
	readonly findings: readonly Finding[]
	readonly findingCount: number
	readonly figures: ReturnType<typeof publishedFigures> | null
	readonly faults: readonly ArchiveFault[]
	readonly faultCount: number
	/** The authority's key. */
	readonly restsOn: readonly RestsOn[]
	/** The verifier key of the log. */
	readonly log: string
}
