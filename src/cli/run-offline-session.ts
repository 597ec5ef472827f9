/** What `close` and `void` have in common: the stopped kiosk's own settings and its journal. */
import type { Command } from 'commander'
import { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { type OfflineSession, withOfflineSession } from '../kiosk/offline-session.ts'
import { systemClock } from '../platform/clock.ts'
import type { Result } from '../platform/result.ts'
import { configure } from './configuration.ts'
import { electionFrom } from './election-file.ts'
import { eventLog } from './event-log.ts'
import { CommandRefused, exit } from './exit.ts'

export interface OfflineSessionOptions {
	readonly config?: string
	readonly identity?: string
	readonly election?: string
	readonly journal?: string
	readonly state?: string
	readonly uplink?: string
}

export function withKioskOptions(command: Command): Command {
	return command
		.option(
			'--config <file>',
			"the kiosk's configuration (default: /etc/testigo/kiosk.json where there is one)",
		)
		.option('--identity <dir>', 'id and signing key')
		.option('--election <file>', "another election's definition")
		.option('--journal <dir>', 'where entries and images are kept')
		.option('--state <file>', 'boot counter')
		.option('--uplink <dir>', "the uplink's own directory")
}

/** Throws a CommandRefused when it can't be done. */
export async function runOfflineSession<T>(
	{ config: file, ...flags }: OfflineSessionOptions,
	work: (session: OfflineSession) => Promise<Result<T>>,
): Promise<T> {
	const { identity, election, journal, state, uplink } = flags
	const config = await configure(KioskConfig, {
		file,
		usual: '/etc/testigo/kiosk.json',
		flags: { identity, election, journal, state, uplink },
	})
	const around = {
		election: await electionFrom(config.election),
		clock: systemClock,
		log: eventLog('kiosk', process.stderr),
	}
	const done = await withOfflineSession(config, around, work)
	if (!done.ok) throw new CommandRefused(exit.environmentFailed, done.fault.detail)
	return done.value
}
