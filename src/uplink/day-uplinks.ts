/**
 * The uplinks of a kiosk whose identity ends with its day: that of now, which runs as the only one of another kiosk
 * does, and beside it those of identities that have ended, until the centre holds all that they recorded. Each has
 * a connection of its own, with its own certificate and client id; nothing that is sent names another.
 *
 * An ended identity also stays for a while when it has nothing to send: a centre that lost its ledger asks for all of
 * it again. After that it rests until the next start, or the next change.
 */
import { basename, dirname, join } from 'node:path'
import {
	begunSpares,
	currentIdentity,
	type IdentityPlaces,
	placesOfSpare,
} from '../enrolment/day-identities.ts'
import { spareDirectory } from '../enrolment/device-identity.ts'
import { pause } from '../platform/clock.ts'
import { makeDirectory } from '../platform/files/durable.ts'
import { makeOwnFolder } from '../platform/files/own-folder.ts'
import type { Broker } from '../platform/mqtt/broker.ts'
import type { Vitals } from '../platform/process/supervision.ts'
import type { Fault } from '../platform/result.ts'
import { Uplink, type UplinkOptions } from './uplink.ts'

/** Milliseconds between looks at who records, and at whether an ended identity is done. */
const usualLookMs = 5_000

/** Milliseconds for which an ended identity stays connected, all being sent. */
const stayMs = 60_000

/** Milliseconds after which one that is not done makes way for another that waits. */
const turnMs = 30 * 60_000

/** As many ended identities are connected at a time: each reads its journal into memory. */
const mostAtATime = 3

export class DayUplinks implements Vitals {
	readonly #options: UplinkOptions
	readonly #lookEveryMs: number
	readonly #stop = new AbortController()
	#now: Uplink
	#spare: string | null = null
	#running: Promise<void> = Promise.resolve()
	#working = new AbortController()

	constructor(options: UplinkOptions, lookEveryMs = usualLookMs) {
		this.#options = options
		this.#lookEveryMs = lookEveryMs
		this.#now = new Uplink(options)
	}

	/** Resolves when the uplink of now runs. */
	async start(): Promise<void> {
		await this.#begin()
		this.#running = this.#lookOn().catch((error: Error) => {
			this.#options.ended?.({ code: 'disk', detail: error.message })
		})
	}

	async stop(): Promise<void> {
		this.#stop.abort()
		this.#working.abort()
		await this.#running
		await this.#now.stop()
	}

	healthFault(): Promise<Fault | null> {
		return this.#now.healthFault()
	}

	get statusText(): string {
		return this.#now.statusText
	}

	/** With the identity of now; the others follow by themselves. */
	async #begin(): Promise<void> {
		this.#spare = await this.#current()
		const options = this.#optionsOf(this.#spare)
		await this.#makeDirectory(this.#spare)
		this.#now = new Uplink(options)
		await this.#now.start()
	}

	async #lookOn(): Promise<void> {
		const { clock } = this.#options
		while (!this.#stop.signal.aborted) {
			this.#working = new AbortController()
			const ended = this.#sendEnded(this.#working.signal)
			while (!this.#stop.signal.aborted && (await this.#current()) === this.#spare) {
				await pause(clock, this.#lookEveryMs, this.#stop.signal)
			}
			this.#working.abort()
			await ended
			if (this.#stop.signal.aborted) return
			await this.#now.stop()
			await this.#begin()
		}
	}

	/** Null for the first identity, and where nothing can be read. */
	async #current(): Promise<string | null> {
		const { journal, directory } = this.#options
		const places: IdentityPlaces = { identity: '', state: '', journal, uplink: directory }
		const current = await currentIdentity(places)
		return current.ok ? current.value.spare : this.#spare
	}

	async #sendEnded(signal: AbortSignal): Promise<void> {
		const waiting = [null, ...(await begunSpares(this.#options.journal))].filter((id) => id !== this.#spare)
		const work = async () => {
			for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
				const isDone = await this.#sendAll(next, () => waiting.length > 0, signal)
				if (!isDone) waiting.push(next)
			}
		}
		await Promise.all(Array.from({ length: mostAtATime }, work))
	}

	/** True when the centre holds all of it; false where its turn is over, and another waits. */
	async #sendAll(spare: string | null, another: () => boolean, signal: AbortSignal): Promise<boolean> {
		const { clock } = this.#options
		// Without what the kiosk says of itself now: that is about another identity.
		const options = this.#optionsOf(spare)
		const uplink = new Uplink({ ...options, condition: '', ended: () => {} })
		await this.#makeDirectory(spare)
		await uplink.start()
		const turnEnds = clock.monotonic() + turnMs
		let left = stayMs
		while (left > 0 && !signal.aborted && !(another() && clock.monotonic() > turnEnds)) {
			await pause(clock, this.#lookEveryMs, signal)
			left = uplink.isDone ? left - this.#lookEveryMs : stayMs
		}
		await uplink.stop()
		return left <= 0
	}

	async #makeDirectory(spare: string | null): Promise<void> {
		const { directory } = this.#options
		await (spare === null ? makeDirectory(directory) : makeOwnFolder(directory, spare))
	}

	#optionsOf(spare: string | null): UplinkOptions {
		if (spare === null) return this.#options
		const { journal, directory, broker, device: _, ...rest } = this.#options
		const places = placesOfSpare({ identity: '', state: '', journal, uplink: directory }, spare)
		return { ...rest, journal: places.journal, directory: places.uplink, broker: brokerOf(broker, spare) }
	}
}

/** The spare's own certificate and key lie in its own folder, beside those of the first identity. */
function brokerOf(broker: Broker, spare: string): Broker {
	const own = (path: string | undefined) =>
		path === undefined ? undefined : join(spareDirectory(dirname(path), spare), basename(path))
	return { ...broker, certificate: own(broker.certificate), key: own(broker.key) }
}
