/** What a benchmark prints, and what it writes as JSON. */

export type Cell = string | number | null

export interface Table {
	readonly title: string
	readonly columns: readonly string[]
	/** Null is a cell that does not apply. */
	readonly rows: readonly (readonly Cell[])[]
	/** What a reader must know to judge the figures, a sentence each. */
	readonly notes?: readonly string[]
}

/** Prints each table as soon as it is there, and keeps it. */
export function tablePrinter() {
	const tables: Table[] = []
	const print = (table: Table) => {
		tables.push(table)
		process.stdout.write(`${textOf(table)}\n\n`)
	}
	return { tables, print }
}

/** Plain text: words to the left, figures to the right, three digits that count. */
export function textOf({ title, columns, rows, notes = [] }: Table): string {
	const cells = [columns, ...rows].map((row) => row.map(shown))
	const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
	const holdsFigures = columns.map((_, column) => rows.some((row) => typeof row[column] === 'number'))
	const padded = (cell: string, column: number) =>
		holdsFigures[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)
	const lines = cells.map((row) => row.map(padded).join('  ').trimEnd())
	return [title, ...lines.map((line) => `  ${line}`), ...notes.map((note) => `  * ${note}`)].join('\n')
}

function shown(cell: Cell): string {
	if (cell === null) return ''
	if (typeof cell === 'string') return cell
	if (Number.isInteger(cell) || Math.abs(cell) >= 100) return String(Math.round(cell))
	return cell.toPrecision(3)
}

/** The middle of many measurements, and what all but one in twenty stay under. */
export interface Spread {
	readonly median: number
	readonly p95: number
}

/** Throws on an empty list: a benchmark that measured nothing must not print a figure. */
export function spreadOf(values: readonly number[]): Spread {
	if (values.length === 0) throw new Error('nothing was measured')
	const sorted = values.toSorted((one, other) => one - other)
	const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
	return { median: at(0.5), p95: at(0.95) }
}

/** Null where nothing can be measured here. */
export function spreadIfAny(values: readonly number[]): Spread | null {
	return values.length === 0 ? null : spreadOf(values)
}

/** A row of a table: what it is of, how many were measured, their median and 95th percentile, and more. */
export function spreadRow(name: string, values: readonly number[], ...more: readonly Cell[]): Cell[] {
	const spread = spreadIfAny(values)
	return [name, values.length, spread?.median ?? null, spread?.p95 ?? null, ...more]
}
