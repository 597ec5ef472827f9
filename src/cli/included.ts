import { Command } from 'commander'
import { ArchiveFolder } from '../archive/archive-folder.ts'
import { findIncluded, type IncludedObject, type Inclusion } from '../mirroring/inclusion.ts'
import { evidenceFiles, evidenceTexts } from '../mirroring/own-evidence.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { printJson, printLines } from './output.ts'
import { custodyNotTruth } from './proof-lines.ts'

interface Options {
	readonly receipts?: readonly string[]
	readonly json?: true
}

export function includedCommand(): Command {
	return new Command('included')
		.description('say which of your own entries are in the public log, held back, overdue, or absent')
		.argument('<evidence>', 'a journal, a stick, or a file of entries, heads, answers or rulings')
		.argument('<archive>', 'the archive, or a copy of it: a folder')
		.option('--receipts <files...>', "the centre's receipts, as the uplink keeps them (receipts.jws)")
		.option('--json', 'print one JSON object')
		.action(run)
}

async function run(evidence: string, archive: string, { receipts = [], json }: Options): Promise<void> {
	await asOwnerOf(evidence)
	const found = await find(evidence, archive, receipts)
	const { objects } = found
	const isWell = objects.length > 0 && objects.every(({ state }) => state === 'in' || state === 'held')
	if (json) printJson({ kind: 'inclusion', ...found, note: custodyNotTruth })
	else printLines(...linesOf(found), custodyNotTruth)
	process.exitCode = isWell ? exit.done : exit.foundWrong
}

async function find(evidence: string, archive: string, receipts: readonly string[]): Promise<Inclusion> {
	try {
		const files = await evidenceFiles(evidence)
		const found = await findIncluded(new ArchiveFolder(archive), evidenceTexts([...files, ...receipts]))
		if (found.ok) return found.value
		throw new CommandRefused(exit.foundWrong, `${found.fault.detail} (${found.fault.code})`)
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		throw new CommandRefused(exit.environmentFailed, message)
	}
}

/** Of each kind of trouble so many lines; the JSON has all. */
const mostLines = 50

function linesOf({ origin, size, asOf, objects, receipts, uncounted }: Inclusion): string[] {
	if (objects.length === 0) return ['NOTHING TO LOOK FOR: no signed texts were found.']
	const of = (state: IncludedObject['state']) => objects.filter((one) => one.state === state)
	const [inLog, held, overdue, absent] = [of('in'), of('held'), of('overdue'), of('absent')]
	const withheld = inLog.filter(({ isWithheld }) => isWithheld)
	return [
		`The log ${origin}, ${size} leaves, as of ${asOf ?? '(unknown)'}:`,
		`${inLog.length} in, ${held.length} held, ${overdue.length} overdue, ${absent.length} absent.`,
		...withheld
			.slice(0, mostLines)
			.map((one) => `Withheld: ${nameOf(one)}, by its place alone: leaf ${one.leaf}.`),
		...held
			.slice(0, mostLines)
			.map((one) => `Held: ${nameOf(one)}${one.publishBy === null ? '' : `, promised by ${one.publishBy}`}.`),
		...overdue.slice(0, mostLines).map((one) => `OVERDUE: ${nameOf(one)}, promised by ${one.publishBy}.`),
		...absent
			.slice(0, mostLines)
			.map(
				(one) =>
					`Absent: ${nameOf(one)}${receipts === 0 ? '.' : '; no receipt says that the centre has it.'}`,
			),
		...(receipts === 0 && absent.length > 0
			? [
					'NO RECEIPTS LIE HERE, so nobody can say whether the centre has what is absent: name those that the uplink keeps (--receipts FILE).',
				]
			: []),
		...(overdue.length === 0
			? []
			: [
					'What is overdue is proved by its receipt and this copy. A receipt tells seconds: show it to auditors, and never publish it.',
				]),
		...(uncounted === 0
			? []
			: [`${uncounted} receipts are by no centre that the authority lists: they count nowhere.`]),
	]
}

function nameOf({ kind, by, seq, id }: IncludedObject): string {
	return `${kind} ${seq ?? ''} of ${by} (${id})`
}
