/** `testigo register check`: what a spreadsheet saved, made into the register that everything else takes. */
import { Command } from 'commander'
import { longestRegister } from '../acta/register/canonical.ts'
import { placesAt, placesOf } from '../acta/register/places.ts'
import { levels } from '../acta/register/register.ts'
import { type CheckedSheet, checkSheet } from '../acta/register/spreadsheet.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { asOwnerOf, readBefore } from './as-owner.ts'
import { electionFrom } from './election-file.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printJson, printLines } from './output.ts'
import { writeOut } from './write-out.ts'

interface Options {
	readonly out?: string
	readonly election?: string
	readonly json?: true
}

export function registerCommand(): Command {
	return new Command('register')
		.description('the register of tables')
		.addCommand(
			new Command('check')
				.description(
					'find every fault of a register that a spreadsheet saved, or make the canonical one of it',
				)
				.argument('<file>', 'a CSV with state, municipality, parish, centro, mesa, electors')
				.option('--out <register.csv>', 'where to write the canonical register, when there is no fault')
				.option('--election <file>', "another election's definition: how many digits centre and table have")
				.option('--json', 'print one JSON object')
				.action(check),
		)
}

async function check(file: string, { out, election: definition, json }: Options): Promise<void> {
	const election = await electionFrom(definition)
	const read = await readBefore([file], () => readCapped(file, longestRegister, { pipes: true }))
	if (out !== undefined) await asOwnerOf(out)
	const bytes = await read()
	if (!bytes.ok) throw new CommandRefused(exit.usedWrongly, `${file}: ${bytes.fault.detail}`)
	const checked = checkSheet(bytes.value, election)
	if (checked.isRight && out !== undefined) await writeOut(out, checked.text)
	if (json) printJson(summaryOf(checked))
	else if (checked.isRight) printLines(...linesOfRight(checked))
	else printLines(...linesOfFaults(checked))
	if (checked.isRight && out === undefined) {
		printAside('Nothing is written yet: give --out register.csv for the canonical register.')
	}
	process.exitCode = checked.isRight ? exit.done : exit.foundWrong
}

type Right = Extract<CheckedSheet, { isRight: true }>
type Wrong = Extract<CheckedSheet, { isRight: false }>

function linesOfRight({ register, understood }: Right): string[] {
	const places = placesOf(register)
	const counts = levels.map((level) => `${placesAt(places, level).length} ${nameOf[level]}`)
	return [
		`${register.tables.size} tables, ${register.electors} electors; ${counts.join(', ')}`,
		...understood.map((what) => `  understood: ${what}`),
		`sha256 ${register.sha256}`,
	]
}

const nameOf = {
	state: 'states',
	municipality: 'municipalities',
	parish: 'parishes',
	centro: 'centres',
} as const

function linesOfFaults({ faults, faultCount, cut }: Wrong): string[] {
	return [
		...faults.map(({ line, code, detail, remedy }) => `line ${line}: ${detail} (${code}). ${remedy}`),
		...[...cut].map(([code, count]) => `${code}: ${count} in all, of which the first are above`),
		`${faultCount} FAULTS: nothing is taken in`,
	]
}

function summaryOf(checked: CheckedSheet) {
	if (!checked.isRight) {
		const { faults, faultCount, cut } = checked
		return { isRight: false, faultCount, faults, cut: Object.fromEntries(cut) }
	}
	const { register, understood } = checked
	const { electors, sha256, tables } = register
	return { isRight: true, tables: tables.size, electors, sha256, understood }
}
