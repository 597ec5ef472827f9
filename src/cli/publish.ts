import { join } from 'node:path'
import { Command } from 'commander'
import { longestRegister } from '../acta/register/canonical.ts'
import { openLogIdentity } from '../enrolment/log-identity.ts'
import type { NoteSigner } from '../log/signing.ts'
import { systemClock } from '../platform/clock.ts'
import { clockSource } from '../platform/clock-source.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { faultsOf } from '../platform/files/json-file.ts'
import { buildTime } from '../platform/process/software.ts'
import type { Fault } from '../platform/result.ts'
import { checkPlace } from '../publishing/archive-place.ts'
import type { WordsSource } from '../publishing/campaign-words.ts'
import { PublishConfig, TorrentSettings } from '../publishing/config.ts'
import { Publisher, type PublisherParts } from '../publishing/publisher.ts'
import { PublishingClock } from '../publishing/publishing-clock.ts'
import { PublishingProcess } from '../publishing/publishing-process.ts'
import { type RipenessSettings, usualRipeness } from '../publishing/ripeness.ts'
import { openTrial, trialRipeness } from '../publishing/trial.ts'
import { wholeNumber } from './arguments.ts'
import { asOwnerOf } from './as-owner.ts'
import { configure } from './configuration.ts'
import { electionFrom } from './election-file.ts'
import { eventLog } from './event-log.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printJson } from './output.ts'
import { custodyNotTruth } from './proof-lines.ts'
import { publishCosignatures } from './publish-cosignatures.ts'
import { runUntilSignal, superviseProcess } from './running.ts'

interface Options {
	readonly directory?: string
	readonly out?: string
	readonly follow?: true
	readonly config?: string
	readonly log?: string
	readonly election?: string
	readonly register?: string
	readonly trial?: true
	readonly ripeAfter?: number
	readonly leastEntries?: number
	readonly leastDevices?: number
	readonly overdueAfter?: number
	readonly cosignatures?: readonly string[]
	readonly torrent?: true
	readonly tracker?: readonly string[]
	readonly webSeed?: readonly string[]
}

const hourMs = 3_600_000

export function publishCommand(): Command {
	return new Command('publish')
		.description("append what is ripe of a centre's records to the public log, and make its archive")
		.option('--directory <dir>', "the centre's")
		.option('--out <dir>', 'the archive: a folder of files that any web server can serve')
		.option('--follow', 'go on publishing until it is ended')
		.option(
			'--config <file>',
			'configuration of --follow (default: /etc/testigo/publish.json where there is one)',
		)
		.option('--log <dir>', 'where the log\'s key lies, that of "testigo enrol log"')
		.option(
			'--election <file>',
			'the definition that the campaign object names (default: election.json in the directory)',
		)
		.option('--register <file>', 'the register that it names (default: register.csv in the directory)')
		.option('--trial', 'a rehearsal: make what is lacking, publish all at once, and say so everywhere')
		.option(
			'--ripe-after <hours>',
			'an entry whose device has not closed its day (default: 6)',
			wholeNumber(0, 1000),
		)
		.option('--least-entries <n>', 'that one publication adds (default: 500)', wholeNumber(1, 1_000_000))
		.option('--least-devices <n>', 'that these come from (default: 20)', wholeNumber(1, 10_000))
		.option('--overdue-after <hours>', 'add fewer when one waits so long (default: 24)', wholeNumber(0, 1000))
		.option(
			'--cosignatures <paths...>',
			'add the lines of witnesses in these files, or in files of these folders, to the archive of --out, and publish nothing; with --follow the one folder that is looked at while it publishes',
		)
		.option('--torrent', 'also make a torrent of what SHA256SUMS covers: sites/latest.torrent in the archive')
		.option('--tracker <url...>', 'that the torrent names; none unless given')
		.option(
			'--web-seed <url...>',
			'that the torrent names: where a web server has a folder of its name; ends with a slash',
		)
		.action(run)
}

async function run(options: Options): Promise<void> {
	const torrent = torrentOf(options)
	if (options.follow) return follow(options, torrent)
	if (options.cosignatures !== undefined) return publishCosignatures(options.out, options.cosignatures)
	const startedMs = Date.now()
	const { directory, out } = options
	if (directory === undefined || out === undefined)
		throw new CommandRefused(
			exit.usedWrongly,
			'--directory and --out: name both (--follow has a configuration)',
		)
	await asOwnerOf(directory)
	const named = { ...options, directory, out, torrent }
	const { log } = options
	if (options.trial && log !== undefined)
		throw new CommandRefused(exit.usedWrongly, '--trial makes a key of its own: not with --log')
	await checkOut(out, { "the centre's directory": directory, ...(log && { 'the folder of the key': log }) })
	const opened = options.trial ? await trialOf(named) : await campaignOf(named)
	if (!opened.ok) throw refused(opened.fault)
	const published = await opened.value.publish()
	if (!published.ok) throw refused(published.fault)
	const { publication, leaves, tables, changed, waiting, files, bytes } = published.value
	const infoHash = published.value.torrent
	printAside(
		publication === null
			? `Nothing new to publish; ${waiting} objects wait.`
			: `Publication no. ${publication}: ${leaves} leaves, ${changed} tables changed; ${waiting} objects wait.`,
		...(infoHash === null ? [] : [`Torrent: magnet:?xt=urn:btih:${infoHash}`]),
		custodyNotTruth,
	)
	const seconds = (Date.now() - startedMs) / 1000
	printJson({ publication, leaves, tables, changed, waiting, files, bytes, seconds, torrent: infoHash })
}

/** As a service: with the configuration alone, and where a flag says otherwise. */
async function follow(options: Options, torrent: TorrentSettings | undefined): Promise<void> {
	if (options.trial)
		throw new CommandRefused(exit.usedWrongly, '--follow publishes for good: not with --trial')
	const { directory, out, log, election, register } = options
	const [cosignatures, ...others] = options.cosignatures ?? []
	if (others.length > 0)
		throw new CommandRefused(exit.usedWrongly, '--cosignatures: with --follow it is one folder')
	const config = await configure(PublishConfig, {
		file: options.config,
		usual: '/etc/testigo/publish.json',
		flags: { directory, archive: out, log, election, register, cosignatures },
	})
	await asOwnerOf(config.log)
	await checkOut(config.archive, {
		"the centre's directory": config.directory,
		'the folder of the key': config.log,
	})
	const { words, keyFolder, signer } = await publishingOf(config)
	const { afterHours, leastEntries, leastDevices, overdueHours } = config.ripeness
	const events = eventLog('publish', process.stdout)
	const publishing = new PublishingProcess({
		publisher: {
			...{ directory: config.directory, words, archive: config.archive, keyFolder, signer },
			ripeness: ripenessOf(options, {
				...{ ripeMs: afterHours * hourMs, longestMs: overdueHours * hourMs },
				...{ leastEntries, leastDevices },
			}),
			torrent: torrent ?? config.torrent,
			nowMs: Date.now,
			clockFault: clockFaultAt(config.directory),
		},
		cosignatures: config.cosignatures,
		...{ everyMs: config.everySeconds * 1000, clock: systemClock, log: events },
	})
	await runUntilSignal(publishing, superviseProcess(events))
}

/** Undefined where none is asked for. */
function torrentOf({ torrent, tracker, webSeed }: Options): TorrentSettings | undefined {
	if (torrent === undefined) {
		if (tracker === undefined && webSeed === undefined) return undefined
		throw new CommandRefused(exit.usedWrongly, '--tracker and --web-seed: of a torrent alone; add --torrent')
	}
	const settings = TorrentSettings.safeParse({ trackers: tracker, webSeeds: webSeed })
	if (settings.success) return settings.data
	throw new CommandRefused(exit.usedWrongly, '--tracker, --web-seed:', faultsOf(settings.error))
}

interface Named extends Omit<Options, 'torrent'> {
	readonly directory: string
	readonly out: string
	readonly torrent: TorrentSettings | undefined
}
interface Campaigned {
	readonly directory: string
	readonly log?: string | undefined
	readonly election?: string | undefined
	readonly register?: string | undefined
}

interface Publishing {
	readonly words: WordsSource
	readonly keyFolder: string
	readonly signer: NoteSigner
}

async function trialOf({ directory, out, election, register, ...options }: Named) {
	const registerPath = register ?? join(directory, 'register.csv')
	const bytes = await readCapped(registerPath, longestRegister)
	if (!bytes.ok && (bytes.fault.code !== 'file-missing' || register !== undefined))
		throw new CommandRefused(exit.usedWrongly, `register ${registerPath}: ${bytes.fault.detail}`)
	return openTrial({
		...{ directory, archive: out, election: await electionFrom(election) },
		register: bytes.ok ? bytes.value : null,
		...{ ripeness: ripenessOf(options, trialRipeness), torrent: options.torrent, nowMs: Date.now },
	})
}

async function campaignOf({ directory, out, ...options }: Named) {
	const { words, keyFolder, signer } = await publishingOf({ directory, ...options })
	return Publisher.open({
		...{ directory, words, archive: out, keyFolder, signer },
		...{ ripeness: ripenessOf(options, usualRipeness), torrent: options.torrent, nowMs: Date.now },
		clockFault: clockFaultAt(directory),
	})
}

function clockFaultAt(directory: string): PublisherParts['clockFault'] {
	const clock = new PublishingClock({ directory, clock: systemClock, clockSource, built: buildTime })
	return (passedMs) => clock.fault(passedMs)
}

async function publishingOf({ directory, log, election, register }: Campaigned): Promise<Publishing> {
	if (log === undefined)
		throw new CommandRefused(
			exit.usedWrongly,
			`--log: name the folder of the log's key, that of "testigo enrol log", or --trial for a rehearsal`,
		)
	const words = {
		directory,
		definitionPath: election ?? join(directory, 'election.json'),
		registerPath: register ?? join(directory, 'register.csv'),
	}
	return { words, keyFolder: log, signer: await signerIn(log) }
}

async function signerIn(folder: string): Promise<NoteSigner> {
	const signer = await openLogIdentity(folder)
	if (signer.ok) return signer.value
	throw new CommandRefused(exit.environmentFailed, `${signer.fault.detail} (${signer.fault.code})`)
}

async function checkOut(archive: string, secret: Readonly<Record<string, string>>): Promise<void> {
	const place = await checkPlace(archive, secret)
	if (!place.ok) throw new CommandRefused(exit.usedWrongly, `${place.fault.detail} (${place.fault.code})`)
}

function ripenessOf(
	{
		ripeAfter,
		leastEntries,
		leastDevices,
		overdueAfter,
	}: Pick<Options, 'ripeAfter' | 'leastEntries' | 'leastDevices' | 'overdueAfter'>,
	usual: RipenessSettings,
): RipenessSettings {
	return {
		ripeMs: ripeAfter === undefined ? usual.ripeMs : ripeAfter * hourMs,
		leastEntries: leastEntries ?? usual.leastEntries,
		leastDevices: leastDevices ?? usual.leastDevices,
		longestMs: overdueAfter === undefined ? usual.longestMs : overdueAfter * hourMs,
	}
}

const foundWrongCodes: ReadonlySet<string> = new Set([
	...['forked', 'archive-behind', 'bad-words', 'not-named', 'foreign-log', 'record-changed'],
	...['words-forked', 'words-behind', 'other-authority', 'last-checkpoint-behind'],
])

function refused({ code, detail }: Fault): CommandRefused {
	const wrong = foundWrongCodes.has(code)
	return new CommandRefused(wrong ? exit.foundWrong : exit.environmentFailed, `${detail} (${code})`)
}
