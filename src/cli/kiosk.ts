import { dirname, join } from 'node:path'
import { Command, Option } from 'commander'
import { openIdentityOf } from '../enrolment/device-identity.ts'
import { composeKiosk } from '../kiosk/composition.ts'
import { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { DailyKiosk } from '../kiosk/daily-kiosk.ts'
import { systemClock } from '../platform/clock.ts'
import type { Fault } from '../platform/result.ts'
import { wholeNumber } from './arguments.ts'
import { asOwnerOf, readBefore } from './as-owner.ts'
import { configure } from './configuration.ts'
import { electionFrom } from './election-file.ts'
import { eventLog } from './event-log.ts'
import { CommandRefused, exit } from './exit.ts'
import { identityRefused } from './identity-refused.ts'
import { runUntilSignal, superviseProcess } from './running.ts'

interface Options {
	readonly config?: string
	readonly production?: boolean
	readonly technician?: boolean
	readonly language?: string
	readonly identity?: string
	readonly election?: string
	readonly journal?: string
	readonly state?: string
	readonly inbox?: string
	readonly uplink?: string
	readonly centreId?: string
	readonly centreKey?: string
	readonly root?: string
	readonly panel?: string
	readonly button?: string
	readonly unread?: string
	readonly glance?: number
}

export function kioskCommand(): Command {
	return new Command('kiosk')
		.description('Scan actas: camera, reading, signing, journal, display. Needs no network.')
		.option('--config <file>', 'configuration (default: /etc/testigo/kiosk.json where there is one)')
		.option('--production', 'refuse simulated devices, and pictures of actas where a disk could keep them')
		.option('--technician', "begin with the technician's screens, as when the button is held at the start")
		.addOption(new Option('--language <language>', 'of the display').choices(['es', 'en']))
		.option('--identity <dir>', 'id and signing key, made by "testigo enrol request"')
		.option('--election <file>', "another election's definition")
		.option('--journal <dir>', 'where entries and images are kept')
		.option('--state <file>', 'boot counter')
		.option('--inbox <dir>', 'folder that the scanner saves into')
		.option('--uplink <dir>', "the uplink's own directory, to show what was received")
		.option('--centre-id <id>', 'whose receipts count')
		.option('--centre-key <file>', 'and its public key, or with --root its certificate')
		.option('--root <file>', "the root that the centre's certificate must chain to, instead of --centre-id")
		.addOption(new Option('--panel <panel>').choices(['auto', 'terminal', 'none']))
		.addOption(new Option('--button <button>').choices(['auto', 'keyboard', 'none']))
		.addOption(
			new Option('--unread <outcome>', 'of a paper that no button was pressed for').choices([
				'record',
				'set-aside',
			]),
		)
		.option(
			'--glance <milliseconds>',
			'how long a result stands when the next paper waits',
			wholeNumber(0, 10_000),
		)
		.action(run)
}

async function run(options: Options): Promise<void> {
	const {
		production,
		technician,
		language,
		identity,
		election,
		journal,
		state,
		uplink,
		panel,
		button,
		unread,
		glance,
	} = options
	const config = await configure(KioskConfig, {
		file: options.config,
		usual: '/etc/testigo/kiosk.json',
		flags: {
			...{
				production,
				technician,
				language,
				identity,
				election,
				journal,
				state,
				uplink,
				panel,
				button,
				unread,
				glance,
			},
			centre: { id: options.centreId, publicKey: options.centreKey, root: options.root },
			camera: options.inbox === undefined ? undefined : { kind: 'folder', directory: options.inbox },
		},
	})
	const definition = await electionFrom(config.election)
	const keys = await readBefore([config.identity], () => openIdentityOf('device', config.identity))
	await asOwnerOf(config.journal, config.state, join(dirname(config.state), 'signed'))
	const opened = await keys()
	// Of a machine whose identity ends with its day another one may record by now.
	if (!opened.ok && config.identities === 'one') throw identityRefused(opened.fault)
	// A terminal shows the display; the log then goes beside it, to standard error, where it can be redirected.
	const { kind } = config.panel
	const onTerminal = process.stdout.isTTY && (kind === 'auto' || kind === 'terminal')
	const log = eventLog('kiosk', onTerminal ? process.stderr : process.stdout)
	const supervision = superviseProcess(log)
	const around = {
		election: definition,
		...(opened.ok ? { identity: opened.value } : {}),
		clock: systemClock,
		log,
		// Ready all the same: what keeps it from scanning is shown, and goes away without a new start.
		waiting: ({ detail }: Fault) =>
			void supervision.ready({ healthFault: async () => null, statusText: `can't scan: disk: ${detail}` }),
		...(process.stdin.isTTY ? { keys: process.stdin } : {}),
		...(onTerminal || kind === 'terminal' ? { screen: process.stdout } : {}),
	}
	const daily = new DailyKiosk(
		(renew) => composeKiosk(config, { ...around, renew }),
		(fault) => {
			log({ event: 'trouble', device: 'program', fault })
			process.exit(exit.environmentFailed)
		},
	)
	const composed = await daily.compose()
	if (!composed.ok) throw new CommandRefused(exit.environmentFailed, composed.fault.detail)
	await runUntilSignal(daily, supervision)
}
