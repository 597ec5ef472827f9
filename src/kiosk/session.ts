/**
 * The scan session: what happens between a paper laid down and the next one, as a pure state machine. It
 * takes a state and an input and gives the next state and what is to be done; the runner (`kiosk.ts`) does it
 * and feeds back what came of it. Each phase has a time-out, so no phase can last for ever.
 *
 * INVARIANTS
 * - `recorded` and `conflict` follow only from the input `recorded`, which the runner gives only after image
 *   and entry are on the disk.
 * - No acta is turned away: what can't be read is offered for recording as an image.
 * - A paper is released once, when its fate is sealed; until then a fault makes it be captured again.
 */
import type { Frame } from '../capture/camera.ts'
import type { KnownActa, RecordedActa } from '../journal/acta-index.ts'
import type { Cause, Device } from '../panel/status.ts'
import { type Fault, unreachable } from '../platform/result.ts'
import type { ActaReading, Reading, UnreadReading } from '../reading/reading.ts'
import type { Delays } from './delays.ts'
import { anotherMayHelp, judge, mostTelling } from './judgement.ts'

/** Pictures taken of a paper at one time, in which no acta could be read. */
export interface Shot {
	readonly frames: readonly Frame[]
	readonly reading: UnreadReading
}

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
	| { readonly at: 'recording'; readonly reading: ActaReading | null; readonly other: RecordedActa | null }
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

/** What becomes of a paper that can't be read when nobody presses the button. */
export type Outcome = 'record' | 'set-aside'

export interface SessionSettings {
	/** What becomes of a paper that can't be read when nobody presses the button. */
	readonly unread: Outcome
	/** Pictures taken of a paper at most; 1 where another would be the same. */
	readonly shots: number
	/** Milliseconds after the first one within which another may be asked for. */
	readonly shotsWithin: number
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
	| { readonly type: 'time-out' }
	| { readonly type: 'captured'; readonly frames: readonly Frame[] }
	| { readonly type: 'not-captured'; readonly fault: Fault<'nothing-there' | 'unusable' | 'device'> }
	/** `known` is what the journal holds under the same acta code, oldest first. */
	| {
			readonly type: 'read'
			readonly reading: Reading
			readonly known: readonly KnownActa[]
			/** Milliseconds since the paper's first picture was asked for. */
			readonly elapsed: number
	  }
	| { readonly type: 'recorded'; readonly acta: RecordedActa }
	| { readonly type: 'not-recorded'; readonly device: Device; readonly fault: Fault }

export type Effect =
	| { readonly do: 'capture' }
	| { readonly do: 'read'; readonly frames: readonly Frame[] }
	| { readonly do: 'record'; readonly frames: readonly Frame[]; readonly reading: ActaReading | null }
	| { readonly do: 'release'; readonly outcome: 'recorded' | 'set-aside' }

export interface Step {
	readonly session: Session
	readonly effects: readonly Effect[]
}

export const atRest: Session = { phase: { at: 'idle' }, pending: false }

/** Undefined where the input means nothing in this phase. */
export function next(session: Session, input: Input, settings: SessionSettings): Step | undefined {
	if (input.type === 'no-paper') return paperGone(session)
	const { phase } = session
	switch (phase.at) {
		case 'idle':
			return input.type === 'paper' ? capture() : undefined
		case 'capturing':
			return capturing(phase, input)
		case 'reading':
			return reading(phase, input, settings)
		case 'confirming':
			return confirming(phase, input)
		case 'recording':
			return recording(phase, input)
		case 'recorded':
		case 'already-scanned':
		case 'conflict':
		case 'rejected':
		case 'fault':
			if (input.type === 'paper') return stay({ ...session, pending: true })
			if (input.type !== 'time-out') return undefined
			return session.pending ? capture() : go({ at: 'idle' }, false)
		default:
			return unreachable(phase)
	}
}

/** Milliseconds after its begin at which a phase hears `time-out`; null where it may last. */
export function timeOutOf({ phase, pending }: Session, delays: Delays): number | null {
	switch (phase.at) {
		case 'idle':
			return null
		case 'recorded':
		case 'already-scanned':
		case 'conflict':
		case 'rejected':
			return pending ? delays.glance[phase.at] : delays[phase.at]
		default:
			return delays[phase.at]
	}
}

function capturing({ earlier }: Extract<Phase, { at: 'capturing' }>, input: Input): Step | undefined {
	switch (input.type) {
		case 'captured':
			return go({ at: 'reading', frames: input.frames, earlier }, true, { do: 'read', frames: input.frames })
		case 'not-captured':
			if (input.fault.code === 'nothing-there') return go({ at: 'idle' }, false)
			if (input.fault.code === 'unusable') return reject('picture-too-large')
			return trouble('camera', input.fault)
		case 'time-out':
			return trouble('camera', { code: 'no-answer', detail: 'the camera took no picture in time' })
		default:
			return undefined
	}
}

function reading(
	{ frames, earlier }: Extract<Phase, { at: 'reading' }>,
	input: Input,
	settings: SessionSettings,
): Step | undefined {
	if (input.type === 'time-out') {
		const fault = { code: 'timed-out' as const, detail: 'the reader gave no answer in time' }
		return ask([...earlier, { frames, reading: { kind: 'no-picture', fault } }], settings)
	}
	if (input.type !== 'read') return undefined
	const { reading, known, elapsed } = input
	if (reading.kind !== 'acta') {
		const shots = [...earlier, { frames, reading }]
		const more = shots.length < settings.shots && elapsed < settings.shotsWithin
		return more && anotherMayHelp(reading) ? capture(shots) : ask(shots, settings)
	}
	const same = known.find((acta) => acta.same)
	if (same !== undefined) {
		return go({ at: 'already-scanned', acta: same, reading }, false, release('recorded'))
	}
	return record(frames, reading, known[0] ?? null)
}

/** Asks the volunteer what to do with a paper that no shot could read; all its pictures are kept for that. */
function ask(shots: readonly Shot[], { unread }: SessionSettings): Step {
	const frames = shots.flatMap((shot) => shot.frames)
	const { cause, offer } = judge(mostTelling(shots.map((shot) => shot.reading)))
	switch (offer) {
		case 'record':
			return go({ at: 'confirming', frames, cause, otherwise: unread }, true)
		case 'record-if-asked':
			return go({ at: 'confirming', frames, cause, otherwise: 'set-aside' }, true)
		case 'nothing':
			return reject(cause)
		default:
			return unreachable(offer)
	}
}

function confirming(phase: Extract<Phase, { at: 'confirming' }>, input: Input): Step | undefined {
	if (input.type === 'button') return record(phase.frames, null, null)
	if (input.type !== 'time-out') return undefined
	return phase.otherwise === 'record' ? record(phase.frames, null, null) : reject(phase.cause)
}

function recording({ reading, other }: Extract<Phase, { at: 'recording' }>, input: Input): Step | undefined {
	switch (input.type) {
		case 'recorded': {
			const { acta } = input
			const phase: Phase =
				other !== null && reading !== null
					? { at: 'conflict', acta, other, reading }
					: { at: 'recorded', acta, reading }
			return go(phase, false, release('recorded'))
		}
		case 'not-recorded':
			return trouble(input.device, input.fault)
		case 'time-out':
			return trouble('storage', { code: 'no-answer', detail: 'the disk did not take the acta in time' })
		default:
			return undefined
	}
}

/** The paper was taken away: what was not being recorded yet is forgotten. */
function paperGone(session: Session): Step | undefined {
	switch (session.phase.at) {
		case 'capturing':
		case 'reading':
		case 'confirming':
			return go({ at: 'idle' }, false, release('set-aside'))
		default:
			return session.pending ? stay({ ...session, pending: false }) : undefined
	}
}

function capture(earlier: readonly Shot[] = []): Step {
	return go({ at: 'capturing', earlier }, true, { do: 'capture' })
}

function record(frames: readonly Frame[], reading: ActaReading | null, other: RecordedActa | null): Step {
	return go({ at: 'recording', reading, other }, true, { do: 'record', frames, reading })
}

function reject(cause: Cause): Step {
	return go({ at: 'rejected', cause }, false, release('set-aside'))
}

function trouble(device: Device, fault: Fault): Step {
	return go({ at: 'fault', device, fault }, true)
}

function release(outcome: 'recorded' | 'set-aside'): Effect {
	return { do: 'release', outcome }
}

function go(phase: Phase, pending: boolean, ...effects: Effect[]): Step {
	return { session: { phase, pending }, effects }
}

function stay(session: Session): Step {
	return { session, effects: [] }
}
