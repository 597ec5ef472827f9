/**
 * Randomness that a seed repeats on every machine: xoshiro128** (Blackman and Vigna, 2018), its state the
 * first 16 bytes of the seed's SHA-256. Not for secrets.
 */
import { createHash } from 'node:crypto'

export class Random {
	readonly #state: Uint32Array

	/** Different seeds are unrelated, so `seed/pen` and `seed/light` give independent draws. */
	constructor(seed: string) {
		const digest = createHash('sha256').update(seed).digest()
		this.#state = Uint32Array.from([0, 4, 8, 12], (at) => digest.readUInt32LE(at))
	}

	/** A whole number from 0 to 2^32 - 1. */
	bits(): number {
		const s = this.#state
		const [a = 0, b = 0, c = 0, d = 0] = s
		const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
		s[2] = c ^ a
		s[3] = d ^ b
		s[1] = b ^ c ^ a
		s[0] = a ^ d ^ b
		s[2] = c ^ a ^ (b << 9)
		s[3] = rotate(d ^ b, 11)
		return result
	}

	/** At least 0, under 1. */
	fraction(): number {
		return this.bits() / 2 ** 32
	}

	between(least: number, most: number): number {
		return least + (most - least) * this.fraction()
	}

	/** A whole number, both ends included. */
	whole(least: number, most: number): number {
		return least + Math.floor(this.fraction() * (most - least + 1))
	}

	chance(probability: number): boolean {
		return this.fraction() < probability
	}

	pick<T>(from: readonly [T, ...T[]]): T {
		return from[this.whole(0, from.length - 1)] ?? from[0]
	}

	/** In another order (Fisher and Yates). */
	shuffled<T>(items: readonly T[]): T[] {
		const order = [...items]
		for (let last = order.length - 1; last > 0; last--) {
			const other = this.whole(0, last)
			const [one, two] = [order[last] as T, order[other] as T]
			order[last] = two
			order[other] = one
		}
		return order
	}

	/** Normal with mean 0 and standard deviation 1 (Box and Muller). */
	normal(): number {
		return Math.sqrt(-2 * Math.log(1 - this.fraction())) * Math.cos(2 * Math.PI * this.fraction())
	}

	/** `digits` upper-case hex digits. */
	hex(digits: number): string {
		let text = ''
		while (text.length < digits) text += this.bits().toString(16).padStart(8, '0')
		return text.slice(0, digits).toUpperCase()
	}
}

function rotate(value: number, by: number): number {
	return (value << by) | (value >>> (32 - by))
}
