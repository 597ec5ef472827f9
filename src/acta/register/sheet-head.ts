/** The head of a spreadsheet's register: which column is which, by English and Spanish names and those of 2024's CSV. */
import { columns, type optionalColumn } from './canonical.ts'
import type { SheetFaults } from './sheet-faults.ts'
import { cellsOfLine, delimiters } from './sheet-lines.ts'

export type SheetColumn = (typeof columns)[number] | typeof optionalColumn

/** As they are left by `plainName`. */
const names: Readonly<Record<SheetColumn, readonly string[]>> = {
	state: ['state', 'estado', 'edo', 'entidad', 'entidadfederal'],
	municipality: ['municipality', 'municipio', 'mun', 'mcpio'],
	parish: ['parish', 'parroquia', 'par', 'parr'],
	centro: [
		...['centro', 'centre', 'center', 'codcentro', 'codigocentro', 'codigodecentro', 'codigodelcentro'],
		...['codigo', 'centrocodigo', 'centrecode'],
	],
	mesa: ['mesa', 'table', 'nromesa', 'nrodemesa', 'numerodemesa', 'nummesa', 'nmesa'],
	electors: ['electors', 'electores', 're', 'registroelectoral', 'inscritos', 'electoresinscritos'],
	centroName: ['centroname', 'nombrecentro', 'nombredelcentro', 'nombredecentro', 'centrename', 'nombre'],
}
const columnOf = new Map(
	Object.entries(names).flatMap(([column, all]) => all.map((name) => [name, column as SheetColumn])),
)

export interface SheetHead {
	/** Index of the first line below it. */
	readonly next: number
	readonly delimiter: (typeof delimiters)[number]
	/** Where each column stands. */
	readonly at: ReadonlyMap<SheetColumn, number>
	/** All columns, those that nothing needs too. */
	readonly width: number
	/** Names of columns that nothing needs. */
	readonly ignored: readonly string[]
	readonly nameless: ReadonlySet<number>
}

/** Lines above the head that are looked through for it. */
const mostAbove = 20

/** Null, and faults, where there is no head; with faults, where it is not whole. */
export function headOfSheet(lines: readonly string[], faults: SheetFaults): SheetHead | null {
	const first = lines.findIndex((line) => line.trim() !== '')
	const named = /^"?sep=(.)"?$/i.exec(lines[first] ?? '')
	const from = named === null ? first : first + 1
	let best = {
		known: 0,
		line: from,
		cells: [] as readonly string[],
		delimiter: delimiters[0] as SheetHead['delimiter'],
	}
	for (const [index, line] of lines.slice(from, from + mostAbove).entries()) {
		for (const delimiter of delimiters) {
			const cells = cellsOfLine(line, delimiter.delimiter)
			if (typeof cells === 'string') continue
			const known = new Set(cells.flatMap((cell) => columnOf.get(plainName(cell)) ?? [])).size
			if (known > best.known) best = { known, line: from + index, cells, delimiter }
		}
	}
	if (best.known < 2) {
		const line = lines[from] ?? ''
		const isOneColumn = delimiters.every(({ delimiter }) => !line.includes(delimiter))
		if (isOneColumn) faults.add('no-delimiter', from + 1, 'the line has one cell only')
		else faults.add('header-missing', from + 1, 'this line does not name the columns, nor does one below')
		return null
	}
	if (best.line > from) {
		faults.add('header-below', from + 1, `the names of the columns stand in line ${best.line + 1}`)
	}
	return { next: best.line + 1, delimiter: best.delimiter, ...columnsOf(best.cells, best.line + 1, faults) }
}

/** True for the head, standing again somewhere below. */
export function isHead(cells: readonly string[]): boolean {
	return cells.filter((cell) => columnOf.has(plainName(cell))).length >= columns.length
}

function columnsOf(cells: readonly string[], line: number, faults: SheetFaults) {
	const at = new Map<SheetColumn, number>()
	const ignored: string[] = []
	const nameless = new Set<number>()
	for (const [index, cell] of cells.entries()) {
		const column = columnOf.get(plainName(cell))
		const before = column === undefined ? undefined : at.get(column)
		if (column === undefined) {
			if (cell.trim() === '') nameless.add(index)
			else ignored.push(cell.trim())
		} else if (before !== undefined) {
			faults.add('column-twice', line, `columns ${before + 1} and ${index + 1} are both ${column}`)
		} else {
			at.set(column, index)
		}
	}
	for (const column of columns) {
		if (!at.has(column)) faults.add('column-missing', line, `there is no column ${column}`)
	}
	return { at, width: cells.length, ignored, nameless }
}

/** Without marks, case, and what is neither letter nor digit. */
function plainName(cell: string): string {
	return cell
		.normalize('NFKD')
		.toLowerCase()
		.replace(/[^a-z0-9]/g, '')
}
