/**
 * What was seen in a folder that scanners save into, and which of it is finished: a file is when its size and time
 * of change have stayed for a while, since scanners write slowly and no signal says "done".
 */
import { readdir } from 'node:fs/promises'
import { type FileIdentity, identify, isTemporaryName, pathIn, sameFile } from './folder-file.ts'

export type Clearing = 'delete' | 'set-aside'

interface Sighting {
	readonly identity: FileIdentity
	/** Milliseconds of a monotonic clock at which this identity was first seen. */
	readonly since: number
	readonly settled: boolean
	/** How to clear it away, once it is done with. */
	readonly done?: Clearing
}

export class Sightings {
	readonly #folder: string
	readonly #settleMs: number
	#seen = new Map<string, Sighting>()

	/** `settleMs`: milliseconds for which size and time must stay. */
	constructor(folder: string, settleMs: number) {
		this.#folder = folder
		this.#settleMs = settleMs
	}

	/** Looks at the folder at the time `now`. Rejects when it can't be read. */
	async look(now: number): Promise<void> {
		const seen = new Map<string, Sighting>()
		for (const bytes of await readdir(this.#folder, { encoding: 'buffer' })) {
			const name = bytes.toString('latin1')
			if (isTemporaryName(name)) continue
			const before = this.#seen.get(name)
			// What has settled is checked when it is taken: a look at 30,000 files stays one reading of the folder.
			if (before?.settled && before.done === undefined) {
				seen.set(name, before)
				continue
			}
			const identity = await identify(pathIn(this.#folder, name))
			if (identity === undefined) continue
			if (before === undefined || !sameFile(before.identity, identity)) {
				seen.set(name, { identity, since: now, settled: false })
			} else {
				seen.set(name, { ...before, settled: now - before.since >= this.#settleMs })
			}
		}
		this.#seen = seen
	}

	forgetAll(): void {
		this.#seen = new Map()
	}

	/** It is gone, or not finished after all. */
	forget(name: string): void {
		this.#seen.delete(name)
	}

	/** This file was done with at the time `now` and is still there. */
	keepDone(name: string, identity: FileIdentity, now: number, how: Clearing): void {
		this.#seen.set(name, { identity, since: now, settled: true, done: how })
	}

	/** Those that are done with and still there. */
	done(): { readonly name: string; readonly identity: FileIdentity; readonly how: Clearing }[] {
		return [...this.#seen].flatMap(([name, { identity, done }]) =>
			done === undefined ? [] : [{ name, identity, how: done }],
		)
	}

	/** Of the finished files the one changed first; of two changed at once the first by name. */
	oldest(): [string, FileIdentity] | undefined {
		let oldest: [string, FileIdentity] | undefined
		for (const [name, { identity, settled, done }] of this.#seen) {
			if (!settled || done !== undefined) continue
			if (oldest === undefined || isBefore(name, identity, ...oldest)) oldest = [name, identity]
		}
		return oldest
	}

	/** Milliseconds from `now` until the next one can be finished; null when none is on its way. */
	untilNextSettles(now: number): number | null {
		let soonest: number | null = null
		for (const { settled, since } of this.#seen.values()) {
			if (settled) continue
			const left = since + this.#settleMs - now
			soonest = soonest === null ? left : Math.min(soonest, left)
		}
		return soonest
	}
}

function isBefore(name: string, { changed }: FileIdentity, otherName: string, other: FileIdentity): boolean {
	return changed === other.changed ? name < otherName : changed < other.changed
}
