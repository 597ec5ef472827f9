/**
 * Published results of 2024, one row a table (mesa), as comma-separated values with a head line. Columns are
 * found by name: EDO, MUN, PAR, CENTRO, MESA, RE, VOTOS_VALIDOS, VOTOS_NULOS and each candidate's short name;
 * others, such as URL, are ignored.
 */
import type { ElectionDefinition } from '../../acta/election.ts'
import type { Fault } from '../../platform/result.ts'
import type { Place } from '../paper/strip.ts'

export interface ResultRow {
	readonly place: Place
	/** Nine digits: state, municipality, parish, centre. */
	readonly centro: string
	/** Two digits. */
	readonly mesa: string
	/** Votes by candidate id. */
	readonly votes: ReadonlyMap<string, number>
	readonly nullVotes: number
}

export type ResultsFault = Fault<
	'too-large' | 'missing-column' | 'wrong-column-count' | 'bad-field' | 'bad-sum' | 'repeated'
> & {
	/** From 1, as editors count. */
	readonly line: number
}

/** Twenty times the whole country's file. */
const longestResults = 64 * 1024 * 1024

/** Reads what it can; every line that it can't take is a fault, and the caller decides what that means. */
export function parseResults(
	text: string,
	election: ElectionDefinition,
): { readonly rows: readonly ResultRow[]; readonly faults: readonly ResultsFault[] } {
	if (text.length > longestResults) {
		return { rows: [], faults: [{ code: 'too-large', line: 1, detail: `over ${longestResults} characters` }] }
	}
	const [head = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/)
	const names = fields(head) ?? []
	const wanted = [...Object.values(column), ...election.candidates.map(({ id }) => id)]
	const faults: ResultsFault[] = wanted
		.filter((name) => !names.includes(name))
		.map((name) => ({ code: 'missing-column', line: 1, detail: `there is no column ${name}` }))
	if (faults.length > 0) return { rows: [], faults }

	const rows: ResultRow[] = []
	const seen = new Map<string, number>()
	lines.forEach((content, index) => {
		if (content === '') return
		const line = index + 2
		const values = fields(content)
		if (values === null || values.length !== names.length) {
			const found = values === null ? 'quotes are not closed' : `${values.length} fields`
			faults.push({ code: 'wrong-column-count', line, detail: `${found}; the head has ${names.length}` })
			return
		}
		const parsed = parseRow((name) => values[names.indexOf(name)] ?? '', election)
		if ('code' in parsed) {
			faults.push({ ...parsed, line })
			return
		}
		const table = `${parsed.centro}.${parsed.mesa}`
		const before = seen.get(table)
		if (before !== undefined) {
			faults.push({ code: 'repeated', line, detail: `table ${table} stands already in line ${before}` })
			return
		}
		seen.set(table, line)
		rows.push(parsed)
	})
	return { rows, faults }
}

const column = {
	state: 'EDO',
	municipality: 'MUN',
	parish: 'PAR',
	centro: 'CENTRO',
	mesa: 'MESA',
	electors: 'RE',
	valid: 'VOTOS_VALIDOS',
	nulls: 'VOTOS_NULOS',
} as const

function parseRow(
	value: (name: string) => string,
	election: ElectionDefinition,
): ResultRow | Fault<ResultsFault['code']> {
	const counted = [column.electors, column.valid, column.nulls, ...election.candidates.map(({ id }) => id)]
	for (const name of counted) {
		if (!/^[0-9]{1,6}$/.test(value(name))) return badField(name, 'a number of up to six digits')
	}
	if (!/^[0-9]{8,9}$/.test(value(column.centro))) return badField(column.centro, '8 or 9 digits')
	if (!/^0?[1-9]$|^[1-9][0-9]$/.test(value(column.mesa))) return badField(column.mesa, 'a number up to 99')
	for (const name of [column.state, column.municipality, column.parish]) {
		if (!/^[^\p{Cc}]{1,60}$/u.test(value(name))) return badField(name, '1 to 60 printable characters')
	}

	const votes = new Map(election.candidates.map(({ id }) => [id, Number(value(id))]))
	for (const [id, count] of [...votes, [column.nulls, Number(value(column.nulls))] as const]) {
		if (count > election.highestCount) return badField(id, `at most ${election.highestCount}`)
	}
	const sum = [...votes.values()].reduce((total, count) => total + count, 0)
	if (sum !== Number(value(column.valid))) {
		const detail = `the candidates have ${sum} votes, ${column.valid} says ${value(column.valid)}`
		return { code: 'bad-sum', detail }
	}
	return {
		place: {
			state: value(column.state),
			municipality: value(column.municipality),
			parish: value(column.parish),
			electors: Number(value(column.electors)),
		},
		centro: value(column.centro).padStart(9, '0'),
		mesa: value(column.mesa).padStart(2, '0'),
		votes,
		nullVotes: Number(value(column.nulls)),
	}
}

function badField(name: string, expected: string): Fault<'bad-field'> {
	return { code: 'bad-field', detail: `${name} is not ${expected}` }
}

/** One line's fields (RFC 4180); null when a quote is out of place. No field here spans lines. */
function fields(line: string): string[] | null {
	if (!line.includes('"')) return line.split(',')
	const found: string[] = []
	let at = 0
	while (at <= line.length) {
		const [whole, quoted, plain] = /^(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/.exec(line.slice(at)) ?? []
		if (whole === undefined) return null
		found.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
		at += whole.length + 1
	}
	return found
}
