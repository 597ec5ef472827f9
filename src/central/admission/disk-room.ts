/**
 * What the centre's disk still takes. Pictures stop long before entries do, and entries while what was begun can be
 * finished: the ledger is the last that wants for room. When there is room again all goes on by itself.
 */
import { statfs } from 'node:fs/promises'
import { type Clock, pause } from '../../platform/clock.ts'
import type { Reserve } from '../../platform/files/reserve.ts'
import type { CentralLog } from '../events.ts'
import type { DiskLimits } from './limits.ts'

/** What the disk takes: pictures and entries, entries only, or nothing new. */
export type Takes = 'all' | 'entries' | 'nothing'

/** Bytes that may yet be taken of each; none are left at 0 or below. */
export interface Room {
	readonly pictures: number
	readonly entries: number
}

export interface DiskRoomParts {
	/** On the disk. */
	readonly directory: string
	readonly limits: Pick<DiskLimits, 'pictures' | 'entries'>
	readonly reserve: Reserve
	readonly clock: Clock
	readonly log: CentralLog
}

/** Milliseconds between looks at the disk; what is taken in between is counted. */
const lookEveryMs = 1_000

/** What a start may write: a torn tail moves to quarantine, and small files are written anew. */
const startBytes = 8 << 20

/** What stopped begins again with so much more room than it needs: a quarter. */
const againFactor = 1.25

export class DiskRoom {
	readonly #parts: DiskRoomParts
	readonly #stop = new AbortController()
	#looking: Promise<void> = Promise.resolve()
	#free = 0
	#takes: Takes = 'all'

	constructor(parts: DiskRoomParts) {
		this.#parts = parts
	}

	/**
	 * Looks once, then keeps looking until stopped. What a start has to write may need the reserve on a disk that is
	 * full. Throws when the disk does not answer.
	 */
	async start(): Promise<void> {
		const { directory, reserve } = this.#parts
		const { bavail, bsize } = await statfs(directory)
		if (bavail * bsize < startBytes) await reserve.giveUp()
		await this.#look()
		this.#looking = this.#watch()
	}

	async stop(): Promise<void> {
		this.#stop.abort()
		await this.#looking
	}

	get takes(): Takes {
		return this.#takes
	}

	/** Bytes that are free beside the reserve, as of now. */
	get free(): number {
		return this.#free
	}

	get room(): Room {
		const { pictures, entries } = this.#parts.limits
		return {
			pictures: this.#takes === 'all' ? this.#free - pictures : 0,
			entries: this.#takes === 'nothing' ? 0 : this.#free - entries,
		}
	}

	/** So many bytes were, or are about to be, written since the last look. */
	note(bytes: number): void {
		this.#free -= bytes
		this.#judge()
	}

	/**
	 * For a log that found the disk full: gives up the reserve, or waits a moment for room. False when it was stopped
	 * meanwhile.
	 */
	async make(): Promise<boolean> {
		const { reserve, clock } = this.#parts
		this.#free = 0
		this.#judge()
		if (await reserve.giveUp().catch(() => false)) return true
		await pause(clock, lookEveryMs, this.#stop.signal)
		return !this.#stop.signal.aborted
	}

	async #watch(): Promise<void> {
		const { clock } = this.#parts
		const { signal } = this.#stop
		for (;;) {
			await pause(clock, lookEveryMs, signal)
			if (signal.aborted) return
			// A disk that does not answer ends the centre by its ledger.
			await this.#look().catch(() => {})
		}
	}

	async #look(): Promise<void> {
		const { directory, reserve, limits } = this.#parts
		const missing = await reserve.missing()
		const { bavail, bsize } = await statfs(directory)
		this.#free = bavail * bsize - missing.bytes
		this.#judge()
		if (missing.bytes === 0 || this.#free <= againFactor * limits.entries) return
		// Others may be quicker than we are.
		await reserve.make().catch(() => {})
	}

	#judge(): void {
		const { limits, log } = this.#parts
		const before = this.#takes
		const enough = (limit: number, was: boolean) => this.#free > (was ? limit : againFactor * limit)
		const entries = enough(limits.entries, before !== 'nothing')
		const pictures = entries && enough(limits.pictures, before === 'all')
		this.#takes = pictures ? 'all' : entries ? 'entries' : 'nothing'
		if (this.#takes === before) return
		const free = Math.max(0, this.#free)
		if (this.#takes === 'all') log({ event: 'disk-room', free })
		else log({ event: 'disk-short', takes: this.#takes, free })
	}
}
