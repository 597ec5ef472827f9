import { Command, Option } from 'commander'
import { publishedFigures } from '../tally/figures.ts'
import { figuresDigest } from '../tally/figures-text.ts'
import { type LedgerTally, tallyOfLedger } from '../tally/ledger-tally.ts'
import { summaryOf } from '../tally/summary.ts'
import { asOwnerOf } from './as-owner.ts'
import { electionFrom } from './election-file.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAll, printAside, printJson } from './output.ts'
import { custodyNotTruth, equivocationLine } from './proof-lines.ts'
import { registerFrom } from './register-file.ts'
import { csvOf } from './tally-csv.ts'
import { caseLines, figureLines, nationalLines, rowLines } from './tally-lines.ts'
import { type PlaceRow, placeNamed, type RowLevel, rowLevels, rowsOf } from './tally-places.ts'

interface Options {
	readonly json?: true
	readonly csv?: true
	readonly election?: string
	readonly register?: string
	readonly place?: readonly string[]
	readonly by?: RowLevel
}

export function tallyCommand(): Command {
	return new Command('tally')
		.description("add up a centre's ledger: totals, states of tables, conflicts, and what waits for people")
		.argument('<dir>', "the centre's directory, with ledger.jws, devices/ or registry.jws, register.csv")
		.option('--election <file>', "another election's definition")
		.option('--register <file>', 'the register of tables (default: register.csv in the directory, if there)')
		.option(
			'--place <level/name...>',
			'only this place, as state/MIRANDA, or state/MIRANDA municipality/SUCRE',
		)
		.addOption(new Option('--by <level>', 'a line for each place of this level').choices([...rowLevels]))
		.addOption(new Option('--csv', 'lines for a spreadsheet').conflicts('json'))
		.option('--json', 'print one JSON object')
		.action(run)
}

async function run(directory: string, options: Options): Promise<void> {
	const election = await electionFrom(options.election)
	await asOwnerOf(directory)
	const register = await registerFrom(options.register, directory, election)
	const added = await tallyOfLedger(directory, election, register)
	if (!added.ok) throw new CommandRefused(exit.environmentFailed, added.fault.detail)
	const { tally } = added.value
	const place = placeNamed(tally.country, options.place ?? [])
	const rows = rowsOf(tally, place, options.by)
	if (options.csv) {
		printAll(csvOf(rows, election))
		// Aside: whoever saves the lines keeps nothing but lines.
		printAside(...warningsOf(added.value), custodyNotTruth)
	} else if (options.json) printJson(jsonOf(added.value, rows, options))
	else printAll(linesOf(added.value, rows, options))
	const { isEmpty, leftOut, equivocations } = added.value
	const wrong = isEmpty || leftOut > 0 || equivocations.length > 0 || tally.quarantined().length > 0
	process.exitCode = wrong ? exit.foundWrong : exit.done
}

function isForPlaces({ place, by }: Options): boolean {
	return place !== undefined || by !== undefined
}

function jsonOf({ tally, leftOut, equivocations }: LedgerTally, rows: readonly PlaceRow[], options: Options) {
	const national = tally.figures()
	const figures = publishedFigures(national)
	return {
		...summaryOf(tally),
		...{ figures, figuresSha256: figuresDigest(national) },
		sumsWithout: Object.fromEntries(figures.contradicting.map(({ id }) => [id, tally.sumsWithout(id)])),
		...(isForPlaces(options) ? { places: rows.map(jsonRow) } : {}),
		...{ leftOut, equivocations, note: custodyNotTruth },
	}
}

function jsonRow({ level, path, centroName, table, isListed, figures }: PlaceRow) {
	const { tables, extent, confirmed, sums, bounds } = figures
	return { level, path, centroName, ...table, isListed, tables, extent, confirmed, sums, bounds }
}

function linesOf(added: LedgerTally, rows: readonly PlaceRow[], options: Options): string[] {
	const { tally } = added
	const { election, register } = tally
	const figures = tally.figures()
	const summary = summaryOf(tally)
	const national = [
		`${election.id}: ${summary.tables} tables, ${summary.votes} votes for candidates, ${summary.nullVotes} null, ${summary.emptyVotes} empty`,
		...(register === null
			? ['NO REGISTER: nobody knows which tables are missing (--register FILE, or register.csv)']
			: []),
		...figureLines(register === null ? 'No register' : 'The register', figures, election),
		...nationalLines(tally, figures),
		...caseLines(summary),
	]
	const [only] = rows
	const ofPlaces =
		options.by === undefined && only !== undefined
			? figureLines(only.path.join(' / '), only.figures, election)
			: rowLines(rows, election)
	return [
		...(isForPlaces(options) ? ofPlaces : national),
		...warningsOf(added),
		...added.equivocations.map(equivocationLine),
		custodyNotTruth,
	]
}

function warningsOf({ isEmpty, leftOut }: LedgerTally): string[] {
	return [
		...(isEmpty ? ['NOTHING TO ADD UP: ledger.jws holds no entry; is it the right one?'] : []),
		...(leftOut > 0 ? [`LEFT OUT: ${leftOut} lines that do not verify; run testigo verify`] : []),
	]
}
