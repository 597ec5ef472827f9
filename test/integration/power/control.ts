/**
 * The same cuts with syncs removed: of all kinds, of the records, and of the rest. Without all of them something
 * must be lost, or the cuts prove nothing. Without one kind the other may carry its data along, as ext4 does when
 * a sync of one file commits what others had created: what such a run loses tells what that kind is for.
 */

import { type Around, CutDisk } from './cut-run.ts'
import type { RemovedSyncs } from './life.ts'
import { addTo, type Findings, noFindings } from './station.ts'

export interface Control {
	readonly removed: RemovedSyncs
	/** It ends with the first cut that lost something. */
	readonly cuts: number
	readonly lost: number
	readonly unreadable: number
}

const all: RemovedSyncs = 'fsync,fdatasync'

/** Whether the cuts lose what was not synced. */
export const provesTheCuts = (controls: readonly Control[]): boolean =>
	controls.some(({ removed, lost, unreadable }) => removed === all && lost + unreadable > 0)

/** A cut during the start has nothing to lose: so many tries there are, each with a longer life than the last. */
const mostCuts = 24
const longerBy = 1.2
const longest = 20

export async function controlRun(around: Around): Promise<Control[]> {
	const controls: Control[] = []
	for (const removed of [all, 'fdatasync', 'fsync'] as const) {
		const findings = noFindings()
		let cuts = 0
		while (
			!around.signal.aborted &&
			cuts < mostCuts &&
			findings.lost.length + findings.unreadable.length === 0
		) {
			addTo(findings, await cutOnce(around, removed, Math.min(longest, longerBy ** cuts)))
			cuts++
		}
		controls.push({ removed, cuts, lost: findings.lost.length, unreadable: findings.unreadable.length })
		around.say(`control without ${removed}: ${JSON.stringify(controls.at(-1))}`)
	}
	return controls
}

/** On an empty disk each: one whose key is lost starts no more, and then shows nothing that could be lost. */
async function cutOnce(around: Around, removed: RemovedSyncs, stretch: number): Promise<Findings> {
	// The usual order, in which a sync of one file does not carry the data of the others along.
	const disk = await CutDisk.make(around, 'ordered')
	try {
		return (await disk.cut(removed, stretch)).found
	} finally {
		await disk.end()
	}
}
