/**
 * Keeps the uplink's small state on disk, for its next start and for the kiosk, which shows it: written soon
 * after a change but not often, and touched in between, so that a silent uplink can be told from a quiet one.
 */
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Low } from 'lowdb'
import { type Clock, instant } from '../platform/clock.ts'
import { openDurableJson } from '../platform/files/durable-json.ts'
import type { Fault } from '../platform/result.ts'
import { emptyUplinkState, stateFile, UplinkState } from './uplink-state.ts'

/** Milliseconds: the state is a cache, written at most this often; and how often a sign of life is given. */
const writeEvery = 1_000
const touchEvery = 10_000

export interface UplinkHeartbeatOptions {
	readonly directory: string
	readonly clock: Clock
	/** What is asked for at each write, beside what was noted. */
	readonly collect: () => Partial<UplinkState>
	/** Called after a change was noted and its write begun. */
	readonly changed: () => void
	readonly failed: (error: unknown) => void
}

export class UplinkHeartbeat {
	readonly #options: UplinkHeartbeatOptions
	readonly #path: string
	#db: Low<UplinkState> | undefined
	#cancelWrite: (() => void) | undefined
	#cancelTouch: () => void = () => {}
	#stopped = false

	constructor(options: UplinkHeartbeatOptions) {
		this.#options = options
		this.#path = join(options.directory, stateFile)
	}

	/** Reads what an earlier run left for this device. True when it had to be moved aside as broken. */
	async open(device: string): Promise<boolean> {
		const { db, found } = await openDurableJson(this.#path, UplinkState, emptyUplinkState())
		if (db.data.device !== device) db.data = { ...emptyUplinkState(), device }
		db.data.connected = false
		this.#db = db
		return found === 'moved-aside'
	}

	/** Writes for the first time and begins to give signs of life. */
	async start(): Promise<void> {
		await this.#write()
		this.#touchLater()
	}

	get state(): UplinkState {
		return this.#db?.data ?? emptyUplinkState()
	}

	/** Changes the state and has it written soon. */
	note(change: Partial<UplinkState>): void {
		const { clock, changed } = this.#options
		const db = this.#db
		if (db === undefined) return
		const turned = change.connected !== undefined && change.connected !== db.data.connected
		db.data = { ...db.data, ...change, ...(turned ? { since: instant(clock.wall()) } : {}) }
		if (this.#stopped || this.#cancelWrite !== undefined) return
		this.#cancelWrite = clock.after(writeEvery, () => {
			this.#cancelWrite = undefined
			void this.#write()
			changed()
		})
	}

	noteTrouble({ code, detail }: Fault): void {
		this.note({ lastError: { code, detail, time: instant(this.#options.clock.wall()) } })
	}

	/** An entry whose seq the centre holds with another id too. */
	noteConflict(seq: number): void {
		const { conflicts } = this.state
		if (!conflicts.includes(seq) && conflicts.length < 100) this.note({ conflicts: [...conflicts, seq] })
	}

	/** Writes for the last time. */
	async stop(): Promise<void> {
		this.#stopped = true
		this.#cancelWrite?.()
		this.#cancelTouch()
		if (this.#db === undefined) return
		this.#db.data.connected = false
		await this.#write()
	}

	/** Never rejects. */
	async #write(): Promise<void> {
		const { clock, collect, failed } = this.#options
		const db = this.#db
		if (db === undefined) return
		db.data = { ...db.data, ...collect(), written: instant(clock.wall()) }
		await db.write().catch(failed)
	}

	/** Changes the file's times only: no sync, and so no wear of the card. */
	#touchLater(): void {
		const { clock } = this.#options
		this.#cancelTouch = clock.after(touchEvery, () => {
			const now = clock.wall() / 1000
			utimes(this.#path, now, now).catch(this.#options.failed)
			if (!this.#stopped) this.#touchLater()
		})
	}
}
