import { buildTime } from '../platform/process/software.ts'
import { CommandRefused, exit } from './exit.ts'

/** Milliseconds since 1970, where they go into what is signed for ever. Throws a CommandRefused on a dead clock. */
export function timeOfDay(now = Date.now()): number {
	if (now >= buildTime) return now
	throw new CommandRefused(exit.environmentFailed, "this machine's clock is wrong: set it, then try again")
}
