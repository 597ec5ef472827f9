/** Everything that an uplink logs, by name. Lines for machines; no names, places or image bytes. */

import type { SupervisionEvent } from '../platform/process/supervision.ts'
import type { Fault } from '../platform/result.ts'

export type UplinkEvent =
	| SupervisionEvent
	| {
			readonly event: 'started'
			readonly device: string
			readonly received: number
			readonly complete: number
	  }
	| { readonly event: 'stopped' }
	/** The small state could not be used and was moved aside; everything is sent again. */
	| { readonly event: 'state-moved-aside'; readonly path: string }
	/** A receipt kept from an earlier run no longer verifies against this journal and centre. */
	| { readonly event: 'kept-receipt-refused'; readonly fault: Fault }
	| { readonly event: 'torn-receipt-line'; readonly bytes: number }
	| { readonly event: 'connected'; readonly broker: string }
	/** `retryIn`: milliseconds until the next attempt. */
	| { readonly event: 'disconnected'; readonly fault: Fault; readonly retryIn: number }
	| { readonly event: 'journal-fault'; readonly fault: Fault }
	/**
	 * A verified receipt: `received` is the seq up to which the centre holds all. One that says nothing new is logged
	 * as those are that are refused.
	 */
	| {
			readonly event: 'receipt'
			readonly seq: number
			readonly status: string
			readonly reason?: string | undefined
			readonly received: number
			readonly times: number
	  }
	/** Something that claims to be a receipt and proves nothing for this journal; `times`: how many for this reason since the line before. */
	| { readonly event: 'receipt-refused'; readonly fault: Fault; readonly times: number }
	/** A command of the centre to send everything again from seq `from` on, obeyed. */
	| { readonly event: 'resend'; readonly from: number }
	/** Something that claims to be a command, or a command that was obeyed before; `times` as of a receipt. */
	| { readonly event: 'command-refused'; readonly fault: Fault; readonly times: number }
	/** All files of all entries up to `complete` are held by the centre. */
	| { readonly event: 'complete'; readonly complete: number }
	| { readonly event: 'disk-fault'; readonly fault: Fault }

export type UplinkLog = (event: UplinkEvent) => void
