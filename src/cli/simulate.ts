/** `testigo simulate`: writes rendered actas, as photographs or as clean strips, with a list of what they say. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import sharp from 'sharp'
import type { ElectionDefinition } from '../acta/election.ts'
import { formatPayload } from '../acta/payload.ts'
import { presidential2024 } from '../acta/presidential-2024.ts'
import type { ResultRow } from '../simulator/figures/results.ts'
import { actaOf } from '../simulator/figures/tables.ts'
import { openStripPrinter, type Paper, printStrip, type StripPrinter } from '../simulator/paper/strip.ts'
import { photographActa } from '../simulator/photograph/photograph.ts'
import {
	drawPhotograph,
	type Megapixels,
	type Severity,
	severities,
} from '../simulator/photograph/severity.ts'
import { Random } from '../simulator/random.ts'
import { oneOf, wholeNumber } from './arguments.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { startProgress } from './progress.ts'
import { resultsFrom } from './results-file.ts'

interface Options {
	readonly count: number
	readonly severity: Severity | 'all'
	readonly seed: string
	readonly megapixels: Megapixels
	readonly view: 'bottom' | 'full'
	readonly results?: string
	readonly out: string
	readonly strip?: true
}

export function simulateCommand(): Command {
	return new Command('simulate')
		.description('Write rendered actas into a folder, and a manifest.jsonl of what they say')
		.option('--count <n>', 'how many pictures', wholeNumber(1, 999_999), 10)
		.option(
			'--severity <level>',
			'how bad the photographs are: 0 to 5, or all in turn',
			oneOf<Severity | 'all'>([...severities, 'all']),
			0,
		)
		.option('--seed <text>', 'the same seed gives the same files', '1')
		.option('--megapixels <size>', 'frame of the camera: 3 or 12', oneOf<Megapixels>([3, 12]), 3)
		.addOption(
			new Option('--view <part>', 'the end with the QR code, or the whole strip')
				.choices(['bottom', 'full'])
				.default('bottom'),
		)
		.option('--results <file>', 'figures in the columns of the published results (default: a sample of 2024)')
		.requiredOption('--out <folder>', 'where to write; made if it is not there')
		.option('--strip', 'the clean strip as PNG instead of a photograph')
		.action(simulate)
}

async function simulate(options: Options): Promise<void> {
	const election = presidential2024
	const rows = await resultsFrom(options.results, election)
	await asOwnerOf(options.out)
	const manifest = join(options.out, 'manifest.jsonl')
	try {
		await mkdir(options.out, { recursive: true })
		await writeFile(manifest, '')
	} catch (error) {
		throw new CommandRefused(exit.environmentFailed, `can't write into ${options.out}: ${reason(error)}`)
	}

	const press = await openStripPrinter()
	const progress = startProgress('simulate', options.count)
	const order = new Random(`${options.seed}/tables`).shuffled(rows)
	for (let index = 0; index < options.count; index++) {
		const row = order[index % order.length] as ResultRow
		const severity =
			options.severity === 'all' ? (severities[index % severities.length] ?? 0) : options.severity
		const seed = `${options.seed}/${index}`
		const paper = { acta: actaOf(row, election), place: row.place, seed: `${seed}/paper` }
		const name = `${String(index + 1).padStart(4, '0')}-${row.centro}.${row.mesa}`
		const picture = options.strip
			? { file: `${name}.png`, bytes: await clean(press, paper, election), taken: {} }
			: await photographed(press, paper, election, { ...options, severity, seed, name })
		const { file, bytes, taken } = picture
		const line = { file, text: formatPayload(paper.acta), ...taken }
		try {
			await writeFile(join(options.out, file), bytes)
			await appendFile(manifest, `${JSON.stringify(line)}\n`)
		} catch (error) {
			progress.end()
			throw new CommandRefused(exit.environmentFailed, `can't write into ${options.out}: ${reason(error)}`)
		}
		progress.show(index + 1, file)
	}
	progress.end()
}

async function photographed(
	press: StripPrinter,
	paper: Paper,
	election: ElectionDefinition,
	options: Pick<Options, 'megapixels' | 'view'> & { severity: Severity; seed: string; name: string },
) {
	const { severity, seed, megapixels, view, name } = options
	const photograph = drawPhotograph(severity, seed, megapixels, view)
	return {
		file: `${name}-s${severity}.jpg`,
		bytes: await photographActa(press, paper, election, photograph),
		taken: { severity, seed, photograph },
	}
}

/** Eight pixels to a module: about the 203 dots per inch of the machine's print head. */
const cleanResolution = 8

async function clean(press: StripPrinter, paper: Paper, election: ElectionDefinition): Promise<Uint8Array> {
	const { ink, width, height } = await printStrip(press, paper, election, cleanResolution)
	const grey = Uint8Array.from(ink, (coverage) => Math.round(255 * (1 - coverage)))
	return sharp(grey, { raw: { width, height, channels: 1 } })
		.png()
		.toBuffer()
}

function reason(error: unknown): string {
	return error instanceof Error ? error.message : String(error)
}
