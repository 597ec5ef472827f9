import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { presidential2024 } from '../acta/presidential-2024.ts'
import { longestRegister } from '../acta/register/canonical.ts'
import type { RegisteredTable } from '../acta/register/register.ts'
import { nullPanel } from '../panel/panel.ts'
import { pause, systemClock } from '../platform/clock.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { faultsOf } from '../platform/files/json-file.ts'
import { openTrial, trialRipeness } from '../publishing/trial.ts'
import { Custodians } from '../sealing/custodians.ts'
import type { ResultRow } from '../simulator/figures/results.ts'
import { actaOf } from '../simulator/figures/tables.ts'
import { type Severity, severities } from '../simulator/photograph/severity.ts'
import { Random } from '../simulator/random.ts'
import { type Progress, Rehearsal } from '../simulator/rehearsal.ts'
import { oneOf, wholeNumber } from './arguments.ts'
import { asOwnerOf } from './as-owner.ts'
import { DemoDisplay } from './demo-display.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printJson, printLines } from './output.ts'
import { resultsFrom } from './results-file.ts'
import { tilesFrom } from './tiles-file.ts'

interface Options {
	readonly actas: number
	readonly exit?: boolean
	readonly severity: Severity
	readonly seed: string
	readonly language: 'es' | 'en'
	readonly results?: string
	readonly custodian: readonly string[]
	readonly dir?: string
}

export function demoCommand(): Command {
	return new Command('demo')
		.description(
			'Show the whole way live: printed actas, kiosk, uplink, broker, centre and its board, in one process',
		)
		.option(
			'--actas <number>',
			'how many papers the simulated volunteer lays down',
			wholeNumber(1, 30_000),
			20,
		)
		.option('--exit', 'end when all is received (always so when the output is no terminal)')
		.option('--severity <level>', 'how bad the photographs are: 0 to 5', oneOf(severities), 0)
		.option('--seed <text>', 'of everything invented: the same seed gives the same papers', '1')
		.addOption(new Option('--language <language>', 'of the display').choices(['es', 'en']).default('es'))
		.option('--results <file>', 'figures to print: the CSV of 2024 (default: a sample of it)')
		.option('--custodian <recipient...>', 'seal the images to these keys ("testigo custodian new")', [])
		.option('--dir <dir>', 'where everything is kept (default: a new temporary folder)')
		.action(run)
}

/** Milliseconds for one acta, and for all the rest, after which the demonstration gives up. */
const limitMs = { acta: 5_000, rest: 60_000 }

async function run(options: Options): Promise<void> {
	const { seed, severity, language } = options
	const election = presidential2024
	const rows = await resultsFrom(options.results, election)
	if (rows.length < options.actas) {
		throw new CommandRefused(
			exit.usedWrongly,
			`--actas ${options.actas}: there are figures for ${rows.length} only`,
		)
	}
	const papers = new Random(`${seed}/tables`)
		.shuffled(rows)
		.slice(0, options.actas)
		.map((row, index) => ({ acta: actaOf(row, election), place: row.place, seed: `${seed}/${index}` }))
	const custodians = Custodians.safeParse(options.custodian)
	if (!custodians.success) {
		throw new CommandRefused(exit.usedWrongly, `--custodian: ${faultsOf(custodians.error).join('; ')}`)
	}
	if (options.dir !== undefined) await asOwnerOf(options.dir)
	const directory = options.dir ?? (await mkdtemp(join(tmpdir(), 'testigo-demo-')))
	if (custodians.data.length === 0) {
		printAside('Nobody is named to seal images to (--custodian): they lie open, as no real ones may.')
	}
	const display = process.stdout.isTTY ? new DemoDisplay(process.stdout, election) : null
	const troubles = new Set<string>()
	const rehearsal = new Rehearsal({
		directory,
		papers,
		...{ election, severity, seed, language },
		register: rows.map(registered),
		tiles: await tilesFrom(undefined, election),
		custodians: custodians.data,
		panel: display?.panel ?? nullPanel,
		clock: systemClock,
		trouble: (where, { code, detail }) => {
			if (troubles.has(`${where} ${code}`)) return
			troubles.add(`${where} ${code}`)
			printAside(`${where}: ${detail} (${code})`)
		},
	})
	const interrupted = new AbortController()
	process.once('SIGINT', () => interrupted.abort())
	process.once('SIGTERM', () => interrupted.abort())

	const began = performance.now()
	try {
		await rehearsal.start()
		const show = () => {
			if (display !== null) display.draw(rehearsal.progress(), papers.length, rehearsal.board)
			else printJson(countsOf(rehearsal.progress()))
		}
		if (display === null) printJson({ board: rehearsal.board })
		const showing = setInterval(show, display === null ? 1_000 : 100)
		const over = new AbortController()
		const limit = limitMs.rest + limitMs.acta * papers.length
		await Promise.race([
			rehearsal.finished(),
			pause(systemClock, limit, AbortSignal.any([interrupted.signal, over.signal])),
		])
		over.abort()
		clearInterval(showing)
		if (display !== null) show()
		const archive = interrupted.signal.aborted ? null : await publishedIn(directory, rehearsal.ledger)
		if (display !== null && !options.exit && !interrupted.signal.aborted) {
			printLines(
				`All received. Look at ${rehearsal.board}. Ctrl-C ends; then: npx testigo verify ${rehearsal.journal}`,
				...(archive === null ? [] : linesOf(archive)),
			)
			await pause(systemClock, 2 ** 31 - 1, interrupted.signal)
		}
		if ((display === null || options.exit) && archive !== null) printAside(...linesOf(archive))
		const summary = { ...summarise(rehearsal, performance.now() - began), archive }
		printJson(summary)
		const whole = summary.received === papers.length && summary.complete === summary.entries
		process.exitCode = whole && summary.wrong === 0 ? exit.done : exit.foundWrong
	} finally {
		await rehearsal.stop()
	}
}

/** The public log of what the centre holds, as a rehearsal; null where it can't be made, which is said. */
async function publishedIn(directory: string, centre: string): Promise<string | null> {
	const archive = join(directory, 'archive')
	const register = await readCapped(join(centre, 'register.csv'), longestRegister)
	const opened = await openTrial({
		...{ directory: centre, archive, election: presidential2024, ripeness: trialRipeness, nowMs: Date.now },
		register: register.ok ? register.value : null,
	})
	const published = opened.ok ? await opened.value.publish() : opened
	if (published.ok) return archive
	printAside(`The public log: ${published.fault.detail} (${published.fault.code})`)
	return null
}

function linesOf(archive: string): string[] {
	return [
		`The public log, a rehearsal, lies in ${archive}: open its index.html.`,
		`Check it, or any copy: npx testigo verify ${archive} --rehearsal`,
	]
}

/** As the register has the table of a published row. */
function registered({ centro, mesa, place }: ResultRow): RegisteredTable {
	return { table: `${centro}.${mesa}`, centro, mesa, ...place, centroName: '' }
}

function countsOf({
	scanned,
	photographs,
	recorded,
	received,
	wrong,
	conflicts,
	entries,
	complete,
}: Progress) {
	return { scanned, photographs, recorded, received, wrong, conflicts, entries, complete }
}

function summarise(rehearsal: Rehearsal, milliseconds: number) {
	return {
		...countsOf(rehearsal.progress()),
		seconds: Math.round(milliseconds / 100) / 10,
		journal: rehearsal.journal,
		ledger: rehearsal.ledger,
	}
}
