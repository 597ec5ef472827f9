/**
 * The one spelling of a register (`provisioning/verify/COUNTING.md`, "The register"): what is signed by its digest and
 * read by every verifier. Strict: text that `formatRegister` would write otherwise is refused, with the first line that
 * is not right. What a spreadsheet saves is made into it by `spreadsheet.ts`, and by nothing else.
 */
import { createHash } from 'node:crypto'
import { CsvError, parse } from 'csv-parse/sync'
import { csvCell } from '../../platform/csv.ts'
import { type Fault, ok, type Result } from '../../platform/result.ts'
import type { ElectionDefinition } from '../election.ts'
import type { Register, RegisteredTable } from './register.ts'

/** Bytes: twenty times a country of 30,000 tables. */
export const longestRegister = 64 * 1024 * 1024
export const mostTables = 500_000
/** Bytes of UTF-8. */
export const longestCell = 400

export const columns = ['state', 'municipality', 'parish', 'centro', 'mesa', 'electors'] as const
export const optionalColumn = 'centroName'

/** What no cell holds: it would break a line, or not be seen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unfitInCell = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/

export type RegisterFault = Fault<
	| 'too-large'
	| 'not-utf8'
	| 'wrong-header'
	| 'not-canonical'
	| 'bad-cell'
	| 'bad-place'
	| 'bad-centro'
	| 'bad-mesa'
	| 'bad-electors'
	| 'repeated'
	| 'two-places'
	| 'no-tables'
> & {
	/** From 1, as editors count. */
	readonly line: number
}

/** A millisecond's work or two. */
const linesInStep = 500

const notSpelled = 'not spelled as in a canonical register'
const remedy = 'have "testigo register check" make it anew'

export function parseRegister(
	bytes: Uint8Array,
	election: ElectionDefinition,
): Result<Register, RegisterFault> {
	const parsing = parsingOf(bytes, election)
	let step = parsing.next()
	while (!step.done) step = parsing.next()
	return step.value
}

/** The same with a turn for others after some lines. */
export async function parseRegisterInTurns(
	bytes: Uint8Array,
	election: ElectionDefinition,
	turn: () => Promise<void> | undefined,
): Promise<Result<Register, RegisterFault>> {
	const parsing = parsingOf(bytes, election)
	let step = parsing.next()
	for (; !step.done; step = parsing.next()) await turn()
	return step.value
}

function* parsingOf(
	bytes: Uint8Array,
	election: ElectionDefinition,
): Generator<void, Result<Register, RegisterFault>> {
	if (bytes.length > longestRegister) return refuse('too-large', 1, `over ${longestRegister} bytes`)
	const text = utf8Of(bytes)
	if (text === null) return refuse('not-utf8', 1, 'the register is not UTF-8')
	const [header = ''] = text.split('\n', 1)
	const names = [...columns, ...(header.endsWith(`,${optionalColumn}`) ? [optionalColumn] : [])]
	if (header !== names.join(',')) {
		return refuse(
			'wrong-header',
			1,
			`the first line is not ${columns.join(',')}, with or without ,centroName`,
		)
	}
	if (text.length === header.length || !text.endsWith('\n')) {
		return refuse('not-canonical', text.split('\n').length, 'the last line does not end')
	}
	const rows = yield* cellsOf(text.slice(header.length + 1))
	if (!rows.ok) return rows
	if (rows.value.length === 0) return refuse('no-tables', 1, 'the register has no table')
	if (rows.value.length > mostTables) return refuse('too-large', mostTables + 2, `over ${mostTables} tables`)

	const tables = new Map<string, RegisteredTable>()
	const centres = new Map<string, { readonly row: RegisteredTable; readonly line: number }>()
	let electors = 0
	for (const [index, cells] of rows.value.entries()) {
		if (index % linesInStep === 0) yield
		const line = index + 2
		if (cells.length !== names.length) {
			return refuse('not-canonical', line, `${cells.length} cells, the head has ${names.length}`)
		}
		const read = tableOfRow(cells, line, election)
		if (!read.ok) return read
		const row = read.value
		if (tables.has(row.table)) return refuse('repeated', line, `table ${row.table} stands in an earlier line`)
		const known = centres.get(row.centro)
		if (known === undefined) centres.set(row.centro, { row, line })
		else if (!isSamePlace(known.row, row)) {
			return refuse('two-places', line, `centre ${row.centro} lies elsewhere in line ${known.line}`)
		}
		tables.set(row.table, row)
		electors += row.electors
	}
	return ok({ tables, electors, sha256: createHash('sha256').update(bytes).digest('hex') })
}

/** The canonical text; `parseRegister` of it gives the same tables, if each is good. */
export function formatRegister(tables: Iterable<RegisteredTable>): string {
	const all = [...tables]
	const isNamed = all.some(({ centroName }) => centroName !== '')
	const lines = all.map(({ state, municipality, parish, centro, mesa, electors, centroName }) =>
		canonicalLine([
			state,
			municipality,
			parish,
			centro,
			mesa,
			`${electors}`,
			...(isNamed ? [centroName] : []),
		]),
	)
	return [[...columns, ...(isNamed ? [optionalColumn] : [])].join(','), ...lines, ''].join('\n')
}

export function isSamePlace(one: RegisteredTable, other: RegisteredTable): boolean {
	return (
		one.state === other.state &&
		one.municipality === other.municipality &&
		one.parish === other.parish &&
		one.centroName === other.centroName
	)
}

function utf8Of(bytes: Uint8Array): string | null {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
	} catch {
		return null
	}
}

/** Each line's cells, when every line is spelled as `canonicalLine` spells it; after some lines at a time, as no cell holds a line's end. */
function* cellsOf(text: string): Generator<void, Result<readonly (readonly string[])[], RegisterFault>> {
	const lines = text.split('\n').slice(0, -1)
	const all: (readonly string[])[] = []
	for (let from = 0; from < lines.length; from += linesInStep) {
		const some = lines.slice(from, from + linesInStep)
		const rows = rowsOf(some.concat('').join('\n'))
		const isRight =
			rows?.length === some.length && rows.every((cells, at) => canonicalLine(cells) === some[at])
		if (!isRight) return refuse('not-canonical', from + firstWrong(some) + 2, notSpelled)
		for (const cells of rows) all.push(cells)
		yield
	}
	return ok(all)
}

function firstWrong(lines: readonly string[]): number {
	return lines.findIndex((line) => {
		const [cells, ...more] = rowsOf(`${line}\n`) ?? []
		return cells === undefined || more.length > 0 || canonicalLine(cells) !== line
	})
}

function rowsOf(text: string): readonly string[][] | null {
	try {
		return parse(text, {
			record_delimiter: '\n',
			relax_column_count: true,
			max_record_size: 16 * longestCell,
		})
	} catch (error) {
		if (!(error instanceof CsvError)) throw error
		return null
	}
}

export function canonicalLine(cells: readonly string[]): string {
	return cells.map(csvCell).join(',')
}

function tableOfRow(
	cells: readonly string[],
	line: number,
	{ code, highestCount }: ElectionDefinition,
): Result<RegisteredTable, RegisterFault> {
	const [state = '', municipality = '', parish = '', centro = '', mesa = '', electors = '', centroName = ''] =
		cells
	const unfit = cells.find((cell) => unfitInCell.test(cell) || Buffer.byteLength(cell) > longestCell)
	if (unfit !== undefined) {
		return refuse('bad-cell', line, `a cell holds a control character, or over ${longestCell} bytes`)
	}
	const places = [state, municipality, parish]
	if (places.includes('') || [...places, centroName].some((name) => /^ | $/.test(name))) {
		return refuse('bad-place', line, 'a place is empty, or begins or ends with a space')
	}
	const [centroDigits = 0, mesaDigits = 0] = [code.digits[code.centro], code.digits[code.mesa]]
	if (!isDigits(centro, centroDigits))
		return refuse('bad-centro', line, `centro is not ${centroDigits} digits`)
	if (!isDigits(mesa, mesaDigits) || Number(mesa) === 0) {
		return refuse('bad-mesa', line, `mesa is not ${mesaDigits} digits, from 1 on`)
	}
	if (!/^[1-9][0-9]{0,5}$/.test(electors) || Number(electors) > highestCount) {
		return refuse('bad-electors', line, `electors is not a whole number from 1 to ${highestCount}`)
	}
	const table = `${centro}.${mesa}`
	return ok({ table, centro, mesa, state, municipality, parish, centroName, electors: Number(electors) })
}

function isDigits(text: string, length: number): boolean {
	return text.length === length && /^[0-9]+$/.test(text)
}

function refuse(code: RegisterFault['code'], line: number, what: string): Result<never, RegisterFault> {
	return { ok: false, fault: { code, line, detail: `line ${line}: ${what}; ${remedy}` } }
}
