/** Everything that a centre logs, by name. Lines for machines; no personal data. */

import type { SupervisionEvent } from '../platform/process/supervision.ts'
import type { Fault } from '../platform/result.ts'

export type CentralEvent =
	| SupervisionEvent
	| {
			readonly event: 'started'
			readonly id: string
			readonly entries: number
			readonly devices: number
			readonly lines: number
	  }
	| { readonly event: 'stopped' }
	| { readonly event: 'torn-ledger-line'; readonly bytes: number }
	| { readonly event: 'device-key-refused'; readonly file: string; readonly fault: Fault }
	/** The authority disowned a device; so many of the entries held are in quarantine from now on. */
	| {
			readonly event: 'revoked'
			readonly device: string
			readonly last: number
			readonly reason: string
			readonly quarantined: number
	  }
	| { readonly event: 'connected'; readonly broker: string }
	/** `retryIn`: milliseconds until the next attempt. */
	| { readonly event: 'disconnected'; readonly fault: Fault; readonly retryIn: number }
	/** An entry is on the disk; `conflict` says why it does not go together with another. */
	| {
			readonly event: 'entry'
			readonly device: string
			readonly seq: number
			readonly id: string
			readonly conflict: string | null
	  }
	| { readonly event: 'duplicate'; readonly device: string; readonly seq: number }
	/** The `count`-th of its kind; logged at 1, 2, 4, 8 … so that nobody can flood the log. */
	| { readonly event: 'rejected'; readonly device: string; readonly reason: string; readonly count: number }
	| { readonly event: 'file-whole'; readonly device: string; readonly sha256: string; readonly size: number }
	| { readonly event: 'file-wrong-digest'; readonly device: string; readonly sha256: string }
	| { readonly event: 'head'; readonly device: string; readonly seq: number }
	| { readonly event: 'status'; readonly device: string; readonly state: string; readonly recorded: number }
	/** A device was commanded to send everything again. */
	| { readonly event: 'resend-ordered'; readonly device: string }
	/** A receipt that was lost here is in the ledger again. */
	| { readonly event: 'receipt-returned'; readonly device: string; readonly seq: number }
	/** A receipt or a command that was not published; the device asks for it again. */
	| { readonly event: 'receipt-not-sent'; readonly device: string; readonly fault: Fault }
	/** The disk under the images failed; the chunk counts as not received. */
	| { readonly event: 'image-disk-fault'; readonly fault: Fault }
	/** Figures for Prometheus could not be written; it is tried again. */
	| { readonly event: 'metrics-fault'; readonly fault: Fault }
	/** The ledger could not be written, or a receipt not signed: the centre must stop. */
	| { readonly event: 'fatal'; readonly fault: Fault }

export type CentralLog = (event: CentralEvent) => void
