import { Command } from 'commander'
import type { RecordedBy } from '../tally/entry-facts.ts'
import { tallyOfLedger } from '../tally/ledger-tally.ts'
import { summaryOf, type TallySummary } from '../tally/summary.ts'
import { asOwnerOf } from './as-owner.ts'
import { electionFrom } from './election-file.ts'
import { CommandRefused, exit } from './exit.ts'
import { printJson, printLines } from './output.ts'
import { custodyNotTruth, equivocationLine } from './proof-lines.ts'

interface Options {
	readonly json?: true
	readonly election?: string
}

export function tallyCommand(): Command {
	return new Command('tally')
		.description("add up a centre's ledger: totals, conflicts, and what waits for people to read it")
		.argument('<dir>', "the centre's directory, with ledger.jws and devices/")
		.option('--election <file>', "another election's definition")
		.option('--json', 'print one JSON object')
		.action(async (directory: string, options: Options) => {
			const election = await electionFrom(options.election)
			await asOwnerOf(directory)
			const added = await tallyOfLedger(directory, election)
			if (!added.ok) throw new CommandRefused(exit.environmentFailed, added.fault.detail)
			const { isEmpty, leftOut, equivocations } = added.value
			const tally = summaryOf(added.value.tally)
			if (options.json) {
				printJson({ ...tally, leftOut, equivocations, note: custodyNotTruth })
			} else {
				printLines(
					...(isEmpty ? ['NOTHING TO ADD UP: ledger.jws holds no entry; is it the right one?'] : []),
					...linesOf(tally, leftOut),
					...equivocations.map(equivocationLine),
					custodyNotTruth,
				)
			}
			const wrong = isEmpty || leftOut > 0 || equivocations.length > 0 || tally.quarantined.length > 0
			process.exitCode = wrong ? exit.foundWrong : exit.done
		})
}

function linesOf(tally: TallySummary, leftOut: number): string[] {
	const { election, tables, votes, nullVotes, emptyVotes, candidates } = tally
	const { conflicts, unread, foreign, quarantined, voided, countedAgain } = tally
	const width = Math.max(...candidates.map(({ name }) => name.length))
	return [
		`${election}: ${tables} tables, ${votes} votes for candidates, ${nullVotes} null, ${emptyVotes} empty`,
		...candidates.map(({ name, votes: count }) => `  ${name.padEnd(width)} ${String(count).padStart(9)}`),
		`In conflict, not counted: ${conflicts.length} tables`,
		...conflicts.flatMap(({ table, versions }) => [`  ${table}`, ...versions.map(versionLine)]),
		`Waiting for people to read the image: ${unread.length}`,
		...unread.map((by) => `  ${who(by)}`),
		`Of no acta of this election: ${foreign.length}; marked as mistakes by their device: ${voided}`,
		...(quarantined.length > 0
			? [`IN QUARANTINE, not counted, by devices that are revoked: ${quarantined.length}`]
			: []),
		...quarantined.map((by) => `  ${who(by)}`),
		...(countedAgain.length > 0
			? [
					`COUNTED AGAIN, since what marked them as mistakes came after the device's last good entry: ${countedAgain.length}`,
				]
			: []),
		...countedAgain.map(
			({ table, by, voidedBy }) => `  ${table ?? 'no table'}  ${who(by)}, marked by its entry ${voidedBy}`,
		),
		...(leftOut > 0 ? [`LEFT OUT: ${leftOut} lines that do not verify; run testigo verify`] : []),
	]
}

function versionLine({ text, recordedBy }: TallySummary['conflicts'][number]['versions'][number]): string {
	return `    ${text}  by ${recordedBy.map(who).join(', ')}`
}

function who({ device, seq }: RecordedBy): string {
	return `${device} entry ${seq}`
}
