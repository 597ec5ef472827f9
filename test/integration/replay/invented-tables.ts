/** Tables of a replay beside those that were published. */
import type { RegisteredTable } from '#src/acta/register/register.js'
import type { ResultRow } from '#src/simulator/figures/results.js'
import type { Random } from '#src/simulator/random.js'

/** Tables at places that there are not: the digits of municipality and parish are `digits`. */
export function inventTables(
	rows: readonly ResultRow[],
	count: number,
	random: Random,
	digits = '99',
): ResultRow[] {
	const states = new Map(rows.map((row) => [row.centro.slice(0, 2), row.place.state]))
	const codes = [...states.keys()]
	return Array.from({ length: count }, (_, index) => {
		const code = codes[index % codes.length] ?? ''
		const within = Math.floor(index / codes.length)
		const centre = String(1 + Math.floor(within / 5)).padStart(3, '0')
		const votes = new Map([...(rows[0]?.votes.keys() ?? [])].map((id) => [id, random.whole(0, 30)]))
		return {
			place: {
				state: states.get(code) ?? '',
				municipality: 'MP. INVENTADO',
				parish: 'PQ. INVENTADA',
				electors: random.whole(350, 900),
			},
			centro: `${code}${digits}${digits}${centre}`,
			mesa: String(1 + (within % 5)).padStart(2, '0'),
			votes,
			nullVotes: 0,
		}
	})
}

export function registeredTable({ place, centro, mesa }: ResultRow): RegisteredTable {
	return { table: `${centro}.${mesa}`, centro, mesa, ...place, centroName: '' }
}
