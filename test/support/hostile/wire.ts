/** Stands between a socket and the broker behind it, and can cut and silence it at any byte. */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** What to do with the next bytes: pass all, `part` of them (0 to 1) and end, or nothing more for ever. */
export type WireFate =
	| { readonly kind: 'pass' }
	| { readonly kind: 'cut'; readonly part: number }
	| { readonly kind: 'vanish' }

export class Wire extends Duplex {
	readonly #socket: Socket
	readonly #fate: () => WireFate
	#silent = false

	constructor(socket: Socket, fate: () => WireFate) {
		super()
		this.#socket = socket
		this.#fate = fate
		socket.on('data', (bytes: Buffer) => {
			this.#meet(bytes, (passed) => {
				if (!this.push(passed)) socket.pause()
			})
		})
		// A reset is an end like any other.
		socket.on('error', () => {})
		socket.on('close', () => this.destroy())
	}

	/** Ends a connection that fell silent, the way a restarted machine does. */
	reset(): void {
		this.#socket.resetAndDestroy()
	}

	override _read(): void {
		this.#socket.resume()
	}

	override _write(bytes: Buffer, _encoding: string, done: () => void): void {
		const socket = this.#socket
		const full = this.#meet(bytes, (passed) => !socket.write(passed)) === true
		const go = () => {
			socket.off('drain', go)
			socket.off('close', go)
			done()
		}
		if (full && !socket.destroyed) {
			socket.on('drain', go)
			socket.on('close', go)
		} else done()
	}

	override _destroy(error: Error | null, done: (error: Error | null) => void): void {
		this.#socket.destroy()
		done(error)
	}

	#meet<T>(bytes: Buffer, pass: (bytes: Buffer) => T): T | undefined {
		if (this.#silent || this.#socket.destroyed) return undefined
		const fate = this.#fate()
		switch (fate.kind) {
			case 'pass':
				return pass(bytes)
			case 'cut': {
				const passed = pass(bytes.subarray(0, Math.floor(bytes.length * fate.part)))
				this.#socket.end()
				this.#silent = true
				return passed
			}
			case 'vanish':
				this.#silent = true
				return undefined
		}
	}
}
