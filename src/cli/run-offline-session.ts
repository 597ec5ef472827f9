/** What `close` and `void` have in common: the stopped kiosk's own settings and its journal. */
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { openIdentityOf } from '../enrolment/device-identity.ts'
import { readCentreList } from '../evidence/authority/pinned-centre.ts'
import { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { type OfflineSession, withOfflineSession } from '../kiosk/offline-session.ts'
import { systemClock } from '../platform/clock.ts'
import { ok, type Result } from '../platform/result.ts'
import { asOwnerOf, readBefore } from './as-owner.ts'
import { configure } from './configuration.ts'
import { electionFrom } from './election-file.ts'
import { eventLog } from './event-log.ts'
import { CommandRefused, exit } from './exit.ts'
import { identityRefused } from './identity-refused.ts'
import { refuseUnwritable } from './show-code.ts'

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

/** Throws a CommandRefused when it can't be done. `picture` is a file that is to be written afterwards. */
export async function runOfflineSession<T>(
	{ config: file, ...flags }: OfflineSessionOptions,
	work: (session: OfflineSession) => Promise<Result<T>>,
	picture?: string,
): Promise<T> {
	const { identity, election, journal, state, uplink } = flags
	const config = await configure(KioskConfig, {
		file,
		usual: '/etc/testigo/kiosk.json',
		flags: { identity, election, journal, state, uplink },
	})
	const { centre } = config
	const definition = await electionFrom(config.election)
	const keys = await readBefore([config.identity, centre?.publicKey, centre?.root], () => keysOf(config))
	await asOwnerOf(config.journal, config.state, join(dirname(config.state), 'signed'))
	// What is recorded can't be done again for a picture of it.
	if (picture !== undefined) await refuseUnwritable(picture)
	const around = {
		...(await keys()),
		election: definition,
		clock: systemClock,
		log: eventLog('kiosk', process.stderr),
	}
	const done = await withOfflineSession(config, around, work)
	if (!done.ok) throw new CommandRefused(exit.environmentFailed, done.fault.detail)
	return done.value
}

async function keysOf(config: KioskConfig) {
	const identity = await openIdentityOf('device', config.identity)
	// Of a machine whose identity ends with its day another one may record by now.
	if (!identity.ok && config.identities === 'one') throw identityRefused(identity.fault)
	const centres = config.centre === undefined ? ok(null) : await readCentreList(config.centre)
	if (!centres.ok) throw new CommandRefused(exit.environmentFailed, centres.fault.detail)
	return { ...(identity.ok ? { identity: identity.value } : {}), centres: centres.value }
}
