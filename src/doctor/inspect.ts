/** Looks at every part that a kiosk needs, and changes nothing but a file that is gone at once. */
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import type { Clock } from '../platform/clock.ts'
import { clockSource } from '../platform/clock-source.ts'
import { buildTime } from '../platform/process/software.ts'
import { inspectCamera } from './camera.ts'
import { diagnoseCustodians } from './custodians.ts'
import { type Finding, findingsOf, sameInBothLanguages } from './finding.ts'
import { inspectGpio } from './gpio.ts'
import { inspectIdentity } from './identity.ts'
import { diagnoseJournal, probeJournal } from './journal.ts'
import { diagnoseMachine } from './machine.ts'
import { inspectPanel } from './panel.ts'
import { diagnoseStorage, probeStorage } from './storage.ts'
import { inspectUplink, type UplinkSettings } from './uplink.ts'

export interface InspectedMachine {
	readonly clock: Clock
	readonly environment: Readonly<Record<string, string | undefined>>
}

/** What needs no configuration. */
export async function inspectMachine({ clock, environment }: InspectedMachine): Promise<Finding[]> {
	return diagnoseMachine({
		node: process.versions.node,
		arenas: environment['MALLOC_ARENA_MAX'],
		uid: process.geteuid?.() ?? 0,
		clockSource: await clockSource(),
		now: clock.wall(),
		built: buildTime,
	})
}

export async function inspectKiosk(
	config: KioskConfig,
	uplink: UplinkSettings,
	{ clock, environment }: InspectedMachine,
): Promise<Finding[]> {
	const journal = await probeJournal(config)
	const inUse = journal.lock === 'held'
	const path = environment['PATH'] ?? ''
	const looks: readonly (readonly [string, () => Promise<Finding | Finding[]>])[] = [
		['identity', () => inspectIdentity(config)],
		['journal', async () => diagnoseJournal(config.journal, journal)],
		['storage', async () => diagnoseStorage(await probeStorage(config.journal), config.disk)],
		['custodians', async () => diagnoseCustodians(config)],
		['camera', () => inspectCamera(config, { clock, path, inUse })],
		['gpio', () => inspectGpio(config)],
		['panel', () => inspectPanel(config, clock, inUse)],
		['uplink', () => inspectUplink(config, uplink, clock)],
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
	return findingsOf(part).unseen('not-seen', sameInBothLanguages(error.message), {
		es: 'repita con el usuario del kiosco, o como root',
		en: "look again as the kiosk's user, or as root",
	})
}
