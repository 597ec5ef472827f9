/** Everything that a kiosk tells of, by name. Lines for machines; no payloads, places or image bytes. */

import type { SupervisionEvent } from '../platform/process/supervision.ts'
import type { Fault } from '../platform/result.ts'

export type KioskEvent =
	| SupervisionEvent
	| { readonly event: 'started'; readonly device: string; readonly boot: number; readonly actas: number }
	| { readonly event: 'stopped' }
	/** Nobody is named to seal images to: whoever gets the disk can look at them. */
	| { readonly event: 'images-unsealed' }
	| { readonly event: 'journal-opened'; readonly entries: number; readonly actas: number }
	/** Torn bytes at the end of the journal were set aside; nothing that was shown is lost. */
	| { readonly event: 'journal-tail-quarantined'; readonly path: string; readonly bytes: number }
	/** Image and entry are on the disk. `read` is false for one recorded as an image only. */
	| { readonly event: 'recorded'; readonly seq: number; readonly number: number; readonly read: boolean }
	/** The same acta again; nothing was recorded. */
	| { readonly event: 'already-scanned'; readonly number: number }
	/** Recorded, though acta number `other` of the same table says otherwise. */
	| { readonly event: 'conflict'; readonly seq: number; readonly number: number; readonly other: number }
	/** A picture was set aside. */
	| { readonly event: 'rejected'; readonly cause: string }
	/** By which way a device is reached, and why by that one. */
	| { readonly event: 'device'; readonly device: string; readonly way: string; readonly reason: string }
	/** The day was closed; `seq` is the entry that the head names, `head` the head's own id. Also of one shown again. */
	| { readonly event: 'closed'; readonly seq: number; readonly head: string }
	/** A part of the kiosk failed; it will be tried again. */
	| { readonly event: 'trouble'; readonly device: string; readonly fault: Fault }
	/** The mark of the last signed entry is behind or lost: a journal that is set back may go unnoticed. */
	| { readonly event: 'high-water-mark-trouble'; readonly fault: Fault }
	/** A camera that failed takes pictures again. */
	| { readonly event: 'camera-back'; readonly camera: number }
	/** Sealed images that the centre holds were deleted to make room; how many. */
	| { readonly event: 'images-evicted'; readonly files: number }
	/** The disk takes scans again after trouble. */
	| { readonly event: 'disk-mended' }
	/** The display's port is open, and it is drawn from the beginning. */
	| { readonly event: 'panel-opened' }
	/** A verified receipt covers the journal up to here. */
	| { readonly event: 'received'; readonly upto: number }
	/** What the uplink keeps as a receipt proves nothing for this journal. */
	| { readonly event: 'receipt-refused'; readonly fault: Fault }

export type KioskLog = (event: KioskEvent) => void
