/** What became of what a device sent. */
import type { SignedControl } from '../evidence/control.ts'
import type { SignedReceipt } from '../evidence/receipt.ts'
import type { Fault } from '../platform/result.ts'
import type { HeldEntry } from './device-chain.ts'
import type { ChunkOutcome } from './incoming-files.ts'

/** What became of a message, and the replies to its device: receipts in this order, then the command. */
export interface Taken<O extends string = string> {
	readonly outcome: O
	readonly receipts: readonly SignedReceipt[]
	readonly command?: SignedControl
	/** The list of centres, for a device that has an older one or none. */
	readonly centres?: string
}

/** `foreign`: kept, of a version that is not understood here. `quarantined`: kept, and nobody answers for it. */
export interface TakenEntry
	extends Taken<'stored' | 'conflict' | 'duplicate' | 'quarantined' | 'foreign' | 'rejected'> {
	/** Null for one that is not held by its seq. */
	readonly held: HeldEntry | null
	/** Why it is not; empty otherwise. */
	readonly reason: string
}

/**
 * `held`: the file was whole before. `unwanted`: no entry of the device names the file. `disk-fault`: the chunk counts as not received. `no-room`: over
 * the device's quota, or more than the disk takes.
 */
export interface TakenChunk extends Taken<ChunkOutcome | 'held' | 'unwanted' | 'disk-fault' | 'no-room'> {
	/** Of the disk. */
	readonly fault?: Fault
}

/** `known`: one that is as high was held before. */
export type TakenHead = Taken<'stored' | 'known' | 'refused'>
