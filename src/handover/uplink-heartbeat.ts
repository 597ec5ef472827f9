/**
 * Keeps the uplink's small state on disk, for its next start and for the kiosk, which shows it: written soon
 * after a change but not often, and touched in between, so that a silent uplink can be distinguished from a quiet one.
 */
import { join } from 'node:path'
import { type Clock, instant } from '../platform/clock.ts'
import { makeDirectory } from '../platform/files/durable.ts'
import { printable } from '../platform/printable.ts'
import type { Fault } from '../platform/result.ts'
import { HeartbeatFile } from './heartbeat-file.ts'
import { emptyUplinkState, readUplinkState, stateFile, type UplinkState } from './uplink-state.ts'

/** Milliseconds: the state is a cache, written at most this often; and how often a sign of life is given. */
const writeMs = 1_000
const touchMs = 10_000

export interface UplinkHeartbeatOptions {
	readonly directory: string
	readonly clock: Clock
	/** What is asked for at each write, beside what was noted. */
	readonly collect: () => Partial<UplinkState>
	readonly failed: (error: unknown) => void
}

export class UplinkHeartbeat {
	readonly #options: UplinkHeartbeatOptions
	readonly #file: HeartbeatFile<UplinkState>
	/** Made when what an earlier run left was read. */
	#state: UplinkState | undefined
	#cancelWrite: (() => void) | undefined
	#cancelTouch: () => void = () => {}
	#stopped = false

	constructor(options: UplinkHeartbeatOptions) {
		this.#options = options
		this.#file = new HeartbeatFile(join(options.directory, stateFile))
	}

	/** Reads what an earlier run left for this device. True when it had to be moved aside as broken. */
	async open(device: string): Promise<boolean> {
		await makeDirectory(this.#options.directory)
		const read = await readUplinkState(this.#file.path)
		if (!read.ok && read.fault.code === 'file-unreadable') throw new Error(read.fault.detail)
		const isBroken = !read.ok && read.fault.code !== 'file-missing'
		if (isBroken) await this.#file.moveAside()
		const state = read.ok && read.value.device === device ? read.value : emptyUplinkState()
		this.#state = { ...state, device, connected: false }
		return isBroken
	}

	/** Writes for the first time and begins to give signs of life. */
	async start(): Promise<void> {
		await this.#write()
		this.#touchLater()
	}

	get state(): UplinkState {
		return this.#state ?? emptyUplinkState()
	}

	/** Changes the state and has it written soon. */
	note(change: Partial<UplinkState>): void {
		const { clock } = this.#options
		const state = this.#state
		if (state === undefined) return
		const turned = change.connected !== undefined && change.connected !== state.connected
		this.#state = { ...state, ...change, ...(turned ? { since: instant(clock.wall()) } : {}) }
		if (this.#stopped || this.#cancelWrite !== undefined) return
		this.#cancelWrite = clock.after(writeMs, () => {
			this.#cancelWrite = undefined
			void this.#write()
		})
	}

	noteTrouble({ code, detail }: Fault): void {
		const time = instant(this.#options.clock.wall())
		this.note({ lastError: { code, detail: printable(detail, 400), time } })
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
		if (this.#state === undefined) return
		this.#state = { ...this.#state, connected: false }
		await this.#write()
	}

	/** Never rejects. */
	async #write(): Promise<void> {
		const { clock, collect, failed } = this.#options
		if (this.#state === undefined) return
		const now = clock.wall()
		this.#state = { ...this.#state, ...collect(), written: instant(now) }
		await this.#file.write(this.#state, now).catch(failed)
	}

	#touchLater(): void {
		const { clock, failed } = this.#options
		this.#cancelTouch = clock.after(touchMs, () => {
			this.#file.touch(clock.wall()).catch(failed)
			if (!this.#stopped) this.#touchLater()
		})
	}
}
