/**
 * A 20x4 character LCD behind a serial backpack that speaks Matrix Orbital's commands: 0xFE, a command, its
 * arguments; every other byte is a character. Written for Adafruit's "USB + Serial RGB Backlight Character LCD
 * Backpack": learn.adafruit.com/usb-plus-serial-backpack/command-reference, and the source of its firmware,
 * github.com/adafruit/Adafruit-USB-Serial-RGB-Character-Backpack, for what that leaves open:
 * - A byte after the last column goes on in the next row, after the last one in the first: each stretch of
 *   cells begins with the cursor's place, and scrolling is off.
 * - A started command waits for its arguments for ever, at most 9 that are used here: after each opening ten
 *   blanks come first, and are cleared away.
 * - It keeps colour, size and scrolling in its EEPROM, good for 100,000 writes, and writes there only what
 *   differs (scrolling: always, so only when it is greeted). A colour is sent only when the tone changes.
 * - At power-on it shows its baud rate and then listens to nobody for 1.3 s.
 */
import type { Dialect, PanelInput } from './dialect.ts'
import { type LcdRom, lcdCode, lcdGlyphs } from './lcd-characters.ts'
import { columns, rows, type Screen, type Tone } from './screens.ts'
import { type LinkDelays, linkDelays } from './serial-link.ts'

const prefix = 0xfe
const command = {
	home: [prefix, 0x48],
	clear: [prefix, 0x58],
	scrollOff: [prefix, 0x52],
	/** Columns, rows. The backpack takes a new size in full at its next power-on. */
	size: [prefix, 0xd1, columns, rows],
	underlineOff: [prefix, 0x4b],
	blinkOff: [prefix, 0x54],
	/** For 0 minutes, which means for ever. */
	lightOn: [prefix, 0x42, 0],
	lightOff: [prefix, 0x46],
	/** Column and row from 1. */
	cursor: (column: number, row: number) => [prefix, 0x47, column + 1, row + 1],
	glyph: (code: number, dots: readonly number[]) => [prefix, 0x4e, code, ...dots],
	colour: (red: number, green: number, blue: number) => [prefix, 0xd0, red, green, blue],
}

const blank = 0x20
const resynchronise = Array.from({ length: 10 }, () => blank)
const cursorBytes = command.cursor(0, 0).length
const emptyRow = Array.from({ length: columns }, () => blank)

/** Backlight, red, green, blue; displays of one colour take no notice. */
const colours: Record<Tone, readonly [number, number, number]> = {
	quiet: [255, 255, 255],
	good: [0, 255, 0],
	attention: [255, 160, 0],
	trouble: [255, 0, 0],
}

/** With time to start up, which it needs after each time it was plugged in. */
export const lcdDelays: LinkDelays = { ...linkDelays, settleMs: 1_500 }

export class LcdDialect implements Dialect {
	readonly idle = Uint8Array.from(command.home)
	readonly farewell = Uint8Array.from([...command.clear, ...command.lightOff])
	readonly #rom: LcdRom
	/** Codes in the display's cells, row by row. */
	#shown: readonly (readonly number[])[] = []
	#tone: Tone | undefined
	#said = ''

	constructor(rom: LcdRom) {
		this.#rom = rom
	}

	greet(): Uint8Array {
		this.#shown = Array.from({ length: rows }, () => emptyRow)
		this.#tone = undefined
		return Uint8Array.from([
			...resynchronise,
			...command.clear,
			...command.scrollOff,
			...command.size,
			...command.underlineOff,
			...command.blinkOff,
			...command.lightOn,
			...lcdGlyphs.flatMap(([, dots], code) => command.glyph(code, dots)),
		])
	}

	draw(screen: Screen, tone: Tone): Uint8Array {
		const wanted = screen.map((line) => this.#cells(line))
		const bytes = wanted.flatMap((cells, row) => {
			return stretches(this.#shown[row] ?? [], cells).flatMap(([from, to]) => [
				...command.cursor(from, row),
				...cells.slice(from, to),
			])
		})
		if (tone !== this.#tone) bytes.push(...command.colour(...colours[tone]))
		this.#shown = wanted
		this.#tone = tone
		return Uint8Array.from(bytes)
	}

	/** It speaks only when it is switched on: `9600 baud 20x4 contrast = …`. */
	hear(bytes: Uint8Array): readonly PanelInput[] {
		const said = this.#said + Buffer.from(bytes).toString('latin1')
		const restarted = said.includes(' baud ')
		this.#said = restarted ? '' : said.slice(-' baud'.length)
		return restarted ? [{ kind: 'restarted' }] : []
	}

	#cells(line: string): readonly number[] {
		const codes = [...line].slice(0, columns).map((character) => lcdCode(character, this.#rom))
		return [...codes, ...emptyRow.slice(codes.length)]
	}
}

/**
 * From where to where (exclusive) two rows differ. Cells between that do not are written again where that is
 * shorter than to place the cursor anew: at 9600 baud each byte takes a millisecond.
 */
function stretches(shown: readonly number[], wanted: readonly number[]): readonly [number, number][] {
	const found: [number, number][] = []
	wanted.forEach((code, column) => {
		if (code === shown[column]) return
		const last = found.at(-1)
		if (last !== undefined && column - last[1] < cursorBytes) last[1] = column + 1
		else found.push([column, column + 1])
	})
	return found
}
