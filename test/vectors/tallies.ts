/** Ledgers with a register, and the figures that every verifier must give (provisioning/verify/COUNTING.md), by hand. */
import { actaPayload, rulingPayload, transcriptionPayload } from '../evidence/samples.ts'
import { registryWithPeople, revocationOf } from './authority-words.ts'
import { type CollectionVector, digestOf, lines } from './collections.ts'
import {
	authority,
	centre,
	device,
	officer,
	otherDevice,
	otherOfficer,
	otherStation,
	station,
} from './object-vector.ts'
import { type SeededKey, seededKey, sha256 } from './seeded-key.ts'
import { idOf } from './signed.ts'
import { SigningChain } from './signing-chain.ts'

export interface TallyVector {
	readonly name: string
	/** As of a collection; with `election.json` and `register.csv`. */
	readonly files: CollectionVector['files']
	readonly figures: object
}

const election = {
	id: 'invented',
	title: 'Invented',
	code: { digits: [3, 2, 1], centro: 0, mesa: 1 },
	candidates: [
		{ id: 'A', name: 'A' },
		{ id: 'B', name: 'B' },
	],
	cards: [
		{ sigla: 'one', candidate: 'A' },
		{ sigla: 'two', candidate: 'B' },
	],
	highestCount: 999,
}

const thirdStation = seededKey('s-vectors-c')
const registry = registryWithPeople(1, {
	devices: [device, otherDevice],
	stations: [station, otherStation, thirdStation],
	officers: [officer, otherOfficer],
})

/** Electors by table. */
const electors: Readonly<Record<string, number>> = { '101.01': 1, '101.02': 20, '102.01': 300 }

type Counts = readonly [a: number, b: number, nullVotes?: number, emptyVotes?: number]

/** What goes into a ledger, each line after the one before; and what its figures are. */
class Centre {
	readonly #lines: string[] = []
	readonly #words: string[] = [registry]
	readonly #chains = new Map<string, SigningChain>()
	#papers = 0

	#signedBy(key: SeededKey, kind: 'entry' | 'transcription' | 'ruling', payload: object): string {
		const chain = this.#chains.get(key.id) ?? new SigningChain(key, kind)
		this.#chains.set(key.id, chain)
		const line = chain.sign(payload)
		this.#lines.push(line)
		return idOf(line)
	}

	#entry(by: SeededKey, reading: object, change: object = {}): Paper {
		const { images, ...payload } = actaPayload(by.id)
		const picture = digestOf(`paper ${++this.#papers}`)
		const more = { reading, images: [{ ...images[0], sha256: picture }], ...change }
		const id = this.#signedBy(by, 'entry', { ...payload, election: election.id, ...more })
		return { id, picture }
	}

	/** Read by a machine. */
	scan(by: SeededKey, table: string, counts: Counts, change: object = {}): Paper {
		return this.#entry(by, { method: 'qr', text: textOf(table, counts), code: codeOf(table) }, change)
	}

	/** Kept as a picture, with its code or without. */
	picture(by: SeededKey, table: string | null): Paper {
		return this.#entry(by, { method: 'none', text: null, code: table === null ? null : codeOf(table) })
	}

	void(by: SeededKey, { id }: Paper): void {
		const { reading: _, images: __, ...payload } = actaPayload(by.id)
		const said = { kind: 'void', voids: { seq: 1, id }, reason: 'twice' }
		this.#signedBy(by, 'entry', { ...payload, election: election.id, ...said })
	}

	/** `counts` null: unreadable, but for the code of `table`, which may be null too. */
	answer(
		by: SeededKey,
		paper: Paper,
		table: string | null,
		counts: Counts | null,
		change: object = {},
	): string {
		const { text: _, ...payload } = transcriptionPayload(by.id)
		const said =
			counts === null
				? { unreadable: 'faded', ...(table === null ? {} : { code: codeOf(table) }) }
				: { text: textOf(table ?? '', counts) }
		const to = { election: election.id, entry: paper.id, image: paper.picture }
		return this.#signedBy(by, 'transcription', { ...payload, ...to, ...said, ...change })
	}

	rule(by: SeededKey, table: string, excludes: readonly string[], replaces: readonly string[] = []): string {
		const payload = { ...rulingPayload(by.id), election: election.id, table, excludes }
		return this.#signedBy(by, 'ruling', { ...payload, ...(replaces.length > 0 ? { replaces } : {}) })
	}

	revoke({ id }: SeededKey, last: number): void {
		this.#words.push(revocationOf(id, last))
	}

	files(register: string): CollectionVector['files'] {
		return {
			'ledger.jws': lines(...this.#lines),
			'centre.pem': centre.pem,
			'authority.pem': authority.pem,
			'registry.jws': lines(...this.#words),
			'election.json': JSON.stringify(election),
			'register.csv': register,
		}
	}
}

interface Paper {
	readonly id: string
	readonly picture: string
}

function codeOf(table: string): string {
	return `${table}.1`
}

function textOf(table: string, [a, b, nullVotes = 0, emptyVotes = 0]: Counts): string {
	return `${codeOf(table)}!${a},${b}!${nullVotes}!${emptyVotes}`
}

function registerOf(tables: Readonly<Record<string, number>>): string {
	const rows = Object.entries(tables).map(([table, count]) => `S,M,P,${table.replace('.', ',')},${count}`)
	return ['state,municipality,parish,centro,mesa,electors', ...rows].map((row) => `${row}\n`).join('')
}

type State = 'missing' | 'unread' | 'counted' | 'conflict' | 'quarantine' | 'void'

interface Expected {
	/** Of the register; the rest is missing. */
	readonly states: Readonly<Record<string, State>>
	readonly confirmed?: readonly string[]
	readonly unlisted?: Readonly<Partial<Record<State, number>>>
	readonly unreadPapers?: number
	readonly all?: Counts
	readonly sumsOfConfirmed?: Counts
	/** Where it is another than `all`. */
	readonly withoutRulings?: Counts
	/** Least and most of A, then of B, where they are others than `all`. */
	readonly bounds?: readonly [readonly [number, number], readonly [number, number]]
	readonly contradicting?: readonly object[]
	readonly rulings?: readonly [counted: number, inForce: number, single: number]
}

function figuresOf(expected: Expected, tables: Readonly<Record<string, number>>): object {
	const {
		states,
		confirmed = [],
		unlisted = {},
		unreadPapers = 0,
		all = [0, 0],
		sumsOfConfirmed = [0, 0],
	} = expected
	const { withoutRulings = all, contradicting = [], rulings = [0, 0, 0] } = expected
	const [a, b] = all
	const [ofA, ofB] = expected.bounds ?? [
		[a, a],
		[b, b],
	]
	const extent = (own: readonly string[]) => ({
		tables: own.length,
		electors: own.reduce((sum, table) => sum + (tables[table] ?? 0), 0),
	})
	const inState = (state: State) =>
		extent(Object.keys(tables).filter((table) => (states[table] ?? 'missing') === state))
	const sums = ([votesA, votesB, nullVotes = 0, emptyVotes = 0]: Counts) => {
		return { candidates: { A: votesA, B: votesB }, nullVotes, emptyVotes }
	}
	const bytes = registerOf(tables)
	return {
		election: election.id,
		register: { sha256: sha256(bytes).toString('hex'), ...extent(Object.keys(tables)) },
		tables: {
			missing: inState('missing'),
			unread: inState('unread'),
			counted: inState('counted'),
			conflict: inState('conflict'),
			quarantine: inState('quarantine'),
			void: inState('void'),
		},
		confirmed: extent(confirmed),
		unlisted: { unread: 0, counted: 0, conflict: 0, quarantine: 0, void: 0, ...unlisted },
		unreadPapers,
		sums: { all: sums(all), confirmed: sums(sumsOfConfirmed), withoutRulings: sums(withoutRulings) },
		bounds: { A: { least: ofA[0], most: ofA[1] }, B: { least: ofB[0], most: ofB[1] } },
		contradicting,
		rulings: { counted: rulings[0], inForce: rulings[1], single: rulings[2] },
	}
}

function tally(
	name: string,
	happens: (at: Centre) => void,
	expected: Expected,
	tables: Readonly<Record<string, number>> = electors,
): TallyVector {
	const at = new Centre()
	happens(at)
	return { name: `tally: ${name}`, files: at.files(registerOf(tables)), figures: figuresOf(expected, tables) }
}

const five = { '101.01': 1, '101.02': 2, '101.03': 4, '101.04': 8, '101.05': 16 }

export const tallies: readonly TallyVector[] = [
	tally('nothing came', () => {}, { states: {} }),
	tally(
		'one device alone, and two that say the same',
		(at) => {
			at.scan(device, '101.01', [5, 1, 2, 3])
			at.scan(device, '101.02', [10, 20])
			at.scan(otherDevice, '101.02', [10, 20])
		},
		{
			states: { '101.01': 'counted', '101.02': 'counted' },
			confirmed: ['101.02'],
			all: [15, 21, 2, 3],
			sumsOfConfirmed: [10, 20],
		},
	),
	tally(
		'one device twice confirms nothing',
		(at) => {
			at.scan(device, '101.01', [5, 1])
			at.scan(device, '101.01', [5, 1])
		},
		{ states: { '101.01': 'counted' }, all: [5, 1] },
	),
	tally(
		'two readings that differ',
		(at) => {
			at.scan(device, '101.01', [5, 1])
			at.scan(otherDevice, '101.01', [2, 4])
			at.scan(device, '101.02', [1, 1])
		},
		{
			states: { '101.01': 'conflict', '101.02': 'counted' },
			all: [1, 1],
			bounds: [
				[3, 6],
				[2, 5],
			],
		},
	),
	tally(
		'void by its device, not by another; after a revocation',
		(at) => {
			at.void(device, at.scan(device, '101.01', [5, 1]))
			at.void(otherDevice, at.scan(device, '101.02', [5, 1]))
			at.scan(device, '102.01', [9, 9])
			at.revoke(device, 3)
		},
		{ states: { '101.01': 'void', '101.02': 'counted', '102.01': 'quarantine' }, all: [5, 1] },
	),
	tally(
		'what voids it is disowned',
		(at) => {
			at.void(device, at.scan(device, '101.01', [5, 1]))
			at.revoke(device, 1)
		},
		{ states: { '101.01': 'counted' }, all: [5, 1] },
	),
	tally(
		'unread, an unread paper, and outside the register',
		(at) => {
			at.picture(device, '101.01')
			at.picture(device, null)
			at.scan(device, '999.01', [3, 3])
			at.picture(device, '999.02')
		},
		{ states: { '101.01': 'unread' }, unreadPapers: 1, unlisted: { counted: 1, unread: 1 }, all: [3, 3] },
	),
	tally(
		'of another election',
		(at) => {
			at.scan(device, '101.01', [5, 1], { election: 'another' })
			const paper = at.picture(device, '101.02')
			at.answer(station, paper, '101.02', [7, 7])
			at.answer(otherStation, paper, '101.02', [7, 7], { election: 'another' })
		},
		{ states: { '101.02': 'unread' } },
	),
	tally(
		'people read: by one, by two, by two and a third otherwise',
		(at) => {
			at.answer(station, at.picture(device, '101.01'), '101.01', [7, 7])
			const second = at.picture(device, null)
			at.answer(station, second, '101.02', [1, 2])
			at.answer(otherStation, second, '101.02', [1, 2])
			const third = at.picture(device, '102.01')
			at.answer(station, third, '102.01', [3, 4])
			at.answer(otherStation, third, '102.01', [3, 4])
			at.answer(thirdStation, third, '102.01', [4, 3])
		},
		{
			states: { '101.01': 'unread', '101.02': 'counted', '102.01': 'conflict' },
			all: [1, 2],
			bounds: [
				[1, 5],
				[2, 6],
			],
		},
	),
	tally(
		'people confirm a machine, contradict one in counts, and in the table',
		(at) => {
			const [first, second, third] = [
				at.scan(device, '101.01', [5, 1]),
				at.scan(device, '101.02', [2, 2]),
				at.scan(device, '102.01', [6, 6]),
			]
			for (const by of [station, otherStation]) {
				at.answer(by, first, '101.01', [5, 1])
				at.answer(by, second, '101.02', [3, 1])
				at.answer(by, third, '102.02', [6, 6])
			}
		},
		{
			states: { '101.01': 'counted', '101.02': 'conflict', '102.01': 'conflict', '102.02': 'conflict' },
			confirmed: ['101.01'],
			all: [5, 1],
			sumsOfConfirmed: [5, 1],
			bounds: [
				[13, 20],
				[8, 15],
			],
		},
		{ ...electors, '102.02': 400 },
	),
	tally(
		'one station contradicts no machine',
		(at) => {
			const paper = at.scan(device, '101.01', [5, 1])
			at.answer(station, paper, '101.02', [9, 9])
		},
		{ states: { '101.01': 'counted' }, all: [5, 1] },
	),
	tally(
		'one station alone names another table than the code: nothing changes',
		(at) => {
			at.answer(station, at.picture(device, '101.01'), '101.02', [9, 9])
			at.scan(otherDevice, '102.01', [1, 1])
		},
		{ states: { '101.01': 'unread', '102.01': 'counted' }, all: [1, 1] },
	),
	tally(
		'two stations name another table than the code: both are in dispute, not what is counted',
		(at) => {
			const [first, second] = [at.picture(device, '101.01'), at.picture(device, '101.01')]
			for (const by of [station, otherStation]) {
				at.answer(by, first, '101.02', [9, 9])
				at.answer(by, second, '102.01', [8, 8])
			}
			at.scan(otherDevice, '102.01', [1, 1])
		},
		{
			states: { '101.01': 'conflict', '101.02': 'conflict', '102.01': 'counted' },
			all: [1, 1],
			bounds: [
				[1, 10],
				[1, 10],
			],
		},
	),
	tally(
		'named in dispute where an entry is void: not in conflict',
		(at) => {
			at.void(device, at.scan(device, '101.02', [5, 1]))
			const paper = at.picture(device, '101.01')
			at.answer(station, paper, '101.02', [9, 9])
			at.answer(otherStation, paper, '101.02', [9, 9])
		},
		{ states: { '101.01': 'conflict', '101.02': 'void' } },
	),
	tally(
		'its code is all that people read',
		(at) => {
			const paper = at.picture(device, null)
			at.answer(station, paper, '101.01', null)
			at.answer(otherStation, paper, '101.01', [4, 4])
			const other = at.picture(device, null)
			at.answer(station, other, '101.02', null)
			at.answer(otherStation, other, null, null)
		},
		{ states: { '101.01': 'unread' }, unreadPapers: 1 },
	),
	tally(
		'a station that says two things, and one that takes the first back',
		(at) => {
			const paper = at.picture(device, '101.01')
			at.answer(station, paper, '101.01', [4, 4])
			at.answer(station, paper, '101.01', [5, 5])
			at.answer(otherStation, paper, '101.01', [4, 4])
			const other = at.picture(device, '101.02')
			const first = at.answer(station, other, '101.02', [4, 4])
			at.answer(station, other, '101.02', [5, 5], { replaces: first })
			at.answer(otherStation, other, '101.02', [5, 5])
		},
		{ states: { '101.01': 'unread', '101.02': 'counted' }, all: [5, 5] },
	),
	tally(
		'answers to another picture, and of a station that is revoked',
		(at) => {
			const paper = at.picture(device, '101.01')
			at.answer(station, paper, '101.01', [4, 4])
			at.answer(otherStation, paper, '101.01', [4, 4], { image: digestOf('another') })
			const other = at.picture(device, '101.02')
			at.answer(station, other, '101.02', [4, 4])
			at.answer(thirdStation, other, '101.02', [4, 4])
			at.revoke(thirdStation, 0)
		},
		{ states: { '101.01': 'unread', '101.02': 'unread' } },
	),
	tally(
		'a ruling by one officer',
		(at) => {
			at.scan(device, '101.01', [5, 1])
			at.rule(officer, '101.01', [at.scan(otherDevice, '101.01', [2, 4]).id])
		},
		{
			states: { '101.01': 'conflict' },
			bounds: [
				[2, 5],
				[1, 4],
			],
			rulings: [0, 0, 1],
		},
	),
	tally(
		'a ruling by two, for its table alone',
		(at) => {
			at.scan(device, '101.01', [5, 1])
			const { id } = at.scan(otherDevice, '101.01', [2, 4])
			const other = at.scan(otherDevice, '101.02', [1, 1])
			at.rule(officer, '101.01', [id, other.id])
			at.rule(otherOfficer, '101.01', [other.id, id])
		},
		{
			states: { '101.01': 'counted', '101.02': 'counted' },
			all: [6, 2],
			withoutRulings: [1, 1],
			rulings: [1, 1, 0],
		},
	),
	tally(
		'a ruling by two that a later one replaces',
		(at) => {
			const one = at.scan(device, '101.01', [5, 1])
			const other = at.scan(otherDevice, '101.01', [2, 4])
			const first = at.rule(officer, '101.01', [one.id])
			at.rule(otherOfficer, '101.01', [one.id])
			at.rule(officer, '101.01', [other.id], [first])
			at.rule(otherOfficer, '101.01', [other.id], [first])
		},
		{ states: { '101.01': 'counted' }, all: [5, 1], withoutRulings: [0, 0], rulings: [2, 1, 0] },
	),
	tally(
		'all of a table ruled out; a ruling by one who is revoked',
		(at) => {
			const { id } = at.scan(device, '101.01', [5, 1])
			const other = at.scan(device, '101.02', [5, 1])
			at.rule(officer, '101.01', [id])
			at.rule(otherOfficer, '101.01', [id])
			at.rule(officer, '101.02', [other.id])
			at.rule(otherOfficer, '101.02', [other.id])
			at.revoke(otherOfficer, 1)
		},
		{
			states: { '101.01': 'void', '101.02': 'counted' },
			all: [5, 1],
			withoutRulings: [10, 2],
			rulings: [1, 1, 1],
		},
	),
	tally(
		'one device contradicts five tables of another, and a station a machine',
		(at) => {
			for (const table of Object.keys(five)) {
				const paper = at.scan(device, table, [5, 1])
				at.answer(station, paper, table, [1, 1])
				at.scan(otherDevice, table, [2, 4])
			}
		},
		{
			states: Object.fromEntries(Object.keys(five).map((table) => [table, 'conflict'])),
			bounds: [
				[10, 25],
				[5, 20],
			],
			contradicting: [
				{ id: device.id, shared: 5, differs: 5 },
				{ id: otherDevice.id, shared: 5, differs: 5 },
				{ id: station.id, shared: 5, differs: 5 },
			],
		},
		five,
	),
	tally(
		'one device whose papers are of other tables than it says',
		(at) => {
			for (const table of Object.keys(five)) {
				const paper = at.scan(device, table, [5, 1])
				for (const by of [station, otherStation]) at.answer(by, paper, '999.01', [5, 1])
			}
		},
		{
			states: Object.fromEntries(Object.keys(five).map((table) => [table, 'conflict'])),
			bounds: [
				[25, 25],
				[5, 5],
			],
			contradicting: [device, station, otherStation].map(({ id }) => ({ id, shared: 5, differs: 5 })),
		},
		five,
	),
	tally(
		'and once it is revoked',
		(at) => {
			for (const table of Object.keys(five)) {
				at.scan(device, table, [5, 1])
				at.scan(otherDevice, table, [2, 4])
			}
			at.revoke(otherDevice, 0)
		},
		{
			states: Object.fromEntries(Object.keys(five).map((table) => [table, 'counted'])),
			all: [25, 5],
		},
		five,
	),
]
