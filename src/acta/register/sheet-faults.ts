/** What can be wrong with a register that came out of a spreadsheet, and what a person does about each kind. */
import type { Fault } from '../../platform/result.ts'

/** What to do, by kind: one sentence, for somebody before the spreadsheet. */
const remedies = {
	// The file
	'too-large': 'Save only the sheet with the tables, without pictures and other sheets.',
	'empty-file': 'Save the sheet again; look at the file in a text editor.',
	workbook: 'Open it in the spreadsheet and save it as "CSV UTF-8".',
	'not-a-sheet': 'Give the CSV that the spreadsheet saves.',
	'bad-encoding': 'Save it again as "CSV UTF-8".',
	'no-delimiter': 'Save it as CSV, with commas, semicolons or tabs between the cells.',
	'too-many-rows': 'Take out what are no tables; split nothing, a register is one file.',
	'no-tables': 'Put a line for each table below the head.',
	// The head
	'header-missing':
		'Put a first line with the names state,municipality,parish,centro,mesa,electors (or estado, municipio, parroquia, centro, mesa, electores).',
	'header-below': 'Delete what stands above the line with the names of the columns.',
	'column-missing': 'Add the column, or give the one that holds it this name.',
	'column-twice': 'Delete or rename one of the two.',
	'column-nameless': 'Give the column a name, or empty it.',
	// A line as a whole
	'blank-line': 'Delete the line; see whether a table was lost there.',
	'too-few-cells': 'Give the line all its cells; see whether two were joined.',
	'too-many-cells': 'Put what holds a comma in double quotes, or delete what stands beside the table.',
	'head-again': 'Delete the line.',
	'total-line': 'Delete lines with totals; they are added up here.',
	'unclosed-quote': 'Close the quotes, or take the lone quotation mark out of the name.',
	'stray-quote': 'Put the whole cell in double quotes and double those in it, or take the mark out.',
	'line-break': 'Take the line break out of the cell (in a spreadsheet: Alt+Enter in it).',
	// A cell
	'empty-cell': 'Fill it in; merged cells have to be unmerged and filled in each line.',
	'long-cell': 'Shorten it; see whether cells were joined.',
	'nul-character': 'Save it again as "CSV UTF-8"; the file was damaged or cut.',
	'control-character': 'Type the cell anew.',
	'hidden-character': 'Type the cell anew: it holds something that is not seen.',
	'lost-character': 'Type the name anew: a letter was lost when the file was converted before.',
	'wrong-letters':
		'Type the name anew, or export again as "CSV UTF-8": it was saved in one encoding and read in another.',
	formula: 'Replace the formula by its value (copy, paste as values).',
	'sheet-error': 'Mend the formula, or widen the column, and save again.',
	'name-of-digits': 'Put the name here, not its number; see whether two columns were exchanged.',
	'mixed-scripts': 'Type the name anew: it holds letters of another alphabet that look alike.',
	'similar-name': 'Write one place in one way everywhere; two places need names that people can tell apart.',
	scientific:
		'Format the column as text or as a number without decimals, type the code anew from the source, save again.',
	'code-with-decimals': 'Format the column as text; take out the point and what follows.',
	'code-with-separators': 'Format the column as text, without thousands separators.',
	'letter-for-digit': 'Type the digits: a letter stands where it looks like one.',
	'other-digits': 'Type it with the digits 0 to 9.',
	'not-digits': 'Type digits only; see whether two columns were exchanged.',
	'digits-missing': 'Format the column as text and write all digits, with the zeros at the front.',
	'zero-doubtful':
		'Write all digits, with the zeros at the front: other codes have all of theirs, so a digit may be missing anywhere.',
	'digits-too-many': 'Write as many digits as the acta code has.',
	'date-for-number': 'Format the column as text and type the number: the spreadsheet took it for a date.',
	negative: 'Type it without the minus; see where it comes from.',
	'mesa-zero': 'Tables are counted from 1.',
	'electors-zero': 'Put the number of electors of this table; a table without any is none.',
	'electors-absurd': 'Put the electors of this table alone, not of the centre or the parish.',
	'electors-fraction': 'Put a whole number.',
	'electors-not-number': 'Put a whole number of electors.',
	// Lines that do not go together
	'same-line-twice': 'Delete one of the two.',
	'table-twice': 'Keep the right one; see whether the number of the table or of the centre is wrong.',
	'two-places': 'A centre lies in one parish: correct its code or its place.',
	'two-names': 'Give a centre the same name in each of its lines.',
} as const

export type SheetFaultCode = keyof typeof remedies

export interface SheetFault extends Fault<SheetFaultCode> {
	/** From 1, as editors count. */
	readonly line: number
	/** What the person does about it. */
	readonly remedy: string
}

/** Of one kind: what one export did wrong stands in each of 30,000 lines. */
const mostOfAKind = 20

/** The first faults of each kind are kept, all are counted. */
export class SheetFaults {
	readonly #kept: SheetFault[] = []
	readonly #counts = new Map<SheetFaultCode, number>()

	/** `what` says what stands there and where in the line. */
	add(code: SheetFaultCode, line: number, what: string): void {
		const count = (this.#counts.get(code) ?? 0) + 1
		this.#counts.set(code, count)
		if (count <= mostOfAKind) this.#kept.push({ code, line, detail: what, remedy: remedies[code] })
	}

	get count(): number {
		return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
	}

	/** By line. */
	get kept(): readonly SheetFault[] {
		return [...this.#kept].sort((one, other) => one.line - other.line)
	}

	/** How many there are of each kind of which not all were kept. */
	get cut(): ReadonlyMap<SheetFaultCode, number> {
		return new Map([...this.#counts].filter(([, count]) => count > mostOfAKind))
	}
}
