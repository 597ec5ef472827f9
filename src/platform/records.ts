/** Blocks of so many records: 16 KiB and more, which nothing ever copies again as the list grows. */
const perBlock = 1 << 9

/** A list of records of one width in bytes that only grows, for those of which there are a hundred thousand. */
export class Records {
	readonly #width: number
	readonly #blocks: Buffer[] = []
	#length = 0

	constructor(width: number) {
		this.#width = width
	}

	get length(): number {
		return this.#length
	}

	/** Adds a record of zeros and gives it to be filled in. */
	push(): Buffer {
		if (this.#length % perBlock === 0) this.#blocks.push(Buffer.alloc(perBlock * this.#width))
		return this.at(this.#length++)
	}

	/** The record itself, not a copy. Throws (a bug) where there is none. */
	at(index: number): Buffer {
		const block = this.#blocks[Math.floor(index / perBlock)]
		if (block === undefined || index >= this.#length) throw new RangeError(`no record ${index}`)
		const start = (index % perBlock) * this.#width
		return block.subarray(start, start + this.#width)
	}
}
