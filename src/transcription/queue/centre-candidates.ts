/** What a centre's tally holds for people to read. */
import type { EntryFacts } from '../../tally/entry-facts.ts'
import type { Tally } from '../../tally/tally.ts'
import type { Candidate } from './candidates.ts'

/** All good entries, in the order in which the centre took them in. */
export function candidatesOf(tally: Tally): Candidate[] {
	return [...tally.actas()].filter(({ standing }) => standing === 'good').map(candidateOf)
}

function candidateOf({ entry, stations }: EntryFacts): Candidate {
	const readings = stations.filter(({ reading }) => reading !== null).length
	return {
		entry: entry.by.id,
		device: entry.by.device,
		table: entry.table,
		isRead: entry.machine !== null,
		readings,
		unreadable: stations.length - readings,
		noActa: stations.filter(({ unreadable }) => unreadable === 'no-acta').length,
		images: entry.images,
	}
}

/** Something of the table counts, or is in conflict. */
export function hasReading(tally: Tally): (table: string) => boolean {
	return (table) => {
		const state = tally.stateOf(table)
		return state === 'counted' || state === 'conflict'
	}
}
