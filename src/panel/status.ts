/** Everything that a display may tell: the kiosk's one small public status. */
import type { Fault } from '../platform/result.ts'

export interface Status {
	readonly scene: Scene
	/** Actas in the journal. */
	readonly recorded: number
	/** Actas that a verified receipt covers. */
	readonly received: number
	/** Entries that don't get through to the centre and are tried again slowly. */
	readonly setAside: number
	readonly connection: Connection
	/** Cameras, by number, that take no pictures; the others of the rig go on without them. */
	readonly camerasAway?: readonly number[]
}

/** `no-uplink`: the uplink process is missing or silent. */
export type Connection = 'online' | 'offline' | 'no-uplink'

/** Which table a paper is of, and how many votes it counts. */
export interface Table {
	readonly centro: string
	readonly mesa: string
	readonly votes: number
}

export type Scene =
	| { readonly at: 'starting' }
	| { readonly at: 'idle' }
	/** `shot` counts the pictures of this paper from 1. */
	| { readonly at: 'capturing'; readonly shot: number }
	| { readonly at: 'reading' }
	/** The kiosk asks whether to record a paper that it can't read. */
	| { readonly at: 'confirming'; readonly cause: Cause }
	/** `slow`: the disk takes its time. */
	| { readonly at: 'recording'; readonly slow: boolean }
	/** `number` counts the journal's actas; `table` is null for one recorded without a reading. */
	| {
			readonly at: 'recorded'
			readonly number: number
			readonly table: Table | null
			readonly received: boolean
	  }
	| { readonly at: 'already-scanned'; readonly number: number; readonly table: Table }
	/** Recorded, and another acta of the same table says otherwise. */
	| { readonly at: 'conflict'; readonly number: number; readonly other: number; readonly table: Table }
	| { readonly at: 'rejected'; readonly cause: Cause }
	| { readonly at: 'fault'; readonly device: Device; readonly fault: Fault }
	/** `unfinished`: a picture waits to be recorded, and will be without anybody's doing. */
	| { readonly at: 'disk-trouble'; readonly trouble: DiskTrouble; readonly unfinished: boolean }

/** What keeps a paper from being read as an acta; each has words on the display. */
export type Cause =
	| 'no-code'
	| 'no-paper'
	| 'too-dark'
	| 'code-outside'
	| 'glare'
	| 'too-small'
	| 'blurred'
	| 'pen-on-code'
	| 'several-codes'
	| 'web-address'
	| 'not-an-acta'
	| 'other-election'
	| 'not-a-picture'
	| 'damaged-picture'
	| 'picture-too-large'
	| 'reading-too-long'

export type Device = 'camera' | 'key' | 'journal'

/** What is the matter with the disk; each has words on the display. */
export type DiskTrouble = 'full' | 'no-inodes' | 'read-only' | 'no-answer' | 'failing'
