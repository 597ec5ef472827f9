/** A display on a serial port, whatever its kind. Without it, or while it is away, everything else goes on. */
import type { Clock } from '../platform/clock.ts'
import type { Fault } from '../platform/result.ts'
import type { Dialect } from './dialect.ts'
import type { Code } from './head-code.ts'
import type { Panel } from './panel.ts'
import type { Screen, Tone } from './screens.ts'
import type { LineSettings } from './serial-line.ts'
import { type LinkDelays, type LinkFault, SerialLink } from './serial-link.ts'
import { TouchButton } from './touch-button.ts'

export interface SerialPanelOptions {
	readonly line: LineSettings
	readonly dialect: Dialect
	readonly clock: Clock
	readonly random: () => number
	readonly delays: LinkDelays
	/** Milliseconds after which a touch is a hold; none is without it. */
	readonly holdMs?: number
	/** Of the port or by the display; the panel goes on trying. */
	readonly onTrouble: (fault: Fault) => void
	/** The port is open, and the display is drawn from the beginning. */
	readonly onOpen?: () => void
}

const nothing = new Uint8Array(0)

export class SerialPanel implements Panel {
	/** The touch of a display that has it. */
	readonly button: TouchButton
	readonly #options: SerialPanelOptions
	readonly #link: SerialLink
	#wanted: { readonly screen: Screen; readonly tone: Tone; readonly code: Code | null } | undefined
	#greeted = false
	/** What the display complained of since it was greeted; one with a wrong project complains of every line. */
	#refused = new Set<string>()

	constructor(options: SerialPanelOptions) {
		this.#options = options
		this.button = new TouchButton(options.clock, options.holdMs ?? Number.POSITIVE_INFINITY)
		const { line, dialect, clock, random, delays } = options
		const user = {
			begin: () => this.#begin(),
			next: () => this.#next(),
			idle: dialect.idle,
			farewell: dialect.farewell,
			hear: (bytes: Uint8Array) => this.#hear(bytes),
			trouble: (fault: LinkFault) => options.onTrouble(fault),
		}
		this.#link = new SerialLink({ line, user, clock, random, delays })
	}

	async start(): Promise<void> {
		this.#link.start()
	}

	show(screen: Screen, tone: Tone, code: Code | null = null): void {
		this.#wanted = { screen, tone, code }
		this.#link.wake()
	}

	async stop(): Promise<void> {
		await this.#link.stop()
	}

	#begin(): void {
		this.#greeted = false
		this.#refused.clear()
		this.#options.onOpen?.()
	}

	#next(): Uint8Array {
		const { dialect } = this.#options
		if (!this.#greeted) {
			this.#greeted = true
			return dialect.greet()
		}
		if (this.#wanted === undefined) return nothing
		const { screen, tone, code } = this.#wanted
		return dialect.draw(screen, tone, code)
	}

	#hear(bytes: Uint8Array): void {
		for (const heard of this.#options.dialect.hear(bytes)) {
			if (heard.kind === 'pressed') this.button.pressed()
			else if (heard.kind === 'released') this.button.released()
			else if (heard.kind === 'restarted') this.#link.renew()
			else if (!this.#refused.has(heard.fault.detail)) {
				this.#refused.add(heard.fault.detail)
				this.#options.onTrouble(heard.fault)
			}
		}
	}
}
