import type { ReadStream } from 'node:tty'
import type { Button, OnHold } from './button.ts'

/** Enter or the space bar of a terminal; `h` stands for a hold, which no terminal reports. Ctrl-C, which a raw terminal no longer turns into a signal, still is one. */
export class KeyboardButton implements Button {
	readonly #keys: ReadStream
	#onData: ((bytes: Buffer) => void) | undefined

	constructor(keys: ReadStream) {
		this.#keys = keys
	}

	async start(onPress: () => void, onHold: OnHold = () => {}): Promise<void> {
		this.#onData = (bytes) => {
			if (bytes.includes(0x03)) process.kill(process.pid, 'SIGINT')
			else if (bytes.includes(0x0d) || bytes.includes(0x20)) onPress()
			else if (bytes.includes(0x68)) onHold('later')
		}
		this.#keys.setRawMode(true)
		this.#keys.on('data', this.#onData)
	}

	async stop(): Promise<void> {
		if (this.#onData === undefined) return
		this.#keys.off('data', this.#onData)
		this.#onData = undefined
		this.#keys.setRawMode(false)
		this.#keys.pause()
	}
}
