/** What one signs: each after the one before. */
import { genesisOf } from './collections.ts'
import type { SeededKey } from './seeded-key.ts'
import { headerOf, idOf, signed } from './signed.ts'

export class SigningChain {
	readonly #key: SeededKey
	readonly #kind: string
	#prev: string
	seq = 0

	constructor(key: SeededKey, kind: 'entry' | 'transcription' | 'ruling') {
		this.#key = key
		this.#kind = kind
		this.#prev = genesisOf(key)
	}

	get id(): string {
		return this.#key.id
	}

	/** `payload` without its place in the chain; `change` alters even that. */
	sign(payload: object, change: object = {}): string {
		this.seq++
		const all = { ...payload, seq: this.seq, prev: this.#prev, ...change }
		const text = signed(this.#key, headerOf(this.#kind, this.#key.id), all)
		this.#prev = idOf(text)
		return text
	}
}
