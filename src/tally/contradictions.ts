/** Who contradicts others, counted as it changes (`provisioning/verify/COUNTING.md`, "Who contradicts others"). */
import type { EntryFacts } from './entry-facts.ts'
import type { Contradicting } from './figures.ts'
import { allSayTheSame, type Reading } from './reading.ts'

/** Who has said something of one table, or of one entry, beside somebody else. */
export interface Sharing {
	readonly signers: readonly string[]
	readonly differs: boolean
}

/** The devices at a table; null where none shares it. */
export function sharingAt(table: string, facts: Iterable<EntryFacts>): Sharing | null {
	const devices = new Set<string>()
	let [first, differs, isReadByPeople]: [string | null, boolean, boolean] = [null, false, false]
	const say = (reading: Reading) => {
		const said = `${reading.table} ${reading.said}`
		first ??= said
		differs ||= said !== first
	}
	for (const { standing, entry, people } of facts) {
		if (standing !== 'good') continue
		if (entry.machine?.table === table) {
			devices.add(entry.by.device)
			say(entry.machine)
		}
		// Of another table, where a machine read this one: it contradicts whoever says something here.
		if (people !== null && (people.table === table || entry.machine?.table === table)) {
			isReadByPeople = true
			say(people)
		}
	}
	if (devices.size === 0 || (devices.size === 1 && !isReadByPeople)) return null
	return { signers: [...devices], differs }
}

/** The stations that read an entry; null where none shares it. */
export function sharingOf({ standing, entry, stations }: EntryFacts): Sharing | null {
	if (standing !== 'good' || stations.length === 0) return null
	const reading = stations.filter((one) => one.reading !== null)
	if (reading.length === 0 || (reading.length === 1 && entry.machine === null)) return null
	const said = [entry.machine, ...reading.map((one) => one.reading)].filter((one) => one !== null)
	return { signers: reading.map(({ station }) => station), differs: !allSayTheSame(said) }
}

const leastDiffering = 5
/** One in so many of what is shared. */
const leastShare = 5

export class Contradictions {
	readonly #counts = new Map<string, { shared: number; differs: number }>()

	add(sharing: Sharing | null): void {
		this.#note(sharing, 1)
	}

	remove(sharing: Sharing | null): void {
		this.#note(sharing, -1)
	}

	/** Those that differ often, the highest number first. */
	listed(): Contradicting[] {
		return [...this.#counts]
			.filter(([, { shared, differs }]) => differs >= leastDiffering && differs * leastShare >= shared)
			.map(([id, { shared, differs }]) => ({ id, shared, differs }))
			.sort((one, other) => other.differs - one.differs || (one.id < other.id ? -1 : 1))
	}

	#note(sharing: Sharing | null, sign: 1 | -1): void {
		if (sharing === null) return
		for (const signer of sharing.signers) {
			let counts = this.#counts.get(signer)
			if (counts === undefined) {
				counts = { shared: 0, differs: 0 }
				this.#counts.set(signer, counts)
			}
			counts.shared += sign
			if (sharing.differs) counts.differs += sign
		}
	}
}
