/** A spreadsheet's text as lines of cells, each line parsed by itself: one wrong quote spoils no line but its own. */
import { CsvError, parse } from 'csv-parse/sync'
import type { SheetFaults } from './sheet-faults.ts'

export const delimiters = [
	{ delimiter: ',', name: 'commas' },
	{ delimiter: ';', name: 'semicolons' },
	{ delimiter: '\t', name: 'tabs' },
	{ delimiter: '|', name: 'bars' },
] as const

export interface SheetLine {
	/** From 1, as editors count. */
	readonly line: number
	readonly cells: readonly string[]
}

/** Lines that the cell at whose quotes a line ends is searched for its end: a name with a line break has few. */
const longestBreak = 5

/** The lines that can be taken apart; of the others there are faults. Blank ones at the end are left out. */
export function linesOfSheet(
	lines: readonly string[],
	first: number,
	delimiter: string,
	faults: SheetFaults,
): readonly SheetLine[] {
	const found: SheetLine[] = []
	for (let at = first; at < lines.length; at++) {
		const text = lines[at] ?? ''
		const cells = cellsOfLine(text, delimiter)
		if (typeof cells !== 'string') {
			found.push({ line: at + 1, cells })
			continue
		}
		const joined = cells === 'unclosed' ? linesToTheEnd(lines, at, delimiter) : null
		if (joined !== null) {
			faults.add('line-break', at + 1, `a cell goes on over ${joined} lines`)
			at += joined - 1
		} else if (cells === 'unclosed') {
			faults.add('unclosed-quote', at + 1, 'a double quote opens a cell that does not end')
		} else {
			faults.add('stray-quote', at + 1, 'a double quote stands in the middle of a cell')
		}
	}
	while (found.at(-1)?.cells.every((cell) => cell.trim() === '')) found.pop()
	return found
}

/** What is wrong with its quotes instead, where they are. */
export function cellsOfLine(line: string, delimiter: string): readonly string[] | 'unclosed' | 'stray' {
	if (!line.includes('"')) return line.split(delimiter)
	try {
		const [cells = ['']] = parse(line, { delimiter, relax_column_count: true, record_delimiter: '\n' })
		return cells
	} catch (error) {
		if (!(error instanceof CsvError)) throw error
		return error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'unclosed' : 'stray'
	}
}

/** How many lines from `at` on belong together; null where no near one ends the cell. */
function linesToTheEnd(lines: readonly string[], at: number, delimiter: string): number | null {
	for (let count = 2; count <= longestBreak && at + count <= lines.length; count++) {
		const cells = cellsOfLine(lines.slice(at, at + count).join(' '), delimiter)
		if (typeof cells !== 'string') return count
	}
	return null
}
