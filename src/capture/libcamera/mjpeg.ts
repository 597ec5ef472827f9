import { endOfJpeg } from './jpeg.ts'

/** Cuts a stream of JPEGs, one behind the other, into its pictures. What is none is passed over. */
export class MjpegCutter {
	readonly #largest: number
	readonly #onPicture: (jpeg: Buffer) => void
	#held: Buffer = Buffer.alloc(0)

	/** `largest`: most bytes of a picture; what is longer is dropped. It holds no more than that, and one chunk. */
	constructor(largest: number, onPicture: (jpeg: Buffer) => void) {
		this.#largest = largest
		this.#onPicture = onPicture
	}

	take(chunk: Buffer): void {
		this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
		let at = 0
		for (;;) {
			at = startOfJpeg(this.#held, at)
			const end = endOfJpeg(this.#held, at)
			if (end === 'unfinished') break
			if (end === 'broken') {
				at++
				continue
			}
			// A copy: the picture is kept, the stream's bytes are not.
			if (end - at <= this.#largest) this.#onPicture(Buffer.from(this.#held.subarray(at, end)))
			at = end
		}
		if (this.#held.length - at > this.#largest) at = startOfJpeg(this.#held, at + 1)
		this.#held = this.#held.subarray(Math.max(at, this.#held.length - this.#largest))
	}
}

/** Where the next picture may begin: its first marker, or a last byte that may be half of it. */
function startOfJpeg(bytes: Buffer, from: number): number {
	const at = bytes.indexOf(Buffer.from([0xff, 0xd8]), from)
	if (at >= 0) return at
	return bytes.at(-1) === 0xff ? Math.max(from, bytes.length - 1) : bytes.length
}
