import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { nullPanel } from '../panel/panel.ts'
import { pause, systemClock } from '../platform/clock.ts'
import { type Progress, Rehearsal } from '../simulator/rehearsal.ts'
import { readResults, sampleResults } from '../simulator/results.ts'
import { type Severity, severities } from '../simulator/severity.ts'
import { DemoDisplay } from './demo-display.ts'
import { exit, Refusal } from './exit.ts'
import { wholeNumber } from './numbers.ts'

interface Options {
	readonly actas: number
	readonly exit?: boolean
	readonly severity: Severity
	readonly seed: number
	readonly language: 'es' | 'en'
	readonly results?: string
	readonly dir?: string
}

export function demoCommand(): Command {
	return new Command('demo')
		.description('Show the whole way live: printed actas, kiosk, uplink, broker, centre, in one process')
		.option(
			'--actas <number>',
			'how many papers the simulated volunteer lays down',
			wholeNumber(1, 30_000),
			20,
		)
		.option('--exit', 'end when all is received (always so when the output is no terminal)')
		.addOption(
			new Option('--severity <level>', 'how bad the photographs are, 0 to 5')
				.argParser((text) => severityOf(text))
				.default(0),
		)
		.option('--seed <number>', 'of everything invented', wholeNumber(0, 2 ** 31), 2024)
		.addOption(new Option('--language <language>', 'of the display').choices(['es', 'en']).default('es'))
		.option('--results <file>', 'figures to print: the CSV of 2024 (default: a sample of it)')
		.option('--dir <dir>', 'where everything is kept (default: a new temporary folder)')
		.action(run)
}

/** Milliseconds for one acta, and for all the rest, after which the demonstration gives up. */
const patience = { acta: 5_000, rest: 60_000 }

async function run(options: Options): Promise<void> {
	const results = options.results === undefined ? await sampleResults() : await readResults(options.results)
	if (!results.ok) throw new Refusal(exit.usedWrongly, results.fault.detail)
	const actas = results.value.slice(0, options.actas)
	if (actas.length < options.actas) {
		throw new Refusal(exit.usedWrongly, `--actas ${options.actas}: the figures hold only ${actas.length}`)
	}
	const directory = options.dir ?? (await mkdtemp(join(tmpdir(), 'testigo-demo-')))
	const display = process.stdout.isTTY ? new DemoDisplay(process.stdout) : null
	const troubles = new Set<string>()
	const rehearsal = new Rehearsal({
		directory,
		actas,
		severity: options.severity,
		seed: options.seed,
		language: options.language,
		panel: display?.panel ?? nullPanel,
		clock: systemClock,
		trouble: (where, { code, detail }) => {
			if (troubles.has(`${where} ${code}`)) return
			troubles.add(`${where} ${code}`)
			process.stderr.write(`${where}: ${detail} (${code})\n`)
		},
	})
	const interrupted = new AbortController()
	process.once('SIGINT', () => interrupted.abort())
	process.once('SIGTERM', () => interrupted.abort())

	const began = performance.now()
	try {
		await rehearsal.start()
		const tell = () => display?.draw(rehearsal.progress(), actas.length)
		const telling = setInterval(tell, 100)
		await Promise.race([
			rehearsal.finished(),
			pause(systemClock, patience.rest + patience.acta * actas.length, interrupted.signal),
		])
		clearInterval(telling)
		tell()
		if (display !== null && !options.exit && !interrupted.signal.aborted) {
			process.stdout.write(`All received. Ctrl-C ends; then: npx testigo verify ${rehearsal.journal}\n`)
			await pause(systemClock, 2 ** 31 - 1, interrupted.signal)
		}
		const summary = summarise(rehearsal, rehearsal.progress(), performance.now() - began)
		process.stdout.write(`${JSON.stringify(summary)}\n`)
		const whole = summary.received === actas.length && summary.complete === summary.entries
		process.exitCode = whole && summary.wrong === 0 ? exit.done : exit.foundWrong
	} finally {
		await rehearsal.stop()
	}
}

function summarise(rehearsal: Rehearsal, progress: Progress, milliseconds: number) {
	const { scanned, photographs, recorded, received, wrong, conflicts, entries, complete } = progress
	return {
		...{ scanned, photographs, recorded, received, wrong, conflicts, entries, complete },
		seconds: Math.round(milliseconds / 100) / 10,
		journal: rehearsal.journal,
		ledger: rehearsal.ledger,
	}
}
