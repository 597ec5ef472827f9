/** The national result in one object: the keys that `testigo tally --json` has given from its first version on. */
import { type Acta, parsePayload } from '../acta/payload.ts'
import { type ActaEntry, inOrder, type RecordedBy } from './entry-facts.ts'
import type { CountedAgain, Tally } from './tally.ts'

export interface TallySummary {
	readonly election: string
	/** Tables that count, of the register or not. */
	readonly tables: number
	readonly votes: number
	readonly nullVotes: number
	readonly emptyVotes: number
	/** In the election's order. */
	readonly candidates: readonly { readonly id: string; readonly name: string; readonly votes: number }[]
	/** All versions, none of them in the sums. */
	readonly conflicts: readonly {
		readonly table: string
		readonly versions: readonly {
			readonly acta: Acta | null
			readonly text: string
			readonly recordedBy: readonly RecordedBy[]
		}[]
	}[]
	/** Recorded as an image only, and people have not read it yet. */
	readonly unread: readonly RecordedBy[]
	/** Recorded with a text that is no acta of this election, and not read by people either; or of another election. */
	readonly foreign: readonly RecordedBy[]
	/** Recorded by a disowned device after its last good entry. */
	readonly quarantined: readonly RecordedBy[]
	/** Entries that their device marked as mistakes. */
	readonly voided: number
	readonly countedAgain: readonly CountedAgain[]
}

export function summaryOf(tally: Tally): TallySummary {
	const { election } = tally
	const { tables, unlisted, sums } = tally.figures()
	const { candidates: votesOf, nullVotes, emptyVotes } = sums.all
	const candidates = election.candidates.map(({ id, name }) => ({ id, name, votes: votesOf[id] ?? 0 }))
	const conflicts = [...tally.tablesIn('conflict')].sort().map((table) => {
		const versions = (tally.table(table)?.versions ?? []).map(({ text, recordedBy }) => {
			const read = parsePayload(Buffer.from(text), election)
			return { acta: read.ok ? read.value : null, text, recordedBy }
		})
		return { table, versions }
	})
	const [foreign, unread] = [true, false].map((isForeign) =>
		tally.unreadEntries().filter((entry) => entry.isForeign === isForeign),
	)
	return {
		election: election.id,
		tables: tables.counted.tables + unlisted.counted,
		votes: candidates.reduce((sum, { votes }) => sum + votes, 0),
		nullVotes,
		emptyVotes,
		candidates,
		conflicts,
		unread: byOf(unread),
		foreign: [...byOf(foreign), ...tally.otherElections().toSorted(inOrder)],
		quarantined: byOf(tally.quarantined()),
		voided: tally.voided().length,
		countedAgain: tally.countedAgain().toSorted((one, other) => inOrder(one.by, other.by)),
	}
}

function byOf(entries: readonly ActaEntry[] = []): RecordedBy[] {
	return entries.map(({ by }) => by).sort(inOrder)
}
