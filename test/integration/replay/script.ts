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
import { type Expected, nothing, otherwise, tableOf, type Votes, votesOf } from './expected.ts'
import { inventTables, registeredTable } from './invented-tables.ts'

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

export function writeScript(settings: ScriptSettings): Script {
	const writer = new ScriptWriter(settings)
	writer.published()
	writer.invented()
	writer.unlisted()
	writer.papers()
	return writer.script()
}

/** Each part draws from the same random numbers: their order is part of what a seed gives. */
class ScriptWriter {
	readonly #rows: readonly ResultRow[]
	readonly #election: ElectionDefinition
	readonly #devices: number
	readonly #random: Random
	readonly #steps: readonly Step[][]
	readonly #answers: TypedAnswer[] = []
	readonly #states = new Map<string, TableState>()
	readonly #versions = new Map<string, readonly Votes[]>()
	readonly #confirmed = new Set<string>()
	readonly #unlisted = new Set<string>()
	readonly #first = new Map<string, FirstEntry>()
	readonly #differing = new Map<number, number>()
	/** Texts that the thief records. */
	readonly #byThief: string[] = []
	#invented: readonly ResultRow[] = []
	#labels = 0
	#turn = 0

	constructor({ rows, election, devices, seed }: ScriptSettings) {
		this.#rows = rows
		this.#election = election
		this.#devices = devices
		this.#random = new Random(`replay/${seed}`)
		this.#steps = Array.from({ length: devices }, (): Step[] => [])
	}

	/** The actas that were published. Those of a centre come to one kiosk, as they did. */
	published(): void {
		const [rows, random, devices] = [this.#rows, this.#random, this.#devices]
		const centres = [...new Set(rows.map(({ centro }) => centro))]
		const homes = new Map(random.shuffled(centres).map((centro, index) => [centro, index % devices]))
		const homeOf = ({ centro }: ResultRow) => homes.get(centro) ?? 0
		const anotherThan = (device: number) => (device + random.whole(1, devices - 1)) % devices
		const drawn = random.shuffled(rows)
		const take = (kind: keyof typeof kinds) => drawn.splice(0, this.#share(kind))
		for (const row of rows) {
			this.#states.set(tableOf(row), 'counted')
			this.#versions.set(tableOf(row), [votesOf(row)])
		}
		/** At the kiosk to which its centre's actas come. */
		const recordHome = (row: ResultRow, how: HowRecorded = {}) => {
			const device = homeOf(row)
			const { unread = false, code = null, ownPicture = false } = how
			const label = this.#record(device, unread ? null : this.#textOf(row), { code, ownPicture })
			const { typedToo = false, isSeenElsewhere = typedToo } = how
			this.#first.set(tableOf(row), { label, device, byPeople: unread, typedToo, isSeenElsewhere })
			return label
		}
		for (const [index, row] of take('typed').entries()) {
			const code = index % 2 === 0 ? this.#codeOf(row) : null
			const text = this.#textOf(row)
			this.#typeAlike(recordHome(row, { unread: true, code, ownPicture: true }), { text })
		}
		for (const row of take('typedToo')) {
			const text = this.#textOf(row)
			this.#typeAlike(recordHome(row, { ownPicture: true, typedToo: true }), { text })
			this.#confirmed.add(tableOf(row))
		}
		for (const row of take('testFirst')) {
			const label = this.#record(homeOf(row), this.#textOf(otherwise(row, random)))
			this.#steps[homeOf(row)]?.push({ kind: 'void', label })
			recordHome(row)
		}
		for (const row of take('twice')) {
			this.#record(homeOf(row), this.#textOf(row))
			recordHome(row)
		}
		for (const row of take('contradictedByThief')) {
			recordHome(row)
			this.#byThief.push(this.#textOf(otherwise(row, random)))
		}
		for (const row of take('secondKiosk')) {
			recordHome(row, { isSeenElsewhere: true })
			this.#record(anotherThan(homeOf(row)), this.#textOf(row))
			this.#confirmed.add(tableOf(row))
		}
		for (const row of drawn) recordHome(row)
	}

	/** Those of the register that are invented. */
	invented(): void {
		const [rows, random] = [this.#rows, this.#random]
		const count = Math.max(
			Math.round((rows.length * (inAll - published)) / published),
			2 *
				(['conflict', 'dispute', 'unread', 'typedOnce', 'codeTyped', 'quarantine', 'void'] as const)
					.map((kind) => this.#share(kind))
					.reduce((sum, one) => sum + one),
		)
		this.#invented = random.shuffled(inventTables(rows, count, random))
		const unused = [...this.#invented]
		const take = (kind: keyof typeof kinds, state: TableState) => {
			const taken = unused.splice(0, this.#share(kind))
			for (const row of taken) this.#states.set(tableOf(row), state)
			return taken
		}
		for (const row of take('conflict', 'conflict')) this.#contradict(row)
		for (const row of take('dispute', 'conflict')) {
			const other = otherwise(row, random)
			const label = this.#recordUnread(row)
			this.#type(0, label, { text: this.#textOf(row) })
			this.#type(1, label, { text: this.#textOf(other) })
			this.#versions.set(tableOf(row), [votesOf(row), votesOf(other), nothing])
		}
		for (const row of take('unread', 'unread')) this.#recordUnread(row)
		for (const row of take('typedOnce', 'unread')) {
			this.#type(random.whole(0, 1), this.#recordUnread(row), { text: this.#textOf(row) })
		}
		for (const row of take('codeTyped', 'unread')) {
			const label = this.#record(this.#nextDevice(), null, { ownPicture: true })
			this.#typeAlike(label, { unreadable: 'faded', code: this.#codeOf(row) })
		}
		for (const row of take('quarantine', 'quarantine')) this.#byThief.push(this.#textOf(row))
		for (const row of take('void', 'void')) {
			const device = this.#nextDevice()
			const label = this.#record(device, this.#textOf(row))
			this.#steps[device]?.push({ kind: 'void', label })
		}
		for (const row of unused) this.#states.set(tableOf(row), 'missing')
	}

	/** Tables of no register. */
	unlisted(): void {
		const count = 12 + this.#share('unlistedCounted') * 4
		const strangers = inventTables(this.#rows, count, this.#random, '98')
		const take = (kind: keyof typeof kinds, state: TableState) => {
			const taken = strangers.splice(0, this.#share(kind))
			for (const row of taken) {
				this.#states.set(tableOf(row), state)
				this.#unlisted.add(tableOf(row))
			}
			return taken
		}
		for (const row of take('unlistedCounted', 'counted')) {
			this.#record(this.#nextDevice(), this.#textOf(row))
			this.#versions.set(tableOf(row), [votesOf(row)])
		}
		for (const row of take('unlistedUnread', 'unread')) this.#recordUnread(row)
		for (const row of take('unlistedConflict', 'conflict')) this.#contradict(row)
	}

	/** Papers of which nobody knows the table. */
	papers(): void {
		for (let paper = 0; paper < this.#share('papers'); paper++) {
			this.#record(this.#nextDevice(), null, { ownPicture: true })
		}
		for (let paper = 0; paper < this.#share('papersTyped'); paper++) {
			const label = this.#record(this.#nextDevice(), null, { ownPicture: true })
			this.#typeAlike(label, { unreadable: 'blurred' })
		}
	}

	/** All of it, the thief's entries last. */
	script(): Script {
		const stolen = this.#devices - 2
		const ordered = this.#steps.map((all) => inSomeOrder(all, this.#random))
		const last = ordered[stolen]?.length ?? 0
		for (const text of this.#byThief) this.#record(stolen, text)
		ordered[stolen]?.push(...(this.#steps[stolen] ?? []).slice(last))
		return {
			register: [...this.#rows, ...this.#invented].map(registeredTable),
			devices: ordered,
			stolen: { device: stolen, last },
			stations,
			answers: this.#random.shuffled(this.#answers),
			differing: this.#differing,
			first: this.#first,
			expected: {
				states: this.#states,
				versions: this.#versions,
				confirmed: this.#confirmed,
				unlisted: this.#unlisted,
				unreadPapers: this.#share('papers') + this.#share('papersTyped'),
			},
		}
	}

	#share(kind: keyof typeof kinds): number {
		return Math.max(1, Math.round((kinds[kind] * this.#rows.length) / published))
	}

	#textOf(row: ResultRow): string {
		return formatPayload(actaOf(row, this.#election))
	}

	#codeOf(row: ResultRow): string {
		return this.#textOf(row).split('!')[0] ?? ''
	}

	#record(
		device: number,
		text: string | null,
		{ code = null as string | null, ownPicture = false } = {},
	): string {
		const label = `${++this.#labels}`
		this.#steps[device]?.push({ kind: 'acta', label, text, code: text?.split('!')[0] ?? code, ownPicture })
		return label
	}

	#recordUnread(row: ResultRow): string {
		return this.#record(this.#nextDevice(), null, { code: this.#codeOf(row), ownPicture: true })
	}

	#type(station: number, label: string, read: TypedAnswer['read']): void {
		this.#answers.push({ station, label, read })
	}

	#typeAlike(label: string, read: TypedAnswer['read']): void {
		for (let station = 0; station < stations; station++) this.#type(station, label, read)
	}

	/** In turn, so that none contradicts so many others that it stands out. */
	#nextDevice(): number {
		return this.#turn++ % this.#devices
	}

	#contradict(row: ResultRow): void {
		const other = otherwise(row, this.#random)
		for (const version of [row, other]) {
			const device = this.#nextDevice()
			this.#record(device, this.#textOf(version))
			this.#differing.set(device, (this.#differing.get(device) ?? 0) + 1)
		}
		this.#versions.set(tableOf(row), [votesOf(row), votesOf(other)])
	}
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
