/** What an archive shows of its figures, in one spelling: data/figures.json and data/tables.csv (ARCHIVE.md, "Figures"). */

const namesOfCells = ['table', 'state', 'municipality', 'parish', 'centroName', 'electors']
const namesOfStanding = ['status', 'confirmed', 'methods', 'devices', 'excluded']

export function figuresFile(figures) {
	return `${JSON.stringify(figures)}\n`
}

/** `standings` by table, in the file's order. */
export function tablesFile(standings, election, register) {
	/** By centre, as cells are spelled. */
	const spelled = new Map()
	const placeOf = (centro) => {
		if (!spelled.has(centro)) spelled.set(centro, register.places.get(centro).map(spelledCell))
		return spelled.get(centro)
	}
	const lines = [lineOf([...namesOfCells, ...namesOfStanding, ...election.candidates, 'null', 'empty'])]
	for (const [table, { state, version, isConfirmed, methods, devices, excluded }] of standings) {
		const isListed = register.electors.has(table)
		const place = isListed ? placeOf(table.split('.')[0]) : ['', '', '', '']
		const electors = isListed ? register.electors.get(table) : ''
		const counted =
			version === undefined ? ['', '', ''] : [isConfirmed ? 'yes' : 'no', methods.join(' '), devices]
		const votes =
			version === undefined
				? [...election.candidates.map(() => ''), '', '']
				: [...election.votesOf(version), version.nullVotes, version.emptyVotes]
		lines.push(lineOf([table, ...place, electors, state, ...counted, excluded, ...votes]))
	}
	return lines.join('')
}

const lineOf = (cells) => `${cells.join()}\n`

/** Of all cells only names of places can hold what has to be quoted. */
function spelledCell(cell) {
	return /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/** Counts from 1; null where all are the same. */
export function firstOtherLine(bytes, right) {
	const expected = new TextEncoder().encode(right)
	const length = Math.min(bytes.length, expected.length)
	let line = 1
	for (let at = 0; at < length; at++) {
		if (bytes[at] !== expected[at]) return line
		if (bytes[at] === 10) line++
	}
	return bytes.length === expected.length ? null : line
}
