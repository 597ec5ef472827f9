/** Looks at every part that a kiosk needs, and changes nothing but a file that is gone at once. */
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import type { Clock } from '../platform/clock.ts'
import { clockSource } from '../platform/clock-source.ts'
import { buildTime } from '../platform/process/software.ts'
import type { Result } from '../platform/result.ts'
import { lookAtJournal, type OwnersLook } from './as-owner.ts'
import { inspectCamera } from './camera.ts'
import { diagnoseCustodians } from './custodians.ts'
import { type InspectedPlaces, inspectDirectories } from './directories.ts'
import { type Finding, findingsOf, sameInBothLanguages } from './finding.ts'
import { inspectGpio } from './gpio.ts'
import { inspectIdentity } from './identity.ts'
import { diagnoseJournal } from './journal.ts'
import { diagnoseMachine } from './machine.ts'
import { inspectPanel } from './panel.ts'
import { diagnoseSpares } from './spares.ts'
import { diagnoseStorage } from './storage.ts'
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

export interface InspectedSettings extends Omit<InspectedPlaces, 'kiosk'> {
	readonly uplink: UplinkSettings
}

export async function inspectKiosk(
	first: KioskConfig,
	{ uplink, ...places }: InspectedSettings,
	{ clock, environment }: InspectedMachine,
): Promise<Finding[]> {
	const seen = await lookAtJournal(first)
	const config = seen.ok ? { ...first, ...seen.value.places } : first
	const inUse = seen.ok && seen.value.journal.lock === 'held'
	const path = environment['PATH'] ?? ''
	const looks: readonly (readonly [string, () => Promise<Finding | Finding[]>])[] = [
		['directories', () => inspectDirectories({ ...places, kiosk: first })],
		['identity', () => inspectIdentity(config)],
		['spares', async () => (first.identities === 'daily' ? sparesOf(first, seen) : [])],
		[
			'journal',
			async () => orNotSeen('journal', seen, ({ journal }) => diagnoseJournal(config.journal, journal)),
		],
		['storage', async () => orNotSeen('storage', seen, ({ storage }) => storageOf(config, storage))],
		['custodians', async () => diagnoseCustodians(config)],
		['camera', () => inspectCamera(config, { clock, path, inUse })],
		['gpio', () => inspectGpio(config)],
		['panel', () => inspectPanel(config, clock, inUse)],
		['uplink', () => inspectUplink(first, uplink, clock)],
	]
	const findings: Finding[] = []
	for (const [part, look] of looks) {
		findings.push(...[await look().catch((error: NodeJS.ErrnoException) => refused(part, error))].flat())
	}
	return findings
}

function storageOf(config: KioskConfig, storage: OwnersLook['storage']): Finding {
	return orNotSeen('storage', storage, (state) => diagnoseStorage(state, config.disk))
}

function sparesOf(first: KioskConfig, seen: Result<OwnersLook>): Finding {
	return orNotSeen('spares', seen, ({ spares }) =>
		orNotSeen('spares', spares, (left) => diagnoseSpares(first.identity, left)),
	)
}

function orNotSeen<T>(part: string, seen: Result<T>, diagnose: (seen: T) => Finding): Finding {
	return seen.ok ? diagnose(seen.value) : notSeen(part, seen.fault.detail)
}

/** Only what the system refuses; anything else is a bug, and thrown. */
function refused(part: string, error: NodeJS.ErrnoException): Finding {
	if (error.code === undefined) throw error
	return notSeen(part, error.message)
}

function notSeen(part: string, why: string): Finding {
	return findingsOf(part).unseen('not-seen', sameInBothLanguages(why), {
		es: 'repita con el usuario del kiosco, o como root',
		en: "look again as the kiosk's user, or as root",
	})
}
