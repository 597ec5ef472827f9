import { Command, Option } from 'commander'
import { Central } from '../central/central.ts'
import { CentralConfig, publishWithinMs } from '../central/config.ts'
import { Metrics } from '../central/metrics.ts'
import { openIdentityOf } from '../enrolment/device-identity.ts'
import { diskFault } from '../journal/disk-fault.ts'
import { systemClock } from '../platform/clock.ts'
import { buildTime, software } from '../platform/process/software.ts'
import { fail } from '../platform/result.ts'
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
	readonly identity?: string
	readonly directory?: string
	readonly election?: string
	readonly broker?: string
	readonly protocol?: string
	readonly metrics?: string
	readonly askAgain?: true
}

export function centralCommand(): Command {
	return new Command('central')
		.description('Receive what kiosks recorded, keep it, and answer with signed receipts')
		.option('--config <file>', 'configuration (default: /etc/testigo/central.json where there is one)')
		.option('--production', 'refuse what only a test may do')
		.option('--identity <dir>', 'id and receipt key, made by "testigo enrol centre"')
		.option('--directory <dir>', 'ledger, images, and devices/<id>.pem for each known device')
		.option('--election <file>', "another election's definition")
		.option('--broker <url>', 'mqtts://host:port, or mqtt:// without TLS')
		.option('--metrics <file>', "figures for Prometheus, read by node_exporter's textfile collector")
		.option('--ask-again', 'have every kiosk send everything again: after restoring an older ledger')
		.addOption(new Option('--protocol <version>', 'of MQTT').choices(['5', '3.1.1']))
		.action(run)
}

async function run(options: Options): Promise<void> {
	const { production, directory, broker, protocol, metrics } = options
	const { identity: keys, election: definition } = options
	const config = await configure(CentralConfig, {
		file: options.config,
		usual: '/etc/testigo/central.json',
		flags: {
			...{ production, identity: keys, directory, election: definition, metrics },
			broker: { url: broker, protocol },
		},
	})
	// Nothing that a centre keeps depends on it: what is wrong with the file is told where it is set.
	await electionFrom(config.election)
	const identity = await readBefore([config.identity], () => openIdentityOf('centre', config.identity))
	await asOwnerOf(config.directory)
	const opened = await identity()
	if (!opened.ok) throw identityRefused(opened.fault)
	const log = eventLog('central', process.stdout)
	const central = new Central({
		directory: config.directory,
		signer: opened.value.signer,
		broker: config.broker,
		imports: true,
		clock: systemClock,
		notBefore: buildTime,
		random: Math.random,
		askAgain: options.askAgain ?? false,
		...{ log, limits: config.limits, disk: config.disk, publishWithinMs: publishWithinMs(config) },
		counted: (event) => figures?.count(event),
		// Nothing more may be promised; whoever runs the process starts it anew.
		failed: () => process.exit(exit.environmentFailed),
	})
	const figures =
		config.metrics === undefined
			? null
			: new Metrics({
					path: config.metrics,
					software,
					clock: systemClock,
					devices: () => central.devices(),
					connected: () => central.connected,
					disk: () => central.disk,
					failed: (fault) => log({ event: 'metrics-fault', fault }),
				})
	const running = {
		async start() {
			const started = await central.start().catch((error: NodeJS.ErrnoException) => {
				if (error.code === undefined) throw error
				return fail('disk', diskFault(error, `${config.directory}: can't be written to`).detail)
			})
			if (!started.ok) throw new CommandRefused(exit.environmentFailed, started.fault.detail)
			figures?.start()
		},
		async stop() {
			await figures?.stop()
			await central.stop()
		},
		healthFault: () => central.healthFault(),
		get statusText() {
			return central.statusText
		},
	}
	await runUntilSignal(running, superviseProcess(log))
}
