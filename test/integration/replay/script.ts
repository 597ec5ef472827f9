/**
 * What is recorded, typed and disowned in a replay, and what has to come of it, by seed. Every acta of the results file is
 * recorded and counts once, with exactly its votes; conflicts, quarantine, void, unread, missing and unlisted tables are
 * invented ones besides, at invented places.
 */
import type { ElectionDefinition } from '#src/acta/election.js'
import { formatPayload } from '#src/acta/payload.js'
import type { RegisteredTable } from '#src/acta/register/register.js'
import type { UnreadableReason } from '#src/evidence/transcription.js'
import type { ResultRow } from '#src/simulator/figures/results.js'
import { actaOf } from '#src/simulator/figures/tables.js'
import { Random } from '#src/simulator/random.js'
import type { TableState } from '#src/tally/figures.js'

/** What a device records next. */
export type Step =
	| {
			readonly kind: 'acta'
			/** By which answers and what voids it find it. */
			readonly label: string
			/** Null where it was not read. */
			readonly text: string | null
			readonly code: string | null
			/** A picture of its own, since people read it; else the device's. */
			readonly ownPicture: boolean
	  }
	| { readonly kind: 'void'; readonly label: string }

/** What a station types before the picture of the entry of this label. */
export interface TypedAnswer {
	readonly station: number
	readonly label: string
	readonly read: { readonly text: string } | { readonly unreadable: UnreadableReason; readonly code?: string }
}

/** Votes by candidate, null and empty votes. */
export type Votes = Readonly<Record<string, number>>

export interface Expected {
	/** Of each table of the register, and of each unlisted one. */
	readonly states: ReadonlyMap<string, TableState>
	readonly confirmed: ReadonlySet<string>
	readonly unlisted: ReadonlySet<string>
	readonly unreadPapers: number
	/** What the results file says, alone. */
	readonly results: Votes
	/** With the unlisted tables, which are in the national sums too. */
	readonly national: Votes
	/** By state, as the results file says. */
	readonly byState: ReadonlyMap<string, Votes>
	/** Least and most by candidate. */
	readonly bounds: Readonly<Record<string, { readonly least: number; readonly most: number }>>
}

export interface Script {
	readonly register: readonly RegisteredTable[]
	/** A device's steps, in order. */
	readonly devices: readonly (readonly Step[])[]
	/** Whose steps from `last` on (counted from 0) are disowned. */
	readonly stolen: { readonly device: number; readonly last: number }
	readonly stations: number
	readonly answers: readonly TypedAnswer[]
	readonly expected: Expected
}

export interface ScriptSettings {
	readonly rows: readonly ResultRow[]
	readonly election: ElectionDefinition
	readonly devices: number
	readonly seed: string
}

/** Of 2024: published actas, and tables of which there is nothing. */
const published = 24_532
const inAll = 30_026

/** How many of each kind the whole of 2024 has here. */
const kinds = {
	/** Of the actas published. */
	...{ secondKiosk: 3_700, typed: 120, typedToo: 20, testFirst: 60, twice: 50, contradictedByThief: 100 },
	/** Invented. */
	...{ conflict: 150, dispute: 10, unread: 180, typedOnce: 10, codeTyped: 5, quarantine: 120, void: 40 },
	...{ unlistedCounted: 6, unlistedUnread: 3, unlistedConflict: 3, papers: 40, papersTyped: 5 },
} as const
const stations = 2

export function writeScript({ rows, election, devices, seed }: ScriptSettings): Script {
	const random = new Random(`replay/${seed}`)
	const share = (kind: keyof typeof kinds) => Math.max(1, Math.round((kinds[kind] * rows.length) / published))
	const steps = Array.from({ length: devices }, (): Step[] => [])
	const stolen = devices - 2
	const answers: TypedAnswer[] = []
	const states = new Map<string, TableState>()
	const confirmed = new Set<string>()
	const unlisted = new Set<string>()
	let labels = 0

	const record = (
		device: number,
		text: string | null,
		{ code = null as string | null, ownPicture = false } = {},
	) => {
		const label = `${++labels}`
		steps[device]?.push({ kind: 'acta', label, text, code: text?.split('!')[0] ?? code, ownPicture })
		return label
	}
	const type = (station: number, label: string, read: TypedAnswer['read']) => {
		answers.push({ station, label, read })
	}
	const typeAlike = (label: string, read: TypedAnswer['read']) => {
		for (let station = 0; station < stations; station++) type(station, label, read)
	}

	// The actas that were published. Those of a centre come to one kiosk, as they did.
	const textOf = (row: ResultRow) => formatPayload(actaOf(row, election))
	const tableOf = ({ centro, mesa }: ResultRow) => `${centro}.${mesa}`
	const centres = [...new Set(rows.map(({ centro }) => centro))]
	const homes = new Map(random.shuffled(centres).map((centro, index) => [centro, index % devices]))
	const homeOf = ({ centro }: ResultRow) => homes.get(centro) ?? 0
	const anotherThan = (device: number) => (device + random.whole(1, devices - 1)) % devices
	const drawn = random.shuffled(rows)
	const take = (kind: keyof typeof kinds) => drawn.splice(0, share(kind))
	for (const row of rows) states.set(tableOf(row), 'counted')
	const byThief: { readonly text: string }[] = []
	for (const [index, row] of take('typed').entries()) {
		const code = index % 2 === 0 ? (textOf(row).split('!')[0] ?? null) : null
		typeAlike(record(homeOf(row), null, { code, ownPicture: true }), { text: textOf(row) })
	}
	for (const row of take('typedToo')) {
		typeAlike(record(homeOf(row), textOf(row), { ownPicture: true }), { text: textOf(row) })
		confirmed.add(tableOf(row))
	}
	for (const row of take('testFirst')) {
		const label = record(homeOf(row), textOf(otherwise(row, random)))
		steps[homeOf(row)]?.push({ kind: 'void', label })
		record(homeOf(row), textOf(row))
	}
	for (const row of take('twice')) {
		record(homeOf(row), textOf(row))
		record(homeOf(row), textOf(row))
	}
	for (const row of take('contradictedByThief')) {
		record(homeOf(row), textOf(row))
		byThief.push({ text: textOf(otherwise(row, random)) })
	}
	for (const row of take('secondKiosk')) {
		record(homeOf(row), textOf(row))
		record(anotherThan(homeOf(row)), textOf(row))
		confirmed.add(tableOf(row))
	}
	for (const row of drawn) record(homeOf(row), textOf(row))

	// Those that are invented.
	const count = Math.max(
		Math.round((rows.length * (inAll - published)) / published),
		2 *
			(['conflict', 'dispute', 'unread', 'typedOnce', 'codeTyped', 'quarantine', 'void'] as const)
				.map(share)
				.reduce((sum, one) => sum + one),
	)
	const invented = random.shuffled(inventTables(rows, count, random))
	const unused = [...invented]
	const takeInvented = (kind: keyof typeof kinds, state: TableState) => {
		const taken = unused.splice(0, share(kind))
		for (const row of taken) states.set(tableOf(row), state)
		return taken
	}
	// In turn, so that none contradicts so many others that it stands out.
	let turn = 0
	const nextDevice = () => turn++ % devices
	const inConflict: Votes[][] = []
	const contradict = (row: ResultRow) => {
		const other = otherwise(row, random)
		record(nextDevice(), textOf(row))
		record(nextDevice(), textOf(other))
		inConflict.push([votesOf(row), votesOf(other)])
	}
	const codeOf = (row: ResultRow) => textOf(row).split('!')[0] ?? ''
	const recordUnread = (row: ResultRow) => record(nextDevice(), null, { code: codeOf(row), ownPicture: true })
	for (const row of takeInvented('conflict', 'conflict')) contradict(row)
	for (const row of takeInvented('dispute', 'conflict')) {
		const other = otherwise(row, random)
		const label = recordUnread(row)
		type(0, label, { text: textOf(row) })
		type(1, label, { text: textOf(other) })
		inConflict.push([votesOf(row), votesOf(other)])
	}
	for (const row of takeInvented('unread', 'unread')) recordUnread(row)
	for (const row of takeInvented('typedOnce', 'unread')) {
		type(random.whole(0, 1), recordUnread(row), { text: textOf(row) })
	}
	for (const row of takeInvented('codeTyped', 'unread')) {
		const label = record(nextDevice(), null, { ownPicture: true })
		typeAlike(label, { unreadable: 'faded', code: codeOf(row) })
	}
	for (const row of takeInvented('quarantine', 'quarantine')) byThief.push({ text: textOf(row) })
	for (const row of takeInvented('void', 'void')) {
		const device = nextDevice()
		const label = record(device, textOf(row))
		steps[device]?.push({ kind: 'void', label })
	}
	for (const row of unused) states.set(tableOf(row), 'missing')

	const strangers = inventTables(rows, 12 + share('unlistedCounted') * 4, random, '98')
	const takeStrangers = (kind: keyof typeof kinds, state: TableState) => {
		const taken = strangers.splice(0, share(kind))
		for (const row of taken) {
			states.set(tableOf(row), state)
			unlisted.add(tableOf(row))
		}
		return taken
	}
	const unlistedVotes: Votes[] = []
	for (const row of takeStrangers('unlistedCounted', 'counted')) {
		record(nextDevice(), textOf(row))
		unlistedVotes.push(votesOf(row))
	}
	for (const row of takeStrangers('unlistedUnread', 'unread')) recordUnread(row)
	for (const row of takeStrangers('unlistedConflict', 'conflict')) contradict(row)

	for (let paper = 0; paper < share('papers'); paper++) record(nextDevice(), null, { ownPicture: true })
	for (let paper = 0; paper < share('papersTyped'); paper++) {
		typeAlike(record(nextDevice(), null, { ownPicture: true }), { unreadable: 'blurred' })
	}

	const ordered = steps.map((all) => inSomeOrder(all, random))
	const last = ordered[stolen]?.length ?? 0
	for (const { text } of byThief) record(stolen, text)
	ordered[stolen]?.push(...(steps[stolen] ?? []).slice(last))

	const results = sumOf(rows.map(votesOf))
	const national = sumOf([results, ...unlistedVotes])
	return {
		register: [...rows, ...invented].map(registeredTable),
		devices: ordered,
		stolen: { device: stolen, last },
		stations,
		answers: random.shuffled(answers),
		expected: {
			...{ states, confirmed, unlisted, results, national },
			unreadPapers: share('papers') + share('papersTyped'),
			byState: sumsByState(rows),
			bounds: boundsOf(national, inConflict, election),
		},
	}
}

/** Votes of a table, by candidate, and null votes. */
export function votesOf({ votes, nullVotes }: ResultRow): Votes {
	return { ...Object.fromEntries(votes), nullVotes, emptyVotes: 0 }
}

export function sumOf(all: readonly Votes[]): Votes {
	const sum: Record<string, number> = {}
	for (const votes of all) {
		for (const [name, count] of Object.entries(votes)) sum[name] = (sum[name] ?? 0) + count
	}
	return sum
}

/** The same table with other votes, as a forger or a misreading has them. */
export function otherwise(row: ResultRow, random: Random): ResultRow {
	const votes = new Map(row.votes)
	for (const id of votes.keys()) votes.set(id, random.whole(0, 300))
	votes.set('NM', (row.votes.get('NM') ?? 0) + random.whole(1, 200))
	return { ...row, votes }
}

/** The least and the most that each candidate has in all, when tables in conflict are taken one way or another. */
export function boundsOf(
	national: Votes,
	inConflict: readonly (readonly Votes[])[],
	{ candidates }: ElectionDefinition,
): Expected['bounds'] {
	return Object.fromEntries(
		candidates.map(({ id }) => {
			const ofEach = inConflict.map((versions) => versions.map((votes) => votes[id] ?? 0))
			const all = national[id] ?? 0
			const least = ofEach.reduce((sum, counts) => sum + Math.min(...counts), all)
			const most = ofEach.reduce((sum, counts) => sum + Math.max(...counts), all)
			return [id, { least, most }]
		}),
	)
}

function sumsByState(rows: readonly ResultRow[]): ReadonlyMap<string, Votes> {
	const states = new Map<string, Votes[]>()
	for (const row of rows) {
		const votes = states.get(row.place.state) ?? []
		states.set(row.place.state, votes)
		votes.push(votesOf(row))
	}
	return new Map([...states].map(([state, votes]) => [state, sumOf(votes)]))
}

/** Tables that no register has: a municipality that is none (`9999` in the code, or another pair of digits twice). */
function inventTables(rows: readonly ResultRow[], count: number, random: Random, digits = '99'): ResultRow[] {
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

function registeredTable({ place, centro, mesa }: ResultRow): RegisteredTable {
	return { table: `${centro}.${mesa}`, centro, mesa, ...place, centroName: '' }
}

/** As they came to the kiosk by chance; what voids comes right after what it voids. */
function inSomeOrder(steps: readonly Step[], random: Random): Step[] {
	const voids = new Map(steps.flatMap((step) => (step.kind === 'void' ? [[step.label, step] as const] : [])))
	return random.shuffled(steps.filter(({ kind }) => kind === 'acta')).flatMap((step) => {
		const voiding = voids.get(step.label)
		return voiding === undefined ? [step] : [step, voiding]
	})
}
