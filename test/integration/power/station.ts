import type { Findings } from './findings.ts'
import type { Life, RemovedSyncs } from './life.ts'

/** A process whose disk is cut, and what is known of it outside that disk. */
export interface Station {
	/** Begins anew on an empty disk that is mounted at `directory`. */
	furnish(directory: string): Promise<void>
	/** Starts the process on that disk and gives it much to do. */
	start(directory: string, removed: RemovedSyncs): Promise<Life>
	/** A file outside the disk that grows with what is shown. */
	readonly shown: string
	/** Kills it after the cut, at which that file had so many bytes. The disk may be unmounted after it. */
	kill(life: Life, shownBytes: number): Promise<void>
	/** Compares what was shown, in all its lives on this disk, with what is there. */
	check(directory: string): Promise<Findings>
	/** Counts over all disks, for the report. */
	readonly counts: Readonly<Record<string, number>>
	stop(): Promise<void>
}
