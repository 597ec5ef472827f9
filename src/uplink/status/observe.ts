import { statfs } from 'node:fs/promises'
import { dayOf } from '../../evidence/entry.ts'
import { conditionPath, readKioskCondition } from '../../handover/kiosk-condition.ts'
import type { Clock } from '../../platform/clock.ts'
import type { JournalFollower } from '../queue/journal-follower.ts'
import type { Observations } from './status-reporter.ts'

interface Machine {
	/** The journal's directory. */
	readonly journal: string
	/** Where the kiosk says how it does. */
	readonly condition?: string
	readonly clock: Clock
}

/** Takes a look at the machine: the kiosk beside, free space, and the oldest entry after `received`. */
export async function observeKiosk(
	{ journal, condition = conditionPath, clock }: Machine,
	follower: JournalFollower,
	received: number,
): Promise<Observations> {
	const [kiosk, free, oldest] = await Promise.all([
		readKioskCondition(condition, clock.wall()),
		statfs(journal).then(
			({ bavail, bsize }) => bavail * bsize,
			() => null,
		),
		received < follower.last ? follower.entry(received + 1) : null,
	])
	return {
		kiosk: kiosk && {
			canScan: kiosk.canScan,
			trouble: kiosk.trouble,
			clock: kiosk.clock,
			actas: kiosk.actas.recorded,
		},
		free,
		oldestUnsent: oldest?.ok && oldest.value.entry !== null ? dayOf(oldest.value.entry) : null,
	}
}
