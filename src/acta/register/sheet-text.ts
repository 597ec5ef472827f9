/** The text of what a spreadsheet saved, whatever encoding it was saved in. */
import type { SheetFaults } from './sheet-faults.ts'

export interface SheetText {
	readonly text: string
	/** For people. */
	readonly encoding: string
}

/** What files are by their first bytes, when they are no text. */
const others: readonly { readonly begins: string; readonly is: string; readonly isWorkbook: boolean }[] = [
	{ begins: 'PK\u0003\u0004', is: 'a workbook (xlsx, ods) or another archive', isWorkbook: true },
	{ begins: '\u00d0\u00cf\u0011\u00e0', is: 'a workbook of old (xls)', isWorkbook: true },
	{ begins: '%PDF', is: 'a PDF', isWorkbook: false },
	{ begins: '\u001f\u008b', is: 'packed (gzip)', isWorkbook: false },
	{ begins: '\u0089PNG', is: 'a picture', isWorkbook: false },
	{ begins: '\u00ff\u00d8\u00ff', is: 'a picture', isWorkbook: false },
	{ begins: '<', is: 'a web page or XML', isWorkbook: false },
	{ begins: '{', is: 'JSON', isWorkbook: false },
]

/** Null, and a fault, where it is no text. */
export function textOfSheet(bytes: Uint8Array, faults: SheetFaults): SheetText | null {
	const begin = Buffer.from(bytes.subarray(0, 512)).toString('latin1')
	const other = others.find(({ begins }) => begin.trimStart().startsWith(begins))
	if (other !== undefined) {
		faults.add(other.isWorkbook ? 'workbook' : 'not-a-sheet', 1, `the file is ${other.is}`)
		return null
	}
	const encoding = encodingOf(begin)
	if (encoding === 'utf-32') {
		faults.add('bad-encoding', 1, 'the file is UTF-32')
		return null
	}
	if (encoding !== null) {
		const text = decoded(bytes, encoding)
		if (text !== null) return { text, encoding: encoding.toUpperCase() }
		const lossy = new TextDecoder(encoding).decode(bytes)
		const line = lossy.slice(0, lossy.indexOf('\ufffd')).split('\n').length
		faults.add('bad-encoding', line, `the file says that it is ${encoding.toUpperCase()}, and is not`)
		return null
	}
	const text = decoded(bytes, 'utf-8')
	if (text !== null) return { text, encoding: 'UTF-8' }
	return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'Windows-1252' }
}

/** By its mark, or, as letters of UTF-16 have a zero byte each, without one; null where it has to be tried. */
function encodingOf(begin: string): 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32' | null {
	if (begin.startsWith('\u00ef\u00bb\u00bf')) return 'utf-8'
	if (begin.startsWith('\u00ff\u00fe\u0000\u0000') || begin.startsWith('\u0000\u0000\u00fe\u00ff'))
		return 'utf-32'
	if (begin.startsWith('\u00ff\u00fe')) return 'utf-16le'
	if (begin.startsWith('\u00fe\u00ff')) return 'utf-16be'
	const zeros = [0, 0]
	for (let at = 0; at < begin.length; at++)
		if (begin[at] === '\u0000') zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
	const [even = 0, odd = 0] = zeros
	if (odd > begin.length / 3 && even === 0) return 'utf-16le'
	if (even > begin.length / 3 && odd === 0) return 'utf-16be'
	return null
}

/** Without its mark; null where the bytes are not of that encoding. */
function decoded(bytes: Uint8Array, encoding: string): string | null {
	try {
		return new TextDecoder(encoding, { fatal: true }).decode(bytes)
	} catch {
		return null
	}
}
