/**
 * The lines of append-only files. Reading takes time linear in the bytes, and memory for one line at most, however
 * long the lines are that come.
 */
import { filePieces } from './plain-file.ts'

export interface Line {
	/** Counts from 1, at the line that reading began with. */
	readonly number: number
	/** Of the first byte, from the start of the file. */
	readonly offset: number
	/**
	 * Without the line feed; of a line over the cap, its first `longest + 1` bytes. May be a view of what was read:
	 * good until the next line is asked for.
	 */
	readonly bytes: Buffer
	/** With what was not kept. */
	readonly length: number
	/** False for bytes at the end without a line feed behind them. */
	readonly ended: boolean
}

const lineFeed = 0x0a

/** Cuts what is pushed, piece by piece, into lines. */
export class LineSplitter {
	readonly #longest: number
	#number = 1
	#offset: number
	/** Of the line that has not ended. */
	#length = 0
	#held: Buffer[] = []

	/** `from`: where in the file the first piece stands. */
	constructor(longest: number, from = 0) {
		this.#longest = longest
		this.#offset = from
	}

	*push(piece: Uint8Array): Generator<Line> {
		const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
		let start = 0
		for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
			const rest = bytes.subarray(start, end)
			yield this.#take(rest, true)
			start = end + 1
		}
		// Copied: who pushes may use the memory again.
		this.#hold(Buffer.from(bytes.subarray(start, start + this.#room)), bytes.length - start)
	}

	/** Bytes of the line that has not ended. */
	get pending(): number {
		return this.#length
	}

	/** What stands behind the last line feed; null for nothing. */
	end(): Line | null {
		return this.#length === 0 ? null : this.#take(Buffer.alloc(0), false)
	}

	get #room(): number {
		return Math.max(0, this.#longest + 1 - this.#length)
	}

	#hold(bytes: Buffer, length: number): void {
		if (bytes.length > 0) this.#held.push(bytes)
		this.#length += length
	}

	#take(rest: Buffer, ended: boolean): Line {
		const within = rest.subarray(0, this.#room)
		const bytes = this.#held.length === 0 ? within : Buffer.concat([...this.#held, within])
		const length = this.#length + rest.length
		const line = { number: this.#number, offset: this.#offset, bytes, length, ended }
		this.#number++
		this.#offset += length + 1
		this.#length = 0
		this.#held = []
		return line
	}
}

/** Lines of more than `longest` bytes come cut short. */
export async function* readLines(
	pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
	longest: number,
	from = 0,
): AsyncGenerator<Line> {
	const splitter = new LineSplitter(longest, from)
	for await (const piece of pieces) yield* splitter.push(piece)
	const last = splitter.end()
	if (last !== null) yield last
}

/** The same of the file at `path`, from byte `from` up to `end`. */
export function readFileLines(
	path: string,
	longest: number,
	{ from = 0, end = Number.POSITIVE_INFINITY } = {},
): AsyncGenerator<Line> {
	return readLines(filePieces(path, { start: from, end }), longest, from)
}

export interface TextLine extends Pick<Line, 'number' | 'offset'> {
	readonly text: string
}

/** Of the whole lines of a file only the text; what is longer, or has no end yet, is passed over. */
export async function* wholeLines(path: string, longest: number, from = 0): AsyncGenerator<TextLine> {
	for await (const { number, offset, bytes, length, ended } of readFileLines(path, longest, { from })) {
		if (ended && length <= longest) yield { number, offset, text: bytes.toString('latin1') }
	}
}
