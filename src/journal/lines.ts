/** The lines of an append-only file, with where they stand. */
import { createReadStream } from 'node:fs'

export interface Line {
	/** Of the first byte, from the start of the file. */
	readonly offset: number
	readonly bytes: Buffer
	/** False for bytes at the end of the file without a newline behind them. */
	readonly ended: boolean
}

const newline = 0x0a

/** Bytes of a line that are kept; what is longer is no line of ours, and is handed on cut. */
const longestLine = 256 * 1024

export async function* linesOf(path: string): AsyncGenerator<Line> {
	yield* splitLines(createReadStream(path, { highWaterMark: 256 * 1024 }))
}

export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
	let rest: Buffer[] = []
	let kept = 0
	let offset = 0
	let length = 0
	const take = (part: Buffer) => {
		length += part.length
		if (kept > longestLine) return
		rest.push(part)
		kept += part.length
	}
	for await (const chunk of chunks) {
		let from = 0
		for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
			take(chunk.subarray(from, end))
			yield { offset, bytes: Buffer.concat(rest), ended: true }
			offset += length + 1
			rest = []
			kept = length = 0
			from = end + 1
		}
		if (from < chunk.length) take(chunk.subarray(from))
	}
	if (length > 0) yield { offset, bytes: Buffer.concat(rest), ended: false }
}
