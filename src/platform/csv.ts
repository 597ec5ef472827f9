/** Cells of CSV (RFC 4180), quoted only where a character of theirs needs it. */

export function csvCell(text: string): string {
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A spreadsheet takes text that begins so for a formula, and runs it: an apostrophe before it makes it text. */
const formula = /^[=+\-@\t\r]/

/** For a list that people open in a spreadsheet; null stands for a cell without anything. */
export function spreadsheetCell(value: string | number | null): string {
	if (value === null) return ''
	if (typeof value === 'number') return String(value)
	return csvCell(formula.test(value) ? `'${value}` : value)
}
