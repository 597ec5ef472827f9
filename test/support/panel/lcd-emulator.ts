/**
 * A 20x4 LCD with the backpack that `panel/lcd-dialect.ts` speaks to, as its firmware (see there) behaves:
 * a byte after 0xFE is a command, its arguments are waited for, and everything else is a character.
 */
import { type Dots, type LcdRom, lcdGlyphs, romCharacters } from '#src/panel/lcd-characters.js'
import { columns, rows } from '#src/panel/screens.js'
import { dotsOf } from './dot-font.ts'
import type { Emulator } from './emulator.ts'
import { type Colour, Picture } from './picture.ts'

/** Commands of the firmware that have arguments, and how many. */
const argumentsOf: ReadonlyMap<number, number> = new Map([
	[0x39, 1],
	[0x40, columns * rows],
	[0x42, 1],
	[0x47, 2],
	[0x4e, 9],
	[0x50, 1],
	[0x56, 1],
	[0x57, 1],
	[0x91, 1],
	[0x98, 1],
	[0x99, 1],
	[0xc0, 1],
	[0xc1, 10],
	[0xc3, 2],
	[0xd0, 3],
	[0xd1, 2],
])

/** Pixels: a dot and the gap after it, a letter and the gap after it, the border. */
const dot = 3
const pitch = 4
const across = 5 * pitch + pitch
const down = 8 * pitch + pitch
const border = 12

const blank = 0x20
/** What CGRAM holds at power-on, in which nothing was ever loaded. */
const noise: Dots = [0x15, 0x0a, 0x15, 0x0a, 0x15, 0x0a, 0x15, 0x0a]

export class LcdEmulator implements Emulator {
	readonly #rom: LcdRom
	#cells: number[] = []
	#glyphs: Dots[] = []
	#x = 0
	#y = 0
	#lit = true
	/** Kept in EEPROM, as is the colour. */
	#scrolls = true
	#colour: Colour = [255, 255, 255]
	/** The command byte that is waited for (0), or the command whose arguments are. */
	#command: number | undefined
	#arguments: number[] = []
	/** How often glyphs were loaded, letters written, and the EEPROM changed, since it was made. */
	readonly counts = { glyphs: 0, letters: 0, eeprom: 0 }

	constructor(rom: LcdRom = 'A00') {
		this.#rom = rom
		this.restart()
	}

	restart(): Uint8Array {
		this.#glyphs = Array.from({ length: 8 }, () => noise)
		this.#command = undefined
		this.#lit = true
		this.#clear()
		return Buffer.from(`9600 baud ${columns}x${rows} constrast = 200`)
	}

	take(bytes: Uint8Array): Uint8Array {
		for (const byte of bytes) this.#takeByte(byte)
		return new Uint8Array(0)
	}

	text(): readonly string[] {
		return Array.from({ length: rows }, (_, row) =>
			this.#row(row)
				.map((code) => this.#character(code))
				.join('')
				.trimEnd(),
		)
	}

	picture(): Picture {
		const light = this.#lit ? this.#colour : ([40, 44, 40] as const)
		const ground = mixed(light, [235, 240, 230], 0.35)
		const ink = mixed(ground, [10, 16, 30], 0.92)
		const faint = mixed(ground, [10, 16, 30], 0.06)
		const picture = new Picture(columns * across + 2 * border, rows * down + 2 * border, ground)
		for (let row = 0; row < rows; row++) {
			this.#row(row).forEach((code, column) => {
				this.#dots(code).forEach((line, y) => {
					for (let x = 0; x < 5; x++) {
						const colour = (line >> (4 - x)) & 1 ? ink : faint
						const left = border + column * across + x * pitch
						picture.fill(left, border + row * down + y * pitch, dot, dot, colour)
					}
				})
			})
		}
		return picture
	}

	#row(row: number): readonly number[] {
		return this.#cells.slice(row * columns, (row + 1) * columns)
	}

	#takeByte(byte: number): void {
		if (this.#command === undefined) {
			if (byte === 0xfe) this.#command = 0
			else this.#write(byte)
			return
		}
		if (this.#command === 0) {
			this.#command = byte
			this.#arguments = []
		} else this.#arguments.push(byte)
		if (this.#arguments.length < (argumentsOf.get(this.#command) ?? 0)) return
		this.#do(this.#command, this.#arguments)
		this.#command = undefined
	}

	#do(command: number, [first = 0, second = 0, third = 0, ...rest]: readonly number[]): void {
		switch (command) {
			case 0x42:
				this.#lit = true
				break
			case 0x46:
				this.#lit = false
				break
			case 0x47:
				this.#x = (first - 1 + columns) % columns
				this.#y = (second - 1 + rows) % rows
				break
			case 0x48:
				this.#x = this.#y = 0
				break
			case 0x4e:
				this.counts.glyphs++
				this.#glyphs[first & 7] = dotsFrom([second, third, ...rest])
				break
			case 0x51:
			case 0x52:
				this.counts.eeprom++
				this.#scrolls = command === 0x51
				break
			case 0x58:
				this.#clear()
				break
			case 0xd0: {
				const colour: Colour = [first, second, third]
				this.counts.eeprom += colour.filter((value, channel) => value !== this.#colour[channel]).length
				this.#colour = colour
				break
			}
		}
	}

	#clear(): void {
		this.#cells = Array.from({ length: columns * rows }, () => blank)
		this.#x = this.#y = 0
	}

	#write(code: number): void {
		if (code === 0x0a) return
		if (code === 0x08) {
			this.#x = Math.max(0, this.#x - 1)
			this.#cells[this.#y * columns + this.#x] = blank
			return
		}
		this.counts.letters++
		if (code === 0x0d) {
			for (; this.#x < columns; this.#x++) this.#cells[this.#y * columns + this.#x] = blank
		} else this.#cells[this.#y * columns + this.#x++] = code
		if (this.#x < columns) return
		this.#x = 0
		this.#y++
		if (this.#y < rows) return
		this.#y = this.#scrolls ? rows - 1 : 0
		if (this.#scrolls) this.#cells = [...this.#cells.slice(columns), ...Array(columns).fill(blank)]
	}

	#dots(code: number): Dots {
		return this.#glyphs[code < 16 ? code & 7 : -1] ?? dotsOf(this.#character(code))
	}

	/** What a person reads: a glyph by its dots, whoever loaded it. */
	#character(code: number): string {
		const dots = code < 16 ? this.#glyphs[code & 7] : undefined
		if (dots !== undefined) return lcdGlyphs.find(([, known]) => `${known}` === `${dots}`)?.[0] ?? '▒'
		for (const [character, own] of romCharacters[this.#rom]) if (own === code) return character
		if (this.#rom === 'A00' && code in arrows) return arrows[code] ?? '▒'
		return code >= blank && code < 0x7e ? String.fromCharCode(code) : '▒'
	}
}

const arrows: Readonly<Record<number, string>> = { 92: '¥', 126: '→', 127: '←' }

function dotsFrom(bytes: readonly number[]): Dots {
	const row = (at: number) => (bytes[at] ?? 0) & 0x1f
	return [row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7)]
}

function mixed(one: Colour, other: Colour, share: number): Colour {
	const mix = (channel: 0 | 1 | 2) => Math.round(one[channel] + share * (other[channel] - one[channel]))
	return [mix(0), mix(1), mix(2)]
}
