import { Command } from 'commander'
import { CentralConfig, publishWithinMs } from '../central/config.ts'
import { centralEvents } from '../central/events.ts'
import { openIdentityOf } from '../enrolment/device-identity.ts'
import { systemClock } from '../platform/clock.ts'
import { buildTime } from '../platform/process/software.ts'
import { fail, ok } from '../platform/result.ts'
import type { ChainReport, StickFault } from '../stick/chain-import.ts'
import { type ImportReport, importStick } from '../stick/import.ts'
import type { LinesReport } from '../stick/lines-import.ts'
import type { PeopleReport } from '../stick/people-import.ts'
import { asOwnerOf, readBefore } from './as-owner.ts'
import { configure } from './configuration.ts'
import { electionFrom } from './election-file.ts'
import { eventLog } from './event-log.ts'
import { CommandRefused, exit } from './exit.ts'
import { mountedStick } from './mounted-stick.ts'
import { printJson, printLines } from './output.ts'
import { progressBars } from './progress.ts'
import { custodyNotTruth } from './proof-lines.ts'

interface Options {
	readonly config?: string
	readonly identity?: string
	readonly directory?: string
	readonly election?: string
	readonly json?: true
}

export function importCommand(): Command {
	return new Command('import')
		.description(
			'Take in at the centre what kiosks exported to a USB stick, while "testigo central" runs or not',
		)
		.argument('<stick>', 'where the stick is mounted')
		.option(
			'--config <file>',
			"the centre's configuration (default: /etc/testigo/central.json where there is one)",
		)
		.option(
			'--identity <dir>',
			'id and receipt key, made by "testigo enrol centre"; read where no centre runs',
		)
		.option('--directory <dir>', 'ledger, images, and devices/<id>.pem for each known device')
		.option('--election <file>', "another election's definition")
		.option('--json', 'print one JSON object')
		.action(run)
}

async function run(stick: string, options: Options): Promise<void> {
	const { directory, json } = options
	const config = await configure(CentralConfig, {
		file: options.config,
		usual: '/etc/testigo/central.json',
		flags: { identity: options.identity, directory, election: options.election },
	})
	await electionFrom(config.election)
	const identity = await readBefore([config.identity], () => openIdentityOf('centre', config.identity))
	const mounted = await mountedStick(stick)
	await asOwnerOf(config.directory)
	const log = eventLog('central', process.stderr)
	const troubles = new Set<string>()
	const bars = progressBars()
	const taken = await importStick({
		stick,
		...mounted,
		directory: config.directory,
		async signer() {
			const opened = await identity()
			return opened.ok ? ok(opened.value.signer) : fail('identity', `identity: ${opened.fault.detail}`)
		},
		progress: (folder, what, done, total) => bars.show(`${folder} ${what}`, done, total),
		clock: systemClock,
		notBefore: buildTime,
		random: Math.random,
		publishWithinMs: publishWithinMs(config),
		// The report says what went well.
		log(event) {
			const { level } = centralEvents.events[event.event]
			if (level === 'error') troubles.add(event.event)
			if (level !== 'info') log(event)
		},
	})
	bars.end()
	if (!taken.ok) {
		if (json) printJson({ fault: taken.fault })
		throw new CommandRefused(exit.environmentFailed, taken.fault.detail)
	}
	const report = taken.value
	// In the log of a centre that runs.
	if (!report.isListed) troubles.add('not-listed')
	if (json) printJson({ ...report, troubles: [...troubles], note: custodyNotTruth })
	else printLines(...linesOf(report), ...troubleLines(troubles), custodyNotTruth)
	const wrong =
		troubles.size > 0 ||
		report.refusedCount + report.changedCount > 0 ||
		nothingCame(report) ||
		report.chains.some((chain) =>
			partsOf(chain).some(({ conflicts, quarantined }) => conflicts + quarantined > 0),
		)
	process.exitCode = wrong ? exit.foundWrong : exit.done
}

/** A stick without one entry was emptied, or is another: that is not well. */
function nothingCame({ chains }: ImportReport): boolean {
	return chains.every(isEmpty)
}

/** Folders without an entry that are named. */
const mostEmpty = 8

function isEmpty(chain: ChainReport): boolean {
	return partsOf(chain).every(({ stored, duplicates, conflicts, foreign, quarantined }) => {
		return stored + duplicates + conflicts + foreign + quarantined === 0
	})
}

/** What came of entries, of answers and of rulings in a folder. */
function partsOf(chain: ChainReport): readonly LinesReport[] {
	return [chain, chain.transcriptions, chain.rulings].filter((part) => part !== null)
}

const inWords = new Map([
	['not-listed', 'NOT LISTED: by the authority’s list this centre’s receipts count nowhere'],
	['ledger-cut', 'LEDGER CUT: it lacks what it held; every kiosk is asked for everything again'],
])

function troubleLines(troubles: ReadonlySet<string>): string[] {
	return [...troubles].map((event) => inWords.get(event) ?? `TROUBLE: ${event}, see the lines of the log`)
}

function linesOf(report: ImportReport): string[] {
	const { chains, refused, refusedCount, changed, changedCount, ignored } = report
	// A thousand folders of nobody's would push the others off the screen.
	const [some, empty] = [chains.filter((chain) => !isEmpty(chain)), chains.filter(isEmpty)]
	return [
		...(report.runs ? [`Taken in by the running centre ${report.centre}.`] : []),
		...(nothingCame(report)
			? ['NOTHING TO CHECK: not one entry is on this stick, nor what people signed; is it the right one?']
			: []),
		...(chains.length === 0
			? ['Nobody has a folder on this stick.']
			: [...some, ...empty.slice(0, mostEmpty)].flatMap(chainLines)),
		...(empty.length > mostEmpty ? [`… and ${empty.length - mostEmpty} more folders without an entry`] : []),
		...faultLines('REFUSED', refused, refusedCount),
		...faultLines('CHANGED', changed, changedCount),
		...(ignored.length > 0 ? [`Left alone: ${ignored.length} other names, among them ${ignored[0]}`] : []),
	]
}

/** `told`: the first of `count`. */
function faultLines(what: string, told: readonly StickFault[], count: number): string[] {
	const more = count - told.length
	return [
		...told.map(({ file, line, code, detail }) => {
			return `${what} ${file}${line === undefined ? '' : `, line ${line}`}: ${code}: ${detail}`
		}),
		...(more > 0 ? [`… and ${more} more ${what}`] : []),
	]
}

function chainLines(chain: ChainReport): string[] {
	const { folder, devices, transcriptions, rulings } = chain
	const isOfPeople = transcriptions !== null || rulings !== null
	return [
		...(isOfPeople && devices.length === 0 ? [] : [chainLine(chain)]),
		...(transcriptions === null ? [] : [peopleLine(folder, 'answers', transcriptions)]),
		...(rulings === null ? [] : [peopleLine(folder, 'rulings', rulings)]),
	]
}

function peopleLine(folder: string, what: string, report: PeopleReport): string {
	const { stored, duplicates, conflicts, foreign, quarantined, changed } = report
	return [
		`${folder}: ${stored} ${what} stored`,
		`${duplicates} there before`,
		...(conflicts > 0 ? [`${conflicts} IN CONFLICT with others, kept beside them`] : []),
		...(quarantined > 0 ? [`${quarantined} IN QUARANTINE, by one who is revoked, kept`] : []),
		...(foreign > 0 ? [`${foreign} of another version, kept`] : []),
		...(changed > 0 ? [`${changed} CHANGED since the first answer, kept`] : []),
	].join(', ')
}

function chainLine({
	folder,
	stored,
	duplicates,
	conflicts,
	foreign,
	quarantined,
	images,
	receipts,
}: ChainReport): string {
	return [
		`${folder}: ${stored} entries stored`,
		`${duplicates} there before`,
		...(conflicts > 0 ? [`${conflicts} IN CONFLICT with others, kept beside them`] : []),
		...(quarantined > 0 ? [`${quarantined} IN QUARANTINE, by a device that is revoked, kept`] : []),
		...(foreign > 0 ? [`${foreign} of another version, kept`] : []),
		`${images.stored} images stored`,
		...(images.awaited > 0 ? [`${images.awaited} awaited`] : []),
		`${receipts} receipts to take home`,
	].join(', ')
}
