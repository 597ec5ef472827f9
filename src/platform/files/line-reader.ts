/** Bytes of an append-only file, line by line, with where each stands. */

export interface RawLine {
	/** Counts from 1. */
	readonly number: number
	/** Of the first byte, from the start. */
	readonly offset: number
	/** Without the line feed; of a line over the cap, its first `longest + 1` bytes. */
	readonly bytes: Buffer
	/** With what was not kept. */
	readonly length: number
	/** False for bytes at the end without a line feed behind them. */
	readonly ended: boolean
}

const lineFeed = 0x0a

/** Holds one line at most, however long the lines are that come; the memory of a chunk may be used again for the next. */
export async function* splitLines(
	chunks: AsyncIterable<Uint8Array>,
	longest: number,
): AsyncGenerator<RawLine> {
	let number = 1
	let offset = 0
	let length = 0
	let held: Uint8Array[] = []
	const hold = (part: Uint8Array) => {
		const room = longest + 1 - length
		if (room > 0 && part.length > 0) held.push(Buffer.from(part.subarray(0, room)))
		length += part.length
	}
	for await (const chunk of chunks) {
		let start = 0
		for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
			hold(chunk.subarray(start, end))
			yield { number, offset, bytes: Buffer.concat(held), length, ended: true }
			number++
			offset += length + 1
			length = 0
			held = []
			start = end + 1
		}
		hold(chunk.subarray(start))
	}
	if (length > 0) yield { number, offset, bytes: Buffer.concat(held), length, ended: false }
}
