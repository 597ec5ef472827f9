/**
 * The scan session: what happens between a paper laid down and the next one, as a pure state machine. It
 * takes a state and an input and gives the next state and what is to be done; the runner (`kiosk.ts`) does it
 * and feeds back what came of it. Each phase has a time-out, so no phase can last for ever, but for a recording
 * (or a close) that the disk does not answer: what it was given may be recorded yet, so nothing else may be until
 * it has. The close of day is in `closing.ts`, the technician's screens in `technician.ts`.
 *
 * INVARIANTS
 * - `recorded` and `conflict` follow only from the input `recorded`, which the runner gives only after image
 *   and entry are on the disk.
 * - `closed` follows only from the input `closed`, which the runner gives only after the close and the head that
 *   names it are on the disk.
 * - No acta is turned away: what can't be read is offered for recording as an image.
 * - A paper is released once, when its fate is sealed; until then a fault makes it be captured again.
 * - What the disk did not take is kept and recorded when the disk is back, whether the paper still lies there
 *   or not. No scan begins while the disk is in trouble.
 */
import { delayBefore } from '../../platform/backoff.ts'
import { unreachable } from '../../platform/result.ts'
import { askingToClose, closed, closing } from './closing.ts'
import type { SessionDelays } from './delays.ts'
import { isWorthAnotherShot, mostInformative, verdictOf } from './reading-verdict.ts'
import type { Input, Phase, Session, SessionSettings, Shot, Transition } from './session-types.ts'
import { enterTechnician, technician } from './technician.ts'
import {
	capture,
	diskTrouble,
	enterPhase,
	record,
	reject,
	release,
	rest,
	stayInPhase,
	trouble,
} from './transitions.ts'

export const atRest: Session = { phase: { at: 'idle' }, pending: false }

/** Undefined where the input means nothing in this phase. */
export function next(session: Session, input: Input, settings: SessionSettings): Transition | undefined {
	if (input.type === 'no-paper') return paperGone(session)
	const { phase } = session
	// Where an answer is waited for, a button that stands for the tray gives that and no paper.
	if (input.type === 'paper' && settings.buttonIsTray === true && waitsForButton(phase)) return undefined
	switch (phase.at) {
		case 'idle':
			return idle(input)
		case 'capturing':
			return capturing(phase, input)
		case 'reading':
			return reading(phase, input, settings)
		case 'confirming':
			return confirming(phase, input)
		case 'recording':
			return recording(phase, input)
		case 'disk-trouble':
			return inDiskTrouble(session, phase, input)
		case 'recorded':
		case 'already-scanned':
		case 'conflict':
		case 'rejected':
		case 'fault':
			if (input.type === 'paper') return stayInPhase({ ...session, pending: true })
			if (input.type !== 'time-out') return undefined
			return rest(session.pending)
		case 'asking-to-close':
			return askingToClose(session, input)
		case 'closing':
			return closing(session, phase, input)
		case 'closed':
			return closed(phase, input)
		case 'technician':
			return technician(session, phase, input)
		default:
			return unreachable(phase)
	}
}

function idle(input: Input): Transition | undefined {
	switch (input.type) {
		case 'disk':
			return input.disk.at === 'ready' ? undefined : diskTrouble(input.disk.fault)
		case 'paper':
			return capture()
		case 'hold':
			return enterPhase({ at: 'asking-to-close' }, false)
		case 'closed':
			return enterPhase({ at: 'closed', day: input.day, page: 0 }, false)
		case 'technician':
			return enterTechnician(input.device)
		default:
			return undefined
	}
}

function waitsForButton({ at }: Phase): boolean {
	return at === 'confirming' || at === 'asking-to-close' || at === 'technician'
}

/** Milliseconds after its begin at which a phase hears `time-out`; null where it may last. */
export function timeOutOf({ phase, pending }: Session, delays: SessionDelays): number | null {
	switch (phase.at) {
		case 'idle':
			return null
		case 'recorded':
		case 'already-scanned':
		case 'conflict':
		case 'rejected':
			return pending ? delays.glance[phase.at] : delays[phase.at]
		case 'recording':
			switch (phase.waited) {
				case 'not-long':
					return delays.recording.slow
				case 'long':
					return delays.recording.stuck
				case 'too-long':
					return null
				default:
					return unreachable(phase.waited)
			}
		case 'disk-trouble':
			// One kiosk has one disk: there is no crowd to be scattered.
			return phase.mending ? null : delayBefore(phase.tries, delays.disk, () => 1)
		case 'closing':
			return phase.slow ? null : delays.closing
		default:
			return delays[phase.at]
	}
}

function capturing({ earlier }: Extract<Phase, { at: 'capturing' }>, input: Input): Transition | undefined {
	switch (input.type) {
		case 'captured':
			return enterPhase({ at: 'reading', frames: input.frames, earlier }, true, {
				do: 'read',
				frames: input.frames,
			})
		case 'not-captured':
			if (input.fault.code === 'nothing-there') return enterPhase({ at: 'idle' }, false)
			if (input.fault.code === 'too-large') return reject('picture-too-large')
			if (input.fault.code === 'unreadable') return reject('damaged-picture')
			return trouble('camera', input.fault)
		case 'disk':
			return input.disk.at === 'ready' ? undefined : diskTrouble(input.disk.fault, true)
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
): Transition | undefined {
	if (input.type === 'time-out') {
		const fault = { code: 'timed-out' as const, detail: 'the reader gave no answer in time' }
		return ask([...earlier, { frames, reading: { kind: 'no-picture', fault } }], settings)
	}
	if (input.type !== 'read') return undefined
	const { reading, known, elapsed } = input
	if (reading.kind !== 'acta') {
		const shots = [...earlier, { frames, reading }]
		const more = shots.length < settings.shots && elapsed < settings.shotsWithin
		return more && isWorthAnotherShot(reading) ? capture(shots) : ask(shots, settings)
	}
	const same = known.find((acta) => acta.same)
	if (same !== undefined) {
		return enterPhase({ at: 'already-scanned', acta: same, reading }, false, release('recorded'))
	}
	return record({ frames, reading, other: known[0] ?? null })
}

/** Asks the volunteer what to do with a paper that no shot could read; all its pictures are kept for that. */
function ask(shots: readonly Shot[], { unread }: SessionSettings): Transition {
	const frames = shots.flatMap((shot) => shot.frames)
	const { cause, offer } = verdictOf(mostInformative(shots.map((shot) => shot.reading)))
	switch (offer) {
		case 'record':
			return enterPhase({ at: 'confirming', frames, cause, otherwise: unread }, true)
		case 'record-if-asked':
			return enterPhase({ at: 'confirming', frames, cause, otherwise: 'set-aside' }, true)
		case 'nothing':
			return reject(cause)
		default:
			return unreachable(offer)
	}
}

function confirming(phase: Extract<Phase, { at: 'confirming' }>, input: Input): Transition | undefined {
	if (input.type === 'button') return record({ frames: phase.frames, reading: null, other: null })
	if (input.type !== 'time-out') return undefined
	return phase.otherwise === 'record'
		? record({ frames: phase.frames, reading: null, other: null })
		: reject(phase.cause)
}

function recording(phase: Extract<Phase, { at: 'recording' }>, input: Input): Transition | undefined {
	const { recording, waited, tries } = phase
	const { reading, other } = recording
	switch (input.type) {
		case 'recorded': {
			const { acta } = input
			const phase: Phase =
				other !== null && reading !== null
					? { at: 'conflict', acta, other, reading }
					: { at: 'recorded', acta, reading }
			return enterPhase(phase, false, release('recorded'))
		}
		case 'not-recorded':
			if (input.device !== 'storage') return trouble(input.device, input.fault)
			return diskTrouble(input.fault, true, recording, tries)
		case 'time-out':
			return enterPhase({ ...phase, waited: waited === 'not-long' ? 'long' : 'too-long' }, true)
		default:
			return undefined
	}
}

function inDiskTrouble(
	session: Session,
	phase: Extract<Phase, { at: 'disk-trouble' }>,
	input: Input,
): Transition | undefined {
	const { fault, unfinished, tries, mending } = phase
	switch (input.type) {
		case 'paper':
			return stayInPhase({ ...session, pending: true })
		case 'time-out':
			if (mending) return undefined
			return enterPhase({ ...phase, mending: true }, session.pending, {
				do: 'mend-disk',
				fault,
				unfinished: unfinished !== null,
			})
		case 'disk': {
			const { disk } = input
			if (disk.at !== 'broken' && unfinished !== null) return record(unfinished, tries + 1)
			if (disk.at === 'ready') return rest(session.pending)
			return diskTrouble(disk.fault, session.pending, unfinished, tries + 1)
		}
		default:
			return undefined
	}
}

/** The paper was taken away: what was not being recorded yet is forgotten. */
function paperGone(session: Session): Transition | undefined {
	switch (session.phase.at) {
		case 'capturing':
		case 'reading':
		case 'confirming':
			return enterPhase({ at: 'idle' }, false, release('set-aside'))
		default:
			return session.pending ? stayInPhase({ ...session, pending: false }) : undefined
	}
}
