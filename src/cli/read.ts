import { Command } from 'commander'
import type { ElectionDefinition } from '../acta/election.ts'
import { implausibilities } from '../acta/plausibility.ts'
import { totalsOf } from '../acta/totals.ts'
import { printable } from '../platform/printable.ts'
import type { Result } from '../platform/result.ts'
import { QrReader } from '../reading/qr-reader.ts'
import type { Reader, Reading, ReadingReport } from '../reading/reading.ts'
import { asOwnerOf } from './as-owner.ts'
import { electionFrom } from './election-file.ts'
import { exit } from './exit.ts'
import { printJson, printLines } from './output.ts'
import { type PictureFileFault, readPictureFile } from './picture-file.ts'

/** Stands under every result, since people take a reading for a proof. */
const codeNotPaper = 'A reading shows what the code says, not that the paper is genuine.'

interface Options {
	readonly json?: true
	readonly election?: string
}

type Outcome = Result<ReadingReport, PictureFileFault>

export function readCommand(): Command {
	return new Command('read')
		.description('say what the QR code in a picture of an acta says')
		.argument('<file...>', 'pictures: JPEG, PNG, WebP or TIFF')
		.option('--json', 'print one JSON object a line, one for each file')
		.option('--election <file>', 'election definition to read by, instead of that of 2024')
		.addHelpText(
			'after',
			`\n${codeNotPaper}\nExits with 0 when every file was read as an acta, else with 1; 3 when a file can't be opened.`,
		)
		.action(async (files: string[], options: Options) => {
			const election = await electionFrom(options.election)
			await asOwnerOf(...files)
			const reader = new QrReader(election)
			await reader.start()
			let status: number = exit.done
			try {
				for (const file of files) {
					const outcome = await readFrom(file, reader)
					status = Math.max(status, statusOf(outcome))
					if (options.json) printJson(asJson(file, outcome, election))
					else printLines(...linesOf(file, outcome, election))
				}
			} finally {
				await reader.stop()
			}
			if (!options.json) printLines('', codeNotPaper)
			process.exitCode = status
		})
}

async function readFrom(file: string, reader: Reader): Promise<Outcome> {
	const bytes = await readPictureFile(file)
	return bytes.ok ? { ok: true, value: await reader.read(bytes.value) } : bytes
}

function statusOf(outcome: Outcome): number {
	if (!outcome.ok) return exit.environmentFailed
	return outcome.value.reading.kind === 'acta' ? exit.done : exit.foundWrong
}

function linesOf(file: string, outcome: Outcome, election: ElectionDefinition): string[] {
	const name = printable(file, 200)
	if (!outcome.ok) return [`${name}: ${outcome.fault.detail}`]
	const { reading } = outcome.value
	if (reading.kind !== 'acta') return [`${name}: no acta: ${reading.fault.detail}${quoted(reading)}`]
	const { acta } = reading
	const { byCandidate, total } = totalsOf(acta, election)
	const rows: [string, number][] = [
		...election.candidates.map(({ id, name }): [string, number] => [name, byCandidate.get(id) ?? 0]),
		['null', acta.nullVotes],
		['empty', acta.emptyVotes],
		['total', total],
	]
	const width = Math.max(...rows.map(([label]) => label.length))
	return [
		`${name}: acta ${acta.code}`,
		`  centre ${acta.centro}, table ${acta.mesa}`,
		...rows.map(([label, votes]) => `  ${printable(label).padEnd(width)}  ${String(votes).padStart(6)}`),
		...implausibilities(acta, election).map(({ code, detail }) => `  look again: ${detail} (${code})`),
	]
}

/** What a code that is no acta's says, for curiosity; spoiled as a link, since terminals make links of text. */
function quoted(reading: Exclude<Reading, { kind: 'acta' }>): string {
	if (reading.kind !== 'foreign' || reading.text === null || reading.text === '') return ''
	const text = printable(reading.text, 60).replaceAll('://', '[:]//').replaceAll(/www\./gi, 'www[.]')
	return `; it says ${JSON.stringify(text)}`
}

/** Every field always there, so that lines make a table; null where there is nothing to say. */
function asJson(file: string, outcome: Outcome, election: ElectionDefinition): unknown {
	const nothing = {
		text: null,
		acta: null,
		votes: null,
		total: null,
		findings: null,
		picture: null,
		ms: null,
	}
	if (!outcome.ok) return { file, ok: false, ...outcome.fault, ...nothing }
	const { reading, picture, decodeMs, searchMs } = outcome.value
	const ms = { decode: Math.round(decodeMs), search: Math.round(searchMs) }
	if (reading.kind !== 'acta') {
		const text = reading.kind === 'foreign' ? reading.text : null
		return { file, ok: false, ...reading.fault, ...nothing, text, picture, ms }
	}
	const { text, acta } = reading
	const { byCandidate, total } = totalsOf(acta, election)
	const votes = Object.fromEntries(byCandidate)
	return {
		...{ file, ok: true, code: null, detail: null, text, acta, votes, total },
		findings: implausibilities(acta, election),
		...{ picture, ms },
	}
}
