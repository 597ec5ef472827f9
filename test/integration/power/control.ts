/** The same cuts with syncs removed: of all kinds, of the records, and of the rest. Each must lose something. */

import { type Around, CutDisk } from './cut-run.ts'
import { addTo, type Findings, noFindings } from './findings.ts'
import type { RemovedSyncs } from './life.ts'

export interface Control {
	readonly removed: RemovedSyncs
	/** It ends with the first cut that lost something. */
	readonly cuts: number
	readonly lost: number
	readonly unreadable: number
}

/** A cut during the start has nothing to lose: so many tries there are. */
const mostCuts = 40

export async function controlRun(around: Around): Promise<Control[]> {
	const controls: Control[] = []
	for (const removed of ['fsync,fdatasync', 'fdatasync', 'fsync'] as const) {
		const findings = noFindings()
		let cuts = 0
		while (
			!around.signal.aborted &&
			cuts < mostCuts &&
			findings.lost.length + findings.unreadable.length === 0
		) {
			cuts++
			addTo(findings, await cutOnce(around, removed))
		}
		controls.push({ removed, cuts, lost: findings.lost.length, unreadable: findings.unreadable.length })
		around.say(`control without ${removed}: ${JSON.stringify(controls.at(-1))}`)
	}
	return controls
}

/** On an empty disk each: one whose key is lost starts no more, and then shows nothing that could be lost. */
async function cutOnce(around: Around, removed: RemovedSyncs): Promise<Findings> {
	// The usual order, in which a sync of one file does not carry the data of the others along.
	const disk = new CutDisk(around, 'ordered')
	await disk.begin()
	try {
		return (await disk.cut(removed)).found
	} finally {
		await disk.end()
	}
}
