/** What a process that stands for many kiosks is given, and what it says. */
import type { Member } from '../../support/campaign.ts'
import type { Step } from './script.ts'

export interface KiosksTask {
	readonly url: string
	readonly centre: Member
	/** Asks again sooner than an uplink does: a short run is over before. */
	readonly isImpatient: boolean
	/** For journals and uplinks. */
	readonly folder: string
	readonly kiosks: readonly { readonly member: Member; readonly steps: readonly Step[] }[]
}

/** `begin` to send; `record` so much of what is signed; `progress` to say how far each is. */
export type ToKiosks =
	| 'begin'
	| 'progress'
	| { readonly record: number }
	| { readonly by: string; readonly steps: readonly Step[] }

/** Where an entry is found again. */
export interface Recorded {
	readonly label: string
	readonly device: string
	readonly seq: number
	readonly id: string
	/** Plain SHA-256 of its picture. */
	readonly image: string
}

export type FromKiosks =
	| { readonly type: 'signed'; readonly recorded: readonly Recorded[]; readonly ids: readonly string[] }
	| {
			readonly type: 'progress'
			/** Entries in all journals, and those that verified receipts cover. */
			readonly entries: number
			readonly received: number
			/** Of all that was recorded so far, entries and pictures. */
			readonly isDone: boolean
			/** Receipts by what they say, and other lines of the uplinks' logs. */
			readonly log: Readonly<Record<string, number>>
	  }
