import { Command, Option } from 'commander'
import { readCentreList } from '../evidence/authority/pinned-centre.ts'
import { systemClock } from '../platform/clock.ts'
import { buildTime, software } from '../platform/process/software.ts'
import { UplinkConfig } from '../uplink/config.ts'
import { DayUplinks } from '../uplink/day-uplinks.ts'
import { wholeNumber } from './arguments.ts'
import { asOwnerOf, readBefore } from './as-owner.ts'
import { configure } from './configuration.ts'
import { eventLog } from './event-log.ts'
import { CommandRefused, exit } from './exit.ts'
import { runUntilSignal, superviseProcess } from './running.ts'

interface Options {
	readonly config?: string
	readonly production?: boolean
	readonly journal?: string
	readonly directory?: string
	readonly device?: string
	readonly centreId?: string
	readonly centreKey?: string
	readonly root?: string
	readonly broker?: string
	readonly protocol?: string
	readonly imageRate?: number
}

export function uplinkCommand(): Command {
	return new Command('uplink')
		.description("Carry the journal to the centre over MQTT and the centre's receipts home")
		.option('--config <file>', 'configuration (default: /etc/testigo/uplink.json where there is one)')
		.option('--production', 'refuse what only a test may do')
		.option('--journal <dir>', "the kiosk's journal; only read")
		.option('--directory <dir>', "the uplink's own directory: its state and the receipts")
		.option('--device <id>', "the device's id (default: that of the journal's first entry)")
		.option('--centre-id <id>', 'whose receipts count')
		.option('--centre-key <file>', 'and its public key, or with --root its certificate')
		.option('--root <file>', "the root that the centre's certificate must chain to, instead of --centre-id")
		.option('--broker <url>', 'mqtts://host:port, or mqtt:// without TLS')
		.option(
			'--image-rate <bytes>',
			'what images may take of the line, a second',
			wholeNumber(1_000, 1_000_000_000),
		)
		.addOption(new Option('--protocol <version>', 'of MQTT').choices(['5', '3.1.1']))
		.action(run)
}

async function run(options: Options): Promise<void> {
	const { production, journal, directory, device, centreId, centreKey, root, broker, protocol } = options
	const config = await configure(UplinkConfig, {
		file: options.config,
		usual: '/etc/testigo/uplink.json',
		flags: {
			...{ production, journal, directory, device, imageBytesPerSecond: options.imageRate },
			centre: { id: centreId, publicKey: centreKey, root },
			broker: { url: broker, protocol },
		},
	})
	const { publicKey: key, root: anchor } = config.centre
	const pinned = await readBefore([key, anchor], () => readCentreList(config.centre))
	await asOwnerOf(config.directory)
	const centres = await pinned()
	if (!centres.ok) throw new CommandRefused(exit.environmentFailed, `centre: ${centres.fault.detail}`)
	const log = eventLog('uplink', process.stdout)
	await runUntilSignal(
		new DayUplinks({
			...config,
			centres: centres.value,
			software,
			clock: systemClock,
			notBefore: buildTime,
			random: Math.random,
			log,
			ended: () => process.exit(exit.environmentFailed),
		}),
		superviseProcess(log),
	)
}
