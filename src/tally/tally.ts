/**
 * What verified objects add up to, kept while they come: `provisioning/verify/COUNTING.md` says what, and this says it of
 * the set of objects, in whatever order they came. Custody is all that signatures prove: a sum here says what devices
 * recorded, not that the papers are genuine.
 *
 * INVARIANTS
 * - Taking something in costs the same however many tables there are: it marks an entry, or a table, to be looked at
 *   again. `settle` looks at what is marked, and at nothing else; so does whoever asks for figures.
 * - Sums are kept by taking a table's old share away and adding its new one, in its place and in all that hold it.
 * - Who gives objects has verified them under a key that is known in the right role, and starts anew when one was not.
 */
import type { ElectionDefinition } from '../acta/election.ts'
import type { Place } from '../acta/register/places.ts'
import type { Register } from '../acta/register/register.ts'
import type { SignedEntry } from '../evidence/entry.ts'
import type { SignedRuling } from '../evidence/ruling.ts'
import type { SignedTranscription } from '../evidence/transcription.ts'
import type { AnswerFault } from './answers.ts'
import { Contradictions } from './contradictions.ts'
import { Decisions } from './decisions.ts'
import { type ActaEntry, type EntryFacts, type RecordedBy, tablesNamedBy } from './entry-facts.ts'
import type { NationalFigures, PlaceFigures, Sums, TableState } from './figures.ts'
import { type HeldActa, HeldEntries } from './held-entries.ts'
import { HeldTables, type PlacePath } from './held-tables.ts'
import { addTo } from './place-sums.ts'
import { Grammar } from './reading.ts'
import { Standings } from './standings.ts'
import { type TableDetail, tableDetail } from './table-detail.ts'
import { outcomeOf } from './table-outcome.ts'
import { countedVotes } from './table-share.ts'
import { TallyChanges } from './tally-changes.ts'

/** An entry that counts although something marked it as a mistake: that came after the device's last good entry. */
export interface CountedAgain {
	/** Null where nobody knows it. */
	readonly table: string | null
	readonly by: RecordedBy
	/** The number of the entry that marked it, by whoever had the key by then. */
	readonly voidedBy: number
}

export class Tally {
	readonly election: ElectionDefinition
	readonly register: Register | null
	readonly #standings = new Standings()
	readonly #contradictions = new Contradictions()
	readonly #decisions = new Decisions((officer, seq) => this.#standings.isDisowned(officer, seq))
	readonly #entries: HeldEntries
	readonly #tables: HeldTables
	readonly #changes = new TallyChanges()
	readonly #otherElection = new Map<string, RecordedBy>()
	#settling: Promise<void> | null = null

	/** Without a register every table is unlisted. */
	constructor(election: ElectionDefinition, register: Register | null) {
		this.election = election
		this.register = register
		const grammar = new Grammar(election, register)
		this.#entries = new HeldEntries(grammar, this.#standings, this.#contradictions)
		this.#tables = new HeldTables(election, register, this.#contradictions)
	}

	// What comes in; the same again changes nothing.

	/** An entry that verified under the key of a known device. */
	addEntry(signed: Pick<SignedEntry, 'id' | 'entry'>): void {
		const { id, entry } = signed
		const { device, seq } = entry
		if (entry.election !== this.election.id) {
			if (entry.kind === 'acta') this.#otherElection.set(id, { device, seq, id })
		} else if (entry.kind === 'void') {
			this.#standings.void(device, seq, entry.voids.id)
			this.#entries.mark(entry.voids.id)
		} else this.#entries.add(signed)
	}

	/** An answer that verified under the key of a listed station. */
	addTranscription(signed: Pick<SignedTranscription, 'id' | 'transcription'>): void {
		if (signed.transcription.election === this.election.id) this.#entries.answer(signed)
	}

	/** A ruling that verified under the key of a listed officer. */
	addRuling({ id, ruling }: Pick<SignedRuling, 'id' | 'ruling'>): void {
		if (ruling.election !== this.election.id) return
		for (const table of this.#decisions.add(id, ruling)) this.#tables.mark(table)
		this.#changes.note(ruling.table)
	}

	/** What a device, station or officer signed after `last` is disowned; of several the lowest counts. */
	revoke(signer: string, last: number): void {
		if (!this.#standings.revoke(signer, last)) return
		this.#entries.markAllBy(signer)
		for (const table of this.#decisions.revoked(signer)) this.#tables.mark(table)
		this.#changes.note(null)
	}

	/** Looks at all that is marked, and holds the event loop meanwhile. */
	settle(): void {
		for (const _ of this.#settleSteps());
	}

	/**
	 * The same with a turn for others after each step: a revocation marks all that somebody signed. Whoever asks for
	 * something meanwhile has the rest looked at at once, and so sees all or nothing of it.
	 */
	async settleInTurns(turn: () => Promise<void> | undefined): Promise<void> {
		const settle = async () => {
			for (const _ of this.#settleSteps()) await turn()
		}
		this.#settling = settle().finally(() => {
			this.#settling = null
		})
		await this.#settling
	}

	/** When nobody settles in turns: to ask then holds nobody up. */
	async settled(): Promise<void> {
		while (this.#settling !== null) await this.#settling
	}

	/** Each step is whole, and another run may go on in between. */
	*#settleSteps(): Generator<void> {
		yield* this.#entries.settling((before, now) => {
			this.#tables.note(before, now)
			if (now.belongs === null) this.#changes.note(null)
		})
		yield* this.#tables.settling(
			(table) => this.#decisions.excludedFor(table),
			(table) => this.#changes.note(table),
		)
	}

	// What comes out.

	figures(): NationalFigures {
		this.settle()
		const { register } = this
		const unlisted = (state: TableState) => this.#tables.unlistedIn(state)
		return {
			election: this.election.id,
			register:
				register === null
					? null
					: { sha256: register.sha256, tables: register.tables.size, electors: register.electors },
			...this.#tables.national.figures(this.election),
			unlisted: {
				unread: unlisted('unread'),
				counted: unlisted('counted'),
				conflict: unlisted('conflict'),
				quarantine: unlisted('quarantine'),
				void: unlisted('void'),
			},
			unreadPapers: this.#entries.unreadPapers.size,
			contradicting: this.#contradictions.listed(),
			rulings: this.#decisions.counts,
		}
	}

	/** The whole register as a tree; null without one. */
	get country(): Place | null {
		return this.#tables.country
	}

	/** Of a place of the register. */
	placeFigures(path: PlacePath): PlaceFigures | undefined {
		this.settle()
		return this.#tables.sumsOf(path)?.figures(this.election)
	}

	/** Of one table, as if it were a place; what is not in the register has no extent. Undefined as `table`. */
	tableFigures(table: string): PlaceFigures | undefined {
		this.settle()
		return this.#tables.sumsOfTable(table)?.figures(this.election)
	}

	/** What all counted tables would come to if nothing of this device or station were there. */
	sumsWithout(signer: string): Sums {
		this.settle()
		const changed = new Map<string, Map<string, EntryFacts | null>>()
		const note = (table: string, id: string, instead: EntryFacts | null) => {
			const entries = changed.get(table) ?? new Map<string, EntryFacts | null>()
			changed.set(table, entries.set(id, instead))
		}
		for (const [now, instead] of this.#entries.without(signer)) {
			const { id } = now.entry.by
			for (const table of tablesNamedBy(now)) note(table, id, null)
			for (const table of instead === null ? [] : tablesNamedBy(instead)) note(table, id, instead)
		}
		const added = this.election.candidates.map(() => 0).concat(0, 0)
		for (const [table, entries] of changed) {
			const held = this.#tables.get(table)
			const rest = [...(held?.facts ?? [])].flatMap(([id, facts]) => (entries.has(id) ? [] : [facts]))
			const facts = [...rest, ...[...entries.values()].filter((one) => one !== null)]
			const outcome = outcomeOf(table, facts, this.#decisions.excludedFor(table))
			addTo(added, held?.share?.counted ?? null, -1)
			addTo(added, countedVotes(outcome), 1)
		}
		return this.#tables.national.allWith(this.election, added)
	}

	/** Undefined for a table that is not in the register, and to which no entry belongs. */
	table(table: string): TableDetail | undefined {
		this.settle()
		if (this.#tables.stateOf(table) === undefined) return undefined
		return tableDetail({
			table,
			row: this.register?.tables.get(table) ?? null,
			facts: [...(this.#tables.get(table)?.facts.values() ?? [])],
			excluded: this.#decisions.excludedFor(table),
			decisions: this.#decisions.ofTable(table),
			election: this.election,
		})
	}

	/** Undefined as above. */
	stateOf(table: string): TableState | undefined {
		this.settle()
		return this.#tables.stateOf(table)
	}

	/** Tables in a state, in no order. */
	tablesIn(state: TableState, within: PlacePath = []): Iterable<string> {
		this.settle()
		return this.#tables.inState(state, within)
	}

	/** Counted tables that are not confirmed, in no order. */
	singleSourceTables(within: PlacePath = []): Iterable<string> {
		this.settle()
		return this.#tables.singleSource(within)
	}

	/** Tables outside the register. */
	unlistedTables(): Iterable<string> {
		this.settle()
		return this.#tables.unlisted()
	}

	/** Tables with a version that should make a person look at the paper again. */
	tablesWithFindings(): Iterable<string> {
		this.settle()
		return this.#tables.withFindings()
	}

	/** Every acta of this election, as it stands now, in the order in which they came. */
	actas(): Iterable<EntryFacts> {
		this.settle()
		return this.#entries.all()
	}

	/** What the acta entries of a device say, in no order. */
	entriesOf(device: string): readonly EntryFacts[] {
		this.settle()
		return this.#entries.ofDevice(device).flatMap(({ facts }) => (facts === null ? [] : [facts]))
	}

	/** Entries of papers of which nobody knows the table. */
	unreadPapers(): readonly EntryFacts[] {
		this.settle()
		return [...this.#entries.unreadPapers].flatMap(({ facts }) => (facts === null ? [] : [facts]))
	}

	/** Entries that neither a machine nor people read; of those `isForeign` a machine read what is no acta. */
	unreadEntries(): readonly ActaEntry[] {
		this.settle()
		return actasOf(this.#entries.unread)
	}

	/** Actas of another election, but of disowned entries. */
	otherElections(): readonly RecordedBy[] {
		return [...this.#otherElection.values()].filter(
			({ device, seq }) => !this.#standings.isDisowned(device, seq),
		)
	}

	/** Entries of revoked devices after their last good one. */
	quarantined(): readonly ActaEntry[] {
		this.settle()
		return actasOf(this.#entries.disowned)
	}

	/** Entries that their device marked as mistakes. */
	voided(): readonly ActaEntry[] {
		this.settle()
		return actasOf(this.#entries.voided)
	}

	/** Entries that count although a disowned entry of their device marked them as mistakes. */
	countedAgain(): readonly CountedAgain[] {
		this.settle()
		const again: CountedAgain[] = []
		for (const device of this.#standings.revoked) {
			for (const { acta, facts } of this.#entries.ofDevice(device)) {
				const voidedBy = this.#standings.voidedBy(acta.by)
				if (voidedBy === undefined || facts?.standing !== 'good') continue
				again.push({ table: facts.belongs, by: acta.by, voidedBy })
			}
		}
		return again
	}

	/** Answers that do not count, and why. */
	answerFaults(): readonly (AnswerFault & { readonly entry: RecordedBy })[] {
		this.settle()
		return [...this.#entries.withFaults].flatMap(({ acta, faults }) =>
			faults.map((fault) => ({ ...fault, entry: acta.by })),
		)
	}

	/** Rises with every change. */
	get revision(): number {
		this.settle()
		return this.#changes.revision
	}

	/** The tables of which something has changed since a revision; null where that is too long ago to say. */
	changedSince(revision: number): ReadonlySet<string> | null {
		this.settle()
		return this.#changes.since(revision)
	}
}

function actasOf(held: Iterable<HeldActa>): ActaEntry[] {
	return [...held].map(({ acta }) => acta)
}
