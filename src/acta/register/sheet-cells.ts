/** What stands in one cell of a register: a place, a code's digits, a number of electors. */
import { longestCell } from './canonical.ts'
import type { SheetFaultCode } from './sheet-faults.ts'

/** A value, with what was understood in reading it; or what is wrong. */
export type ReadCell =
	| { readonly value: string; readonly habit?: 'lost-zeros' | 'separators' | 'apostrophe' }
	| { readonly fault: SheetFaultCode; readonly what: string }

/** What no cell may be, whatever it should hold; null where there is nothing of the kind. */
export function unfitCell(cell: string): Exclude<ReadCell, { value: string }> | null {
	const wrong = (fault: SheetFaultCode, what: string) => ({ fault, what })
	if (Buffer.byteLength(cell) > longestCell) return wrong('long-cell', `over ${longestCell} bytes`)
	if (cell.includes('\u0000')) return wrong('nul-character', 'holds a NUL')
	if (cell.includes('\ufffd')) return wrong('lost-character', `“${cell}” holds the sign for a lost letter`)
	const control = /[\p{Cc}\p{Zl}\p{Zp}]/u.exec(cell)
	if (control !== null)
		return wrong('control-character', `holds the control character ${codePoint(control[0])}`)
	const hidden = /[\p{C}\p{DI}\u{2800}]/u.exec(cell)
	if (hidden !== null) return wrong('hidden-character', `holds ${codePoint(hidden[0])}, which is not seen`)
	if (
		/^#(N\/A|N\/D|REF!|¡REF!|VALUE!|¡VALOR!|NAME\?|¿NOMBRE\?|DIV\/0!|¡DIV\/0!|NULL!|¡NULO!|NUM!|¡NUM!|SPILL!)$|^#{3,}$/i.test(
			cell,
		)
	) {
		return wrong('sheet-error', `“${cell}” is an error of the spreadsheet`)
	}
	if (/^[=+@]|^-[^0-9]/.test(cell)) return wrong('formula', `“${cell}” begins as a formula does`)
	return null
}

/** UTF-8 that was read as Windows-1252: `Ã±` for `ñ`. No name of a place has these in a row. */
const twiceEncoded =
	/[ÃÂ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]/

export function readPlace(cell: string): ReadCell {
	if (cell === '') return { fault: 'empty-cell', what: 'is empty' }
	if (twiceEncoded.test(cell))
		return { fault: 'wrong-letters', what: `“${cell}” holds letters of a wrong encoding` }
	if (/^[\d.,]+$/.test(cell)) return { fault: 'name-of-digits', what: `“${cell}” is a number` }
	const isLatin = /\p{Script=Latin}/u.test(cell)
	const stranger = /(?!\p{Script=Latin})\p{L}/u.exec(cell)
	if (isLatin && stranger !== null && !/[ªº]/.test(stranger[0])) {
		return { fault: 'mixed-scripts', what: `“${cell}” holds ${stranger[0]} (${codePoint(stranger[0])})` }
	}
	return { value: cell }
}

/** `digits` of a code; shorter ones are given back as they are, for who knows the other lines. */
export function readCode(cell: string, digits: number): ReadCell {
	const isMarked = cell.startsWith("'")
	const code = isMarked ? cell.slice(1) : cell
	if (/^[0-9]+$/.test(code)) {
		if (code.length > digits) {
			return {
				fault: 'digits-too-many',
				what: `“${cell}” has ${code.length} digits, the acta code has ${digits}`,
			}
		}
		return isMarked ? { value: code, habit: 'apostrophe' } : { value: code }
	}
	return wrongNumber(code, 'code-with-decimals', 'code-with-separators', 'not-digits')
}

/** A whole number as people write them: 612, 1.234, 1,234, 1 234. */
export function readElectors(cell: string, most: number): ReadCell {
	const isSeparated = /^[0-9]{1,3}([., '\u00a0\u202f])[0-9]{3}(\1[0-9]{3})*$/.test(cell)
	const plain = isSeparated ? cell.replace(/[^0-9]/g, '') : cell
	if (!/^[0-9]+$/.test(plain)) {
		return wrongNumber(plain, 'electors-fraction', 'electors-not-number', 'electors-not-number')
	}
	const value = plain.replace(/^0+(?=.)/, '')
	if (value === '0') return { fault: 'electors-zero', what: 'is 0' }
	if (value.length > 6 || Number(value) > most) {
		return { fault: 'electors-absurd', what: `“${cell}” is over ${most}, the most that an acta can print` }
	}
	return isSeparated ? { value, habit: 'separators' } : { value }
}

/** Why something is no plain number. */
function wrongNumber(
	cell: string,
	decimals: SheetFaultCode,
	separators: SheetFaultCode,
	otherwise: SheetFaultCode,
): ReadCell {
	const wrong = (fault: SheetFaultCode, what: string) => ({ fault, what: `“${cell}” ${what}` })
	if (cell === '') return { fault: 'empty-cell', what: 'is empty' }
	if (/^[+-]?[0-9]+([.,][0-9]+)?e[+-]?[0-9]+$/i.test(cell)) return wrong('scientific', 'has lost digits')
	if (/^-\s*[0-9.,]+$/.test(cell)) return wrong('negative', 'is below 0')
	if (/^[0-9]+[.,][0-9]{1,2}$/.test(cell)) return wrong(decimals, 'has decimals')
	if (/^([0-9]{1,3}[., ])+[0-9]+$/.test(cell)) return wrong(separators, 'has separators')
	if (
		/^[0-9]{1,4}[-/][0-9]{1,4}([-/][0-9]{1,4})?$|^[0-9]{1,2}[- ][a-zé]{3,4}\.?([- ][0-9]{2,4})?$/i.test(cell)
	) {
		return wrong('date-for-number', 'is a date')
	}
	if (/^[0-9OoIl|SB]+$/.test(cell) && /[0-9]/.test(cell)) return wrong('letter-for-digit', 'holds a letter')
	if (/^\p{Nd}+$/u.test(cell)) return wrong('other-digits', 'has digits of another script')
	return wrong(otherwise, 'is no number')
}

function codePoint(character: string): string {
	return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
