/** Looks at every part that a kiosk needs, and changes nothing but a file that is gone at once. */
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import type { Clock } from '../platform/clock.ts'
import { clockSource } from '../platform/clock-source.ts'
import { buildTime } from '../platform/process/build-time.ts'
import { examineCamera } from './camera.ts'
import { about, type Finding, plain } from './finding.ts'
import { examineGpio } from './gpio.ts'
import { examineIdentity } from './identity.ts'
import { judgeJournal, probeJournal } from './journal.ts'
import { judgeMachine } from './machine.ts'
import { examinePanel } from './panel.ts'
import { judgeStorage, probeStorage } from './storage.ts'
import { examineUplink, type UplinkSettings } from './uplink.ts'

export interface ExaminedMachine {
	readonly clock: Clock
	readonly environment: Readonly<Record<string, string | undefined>>
}

/** What needs no configuration. */
export async function examineMachine({ clock, environment }: ExaminedMachine): Promise<Finding[]> {
	return judgeMachine({
		node: process.versions.node,
		arenas: environment['MALLOC_ARENA_MAX'],
		uid: process.geteuid?.() ?? 0,
		clockSource: await clockSource(),
		now: clock.wall(),
		built: buildTime,
	})
}

export async function examineKiosk(
	config: KioskConfig,
	uplink: UplinkSettings,
	{ clock, environment }: ExaminedMachine,
): Promise<Finding[]> {
	const journal = await probeJournal(config)
	const inUse = journal.lock === 'held'
	const path = environment['PATH'] ?? ''
	const looks: readonly (readonly [string, () => Promise<Finding | Finding[]>])[] = [
		['identity', () => examineIdentity(config)],
		['journal', async () => judgeJournal(config.journal, journal)],
		['storage', async () => judgeStorage(await probeStorage(config.journal), config.disk)],
		['camera', () => examineCamera(config, { clock, path, inUse })],
		['gpio', () => examineGpio(config)],
		['panel', () => examinePanel(config, clock, inUse)],
		['uplink', () => examineUplink(config, uplink, clock)],
	]
	const findings: Finding[] = []
	for (const [part, look] of looks) {
		findings.push(...[await look().catch((error: NodeJS.ErrnoException) => notSeen(part, error))].flat())
	}
	return findings
}

/** Only what the system refuses; anything else is a bug, and thrown. */
function notSeen(part: string, error: NodeJS.ErrnoException): Finding {
	if (error.code === undefined) throw error
	return about(part).unseen('not-seen', plain(error.message), {
		es: 'repita con el usuario del kiosco, o como root',
		en: "look again as the kiosk's user, or as root",
	})
}
