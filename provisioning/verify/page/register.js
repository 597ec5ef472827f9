/** The register of tables in its one spelling, as COUNTING.md gives it: what is spelled otherwise is refused whole. */
import { sha256, toHex } from './bytes.js'
import { refuse } from './faults.js'

const largestRegister = 64 * 1024 * 1024
const mostTables = 500_000
const columns = 'state,municipality,parish,centro,mesa,electors'
const longestCell = 400
/** Characters of seven cells, all quoted, every character doubled. */
const longestLine = 7 * (2 * longestCell + 3)

/** The electors of each table, where each centre lies (state, municipality, parish, its name), and the digest of the file. */
export async function readRegister(blob, election) {
	if (blob.size > largestRegister) refuse('bad-register')
	const bytes = new Uint8Array(await blob.arrayBuffer())
	let content
	try {
		content = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
	} catch {
		refuse('bad-register')
	}
	const lines = content.split('\n')
	if (lines.pop() !== '' || lines.length < 2 || lines.length > mostTables + 1) refuse('bad-register')
	const header = lines.shift()
	if (header !== columns && header !== `${columns},centroName`) refuse('bad-register')
	const width = header.split(',').length
	const places = new Map()
	const electors = new Map()
	for (const line of lines) {
		const cells = cellsOf(line)
		if (cells?.length !== width) refuse('bad-register')
		const [state, municipality, parish, centro, mesa, number, centroName = ''] = cells
		const place = [state, municipality, parish, centroName]
		const table = `${centro}.${mesa}`
		const fits =
			place.slice(0, 3).every((cell) => cell !== '') &&
			place.every((cell) => !/^ | $/.test(cell)) &&
			election.isPart('centro', centro) &&
			election.isPart('mesa', mesa) &&
			/[1-9]/.test(mesa) &&
			/^[1-9]\d{0,6}$/.test(number) &&
			Number(number) <= election.highestCount &&
			!electors.has(table) &&
			(places.get(centro) ?? place).every((cell, at) => cell === place[at])
		if (!fits) refuse('bad-register')
		places.set(centro, place)
		electors.set(table, Number(number))
	}
	return { sha256: toHex(await sha256(bytes)), electors, places }
}

/** No character has more than three bytes for each of its units. */
function isTooLong(cell) {
	return cell.length * 3 > longestCell && new TextEncoder().encode(cell).length > longestCell
}

/** Null for a line in another spelling. */
function cellsOf(line) {
	if (line.length > longestLine) return null
	const cells = []
	// A cell is quoted exactly where it holds a comma or a double quote.
	const one = /"((?:[^"]|"")*)"|([^",]*)/y
	for (;;) {
		const [, quoted, bare] = one.exec(line)
		const cell = quoted?.replaceAll('""', '"') ?? bare
		const isNeedless = quoted !== undefined && !/[,"]/.test(cell)
		if (isNeedless || unfitInCell.test(cell) || isTooLong(cell)) return null
		cells.push(cell)
		if (one.lastIndex === line.length) return cells
		if (line[one.lastIndex] !== ',') return null
		one.lastIndex++
	}
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const unfitInCell = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/
