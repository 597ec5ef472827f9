import type { Button } from '../button.ts'
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

export class GpioButton implements Button {
	readonly #contact: Contact
	readonly #onTrouble: OnTrouble

	constructor(contact: Contact, onTrouble: OnTrouble) {
		this.#contact = contact
		this.#onTrouble = onTrouble
	}

	async start(onPress: () => void): Promise<void> {
		const started = await this.#contact.start((made) => {
			if (made) onPress()
		})
		if (!started.ok) this.#onTrouble(started.fault)
	}

	stop(): Promise<void> {
		return this.#contact.stop()
	}
}
