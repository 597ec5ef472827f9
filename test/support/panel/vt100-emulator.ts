/** A terminal, as far as `panel/vt100-dialect.ts` and garbage go: ECMA-48 in UTF-8, 24 rows of 80 columns or more. */
import { StringDecoder } from 'node:string_decoder'
import { type TextSize, usualSize } from '#src/panel/code-in-text.js'
import { dotsOf } from './dot-font.ts'
import type { Emulator } from './emulator.ts'
import { type Colour, Picture } from './picture.ts'

/** Pixels: a letter of five by eight dots and the gap round it. */
const across = 6
const down = 10

const ground: Colour = [16, 18, 22]
/** SGR 30 to 37. */
const palette: readonly Colour[] = [
	[80, 80, 80],
	[255, 90, 80],
	[90, 220, 110],
	[255, 190, 70],
	[110, 150, 255],
	[230, 120, 230],
	[90, 220, 220],
	[235, 235, 235],
]
const white = 7
/** What `░` looks like from afar. */
const shade: Colour = [48, 52, 58]

/** Longer than any control sequence that has a meaning here. */
const longestSequence = 32

/** Which halves of its cell a character fills: the upper, the lower. */
const blocks: Readonly<Record<string, readonly [boolean, boolean]>> = {
	'█': [true, true],
	'▀': [true, false],
	'▄': [false, true],
}

interface Cell {
	readonly character: string
	readonly colour: number
}

/** Where lines go from the middle of a cell: left, right, up, down. */
const lines: Readonly<Record<string, readonly [boolean, boolean, boolean, boolean]>> = {
	'─': [true, true, false, false],
	'│': [false, false, true, true],
	'┌': [false, true, false, true],
	'┐': [true, false, false, true],
	'└': [false, true, true, false],
	'┘': [true, false, true, false],
}

export class Vt100Emulator implements Emulator {
	#decoder = new StringDecoder('utf8')
	#cells = new Map<number, Cell>()
	#row = 0
	#column = 0
	#colour = white
	/** What came of a control sequence since its escape character. */
	#sequence: string | undefined
	/** Whether the cursor is to be seen. */
	cursor = true
	readonly #rows: number
	readonly #columns: number
	#answer = ''

	constructor({ rows, columns }: TextSize = usualSize) {
		this.#rows = rows
		this.#columns = columns
	}

	restart(): Uint8Array {
		this.#decoder = new StringDecoder('utf8')
		this.#cells.clear()
		this.#row = this.#column = 0
		this.#colour = white
		this.#sequence = undefined
		this.cursor = true
		return new Uint8Array(0)
	}

	take(bytes: Uint8Array): Uint8Array {
		for (const character of this.#decoder.write(Buffer.from(bytes))) this.#takeCharacter(character)
		const answer = this.#answer
		this.#answer = ''
		return Buffer.from(answer)
	}

	text(): readonly string[] {
		const all = Array.from({ length: this.#rows }, (_, row) =>
			Array.from(
				{ length: this.#columns },
				(_, column) => this.#cells.get(row * this.#columns + column)?.character ?? ' ',
			)
				.join('')
				.trimEnd(),
		)
		return all.slice(0, all.findLastIndex((line) => line !== '') + 1)
	}

	picture(): Picture {
		const picture = new Picture(this.#columns * across, this.#rows * down, ground)
		for (const [at, { character, colour }] of this.#cells) {
			const left = (at % this.#columns) * across
			const top = Math.floor(at / this.#columns) * down
			draw(picture, character, left, top, palette[colour] ?? ground)
		}
		return picture
	}

	#takeCharacter(character: string): void {
		if (character === '\u0018' || character === '\u001a') this.#sequence = undefined
		else if (character === '\u001b') this.#sequence = ''
		else if (this.#sequence !== undefined) this.#continue(this.#sequence + character)
		else if (character === '\n') this.#row = Math.min(this.#rows - 1, this.#row + 1)
		else if (character === '\r') this.#column = 0
		else if (character >= ' ') this.#write(character)
	}

	#continue(sequence: string): void {
		const whole = /^\[(\??)([0-9;]*)([@-~])$/.exec(sequence)
		const open = /^\[?[ -?]*$/.test(sequence) && sequence.length < longestSequence
		this.#sequence = whole === null && open ? sequence : undefined
		if (whole === null) return
		const [, mark, parameters = '', final] = whole
		const numbers = parameters.split(';').map(Number)
		if (mark === '?') {
			if (numbers[0] === 25 && (final === 'h' || final === 'l')) this.cursor = final === 'h'
		} else this.#control(final, numbers)
	}

	#control(final: string | undefined, numbers: readonly number[]): void {
		const [first = 0, second = 0] = numbers
		if (final === 'H') {
			this.#row = Math.min(this.#rows, Math.max(1, first)) - 1
			this.#column = Math.min(this.#columns, Math.max(1, second)) - 1
		}
		if (final === 'A') this.#row = Math.max(0, this.#row - Math.max(1, first))
		if (final === 'J' && first === 2) this.#cells.clear()
		const here = this.#row * this.#columns + this.#column
		if (final === 'J' && first === 0) this.#clear(here, this.#rows * this.#columns)
		if (final === 'K' && first === 0) this.#clear(here, (this.#row + 1) * this.#columns)
		if (final === 'n' && first === 6) this.#answer += `\u001b[${this.#row + 1};${this.#column + 1}R`
		if (final !== 'm') return
		for (const number of numbers) {
			if (number === 0) this.#colour = white
			if (number >= 30 && number <= 37) this.#colour = number - 30
		}
	}

	#clear(from: number, end: number): void {
		for (let at = from; at < end; at++) this.#cells.delete(at)
	}

	#write(character: string): void {
		this.#cells.set(this.#row * this.#columns + this.#column, { character, colour: this.#colour })
		this.#column = Math.min(this.#columns - 1, this.#column + 1)
	}
}

function draw(picture: Picture, character: string, left: number, top: number, colour: Colour): void {
	const block = blocks[character]
	if (block !== undefined) {
		const [upper, lower] = block
		if (upper) picture.fill(left, top, across, down / 2, colour)
		if (lower) picture.fill(left, top + down / 2, across, down / 2, colour)
		return
	}
	if (character === '░') {
		picture.fill(left, top, across, down, shade)
		return
	}
	const line = lines[character]
	if (line !== undefined) {
		const [toLeft, toRight, toTop, toBottom] = line
		const [x, y] = [left + across / 2, top + down / 2]
		if (toLeft) picture.fill(left, y, x - left + 1, 1, colour)
		if (toRight) picture.fill(x, y, across / 2, 1, colour)
		if (toTop) picture.fill(x, top, 1, y - top, colour)
		if (toBottom) picture.fill(x, y, 1, down / 2, colour)
		return
	}
	dotsOf(character).forEach((dots, y) => {
		for (let x = 0; x < 5; x++) if ((dots >> (4 - x)) & 1) picture.fill(left + x, top + 1 + y, 1, 1, colour)
	})
}
