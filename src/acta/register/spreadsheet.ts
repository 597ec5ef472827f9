/**
 * A register as a spreadsheet saves it, made into the canonical one; or every fault by line, each with its remedy, and
 * nothing taken in. What is only a habit of spreadsheets is understood, and said; what could mean two things is a fault.
 */
import type { ElectionDefinition } from '../election.ts'
import {
	columns,
	formatRegister,
	isSamePlace,
	longestRegister,
	mostTables,
	parseRegister,
} from './canonical.ts'
import { levels, type Register, type RegisteredTable } from './register.ts'
import { type ReadCell, readCode, readElectors, readPlace, unfitCell } from './sheet-cells.ts'
import { type SheetFault, type SheetFaultCode, SheetFaults } from './sheet-faults.ts'
import { headOfSheet, isHead, type SheetColumn, type SheetHead } from './sheet-head.ts'
import { linesOfSheet, type SheetLine } from './sheet-lines.ts'
import { textOfSheet } from './sheet-text.ts'
import { NamesOfPlace } from './similar-names.ts'

export type CheckedSheet =
	| {
			readonly isRight: true
			readonly register: Register
			/** The canonical text. */
			readonly text: string
			/** What was taken for a spreadsheet's habit, for people to see. */
			readonly understood: readonly string[]
	  }
	| {
			readonly isRight: false
			/** The first of each kind, by line. */
			readonly faults: readonly SheetFault[]
			readonly faultCount: number
			/** Of kinds of which not all are in `faults`: how many there are. */
			readonly cut: ReadonlyMap<SheetFaultCode, number>
	  }

/** What one line says, before it is known what the others say. */
interface ReadLine {
	readonly line: number
	/** Maybe with fewer digits than the code has. */
	readonly centro: string
	readonly row: RegisteredTable
}

export function checkSheet(bytes: Uint8Array, election: ElectionDefinition): CheckedSheet {
	const faults = new SheetFaults()
	const understood: string[] = []
	const tables = tablesOfSheet(bytes, election, faults, understood)
	if (faults.count > 0 || tables === null) {
		return { isRight: false, faults: faults.kept, faultCount: faults.count, cut: faults.cut }
	}
	const text = formatRegister(tables)
	const parsed = parseRegister(Buffer.from(text), election)
	// Whatever this lets pass that the strict reader does not is a bug of ours.
	if (!parsed.ok) throw new Error(`a register that was found right is not: ${parsed.fault.detail}`)
	return { isRight: true, register: parsed.value, text, understood }
}

function tablesOfSheet(
	bytes: Uint8Array,
	election: ElectionDefinition,
	faults: SheetFaults,
	understood: string[],
): readonly RegisteredTable[] | null {
	if (bytes.length > longestRegister) {
		faults.add('too-large', 1, `over ${longestRegister} bytes`)
		return null
	}
	const sheet = textOfSheet(bytes, faults)
	if (sheet === null) return null
	if (sheet.text.trim() === '') {
		faults.add('empty-file', 1, 'there is nothing in the file')
		return null
	}
	const lines = sheet.text.split(sheet.text.includes('\n') ? /\r?\n/ : '\r', mostTables + 100)
	if (lines.length > mostTables + 99) {
		faults.add('too-many-rows', mostTables + 2, `over ${mostTables} lines`)
		return null
	}
	const head = headOfSheet(lines, faults)
	if (head === null) return null
	const rows = linesOfSheet(lines, head.next, head.delimiter.delimiter, faults)
	if (rows.length > mostTables) faults.add('too-many-rows', mostTables + 2, `over ${mostTables} tables`)
	if (rows.length === 0) faults.add('no-tables', head.next, 'nothing stands below the head')

	const habits = new Map<string, number>()
	const read = rows.flatMap((row) => {
		const found = readLine(row, head, election, faults, habits)
		return found === null ? [] : [found]
	})
	const whole = withAllDigits(read, election, faults, habits)
	if (columns.every((column) => head.at.has(column))) findWhatDisagrees(whole, faults)
	understood.push(
		`${sheet.encoding}, ${head.delimiter.name} between cells`,
		...[...habits].map(([habit, count]) => `${habit}: ${count} cells`),
		...(head.ignored.length > 0 ? [`columns that nothing needs: ${head.ignored.join(', ')}`] : []),
	)
	return whole.map(({ row }) => row)
}

function readLine(
	{ line, cells }: SheetLine,
	head: SheetHead,
	election: ElectionDefinition,
	faults: SheetFaults,
	habits: Map<string, number>,
): ReadLine | null {
	const trimmed = cells.map((cell) =>
		cell
			.normalize('NFC')
			.replace(/[\p{Zs}\t]+/gu, ' ')
			.trim(),
	)
	if (trimmed.every((cell) => cell === '')) {
		faults.add('blank-line', line, 'there is nothing in this line')
		return null
	}
	if (isHead(trimmed)) {
		faults.add('head-again', line, 'the names of the columns stand here again')
		return null
	}
	const total = trimmed.find((cell) => /^(sub)?total(es)?( general)?:?$/i.test(cell))
	if (total !== undefined) {
		faults.add('total-line', line, `the line says “${total}”`)
		return null
	}
	const lastNeeded = Math.max(...head.at.values())
	if (trimmed.length <= lastNeeded) {
		faults.add('too-few-cells', line, `${trimmed.length} cells, the head has ${head.width}`)
		return null
	}
	if (trimmed.slice(head.width).some((cell) => cell !== '')) {
		faults.add('too-many-cells', line, `${trimmed.length} cells, the head has ${head.width}`)
		return null
	}
	for (const index of head.nameless) {
		if (trimmed[index] !== undefined && trimmed[index] !== '') {
			faults.add('column-nameless', line, `column ${index + 1} has no name, and something in it`)
		}
	}

	let isWhole = true
	const take = (column: SheetColumn, read: (cell: string) => ReadCell): string => {
		const at = head.at.get(column)
		if (at === undefined) return ''
		const cell = trimmed[at] ?? ''
		const outcome = unfitCell(cell) ?? read(cell)
		if ('fault' in outcome) {
			faults.add(outcome.fault, line, `${column} ${outcome.what}`)
			isWhole = false
			return ''
		}
		if (outcome.habit !== undefined) count(habits, wordsOfHabits[outcome.habit])
		if (outcome.value !== (cells[at] ?? '') && outcome.habit === undefined)
			count(habits, wordsOfHabits.spaces)
		return outcome.value
	}
	const digitsOf = (part: number) => election.code.digits[part] ?? 0
	const [state, municipality, parish] = [
		take('state', readPlace),
		take('municipality', readPlace),
		take('parish', readPlace),
	]
	const centro = take('centro', (cell) => readCode(cell, digitsOf(election.code.centro)))
	const mesa = take('mesa', (cell) => readCode(cell, digitsOf(election.code.mesa))).padStart(
		digitsOf(election.code.mesa),
		'0',
	)
	const electors = take('electors', (cell) => readElectors(cell, election.highestCount))
	const centroName = take('centroName', (cell) => (cell === '' ? { value: '' } : readPlace(cell)))
	if (isWhole && Number(mesa) === 0 && head.at.has('mesa')) {
		faults.add('mesa-zero', line, 'mesa is 0')
		return null
	}
	if (!isWhole) return null
	const row = {
		table: '',
		centro: '',
		mesa,
		state,
		municipality,
		parish,
		centroName,
		electors: Number(electors),
	}
	return { line, centro, row }
}

/** What a person reads of each habit. */
const wordsOfHabits = {
	'lost-zeros': 'zeros at the front, lost by the spreadsheet and put back',
	separators: 'thousands separators',
	apostrophe: 'apostrophes before a code',
	spaces: 'spaces before, after or doubled, and marks put together with their letters',
} as const

function count(habits: Map<string, number>, habit: string): void {
	habits.set(habit, (habits.get(habit) ?? 0) + 1)
}

/**
 * Puts back the one zero that a spreadsheet takes from the front of a code, where that is what happened: no code of the
 * file has kept one, and no other code of the same state is whole, since the digits of a state stand first.
 */
function withAllDigits(
	read: readonly ReadLine[],
	election: ElectionDefinition,
	faults: SheetFaults,
	habits: Map<string, number>,
): readonly ReadLine[] {
	const digits = election.code.digits[election.code.centro] ?? 0
	const kept = read.find(({ centro }) => centro.length === digits && centro.startsWith('0'))
	const wholeIn = new Map<string, number>()
	for (const { centro, row, line } of read) {
		if (centro.length === digits && !wholeIn.has(row.state)) wholeIn.set(row.state, line)
	}
	return read.flatMap(({ line, centro, row }) => {
		if (centro === '') return []
		if (centro.length < digits - 1) {
			faults.add('digits-missing', line, `centro “${centro}” has ${centro.length} of ${digits} digits`)
			return []
		}
		const whole = kept?.line ?? wholeIn.get(row.state)
		if (centro.length < digits && whole !== undefined) {
			faults.add(
				'zero-doubtful',
				line,
				`centro “${centro}” has ${centro.length} digits, line ${whole} has ${digits}`,
			)
			return []
		}
		if (centro.length < digits) count(habits, wordsOfHabits['lost-zeros'])
		const padded = centro.padStart(digits, '0')
		return [{ line, centro: padded, row: { ...row, centro: padded, table: `${padded}.${row.mesa}` } }]
	})
}

function findWhatDisagrees(read: readonly ReadLine[], faults: SheetFaults): void {
	const tables = new Map<string, ReadLine>()
	const centres = new Map<string, ReadLine>()
	const places = new Map<string, NamesOfPlace>()
	for (const one of read) {
		const { line, row } = one
		let above = ''
		for (const level of levels) {
			if (level === 'centro') break
			const names = places.get(above) ?? new NamesOfPlace()
			places.set(above, names)
			const similar = names.similarTo(row[level], line)
			if (similar !== undefined) {
				const what = `${level} “${row[level]}” looks like “${similar.name}” of line ${similar.line}`
				faults.add('similar-name', line, what)
			}
			above += `\n${row[level]}`
		}
		const twin = tables.get(row.table)
		if (twin === undefined) tables.set(row.table, one)
		else {
			const isSame = isSamePlace(twin.row, row) && twin.row.electors === row.electors
			faults.add(
				isSame ? 'same-line-twice' : 'table-twice',
				line,
				`table ${row.table} stands in line ${twin.line}${isSame ? '' : ', with something else'}`,
			)
		}
		const first = centres.get(row.centro)
		if (first === undefined) centres.set(row.centro, one)
		else if (!isSamePlace(first.row, { ...row, centroName: first.row.centroName })) {
			faults.add('two-places', line, `centre ${row.centro} lies elsewhere in line ${first.line}`)
		} else if (first.row.centroName !== row.centroName) {
			faults.add('two-names', line, `centre ${row.centro} is called otherwise in line ${first.line}`)
		}
	}
}
