/**
 * What the received actas add up to. Pure. A table counts once however often it was scanned; where two scans of
 * a table differ, both are shown and neither is counted. Custody is all that signatures prove: a sum here says
 * what devices recorded, not that the papers are genuine.
 */
import type { ElectionDefinition } from '../acta/election.ts'
import { type Acta, parsePayload } from '../acta/payload.ts'
import type { Entry } from '../evidence/entry.ts'

/** Who recorded something, as its n-th. */
export interface RecordedBy {
	readonly device: string
	readonly seq: number
	readonly id: string
}

/** One version of a table's result, and everyone who recorded it. */
export interface Version {
	readonly acta: Acta
	readonly text: string
	readonly recordedBy: readonly RecordedBy[]
}

export interface TallyResult {
	readonly election: string
	/** Tables that count: one version each. */
	readonly tables: number
	readonly votes: number
	readonly nullVotes: number
	readonly emptyVotes: number
	/** By candidate, in the election's order. */
	readonly candidates: readonly { readonly id: string; readonly name: string; readonly votes: number }[]
	/** Tables with different votes, under one acta code or several: all versions, none of them in the sums. */
	readonly conflicts: readonly { readonly table: string; readonly versions: readonly Version[] }[]
	/** Recorded as an image only: people have to read them. */
	readonly unread: readonly RecordedBy[]
	/** Recorded with a text that is no acta of this election, or for another election. */
	readonly foreign: readonly RecordedBy[]
	/** Recorded by a disowned device after its last good entry: kept, shown, and in no sum. */
	readonly quarantined: readonly RecordedBy[]
	/** Entries that their device marked as mistakes. */
	readonly voided: number
	/** Entries that count although something marked them as mistakes: that came after the device's last good entry. */
	readonly countedAgain: readonly CountedAgain[]
}

interface CountedAgain {
	/** Null where it is of no table of this election. */
	readonly table: string | null
	readonly by: RecordedBy
	/** The number of the entry that marked it, by whoever had the key by then. */
	readonly voidedBy: number
}

interface Reading {
	readonly by: RecordedBy
	readonly election: string
	readonly text: string | null
}

interface OpenVersion extends Version {
	readonly recordedBy: RecordedBy[]
}

export class Tally {
	readonly #election: ElectionDefinition
	readonly #isQuarantined: (device: string, seq: number) => boolean
	readonly #readings = new Map<string, Reading>()
	/** `<device>/<id>`, and the lowest seq that voids it: only the device that recorded can void. */
	readonly #voids = new Map<string, number>()

	/** `isQuarantined`: the device is disowned, and this is after its last good entry. Asked for each result. */
	constructor(election: ElectionDefinition, isQuarantined: (device: string, seq: number) => boolean) {
		this.#election = election
		this.#isQuarantined = isQuarantined
	}

	/** Takes in a verified entry; the same one again changes nothing. */
	add(id: string, entry: Entry): void {
		switch (entry.kind) {
			case 'acta': {
				const { method, text } = entry.reading
				this.#readings.set(id, {
					by: { device: entry.device, seq: entry.seq, id },
					election: entry.election,
					text: method === 'none' ? null : text,
				})
				break
			}
			case 'void': {
				// It may come before what it voids.
				const voided = `${entry.device}/${entry.voids.id}`
				this.#voids.set(voided, Math.min(entry.seq, this.#voids.get(voided) ?? entry.seq))
				break
			}
			case 'boot':
			case 'clock':
			case 'close':
				break
		}
	}

	result(): TallyResult {
		const election = this.#election
		const tables = new Map<string, Map<string, OpenVersion>>()
		const unread: RecordedBy[] = []
		const foreign: RecordedBy[] = []
		const quarantined: RecordedBy[] = []
		const countedAgain: CountedAgain[] = []
		let voided = 0
		for (const [id, { by, text, election: held }] of this.#readings) {
			if (this.#isQuarantined(by.device, by.seq)) {
				quarantined.push(by)
				continue
			}
			const voidedBy = this.#voids.get(`${by.device}/${id}`)
			// Whoever stole a key can't void with it what was recorded before.
			if (voidedBy !== undefined && !this.#isQuarantined(by.device, voidedBy)) {
				voided++
				continue
			}
			const countsAgain = (table: string | null) => {
				if (voidedBy !== undefined) countedAgain.push({ table, by, voidedBy })
			}
			if (held !== election.id) {
				foreign.push(by)
				countsAgain(null)
				continue
			}
			if (text === null) {
				unread.push(by)
				countsAgain(null)
				continue
			}
			const read = parsePayload(Buffer.from(text, 'utf8'), election)
			if (!read.ok) {
				foreign.push(by)
				countsAgain(null)
				continue
			}
			const acta = read.value
			const table = `${acta.centro}.${acta.mesa}`
			countsAgain(table)
			const versions = tables.get(table) ?? new Map()
			tables.set(table, versions)
			const counts = JSON.stringify([acta.votes, acta.nullVotes, acta.emptyVotes])
			const version = versions.get(counts)
			if (version === undefined) versions.set(counts, { acta, text, recordedBy: [by] })
			else version.recordedBy.push(by)
		}
		return { election: election.id, ...this.#sum(tables), unread, foreign, quarantined, voided, countedAgain }
	}

	#sum(tables: Map<string, Map<string, OpenVersion>>) {
		const { cards, candidates } = this.#election
		const conflicts: { table: string; versions: Version[] }[] = []
		const byCard = cards.map(() => 0)
		let [counted, nullVotes, emptyVotes] = [0, 0, 0]
		for (const [table, versions] of tables) {
			const [only, another] = versions.values()
			if (only === undefined) continue
			if (another !== undefined) {
				conflicts.push({ table, versions: [...versions.values()] })
				continue
			}
			counted++
			nullVotes += only.acta.nullVotes
			emptyVotes += only.acta.emptyVotes
			only.acta.votes.forEach((votes, card) => {
				byCard[card] = (byCard[card] ?? 0) + votes
			})
		}
		const sums = candidates.map(({ id, name }) => ({
			id,
			name,
			votes: byCard.reduce((sum, votes, card) => (cards[card]?.candidate === id ? sum + votes : sum), 0),
		}))
		const votes = byCard.reduce((sum, count) => sum + count, 0)
		return { tables: counted, votes, nullVotes, emptyVotes, candidates: sums, conflicts }
	}
}
