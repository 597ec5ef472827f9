import type { IdentityFault } from '../enrolment/device-identity.ts'
import { CommandRefused, exit } from './exit.ts'

/** Whoever named another's identity used the command wrongly; what can't be read is the machine's. */
export function identityRefused({ code, detail }: IdentityFault): CommandRefused {
	return new CommandRefused(
		code === 'wrong-role' ? exit.usedWrongly : exit.environmentFailed,
		`identity: ${detail}`,
	)
}
