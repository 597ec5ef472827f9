/**
 * The acta entries of a tally with what people answered to them. One that something new was said of is marked, and looked
 * at again by `settle`.
 */
import type { SignedEntry } from '../evidence/entry.ts'
import type { SignedTranscription } from '../evidence/transcription.ts'
import { type Answer, type AnswerFault, stationAnswers } from './answers.ts'
import { type Contradictions, type Sharing, sharingOf } from './contradictions.ts'
import { type ActaEntry, type EntryFacts, factsOf, isUnread } from './entry-facts.ts'
import type { Grammar } from './reading.ts'
import type { Standings } from './standings.ts'

export interface HeldActa {
	readonly acta: ActaEntry
	/** Null until it was looked at. */
	readonly facts: EntryFacts | null
	readonly faults: readonly AnswerFault[]
}

interface OpenActa extends HeldActa {
	facts: EntryFacts | null
	faults: readonly AnswerFault[]
	sharing: Sharing | null
}

/** One for all: most entries are answered by nobody. */
const unanswered: EntryFacts['stations'] = []
const nothingWrong: readonly AnswerFault[] = []

export class HeldEntries {
	readonly #grammar: Grammar
	readonly #standings: Standings
	readonly #contradictions: Contradictions
	readonly #entries = new Map<string, OpenActa>()
	readonly #byDevice = new Map<string, OpenActa[]>()
	/** By the id of the entry, held or not. */
	readonly #answers = new Map<string, Answer[]>()
	readonly #answerIds = new Set<string>()
	/** Ids of the entries that a station answers. */
	readonly #byStation = new Map<string, Set<string>>()
	readonly #stale = new Set<OpenActa>()
	readonly #disowned = new Set<OpenActa>()
	readonly #voided = new Set<OpenActa>()
	readonly #unread = new Set<OpenActa>()
	readonly #unreadPapers = new Set<OpenActa>()
	readonly #withFaults = new Set<OpenActa>()

	constructor(grammar: Grammar, standings: Standings, contradictions: Contradictions) {
		this.#grammar = grammar
		this.#standings = standings
		this.#contradictions = contradictions
	}

	/** The same one again changes nothing. */
	add({ id, entry }: Pick<SignedEntry, 'id' | 'entry'>): void {
		if (entry.kind !== 'acta' || this.#entries.has(id)) return
		const { device, seq, images } = entry
		const { method, text, code } = entry.reading
		const machine = method === 'none' ? null : this.#grammar.reading(text)
		const acta: ActaEntry = {
			by: { device, seq, id },
			machine,
			method,
			table: machine?.table ?? this.#grammar.table(code),
			isForeign: method !== 'none' && text !== null && machine === null,
			images,
		}
		const held: OpenActa = { acta, facts: null, faults: nothingWrong, sharing: null }
		this.#entries.set(id, held)
		const others = this.#byDevice.get(device)
		if (others === undefined) this.#byDevice.set(device, [held])
		else others.push(held)
		this.#stale.add(held)
	}

	/** It may come before its entry; the same one again changes nothing. */
	answer({ id, transcription }: Pick<SignedTranscription, 'id' | 'transcription'>): void {
		if (this.#answerIds.has(id)) return
		this.#answerIds.add(id)
		const { station, seq, entry, image, text, unreadable = null, code, replaces } = transcription
		const reading = this.#grammar.reading(text)
		const table = reading?.table ?? this.#grammar.table(code)
		const answer = { id, station, seq, image, replaces, reading, unreadable, table }
		const others = this.#answers.get(entry)
		if (others === undefined) this.#answers.set(entry, [answer])
		else others.push(answer)
		const answered = this.#byStation.get(station)
		if (answered === undefined) this.#byStation.set(station, new Set([entry]))
		else answered.add(entry)
		this.mark(entry)
	}

	/** Something was said of an entry, held or not. */
	mark(id: string): void {
		const held = this.#entries.get(id)
		if (held !== undefined) this.#stale.add(held)
	}

	/** Something was said of all that a device or station signed. */
	markAllBy(signer: string): void {
		for (const held of this.#byDevice.get(signer) ?? []) this.#stale.add(held)
		for (const entry of this.#byStation.get(signer) ?? []) this.mark(entry)
	}

	/** After each step; `changed` gets what a marked entry said before, null for nothing, and what it says now. */
	*settling(changed: (before: EntryFacts | null, now: EntryFacts) => void): Generator<void> {
		for (const held of this.#stale) {
			const before = held.facts
			const { facts, faults } = this.#look(held, () => true)
			held.facts = facts
			held.faults = faults
			this.#contradictions.remove(held.sharing)
			held.sharing = sharingOf(facts)
			this.#contradictions.add(held.sharing)
			const isRead = !isUnread(facts)
			keepIn(this.#disowned, held, facts.standing === 'disowned')
			keepIn(this.#voided, held, facts.standing === 'void')
			keepIn(this.#unread, held, !isRead)
			keepIn(this.#unreadPapers, held, !isRead && facts.belongs === null)
			keepIn(this.#withFaults, held, faults.length > 0)
			changed(before, facts)
			this.#stale.delete(held)
			yield
		}
	}

	/**
	 * What the entries that a device or station has part in say, and what they would say if nothing of it were there: null
	 * for nothing.
	 */
	*without(signer: string): Generator<readonly [now: EntryFacts, instead: EntryFacts | null]> {
		for (const { facts } of this.#byDevice.get(signer) ?? []) if (facts !== null) yield [facts, null]
		for (const id of this.#byStation.get(signer) ?? []) {
			const held = this.#entries.get(id)
			if (held === undefined || held.facts === null) continue
			yield [held.facts, this.#look(held, (station) => station !== signer).facts]
		}
	}

	/** All that were looked at, in the order in which they came. */
	*all(): Generator<EntryFacts> {
		for (const { facts } of this.#entries.values()) if (facts !== null) yield facts
	}

	ofDevice(device: string): readonly HeldActa[] {
		return this.#byDevice.get(device) ?? []
	}

	get disowned(): ReadonlySet<HeldActa> {
		return this.#disowned
	}

	get voided(): ReadonlySet<HeldActa> {
		return this.#voided
	}

	/** Good, and neither a machine nor people read them. */
	get unread(): ReadonlySet<HeldActa> {
		return this.#unread
	}

	/** Those of them of which nobody knows the table. */
	get unreadPapers(): ReadonlySet<HeldActa> {
		return this.#unreadPapers
	}

	/** To which there are answers that do not count. */
	get withFaults(): ReadonlySet<HeldActa> {
		return this.#withFaults
	}

	#look(
		{ acta }: OpenActa,
		isThere: (station: string) => boolean,
	): { readonly facts: EntryFacts; readonly faults: readonly AnswerFault[] } {
		const standing = this.#standings.of(acta.by)
		const answers = this.#answers.get(acta.by.id)?.filter(({ station }) => isThere(station)) ?? []
		if (answers.length === 0) {
			return { facts: factsOf(acta, standing, unanswered), faults: nothingWrong }
		}
		const images = acta.images.map(({ sha256 }) => sha256)
		const { counted, faults } = stationAnswers(answers, images, (station, seq) =>
			this.#standings.isDisowned(station, seq),
		)
		return { facts: factsOf(acta, standing, counted), faults }
	}
}

function keepIn<T>(all: Set<T>, one: T, isIn: boolean): void {
	if (isIn) all.add(one)
	else all.delete(one)
}
