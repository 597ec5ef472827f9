/**
 * Says that a process is ready, and from then on, at half of the watchdog's time, that it works, as long as a look
 * at its vitals finds nothing. That its event loop turns is implied. A process that is frozen, or finds something that
 * only a new start can mend, falls silent, and is started anew.
 */
import { type Clock, pause } from '../clock.ts'
import { catalogueOf, type EventOf, event, field } from '../event-catalogue.ts'
import type { Fault } from '../result.ts'
import { type ServiceManager, statusLine } from './service-manager.ts'

/** A process, to be asked how it does. */
export interface Vitals {
	/**
	 * What only a new start can mend; null while there is nothing of the kind. Not for what mends itself or waits
	 * for a person, such as a camera without a cable. One that never resolves is taken for unhealthy.
	 */
	healthFault(): Promise<Fault | null>
	/** How it does, in one line for people. */
	readonly statusText: string
}

/** What every supervised process logs. */
export const supervisionEvents = catalogueOf(
	{ fault: field.fault },
	{
		unhealthy: event.error(
			'The watchdog is not fed: unless this passes, the process is started anew.',
			'fault',
		),
		recovered: event.info('The watchdog is fed again.'),
		'notify-failed': event.warn('The service manager could not be notified.', 'fault'),
	},
)
export type SupervisionEvent = EventOf<typeof supervisionEvents>

export interface SupervisionParts {
	/** Null where none listens: then nothing is done. */
	readonly manager: ServiceManager | null
	readonly clock: Clock
	readonly log: (event: SupervisionEvent) => void
}

/** Milliseconds between two looks where nobody watches: the status line is all that comes of them. */
const unwatchedMs = 30_000

export class Supervision {
	readonly #parts: SupervisionParts
	/** Milliseconds between two looks. */
	readonly #period: number
	/** Said after a look that found nothing. */
	readonly #food: readonly string[]
	readonly #stop = new AbortController()
	#vitals: Vitals | undefined
	#looking: Promise<void> = Promise.resolve()
	#unhealthy = false
	#notifyFailed = false

	constructor(parts: SupervisionParts) {
		this.#parts = parts
		const { watchdogMs: watchdog = null } = parts.manager ?? {}
		this.#period = watchdog === null ? unwatchedMs : watchdog / 2
		this.#food = watchdog === null ? [] : ['WATCHDOG=1']
	}

	/** From now on, or from now on with other vitals than before. */
	async ready(vitals: Vitals): Promise<void> {
		if (this.#parts.manager === null || this.#stop.signal.aborted) return
		const first = this.#vitals === undefined
		this.#vitals = vitals
		await this.#say(...(first ? ['READY=1'] : []), statusLine(vitals.statusText))
		if (first) this.#looking = this.#lookOn(vitals)
	}

	/** Says that the process is about to end. */
	async stop(): Promise<void> {
		if (this.#parts.manager === null || this.#stop.signal.aborted) return
		this.#stop.abort()
		await this.#looking
		await this.#say('STOPPING=1')
	}

	async #lookOn(first: Vitals): Promise<void> {
		const { clock, log } = this.#parts
		const { signal } = this.#stop
		let wait = this.#period
		for (;;) {
			await pause(clock, wait, signal)
			if (signal.aborted) return
			const vitals = this.#vitals ?? first
			const fault = await this.#faultOf(vitals)
			if (signal.aborted) return
			if (fault !== null && !this.#unhealthy) log({ event: 'unhealthy', fault })
			if (fault === null && this.#unhealthy) log({ event: 'recovered' })
			this.#unhealthy = fault !== null
			const status = statusLine(fault === null ? vitals.statusText : `unhealthy: ${fault.detail}`)
			const heard = await this.#say(...(fault === null ? this.#food : []), status)
			// There is time for another look, and more than one, before the watchdog's ends.
			wait = fault === null && heard ? this.#period : this.#period / 4
		}
	}

	async #faultOf(vitals: Vitals): Promise<Fault | null> {
		const late = new AbortController()
		const silent: Fault = { code: 'no-answer', detail: 'a look at its own health came to no end' }
		const deadline = AbortSignal.any([late.signal, this.#stop.signal])
		try {
			return await Promise.race([
				vitals.healthFault(),
				pause(this.#parts.clock, this.#period / 2, deadline).then(() => silent),
			])
		} finally {
			late.abort()
		}
	}

	async #say(...assignments: string[]): Promise<boolean> {
		const { manager, log } = this.#parts
		if (manager === null) return true
		const said = await manager.notify(...assignments)
		if (!said.ok && !this.#notifyFailed) log({ event: 'notify-failed', fault: said.fault })
		this.#notifyFailed = !said.ok
		return said.ok
	}
}
