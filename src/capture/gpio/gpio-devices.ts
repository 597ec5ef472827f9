import type { Clock } from '../../platform/clock.ts'
import type { Button, OnHold } from '../button.ts'
import { PressOrHold } from '../press-or-hold.ts'
import type { Tray, TrayEvent } from '../tray.ts'
import type { Contact } from './contact.ts'
import type { GpioFault } from './lines.ts'

type OnTrouble = (trouble: GpioFault) => void

/** A sensor that is made while a paper lies on the tray. */
export class GpioTray implements Tray {
	readonly #contact: Contact
	readonly #onTrouble: OnTrouble

	constructor(contact: Contact, onTrouble: OnTrouble) {
		this.#contact = contact
		this.#onTrouble = onTrouble
	}

	async start(on: (event: TrayEvent) => void): Promise<void> {
		const started = await this.#contact.start((made) => on(made ? 'paper' : 'no-paper'))
		if (!started.ok) this.#onTrouble(started.fault)
	}

	stop(): Promise<void> {
		return this.#contact.stop()
	}
}

/** How long it must be pressed to be held. */
export interface HoldOptions {
	readonly clock: Clock
	readonly holdMs: number
}

export class GpioButton implements Button {
	readonly #contact: Contact
	readonly #onTrouble: OnTrouble
	readonly #hold: HoldOptions | undefined
	#gesture: PressOrHold | undefined

	constructor(contact: Contact, onTrouble: OnTrouble, hold?: HoldOptions) {
		this.#contact = contact
		this.#onTrouble = onTrouble
		this.#hold = hold
	}

	async start(onPress: () => void, onHold?: OnHold): Promise<void> {
		const started = await this.#contact.start(this.#listener(onPress, onHold))
		if (!started.ok) this.#onTrouble(started.fault)
	}

	#listener(onPress: () => void, onHold: OnHold | undefined): (made: boolean) => void {
		if (this.#hold === undefined || onHold === undefined) return (made) => made && onPress()
		const gesture = new PressOrHold({ ...this.#hold, onPress, onHold })
		this.#gesture = gesture
		let first = true
		return (made) => {
			if (made) gesture.begin(first && this.#contact.madeAtStart ? 'start' : 'later')
			else gesture.end()
			first = false
		}
	}

	async stop(): Promise<void> {
		this.#gesture?.stop()
		await this.#contact.stop()
	}
}
