import { join } from 'node:path'
import { Command } from 'commander'
import { imagesDirectory } from '../journal/journal.ts'
import { printable } from '../platform/printable.ts'
import { keepVipsInMemory } from '../reading/vips-memory.ts'
import { tallyOfLedger } from '../tally/ledger-tally.ts'
import { type Candidate, choose } from '../transcription/queue/candidates.ts'
import { candidatesOf, hasReading } from '../transcription/queue/centre-candidates.ts'
import { PictureSources } from '../transcription/queue/picture-sources.ts'
import { type PrepareReport, prepareQueue } from '../transcription/queue/prepare.ts'
import { mostPapers } from '../transcription/queue/queue.ts'
import { readSample } from '../transcription/queue/sample-file.ts'
import { wholeNumber } from './arguments.ts'
import { asOwnerOf } from './as-owner.ts'
import { refuseDiskErrors } from './ca-authority.ts'
import { electionFrom } from './election-file.ts'
import { CommandRefused, exit } from './exit.ts'
import { printLines } from './output.ts'
import { startProgress } from './progress.ts'

interface Options {
	readonly pictures?: string
	readonly sample?: string
	readonly out: string
	readonly most: number
	readonly election?: string
}

export function prepareCommand(): Command {
	return new Command('prepare')
		.description('make a queue of what a centre holds and people should read; nothing that was read is in it')
		.argument('<dir>', "the centre's directory, with ledger.jws")
		.option('--pictures <folder>', 'pictures that custodians unsealed, as "testigo unseal --out" names them')
		.option('--sample <file>', 'entry ids or tables, one a line: read by people whatever was read of them')
		.requiredOption('--out <folder>', 'the queue; begun again it goes on with the pictures that are there')
		.option('--most <number>', 'papers of it', wholeNumber(1, mostPapers), 1_000)
		.option('--election <file>', "another election's definition")
		.action(prepare)
}

async function prepare(directory: string, options: Options): Promise<void> {
	const { out, most } = options
	const election = await electionFrom(options.election)
	const sample = await sampleFrom(options.sample)
	await asOwnerOf(directory, out)
	// Its pictures show names and signatures.
	process.umask(0o077)
	keepVipsInMemory()
	const added = await tallyOfLedger(directory, election)
	if (!added.ok) throw new CommandRefused(exit.environmentFailed, added.fault.detail)
	const { tally, leftOut } = added.value
	const candidates = candidatesOf(tally)
	const chosen = choose(candidates, { sample, hasReading: hasReading(tally) })
	const held = new Set(candidates.flatMap(({ entry, table }) => [entry, table]))
	const lacking = [...sample].filter((name) => !held.has(name))
	const sources = await sourcesIn(directory, options.pictures)
	const bar = startProgress('papers', Math.min(most, chosen.length))
	const report = await refuseDiskErrors(
		prepareQueue({
			...{ election, candidates, chosen, sources, most },
			directory: out,
			progress: (papers) => bar.show(papers),
		}),
	)
	bar.end()
	if (!report.ok) throw new CommandRefused(exit.usedWrongly, report.fault.detail)
	printLines(...linesOf(report.value, candidates, lacking, leftOut))
	const wrong = report.value.faults.length > 0 || lacking.length > 0 || leftOut > 0
	process.exitCode = wrong ? exit.foundWrong : exit.done
}

async function sampleFrom(path: string | undefined): Promise<ReadonlySet<string>> {
	if (path === undefined) return new Set()
	const read = await readSample(path)
	if (read.ok) return read.value
	const { detail, faults } = read.fault
	throw new CommandRefused(exit.usedWrongly, detail, faults.slice(0, mostShown))
}

async function sourcesIn(directory: string, pictures: string | undefined): Promise<PictureSources> {
	try {
		return await PictureSources.open(join(directory, imagesDirectory), pictures ?? null)
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		throw new CommandRefused(exit.environmentFailed, `${pictures}: can't be read (${code})`)
	}
}

/** More lines nobody reads. */
const mostShown = 20

function linesOf(
	{ papers, pictures, bytes, alike, withoutPicture, left, faults }: PrepareReport,
	candidates: readonly Candidate[],
	lacking: readonly string[],
	leftOut: number,
): string[] {
	return [
		`${papers} papers to read, ${pictures} pictures, ${Math.ceil(bytes / 1e6)} MB; the centre holds ${candidates.length} that are good.`,
		...(withoutPicture === 0
			? []
			: [`No picture at hand of ${withoutPicture}: custodians unseal them ("testigo unseal").`]),
		...(alike === 0 ? [] : [`${alike} show what another of the same device shows: for a next queue.`]),
		...(left === 0 ? [] : [`${left} more found no room in it (--most).`]),
		...faults
			.slice(0, mostShown)
			.map(({ entry, code, detail }) => `WRONG: entry ${entry}: ${code}: ${printable(detail, 200)}`),
		...(faults.length > mostShown ? [`… and ${faults.length - mostShown} more`] : []),
		...lacking.slice(0, mostShown).map((name) => `WRONG: the centre holds nothing of ${name}`),
		...(lacking.length > mostShown ? [`… and ${lacking.length - mostShown} more`] : []),
		...(leftOut === 0 ? [] : [`LEFT OUT: ${leftOut} lines that do not verify; run testigo verify`]),
		'Pictures show names and signatures: carry them on an encrypted disk, and --forget them when all is read.',
	]
}
