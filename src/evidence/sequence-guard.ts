import type { KeyObject } from 'node:crypto'
import type { Position } from './fields.ts'
import { entryIn } from './jws.ts'
import type { Signer } from './signer.ts'

/**
 * Signs no number of a chain for a second entry: two entries with one number prove a cloned device. It stands
 * before a device's key, so that whatever signs with it is held to this. Other objects pass.
 */
export class SequenceGuard implements Signer {
	readonly kid: string
	readonly publicKey: KeyObject
	readonly #signer: Signer
	#last: Position | null

	/** `last`: the last entry that is known to be signed; null for a key that has signed none. */
	constructor(signer: Signer, last: Position | null) {
		this.kid = signer.kid
		this.publicKey = signer.publicKey
		this.#signer = signer
		this.#last = last
	}

	/** The very same entry may be signed again. Rejects for another one, and when the key is out of reach. */
	async sign(bytes: Uint8Array): Promise<Uint8Array> {
		const entry = entryIn(bytes)
		if (entry === null) return await this.#signer.sign(bytes)
		const before = this.#last
		if (before !== null && entry.seq <= before.seq && entry.id !== before.id) {
			throw new Error(`the key has signed entry ${before.seq} already, and signs no other entry ${entry.seq}`)
		}
		this.#last = entry
		try {
			return await this.#signer.sign(bytes)
		} catch (error) {
			// Without a signature nothing was said.
			if (this.#last === entry) this.#last = before
			throw error
		}
	}
}
