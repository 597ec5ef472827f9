/** Which publications brought leaves of a device, as a text: devices of one text can't be told apart by it. */
import { createHash } from 'node:crypto'

export class BroughtBy {
	readonly #texts = new Map<string, string>()

	get texts(): ReadonlyMap<string, string> {
		return this.#texts
	}

	/** `size`: of the log behind the publication. */
	note(devices: ReadonlySet<string>, size: number): void {
		for (const device of devices) {
			const before = this.#texts.get(device) ?? ''
			this.#texts.set(device, createHash('sha256').update(`${before} ${size}`).digest('base64'))
		}
	}
}
