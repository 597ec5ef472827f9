import type { Fault } from '../../platform/result.ts'
import type { SessionDelays } from './delays.ts'
import { timeOutOf } from './session.ts'
import type { Session } from './session-types.ts'

/** Milliseconds by which a phase may outlast its time-out: a busy machine is no reason to start anew. */
const slackMs = 60_000

/**
 * And how long a disk may take with what it was given. Nothing is lost by an end in the middle: what was not on the
 * disk was not shown as recorded, and the next start finds out. But a slow disk gets no faster by it.
 */
const diskTimeoutMs = 5 * 60_000

/** Why a session that has been at its phase for `lasted` milliseconds will not go on by itself; null while it may. */
export function whyStuck(session: Session, delays: SessionDelays, lasted: number): Fault | null {
	const { at } = session.phase
	const timeOut = timeOutOf(session, delays)
	// Of the phases that may last, only one is at rest; in the others the disk owes an answer.
	if (timeOut === null && at === 'idle') return null
	const most = timeOut === null ? diskTimeoutMs : timeOut + slackMs
	if (lasted <= most) return null
	return { code: 'stuck', detail: `the session has been at "${at}" for ${Math.round(lasted / 1_000)} s` }
}
