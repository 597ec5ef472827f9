/** Everything that a display may show: the kiosk's one small public status. */
import type { Fault } from '../platform/result.ts'

export interface PanelStatus {
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

/**
 * `paused`: connected, and the centre keeps no more of this kiosk for now. `no-uplink`: the uplink process is missing or
 * silent.
 */
export type Connection = 'online' | 'paused' | 'offline' | 'no-uplink'

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
	/** The button was held; nothing is closed yet. */
	| { readonly at: 'asking-to-close' }
	/** `slow`: the disk takes its time. */
	| { readonly at: 'closing'; readonly slow: boolean }
	/** The head is on the disk. `page` counts the pages that a small display needs for it, from 0. */
	| { readonly at: 'closed'; readonly head: ShownHead; readonly page: number }
	/** For the technician: nothing is recorded. */
	| { readonly at: 'technician'; readonly page: TechnicianPage }

/** With fewer identities left than this, more are asked for. */
export const fewSpares = 3

/** Of a signed head, what a witness writes down or photographs. */
export interface ShownHead {
	readonly device: string
	readonly seq: number
	readonly id: string
	/** Identities that may still follow this one; without it, one serves all days. */
	readonly spares?: number
}

/** What a technician can look at, one after another. */
export type TechnicianPage =
	| { readonly page: 'device'; readonly device: string }
	| { readonly page: 'versions'; readonly software: string; readonly format: number }
	/** Addresses of this machine in networks; none on most kiosks. */
	| { readonly page: 'network'; readonly addresses: readonly string[] }
	/** Entries: in the journal, covered by a verified receipt, and set aside by the uplink. */
	| {
			readonly page: 'counts'
			readonly entries: number
			readonly confirmed: number
			readonly setAside: number
	  }
	/** Bytes; `free` is null where the disk does not say. */
	| { readonly page: 'storage'; readonly free: number | null; readonly reserveMissing: number }
	/** Pictures are being taken. */
	| { readonly page: 'trying-cameras' }
	| { readonly page: 'camera'; readonly shot: TestShot }
	/** All lamps, the buzzer, and the letters that a display may lack. */
	| { readonly page: 'test' }

/** What a camera gave when it was tried. */
export type TestShot =
	/** Pixels; bytes; light 0 to 100 (the mean of the picture); sharpness as `reading/picture-measure.ts` has it. */
	| {
			readonly kind: 'picture'
			readonly role: string
			readonly width: number
			readonly height: number
			readonly bytes: number
			readonly light: number
			readonly sharpness: number
	  }
	/** What came is no picture. */
	| { readonly kind: 'unreadable'; readonly role: string; readonly bytes: number }
	/** `role` is null where the camera has no names for its parts. */
	| { readonly kind: 'missing'; readonly role: string | null }
	/** A folder without a new file. */
	| { readonly kind: 'nothing-new' }

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
	/** By which a technician enrols a kiosk, or sets it: it was shown to the kiosk at work. */
	| 'settings-code'
	| 'other-election'
	| 'not-a-picture'
	| 'damaged-picture'
	| 'picture-too-large'
	| 'reading-too-long'

export type Device = 'camera' | 'key' | 'journal'

/** What is the matter with the disk; each has words on the display. */
export type DiskTrouble = 'full' | 'no-inodes' | 'read-only' | 'no-answer' | 'failing'
