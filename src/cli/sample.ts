/** `testigo sample`: which tables to look at first, drawn so that anyone can draw them again. */
import { hash } from 'node:crypto'
import { Command, InvalidArgumentError } from 'commander'
import type { ElectionDefinition } from '../acta/election.ts'
import { placesOf } from '../acta/register/places.ts'
import type { Register } from '../acta/register/register.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import type { Result } from '../platform/result.ts'
import { type Arrival, arrivals } from '../sampling/arrival.ts'
import { type AuditReport, auditReport, type Verdict } from '../sampling/audit-report.ts'
import { draw } from '../sampling/draw.ts'
import { auditClasses, type CountedTable, populationOf } from '../sampling/population.ts'
import { drawQuickSample } from '../sampling/quick-sample.ts'
import {
	formatPopulation,
	formatSample,
	longestSample,
	parsePopulation,
	parseSample,
	parseVerdicts,
} from '../sampling/sample-file.ts'
import { verdictByPeople, worseOf } from '../sampling/verdict-by-people.ts'
import { tallyOfLedger } from '../tally/ledger-tally.ts'
import type { Tally } from '../tally/tally.ts'
import { wholeNumber } from './arguments.ts'
import { asOwnerOf } from './as-owner.ts'
import { electionFrom } from './election-file.ts'
import { CommandRefused, exit } from './exit.ts'
import { printJson, printLines } from './output.ts'
import { custodyNotTruth } from './proof-lines.ts'
import { registerFrom } from './register-file.ts'
import { writeOut } from './write-out.ts'

const verdictsOfPeople = ['match', 'differs', 'not-found'] as const

interface DrawOptions {
	readonly seed: string
	readonly size: number
	readonly out: string
}

interface CentreOptions {
	readonly register?: string
	readonly election?: string
}

export function sampleCommand(): Command {
	const command = new Command('sample').description(
		'draw tables to look at: before the polls (quick), or of what counts, to compare with the papers (audit)',
	)
	const drawn = (name: string, description: string) =>
		new Command(name)
			.description(description)
			.requiredOption('--seed <text>', 'what decides the draw: dice thrown in public, as 4-1-6-6-2', seedOf)
			.requiredOption('--size <n>', 'how many tables', wholeNumber(1, 500_000))
			.requiredOption('--out <file>', 'the sample, as CSV')
	const ofCentre = (name: string, description: string) =>
		new Command(name)
			.description(description)
			.argument('<centre>', "the centre's directory, or a copy")
			.option('--register <file>', 'the register of tables (default: register.csv in the directory)')
			.option('--election <file>', "another election's definition")
	command.addCommand(
		drawn('quick', 'of the register, each state by its share of tables; before the polls')
			.requiredOption('--register <file>', 'the register of tables')
			.option('--election <file>', "another election's definition")
			.action(quick),
	)
	command.addCommand(
		ofCentre('population', 'write down what counts now: name its digest in public before the dice are thrown')
			.requiredOption('--out <file>', 'the population, as CSV')
			.action(population),
	)
	command.addCommand(
		drawn('audit', 'of a population; what one device alone says three times as often')
			.requiredOption('--population <file>', 'what "testigo sample population" wrote')
			.action(audit),
	)
	command.addCommand(
		ofCentre('report', 'of a quick sample what has arrived; of an audit what it has found, and rules out')
			.requiredOption('--sample <file>', 'what "quick" or "audit" wrote')
			.option('--population <file>', 'of an audit: what it was drawn from')
			.option('--seed <text>', 'of an audit: what decided the draw, which is done again', seedOf)
			.option(
				'--checked <file>',
				'of an audit: CSV table,verdict by who had the papers: match, differs, not-found',
			)
			.option('--json', 'print one JSON object')
			.action(report),
	)
	return command
}

function seedOf(text: string): string {
	if (/^[\x20-\x7e]{1,200}$/.test(text)) return text
	throw new InvalidArgumentError('It must be 1 to 200 plain characters.')
}

async function quick(
	options: DrawOptions & { readonly register: string; readonly election?: string },
): Promise<void> {
	const election = await electionFrom(options.election)
	await asOwnerOf(options.register, options.out)
	const register = await registerOf(options.register, '', election)
	const sample = drawQuickSample(placesOf(register), options.seed, options.size)
	await write(options.out, formatSample(sample), `${sample.length} of ${register.tables.size} tables`)
	printLines(`register  sha256 ${register.sha256}`)
}

async function population(centre: string, options: CentreOptions & { readonly out: string }): Promise<void> {
	const tally = await tallyOf(centre, options, options.out)
	const tables = populationOf(tally)
	await write(options.out, formatPopulation(tables), `${tables.length} tables count`)
	printLines('Name this digest in public, and then throw the dice.')
}

async function audit({
	seed,
	size,
	out,
	...options
}: DrawOptions & { readonly population: string }): Promise<void> {
	await asOwnerOf(options.population, out)
	const tables = await fileOf(options.population, parsePopulation)
	const drawn = draw(tables, seed, size)
	await write(out, formatPopulation(drawn), `${drawn.length} of ${tables.length} tables`)
}

async function report(
	centre: string,
	options: CentreOptions & {
		readonly sample: string
		readonly population?: string
		readonly seed?: string
		readonly checked?: string
		readonly json?: true
	},
): Promise<void> {
	const { sample, population: from, seed, checked, json } = options
	if ((from === undefined) !== (seed === undefined)) {
		throw new CommandRefused(exit.usedWrongly, 'of an audit: --population and --seed, both')
	}
	const tally = await tallyOf(centre, options, sample)
	if (from === undefined || seed === undefined) {
		const arrived = arrivals(await fileOf(sample, parseSample), (table) => tally.stateOf(table))
		if (json) printJson({ arrivals: arrived, note: custodyNotTruth })
		else printLines(...linesOfArrival(arrived), custodyNotTruth)
		return
	}
	const given =
		checked === undefined
			? new Map<string, Verdict>()
			: await fileOf(checked, (bytes) => parseVerdicts(bytes, verdictsOfPeople))
	const [all, drawn] = [await fileOf(from, parsePopulation), await fileOf(sample, parsePopulation)]
	const others = [...given.keys()].filter((name) => !drawn.some(({ table }) => table === name))
	if (others.length > 0) {
		const more = others.length === 1 ? '' : `, and ${others.length - 1} more`
		throw new CommandRefused(exit.usedWrongly, `${checked}: ${others[0]} is not in ${sample}${more}`)
	}
	// The bound holds for what the dice drew, and for nothing that somebody chose or left out.
	if (formatPopulation(draw(all, seed, drawn.length)) !== formatPopulation(drawn)) {
		throw new CommandRefused(exit.foundWrong, `${sample}: not what the seed ${seed} draws from ${from}`)
	}
	const sha256 = hash('sha256', formatPopulation(all), 'hex')
	const verdictOf = (table: CountedTable) =>
		worseOf(verdictByPeople(table, tally.table(table.table)), given.get(table.table) ?? 'open')
	const found = auditReport(all, drawn, verdictOf)
	if (json) printJson({ population: { sha256 }, ...found, note: custodyNotTruth })
	else printLines(`population  sha256 ${sha256}`, ...linesOfAudit(found), custodyNotTruth)
	process.exitCode = found.wrong.length > 0 ? exit.foundWrong : exit.done
}

async function write(out: string, text: string, what: string): Promise<void> {
	const there = await readCapped(out, longestSample)
	const isSame = there.ok && there.value.equals(Buffer.from(text))
	// Its digest may have been named in public, and what it was drawn from is another by now.
	if (there.ok && !isSame)
		throw new CommandRefused(exit.usedWrongly, `${out}: another one is there; name another file`)
	if (!isSame) await writeOut(out, text)
	printLines(`${what}: ${out}`, `sha256 ${hash('sha256', text, 'hex')}`)
}

async function tallyOf(centre: string, options: CentreOptions, other: string): Promise<Tally> {
	const election = await electionFrom(options.election)
	await asOwnerOf(centre, other)
	const register = await registerOf(options.register, centre, election)
	const added = await tallyOfLedger(centre, election, register)
	if (!added.ok) throw new CommandRefused(exit.environmentFailed, added.fault.detail)
	return added.value.tally
}

async function registerOf(
	path: string | undefined,
	centre: string,
	election: ElectionDefinition,
): Promise<Register> {
	const register = await registerFrom(path, centre, election)
	if (register !== null) return register
	throw new CommandRefused(exit.usedWrongly, `${centre} has no register.csv: name one by --register`)
}

async function fileOf<T>(path: string, parse: (bytes: Uint8Array) => Result<T>): Promise<T> {
	const bytes = await readCapped(path, longestSample)
	const parsed = bytes.ok ? parse(bytes.value) : bytes
	if (parsed.ok) return parsed.value
	throw new CommandRefused(exit.usedWrongly, `${path}: ${parsed.fault.detail}`)
}

function linesOfArrival(arrived: readonly Arrival[]): string[] {
	const sum = (of: (arrival: Arrival) => number) => arrived.reduce((total, arrival) => total + of(arrival), 0)
	const line = (name: string, drawn: number, counted: number, conflict: number, missing: number) =>
		`${name.padEnd(24)} ${counted} of ${drawn} counted, ${conflict} in conflict, ${missing} missing`
	return [
		...arrived.map(({ stratum, drawn, states }) => {
			return line(stratum, drawn, states.counted, states.conflict, states.missing)
		}),
		line(
			'in all',
			sum(({ drawn }) => drawn),
			sum(({ states }) => states.counted),
			sum(({ states }) => states.conflict),
			sum(({ states }) => states.missing),
		),
		'What has not arrived can be otherwise: nothing is projected.',
	]
}

function linesOfAudit({ classes, bound, wrong }: AuditReport): string[] {
	return [
		...auditClasses.map((name) => {
			const { all, drawn, match, differs, open, bound: of, 'not-found': lost } = classes[name]
			return `${name}: ${drawn} of ${all} drawn; ${match} match, ${differs} differ, ${lost} not found, ${open} open; at 95 % at most ${of.most} of ${of.all} are wrong`
		}),
		`Of both at 95 %: at most ${bound.most} of ${bound.all} tables that count are wrong. What was not found, and what is open, counts as wrong.`,
		...wrong.map(({ table, verdict }) => `  ${table} ${verdict}`),
	]
}
