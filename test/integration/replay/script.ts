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

/** What the tally has to say. */
export interface Expected {
	/** Of each table of the register, and of each unlisted one. */
	readonly states: ReadonlyMap<string, TableState>
	/** Of tables that are counted their votes, of those in conflict the votes of each version; of a dispute, nothing too. */
	readonly versions: ReadonlyMap<string, readonly Votes[]>
	readonly confirmed: ReadonlySet<string>
	readonly unlisted: ReadonlySet<string>
	readonly unreadPapers: number
}

interface FirstEntry {
	readonly label: string
	readonly device: number
	/** People alone read it. */
	readonly byPeople: boolean
	/** People read it too. */
	readonly typedToo: boolean
	/** Another kiosk, or people, say the same. */
	readonly isSeenElsewhere: boolean
}

interface HowRecorded {
	readonly unread?: boolean
	readonly code?: string | null
	readonly ownPicture?: boolean
	readonly typedToo?: boolean
	readonly isSeenElsewhere?: boolean
}

export interface Script {
	readonly register: readonly RegisteredTable[]
	/** A device's steps, in order. */
	readonly devices: readonly (readonly Step[])[]
	/** Whose steps from `last` on (counted from 0) are disowned. */
	readonly stolen: { readonly device: number; readonly last: number }
	readonly stations: number
	readonly answers: readonly TypedAnswer[]
	/** By device: tables of the script's conflicts on which it differs from another. */
	readonly differing: ReadonlyMap<number, number>
	/** Of each published acta, by table: an entry of it, by the kiosk to which its centre's actas come. */
	readonly first: ReadonlyMap<string, FirstEntry>
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
	const versions = new Map<string, readonly Votes[]>()
	const confirmed = new Set<string>()
	const unlisted = new Set<string>()
	const first = new Map<string, FirstEntry>()
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
	const codeOf = (row: ResultRow) => textOf(row).split('!')[0] ?? ''
	const centres = [...new Set(rows.map(({ centro }) => centro))]
	const homes = new Map(random.shuffled(centres).map((centro, index) => [centro, index % devices]))
	const homeOf = ({ centro }: ResultRow) => homes.get(centro) ?? 0
	const anotherThan = (device: number) => (device + random.whole(1, devices - 1)) % devices
	const drawn = random.shuffled(rows)
	const take = (kind: keyof typeof kinds) => drawn.splice(0, share(kind))
	for (const row of rows) {
		states.set(tableOf(row), 'counted')
		versions.set(tableOf(row), [votesOf(row)])
	}
	const byThief: { readonly text: string }[] = []
	/** At the kiosk to which its centre's actas come. */
	const recordHome = (row: ResultRow, how: HowRecorded = {}) => {
		const device = homeOf(row)
		const { unread = false, code = null, ownPicture = false } = how
		const label = record(device, unread ? null : textOf(row), { code, ownPicture })
		const { typedToo = false, isSeenElsewhere = typedToo } = how
		first.set(tableOf(row), { label, device, byPeople: unread, typedToo, isSeenElsewhere })
		return label
	}
	for (const [index, row] of take('typed').entries()) {
		const code = index % 2 === 0 ? codeOf(row) : null
		typeAlike(recordHome(row, { unread: true, code, ownPicture: true }), { text: textOf(row) })
	}
	for (const row of take('typedToo')) {
		typeAlike(recordHome(row, { ownPicture: true, typedToo: true }), { text: textOf(row) })
		confirmed.add(tableOf(row))
	}
	for (const row of take('testFirst')) {
		const label = record(homeOf(row), textOf(otherwise(row, random)))
		steps[homeOf(row)]?.push({ kind: 'void', label })
		recordHome(row)
	}
	for (const row of take('twice')) {
		record(homeOf(row), textOf(row))
		recordHome(row)
	}
	for (const row of take('contradictedByThief')) {
		recordHome(row)
		byThief.push({ text: textOf(otherwise(row, random)) })
	}
	for (const row of take('secondKiosk')) {
		recordHome(row, { isSeenElsewhere: true })
		record(anotherThan(homeOf(row)), textOf(row))
		confirmed.add(tableOf(row))
	}
	for (const row of drawn) recordHome(row)

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
	const differing = new Map<number, number>()
	const contradict = (row: ResultRow) => {
		const other = otherwise(row, random)
		for (const version of [row, other]) {
			const device = nextDevice()
			record(device, textOf(version))
			differing.set(device, (differing.get(device) ?? 0) + 1)
		}
		versions.set(tableOf(row), [votesOf(row), votesOf(other)])
	}
	const recordUnread = (row: ResultRow) => record(nextDevice(), null, { code: codeOf(row), ownPicture: true })
	for (const row of takeInvented('conflict', 'conflict')) contradict(row)
	for (const row of takeInvented('dispute', 'conflict')) {
		const other = otherwise(row, random)
		const label = recordUnread(row)
		type(0, label, { text: textOf(row) })
		type(1, label, { text: textOf(other) })
		versions.set(tableOf(row), [votesOf(row), votesOf(other), nothing])
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
	for (const row of takeStrangers('unlistedCounted', 'counted')) {
		record(nextDevice(), textOf(row))
		versions.set(tableOf(row), [votesOf(row)])
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

	return {
		register: [...rows, ...invented].map(registeredTable),
		devices: ordered,
		stolen: { device: stolen, last },
		stations,
		answers: random.shuffled(answers),
		...{ differing, first },
		expected: {
			...{ states, versions, confirmed, unlisted },
			unreadPapers: share('papers') + share('papersTyped'),
		},
	}
}

export function tableOf({ centro, mesa }: ResultRow): string {
	return `${centro}.${mesa}`
}

/** Votes of a table, by candidate, and null votes. */
export function votesOf({ votes, nullVotes }: ResultRow): Votes {
	return { ...Object.fromEntries(votes), nullVotes, emptyVotes: 0 }
}

/** The same table with other votes, as a forger or a misreading has them. */
export function otherwise(row: ResultRow, random: Random): ResultRow {
	const votes = new Map(row.votes)
	for (const id of votes.keys()) votes.set(id, random.whole(0, 300))
	votes.set('NM', (row.votes.get('NM') ?? 0) + random.whole(1, 200))
	return { ...row, votes }
}

/** What a table has in a dispute of people: its paper may be of another. */
const nothing: Votes = {}

/**
 * The same, when a machine says otherwise of these tables (`conflict`), or one more station of what only people had read
 * (`dispute`).
 */
export function contradicted(
	expected: Expected,
	others: readonly ResultRow[],
	how: 'conflict' | 'dispute',
): Expected {
	const states = new Map(expected.states)
	const versions = new Map(expected.versions)
	for (const other of others) {
		const table = tableOf(other)
		states.set(table, 'conflict')
		const more = how === 'dispute' ? [votesOf(other), nothing] : [votesOf(other)]
		versions.set(table, [...(versions.get(table) ?? []), ...more])
	}
	const confirmed = [...expected.confirmed].filter((table) => states.get(table) === 'counted')
	return { ...expected, states, versions, confirmed: new Set(confirmed) }
}

/** Tables at places that there are not: the digits of municipality and parish are `digits`. */
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

/** As they came to the kiosk by chance, first one whose picture nobody has to look at; what voids follows what it voids. */
function inSomeOrder(steps: readonly Step[], random: Random): Step[] {
	const voids = new Map(steps.flatMap((step) => (step.kind === 'void' ? [[step.label, step] as const] : [])))
	const actas = random.shuffled(steps.flatMap((step) => (step.kind === 'acta' ? [step] : [])))
	const at = actas.findIndex(({ ownPicture }) => !ownPicture)
	const first = at === -1 ? [] : actas.splice(at, 1)
	return [...first, ...actas].flatMap((step) => {
		const voiding = voids.get(step.label)
		return voiding === undefined ? [step] : [step, voiding]
	})
}
