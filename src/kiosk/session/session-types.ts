/** What a scan session can be at, what it hears, and what it asks for: see `session.ts`. */
import type { CameraFault, Frame } from '../../capture/camera.ts'
import type { SignedHead } from '../../evidence/head.ts'
import type { KnownActa, RecordedActa } from '../../journal/acta-index.ts'
import type { Code } from '../../panel/head-code.ts'
import type { Cause, Device, TechnicianPage } from '../../panel/status.ts'
import type { Fault } from '../../platform/result.ts'
import type { ActaReading, Reading, UnreadReading } from '../../reading/reading.ts'

/**
 * `ready`: a scan may begin. `short`: what was begun can be finished, and nothing more begun. `broken`: nothing
 * can be written.
 */
export type DiskState = { readonly at: 'ready' } | { readonly at: 'short' | 'broken'; readonly fault: Fault }

/** Pictures taken of a paper at one time, in which no acta could be read. */
export interface Shot {
	readonly frames: readonly Frame[]
	readonly reading: UnreadReading
}

/** What is to be recorded: a paper's pictures, with what was read of them or null. */
export interface Recording {
	readonly frames: readonly Frame[]
	readonly reading: ActaReading | null
	/** An acta of the same table that says otherwise. */
	readonly other: RecordedActa | null
}

/** A closed day, whose head is on the disk. */
export interface ClosedDay {
	readonly head: SignedHead
	/** The head as a QR code. */
	readonly code: Code
	/** Identities that may still follow; without it, one serves all days. */
	readonly spares?: number
}

/** What the technician looks at, in this order. */
export const technicianTopics = [
	...(['device', 'versions', 'network', 'counts', 'storage', 'camera', 'test'] as const),
]
export type TechnicianTopic = (typeof technicianTopics)[number]

export type Phase =
	| { readonly at: 'idle' }
	| { readonly at: 'capturing'; readonly earlier: readonly Shot[] }
	| { readonly at: 'reading'; readonly frames: readonly Frame[]; readonly earlier: readonly Shot[] }
	| {
			readonly at: 'confirming'
			readonly frames: readonly Frame[]
			readonly cause: Cause
			readonly otherwise: Outcome
	  }
	| {
			readonly at: 'recording'
			readonly recording: Recording
			readonly waited: 'not-long' | 'long' | 'too-long'
			/** How often the disk has not taken it. */
			readonly tries: number
	  }
	| { readonly at: 'recorded'; readonly acta: RecordedActa; readonly reading: ActaReading | null }
	| { readonly at: 'already-scanned'; readonly acta: RecordedActa; readonly reading: ActaReading }
	| {
			readonly at: 'conflict'
			readonly acta: RecordedActa
			readonly other: RecordedActa
			readonly reading: ActaReading
	  }
	| { readonly at: 'rejected'; readonly cause: Cause }
	| { readonly at: 'fault'; readonly device: Device; readonly fault: Fault }
	| {
			readonly at: 'disk-trouble'
			readonly fault: Fault
			/** What waits to be recorded. */
			readonly unfinished: Recording | null
			readonly tries: number
			/** True while a try to get the disk back is under way. */
			readonly mending: boolean
	  }
	| { readonly at: 'asking-to-close' }
	| { readonly at: 'closing'; readonly slow: boolean }
	/** `page` counts from 0: see `closedPages`. */
	| { readonly at: 'closed'; readonly day: ClosedDay; readonly page: number }
	| {
			readonly at: 'technician'
			readonly topic: TechnicianTopic
			readonly page: TechnicianPage
			/** More pages of the same topic. */
			readonly more: readonly TechnicianPage[]
	  }

/** What becomes of a paper that can't be read when nobody presses the button. */
export type Outcome = 'record' | 'set-aside'

export interface SessionSettings {
	/** What becomes of a paper that can't be read when nobody presses the button. */
	readonly unread: Outcome
	/** Pictures taken of a paper at most; 1 where another would be the same. */
	readonly shots: number
	/** Milliseconds after the first one within which another may be asked for. */
	readonly shotsWithin: number
	/** A press of the button stands for a paper too. */
	readonly buttonIsTray?: boolean
}

export interface Session {
	readonly phase: Phase
	/** True while a paper lies on the tray that was not dealt with yet. */
	readonly pending: boolean
}

export type Input =
	| { readonly type: 'paper' }
	| { readonly type: 'no-paper' }
	| { readonly type: 'button' }
	/** The button was held. */
	| { readonly type: 'hold' }
	/** It was held at the start, or this start is for the technician. */
	| { readonly type: 'technician'; readonly device: string }
	| { readonly type: 'time-out' }
	| { readonly type: 'captured'; readonly frames: readonly Frame[] }
	| { readonly type: 'not-captured'; readonly fault: CameraFault }
	/** `known` is what the journal holds under the same acta code, oldest first. */
	| {
			readonly type: 'read'
			readonly reading: Reading
			readonly known: readonly KnownActa[]
			/** Milliseconds since the paper's first picture was asked for. */
			readonly elapsed: number
	  }
	| { readonly type: 'recorded'; readonly acta: RecordedActa }
	| { readonly type: 'not-recorded'; readonly device: Device | 'storage'; readonly fault: Fault }
	/** The close and its head are on the disk; also given at a start after which nothing was recorded. */
	| { readonly type: 'closed'; readonly day: ClosedDay }
	| { readonly type: 'not-closed'; readonly device: Device | 'storage'; readonly fault: Fault }
	/** The pages of a topic, one at least. */
	| { readonly type: 'topic-pages'; readonly pages: readonly TechnicianPage[] }
	/** The answer to `check-disk` and `mend-disk`, and to `capture` where the disk allows no scan. */
	| { readonly type: 'disk'; readonly disk: DiskState }

export type Effect =
	| { readonly do: 'capture' }
	| { readonly do: 'read'; readonly frames: readonly Frame[] }
	| { readonly do: 'record'; readonly frames: readonly Frame[]; readonly reading: ActaReading | null }
	/** Ask how the disk is; `mend-disk` after a try to get it back from `fault`. */
	| { readonly do: 'check-disk' }
	| { readonly do: 'mend-disk'; readonly fault: Fault; readonly unfinished: boolean }
	| { readonly do: 'close' }
	| { readonly do: 'read-topic'; readonly topic: TechnicianTopic }
	| { readonly do: 'release'; readonly outcome: 'recorded' | 'set-aside' }

export interface Transition {
	readonly session: Session
	readonly effects: readonly Effect[]
}
