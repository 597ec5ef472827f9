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
