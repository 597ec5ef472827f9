/** `testigo rule`: an officer says which entries of a table do not count, on a laptop without a network. */
import { createInterface } from 'node:readline/promises'
import { Command, Option } from 'commander'
import { PublishedDevices } from '../audit/published-devices.ts'
import { Day, ObjectId } from '../evidence/fields.ts'
import {
	decisionOf,
	mostExcluded,
	type Ruling,
	type RulingReason,
	rulingReasons,
	tableName,
} from '../evidence/ruling.ts'
import { rulingsFile, SignedChain, type Unlinked } from '../journal/signed-chain.ts'
import { daysIn } from '../platform/clock.ts'
import { checkedRulings } from '../ruling/checked-rulings.ts'
import { replacedSince } from '../ruling/replaced-since.ts'
import { rulingInWords, type ShownRuling } from '../ruling/ruling-in-words.ts'
import { rulingsAt } from '../ruling/rulings-at.ts'
import { exportPeople, type PeopleExportReport } from '../stick/people-export.ts'
import type { Decision } from '../tally/decisions.ts'
import { tallyOfLedger } from '../tally/ledger-tally.ts'
import type { TableDetail } from '../tally/table-detail.ts'
import { asOwnerOf, readBefore } from './as-owner.ts'
import { electionFrom } from './election-file.ts'
import { CommandRefused, exit } from './exit.ts'
import { mountedStick } from './mounted-stick.ts'
import { printAside, printLines } from './output.ts'
import { custodyNotTruth } from './proof-lines.ts'
import { type SigningPerson, signingPerson } from './signing-person.ts'
import { timeOfDay } from './time-of-day.ts'

interface Options {
	readonly exclude?: readonly string[]
	readonly reason?: RulingReason
	readonly rests?: readonly string[]
	readonly replaces?: readonly string[]
	readonly second?: string
	readonly ruling?: string
	readonly identity: string
	readonly directory?: string
	readonly election?: string
	readonly out: string
	readonly confirm?: string
	readonly anyFolder?: true
}

export function ruleCommand(): Command {
	return new Command('rule')
		.description(
			'sign, as an officer, which entries of a table do not count; two officers have to sign the same',
		)
		.argument('<table>', 'centre and table, as 121202007.01')
		.requiredOption(
			'--identity <dir>',
			'the officer\'s, made by "testigo enrol officer"; rulings.jws lies there',
		)
		.requiredOption('--out <stick>', 'where the stick is mounted that takes the rulings to the centre')
		.option(
			'--exclude <entry>',
			'id of an entry that does not count for this table; can be repeated',
			collect,
		)
		.addOption(new Option('--reason <reason>', 'why').choices(rulingReasons))
		.option(
			'--rests <what>',
			'"paper", or the id of a transcription on which it rests; can be repeated',
			collect,
		)
		.option(
			'--replaces <ruling>',
			'id of a ruling that it replaces, can be repeated; with no --exclude it takes it back',
			collect,
		)
		.option('--second <stick or file>', 'sign what another officer has signed of this table')
		.option('--ruling <id>', 'which of them, where there are several')
		.option('--directory <dir>', "a copy of the centre's directory: shows what each entry says")
		.option('--election <file>', "another election's definition")
		.option('--confirm <table>', 'the table once more, where nobody is there to be asked')
		.option('--any-folder', "also into a folder on this machine's own disk, where no stick is")
		.action(run)
}

/** One id behind each option: of several behind one the second may begin with "-", as one in 64 does. */
function collect(id: string, before: readonly string[] = []): string[] {
	return [...before, id]
}

async function run(table: string, options: Options): Promise<void> {
	const { identity, directory, out, anyFolder = false } = options
	if (!tableName.test(table)) {
		throw new CommandRefused(exit.usedWrongly, `${table}: centre and table, as 121202007.01`)
	}
	const election = await electionFrom(options.election)
	const read = await readBefore([identity], () => signingPerson(identity, 'officer'))
	const { mounted } = await mountedStick(out)
	try {
		await asOwnerOf(identity)
		const officer = await read()
		const day = Day.parse(daysIn(election.zone ?? 'UTC')(timeOfDay()))
		const common = { v: 1, election: election.id, officer: officer.id, table, day } as const
		const { signedBy, ...said } =
			options.second === undefined ? own(options) : await others(table, officer.id, options)
		const seen = directory === undefined ? null : await tableIn(directory, table, election)
		const words = rulingInWords({ ...common, ...said, signedBy }, seen)
		printLines(...words.es, '', ...words.en, '')
		await confirm(table, options.confirm)
		const place = { stick: out, ...(mounted !== undefined && { mounted }), anyFolder }
		await sign({ ...common, ...said }, seen?.decisions ?? [], officer, identity, place)
	} finally {
		await mounted?.close()
	}
}

type Said = Pick<Ruling, 'excludes' | 'reason' | 'rests' | 'replaces'> & Pick<ShownRuling, 'signedBy'>

/** As the command line says it. */
function own({ exclude = [], reason, rests, replaces, ruling }: Options): Said {
	const wrong = (what: string) => new CommandRefused(exit.usedWrongly, what)
	if (ruling !== undefined) throw wrong('--ruling is for --second')
	if (reason === undefined) throw wrong('say why: --reason')
	if (rests === undefined) throw wrong('say on what it rests: --rests paper, or ids of transcriptions')
	if (exclude.length === 0 && replaces === undefined) throw wrong('nothing to rule: --exclude or --replaces')
	const isPaper = rests.length === 1 && rests[0] === 'paper'
	for (const id of [...exclude, ...(isPaper ? [] : rests), ...(replaces ?? [])]) {
		if (!ObjectId.safeParse(id).success) throw wrong(`${id}: no id of an entry, a transcription or a ruling`)
	}
	for (const ids of [exclude, rests, replaces ?? []]) {
		if (ids.length > mostExcluded) throw wrong(`${mostExcluded} ids at most in one ruling`)
		if (new Set(ids).size < ids.length) throw wrong('an id stands twice')
	}
	return {
		...{ excludes: [...exclude], reason, rests: isPaper ? 'paper' : [...rests], signedBy: null },
		...(replaces !== undefined && { replaces: [...replaces] }),
	}
}

/** As another officer has signed it. */
async function others(
	table: string,
	officer: string,
	{ second = '', ruling: wanted, exclude, reason, rests, replaces, directory }: Options,
): Promise<Said> {
	if ((exclude ?? reason ?? rests ?? replaces) !== undefined) {
		throw new CommandRefused(
			exit.usedWrongly,
			'--second says all of it: no --exclude, --reason, --rests, --replaces',
		)
	}
	const found = await rulingsAt(second, table)
	if (!found.ok) throw new CommandRefused(exit.environmentFailed, found.fault.detail)
	const named = found.value.filter((one) => one.ruling.officer !== officer && (wanted ?? one.id) === one.id)
	const all = await checkedRulings(named, directory === undefined ? null : await publishedIn(directory))
	const decisions = new Map(all.map((one) => [decisionOf(one.ruling), one]))
	const [one, another] = decisions.values()
	if (one === undefined) {
		const others = named.length === 0 ? '' : `; ${named.length} are not by whom they name, or by one revoked`
		throw new CommandRefused(
			exit.foundWrong,
			`${second}: no ruling of table ${table} by another officer (no-rulings)${others}`,
		)
	}
	if (another !== undefined) {
		printLines(
			...[...decisions.values()].map(
				({ id, ruling }) => `${id} ${ruling.officer} ${ruling.day} ${ruling.reason}`,
			),
		)
		throw new CommandRefused(exit.usedWrongly, `several rulings of table ${table}: say which with --ruling`)
	}
	const { excludes, reason: why, rests: on, replaces: instead, officer: by } = one.ruling
	return {
		excludes,
		reason: why,
		rests: on,
		signedBy: { officer: by, isChecked: one.isChecked },
		...(instead !== undefined && { replaces: instead }),
	}
}

async function publishedIn(directory: string): Promise<PublishedDevices> {
	const published = await PublishedDevices.read(directory)
	if (!published.ok) throw new CommandRefused(exit.environmentFailed, published.fault.detail)
	return published.value
}

async function tableIn(
	directory: string,
	table: string,
	election: Parameters<typeof tallyOfLedger>[1],
): Promise<TableDetail | undefined> {
	const added = await tallyOfLedger(directory, election)
	if (!added.ok) throw new CommandRefused(exit.environmentFailed, added.fault.detail)
	return added.value.tally.table(table)
}

/** There is no way to say yes without looking at which table it is. */
async function confirm(table: string, said: string | undefined): Promise<void> {
	const refused = new CommandRefused(
		exit.foundWrong,
		`not the table ${table}: nothing was signed (not-confirmed)`,
	)
	if (said !== undefined) {
		if (said !== table) throw refused
		return
	}
	if (!process.stdin.isTTY) {
		throw new CommandRefused(exit.usedWrongly, 'nobody here to be asked: name the table again with --confirm')
	}
	const lines = createInterface({ input: process.stdin, output: process.stderr })
	try {
		printAside('Para firmar, escriba la mesa. To sign, type the table.')
		if ((await lines.question('> ')).trim() !== table) throw refused
	} finally {
		lines.close()
	}
}

async function sign(
	ruling: Unlinked<Ruling>,
	decisions: readonly Decision[],
	officer: SigningPerson,
	identity: string,
	place: Parameters<typeof exportPeople>[2],
): Promise<void> {
	const chain = await SignedChain.open(identity, rulingsFile, officer.signer)
	if (!chain.ok) throw new CommandRefused(exit.environmentFailed, chain.fault.detail)
	try {
		const { all } = chain.value
		const replacing = replacedSince(ruling, all, decisions)
		if (replacing.length > 0) {
			const anew = replacing.map((id) => `--replaces ${id}`).join(' ')
			throw new CommandRefused(
				exit.foundWrong,
				`this was ruled before, and replaced: the same again changes nothing, and was not signed (replaced); rule it anew with ${anew}`,
			)
		}
		// The stick may have been pulled after it was signed.
		const before = all.findLast((one) => decisionOf(one.ruling) === decisionOf(ruling))
		const signed = before === undefined ? await chain.value.append(ruling) : null
		if (signed?.ok === false) throw new CommandRefused(exit.environmentFailed, signed.fault.detail)
		const { id, ruling: made } = signed?.value ?? before ?? unsigned()
		printLines(
			before === undefined
				? `Firmado. Signed: ${id} (${made.seq})`
				: `Ya firmado. Signed before: ${id} (${made.seq})`,
		)
		const exported = await exportPeople(chain.value, officer, place)
		if (!exported.ok) {
			const { code, detail } = exported.fault
			const wrong = code === 'refused' || code === 'not-read-back'
			const after = `${detail}; the ruling is signed and kept: run the same command with another stick`
			throw new CommandRefused(wrong ? exit.foundWrong : exit.environmentFailed, after)
		}
		printLines(...exportLines(exported.value), custodyNotTruth)
		if (exported.value.faults.length > 0) process.exitCode = exit.foundWrong
	} finally {
		await chain.value.close()
	}
}

function unsigned(): never {
	throw new Error('signed now or before')
}

function exportLines({ signer, folder, lines, faults, readFrom }: PeopleExportReport): string[] {
	const how =
		readFrom === 'stick' ? 'Read back from the stick' : 'Read back, as far as this file system lets tell'
	return [
		`${signer}: ${lines} rulings on the stick.`,
		...faults.map(({ code, detail }) => `WRONG: ${code}: ${detail}`),
		`${how} and whole, in testigo/${folder}. It can be pulled out now.`,
	]
}
