/** The technician's screens, as a part of the session: a press shows the next one, a hold ends. Nothing is recorded. */
import {
	type Input,
	type Phase,
	type Session,
	type TechnicianTopic,
	type Transition,
	technicianTopics,
} from './session-types.ts'
import { enterPhase, rest, stayInPhase } from './transitions.ts'

export function enterTechnician(device: string): Transition {
	return enterPhase({ at: 'technician', topic: 'device', page: { page: 'device', device }, more: [] }, false)
}

export function technician(
	session: Session,
	phase: Extract<Phase, { at: 'technician' }>,
	input: Input,
): Transition | undefined {
	switch (input.type) {
		case 'paper':
			return stayInPhase({ ...session, pending: true })
		case 'button': {
			const [page, ...more] = phase.more
			if (page !== undefined) return enterPhase({ ...phase, page, more }, session.pending)
			const topic = topicAfter(phase.topic)
			// Cameras take their time; what else there is to know is there at once.
			const meanwhile = topic === 'camera' ? { page: 'trying-cameras' as const } : phase.page
			const waiting: Phase = { at: 'technician', topic, page: meanwhile, more: [] }
			return enterPhase(waiting, session.pending, { do: 'read-topic', topic })
		}
		case 'topic-pages': {
			const [page = phase.page, ...more] = input.pages
			return enterPhase({ ...phase, page, more }, session.pending)
		}
		case 'hold':
		case 'time-out':
			return rest(session.pending)
		default:
			return undefined
	}
}

function topicAfter(topic: TechnicianTopic): TechnicianTopic {
	const at = technicianTopics.indexOf(topic) + 1
	return technicianTopics[at % technicianTopics.length] ?? 'device'
}
