/**
 * The close of day, as a part of the session.
 *
 * Nobody closes by accident: the button must be held, on a kiosk at rest, and then pressed anew; no answer is no,
 * and a hand that leans on the button never gives the second press. Nor is a close that nobody wanted any harm:
 * the next paper goes on, and the day can be closed again.
 */
import { closedPages } from '../../panel/closing-screens.ts'
import type { ShownHead } from '../../panel/status.ts'
import type { ClosedDay, Input, Phase, Session, Transition } from './session-types.ts'
import { enterTechnician } from './technician.ts'
import { capture, diskTrouble, enterPhase, rest, stayInPhase } from './transitions.ts'

export function shownHead({ head, spares }: ClosedDay): ShownHead {
	return spares === undefined ? head.head : { ...head.head, spares }
}

export function askingToClose(session: Session, input: Input): Transition | undefined {
	switch (input.type) {
		case 'button':
			return enterPhase({ at: 'closing', slow: false }, session.pending, { do: 'close' })
		// Whoever lays down an acta does not want to close.
		case 'paper':
			return capture()
		case 'time-out':
			return rest(session.pending)
		default:
			return undefined
	}
}

export function closing(
	session: Session,
	phase: Extract<Phase, { at: 'closing' }>,
	input: Input,
): Transition | undefined {
	switch (input.type) {
		case 'paper':
			return stayInPhase({ ...session, pending: true })
		case 'closed':
			return session.pending ? capture() : enterPhase({ at: 'closed', day: input.day, page: 0 }, false)
		case 'not-closed':
			if (input.device === 'storage') return diskTrouble(input.fault, session.pending)
			return enterPhase({ at: 'fault', device: input.device, fault: input.fault }, session.pending)
		case 'time-out':
			return enterPhase({ ...phase, slow: true }, session.pending)
		default:
			return undefined
	}
}

export function closed(phase: Extract<Phase, { at: 'closed' }>, input: Input): Transition | undefined {
	switch (input.type) {
		case 'paper':
			return capture()
		case 'hold':
			return rest(false)
		case 'technician':
			return enterTechnician(input.device)
		case 'button':
		case 'time-out': {
			const pages = closedPages(shownHead(phase.day), true).length
			return enterPhase({ ...phase, page: (phase.page + 1) % pages }, false)
		}
		default:
			return undefined
	}
}
