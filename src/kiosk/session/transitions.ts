/** What a session does next, in a word. */
import type { Cause, Device } from '../../panel/status.ts'
import type { Fault } from '../../platform/result.ts'
import type { Effect, Phase, Recording, Session, Shot, Transition } from './session-types.ts'

export function capture(earlier: readonly Shot[] = []): Transition {
	return enterPhase({ at: 'capturing', earlier }, true, { do: 'capture' })
}

export function record(recording: Recording, tries = 0): Transition {
	const { frames, reading } = recording
	return enterPhase({ at: 'recording', recording, waited: 'not-long', tries }, true, {
		do: 'record',
		frames,
		reading,
	})
}

/** The next paper, or a look at the disk before it comes. */
export function rest(pending: boolean): Transition {
	return pending ? capture() : enterPhase({ at: 'idle' }, false, { do: 'check-disk' })
}

export function reject(cause: Cause): Transition {
	return enterPhase({ at: 'rejected', cause }, false, release('set-aside'))
}

export function trouble(device: Device, fault: Fault): Transition {
	return enterPhase({ at: 'fault', device, fault }, true)
}

export function diskTrouble(
	fault: Fault,
	pending = false,
	unfinished: Recording | null = null,
	tries = 0,
): Transition {
	return enterPhase({ at: 'disk-trouble', fault, unfinished, tries, mending: false }, pending)
}

export function release(outcome: 'recorded' | 'set-aside'): Effect {
	return { do: 'release', outcome }
}

export function enterPhase(phase: Phase, pending: boolean, ...effects: Effect[]): Transition {
	return { session: { phase, pending }, effects }
}

export function stayInPhase(session: Session): Transition {
	return { session, effects: [] }
}
