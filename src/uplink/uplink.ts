/**
 * Takes the journal to the centre and the receipts home. Here it waits until the journal says whose it is; see
 * `device-uplink.ts` for the work and `delivery.ts` for the promises.
 */
import type { Vitals } from '../platform/process/supervision.ts'
import type { Fault } from '../platform/result.ts'
import { DeviceUplink, type DeviceUplinkOptions } from './device-uplink.ts'
import { JournalFollower, noJournalCodes } from './queue/journal-follower.ts'
import type { ParkedEntry } from './queue/parked-entries.ts'

export interface UplinkOptions extends DeviceUplinkOptions {
	/** Without it, the device of the journal's first entry. */
	readonly device?: string | undefined
	/** Milliseconds between looks at the journal. */
	readonly pollMs: number
	/** Called when it can't go on with this journal: it should be stopped, and may be started anew. */
	readonly ended?: (fault: Fault) => void
}

/** Milliseconds that a look at the journal may take: a card that hangs comes back, or does not. */
const lookWithinMs = 120_000

/** No later look at the journal makes it one that can be followed. */
const endings: ReadonlySet<string> = new Set([...noJournalCodes, 'replaced', 'other-device'])

export class Uplink implements Vitals {
	readonly #options: UplinkOptions
	readonly #follower: JournalFollower
	#work: DeviceUplink | undefined
	#starting: Promise<void> | undefined
	/** The journal was read as far as it went at start, so kept receipts can be checked against it. */
	#looked = false
	#stopped = false

	constructor(options: UplinkOptions) {
		this.#options = options
		this.#follower = new JournalFollower({
			journal: options.journal,
			clock: options.clock,
			pollMs: options.pollMs,
			grew: (last) => this.#grew(last),
			failed: (fault) => this.#journalFailed(fault),
		})
	}

	/** Resolves when it runs, or when it waits for the journal's first entry, which names the device. */
	async start(): Promise<void> {
		await this.#follower.start()
		this.#looked = true
		await this.#begin()
	}

	async stop(): Promise<void> {
		if (this.#stopped) return
		this.#stopped = true
		await this.#follower.stop()
		await this.#starting
		await this.#work?.stop()
		this.#options.log({ event: 'stopped' })
	}

	async healthFault(): Promise<Fault | null> {
		const { clock, pollMs } = this.#options
		const silence = clock.monotonic() - this.#follower.lookedAt
		if (silence <= pollMs + lookWithinMs) return null
		return { code: 'stuck', detail: `no look at the journal for ${Math.round(silence / 1_000)} s` }
	}

	get statusText(): string {
		const connection = this.#work === undefined ? 'waits for the first entry' : this.#work.connection
		return `${connection}; ${this.received} of ${this.#follower.last} entries received`
	}

	/** The seq up to which a verified receipt covers the journal without a gap. */
	get received(): number {
		return this.#work?.received ?? 0
	}

	/** The seq up to which the centre holds all entries with all their files. */
	get complete(): number {
		return this.#work?.complete ?? 0
	}

	/** Connected, and the centre holds all that was recorded. */
	get isDone(): boolean {
		const { last } = this.#follower
		return this.#work?.connection === 'connected' && this.received >= last && this.complete >= last
	}

	/** Entries that are parked and tried again slowly: the first hundred. */
	get parked(): ParkedEntry[] {
		return this.#work?.parked ?? []
	}

	#grew(last: number): void {
		if (this.#work !== undefined) this.#work.grew(last)
		else if (this.#looked) void this.#begin()
	}

	/** Never rejects. A disk that fails now is tried again when the journal grows. */
	#begin(): Promise<void> {
		if (this.#stopped || this.#work !== undefined) return Promise.resolve()
		this.#starting ??= this.#open()
			.catch((error) => {
				const detail = error instanceof Error ? error.message : String(error)
				this.#options.log({ event: 'disk-fault', fault: { code: 'disk', detail } })
			})
			.finally(() => {
				this.#starting = undefined
			})
		return this.#starting
	}

	async #open(): Promise<void> {
		const device = await this.#device()
		if (device === null) return
		const work = new DeviceUplink(device, this.#follower, this.#options)
		await work.start()
		this.#work = work
		if (this.#follower.last > 0) work.grew(this.#follower.last)
	}

	/** Null until the journal or the configuration names it. */
	async #device(): Promise<string | null> {
		const { device } = this.#options
		if (this.#follower.last === 0) return device ?? null
		const first = await this.#follower.entry(1)
		if (!first.ok) {
			this.#journalFailed(first.fault)
			return null
		}
		if (device === undefined || device === first.value.device) return first.value.device
		this.#journalFailed({
			code: 'other-device',
			detail: `the journal is by ${first.value.device}, the configuration says ${device}`,
		})
		return null
	}

	#journalFailed(fault: Fault): void {
		this.#options.log({ event: 'journal-fault', fault })
		this.#work?.noteTrouble(fault)
		if (endings.has(fault.code)) {
			this.#options.ended?.(fault)
		}
	}
}
