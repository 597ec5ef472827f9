/**
 * Samples and populations as files: CSV in UTF-8, a header, a table a line, so that they can be looked at, copied, and
 * named by their SHA-256. Samples and populations are read strictly: only what these functions write, to the letter.
 * Verdicts are typed by people, and may be any CSV that a spreadsheet saves.
 */
import { CsvError, type Options, parse } from 'csv-parse/sync'
import { tableName } from '../evidence/ruling.ts'
import { csvCell } from '../platform/csv.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { auditClasses, type CountedTable, countedTable } from './population.ts'
import type { SampledTable } from './quick-sample.ts'

export type SampleFileFault = Fault<'bad-sample'>

/** Bytes: of 500,000 tables. */
export const longestSample = 64 * 1024 * 1024

const digestForm = /^[0-9a-f]{64}$/

export function formatSample(sample: readonly SampledTable[]): string {
	return linesOf(['table', 'stratum'], sample)
}

export function formatPopulation(tables: readonly CountedTable[]): string {
	return linesOf(['table', 'class', 'counts'], tables)
}

export function parseSample(bytes: Uint8Array): Result<SampledTable[], SampleFileFault> {
	const rows = rowsOf(bytes, ['table', 'stratum'])
	if (!rows.ok) return rows
	const sample = rows.value.map(({ row }) => row)
	return isSpelledSo(bytes, formatSample(sample)) ? ok(sample) : misspelled
}

export function parsePopulation(bytes: Uint8Array): Result<CountedTable[], SampleFileFault> {
	const rows = rowsOf(bytes, ['table', 'class', 'counts'])
	if (!rows.ok) return rows
	const tables: CountedTable[] = []
	for (const { line, row } of rows.value) {
		const name = auditClasses.find((of) => of === row.class)
		if (name === undefined || !digestForm.test(row.counts)) {
			return fail(
				'bad-sample',
				`line ${line}: no class of ${auditClasses.join(', ')}, or no SHA-256 of counts`,
			)
		}
		tables.push(countedTable(row.table, name, row.counts))
	}
	return isSpelledSo(bytes, formatPopulation(tables)) ? ok(tables) : misspelled
}

/** One file has one spelling, or several digests would name one sample. */
const misspelled = fail(
	'bad-sample',
	'not spelled as "testigo sample" writes it: give the file as it was written',
)

function isSpelledSo(bytes: Uint8Array, text: string): boolean {
	return Buffer.from(text).equals(bytes)
}

/** Verdicts that people give on papers: `table,verdict`. */
export function parseVerdicts<V extends string>(
	bytes: Uint8Array,
	known: readonly V[],
): Result<ReadonlyMap<string, V>, SampleFileFault> {
	const rows = rowsOf(bytes, ['table', 'verdict'], spreadsheets)
	if (!rows.ok) return rows
	const verdicts = new Map<string, V>()
	for (const { line, row } of rows.value) {
		const verdict = known.find((of) => of === row.verdict)
		if (verdict === undefined)
			return fail('bad-sample', `line ${line}: the verdict is none of ${known.join(', ')}`)
		verdicts.set(row.table, verdict)
	}
	return ok(verdicts)
}

function linesOf<K extends string>(
	columns: readonly K[],
	rows: readonly Readonly<Record<K, string>>[],
): string {
	const lines = rows.map((row) => columns.map((column) => csvCell(row[column])).join(','))
	return [columns.join(','), ...lines].map((line) => `${line}\n`).join('')
}

/** They part cells by what the language parts no numbers by, and save empty lines. */
const spreadsheets: Options = {
	delimiter: [',', ';', '\t'],
	skip_records_with_empty_values: true,
	trim: true,
}

interface Row<K extends string> {
	/** Of the file, from 1 on. */
	readonly line: number
	readonly row: Readonly<Record<K, string>>
}

function rowsOf<K extends string>(
	bytes: Uint8Array,
	columns: readonly ('table' | K)[],
	how: Options = {},
): Result<Row<'table' | K>[], SampleFileFault> {
	/** Before its cells the line of the file. */
	let rows: string[][]
	try {
		rows = parse(Buffer.from(bytes), {
			...{ ...how, bom: true },
			on_record: (cells: string[], { lines }) => [String(lines), ...cells],
		})
	} catch (error) {
		if (!(error instanceof CsvError)) throw error
		return fail('bad-sample', `not a CSV: ${error.message}`)
	}
	const [header, ...lines] = rows
	if (header?.slice(1).join() !== columns.join())
		return fail('bad-sample', `its first line must be ${columns.join(',')}`)
	const seen = new Set<string>()
	for (const [line, table = ''] of lines) {
		if (!tableName.test(table)) return fail('bad-sample', `line ${line}: no table, as 121202007.01`)
		if (seen.has(table)) return fail('bad-sample', `line ${line}: ${table} stands there twice`)
		seen.add(table)
	}
	const named = (cells: readonly string[]) => {
		return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']))
	}
	return ok(
		lines.map(([line, ...cells]) => ({
			line: Number(line),
			row: named(cells) as Record<'table' | K, string>,
		})),
	)
}
