/**
 * What a character is on the LCD: a code of its controller's ROM, or one of the eight glyphs that can be
 * uploaded (CGRAM, codes 0 to 7).
 *
 * HD44780U data sheet (Hitachi, ADE-207-272): ROM A00, the Japanese one, in table 4, which nearly all displays
 * have; A02, the European one, in its second part. The eight glyphs are for lower case and the opening marks,
 * which both languages of Spanish text need all the time. Capitals are without accent on A00, as on old signs:
 * the few screens that hold one stay readable, and a ninth glyph does not exist. The º of `Nº` is A00's small
 * ring at 0xDF, never a plain `o`: `GUARDADA No 12` would read as "not recorded".
 */
export type LcdRom = 'A00' | 'A02'

/** Eight rows of five dots, the left one the highest bit; the last row is left to the cursor. */
export type Dots = readonly [number, number, number, number, number, number, number, number]

/** The uploaded glyphs; the place in the list is the code. */
export const lcdGlyphs: readonly (readonly [character: string, dots: Dots])[] = [
	['á', [0x02, 0x04, 0x0e, 0x01, 0x0f, 0x11, 0x0f, 0x00]],
	['é', [0x02, 0x04, 0x0e, 0x11, 0x1f, 0x10, 0x0e, 0x00]],
	['í', [0x02, 0x04, 0x00, 0x0c, 0x04, 0x04, 0x0e, 0x00]],
	['ó', [0x02, 0x04, 0x00, 0x0e, 0x11, 0x11, 0x0e, 0x00]],
	['ú', [0x02, 0x04, 0x11, 0x11, 0x11, 0x13, 0x0d, 0x00]],
	['ñ', [0x0d, 0x12, 0x00, 0x16, 0x19, 0x11, 0x11, 0x00]],
	['¡', [0x04, 0x00, 0x00, 0x04, 0x04, 0x04, 0x04, 0x00]],
	['¿', [0x04, 0x00, 0x04, 0x08, 0x10, 0x11, 0x0e, 0x00]],
]

/** What the ROMs hold beside ASCII, as far as a screen may ask for it. */
export const romCharacters: Readonly<Record<LcdRom, ReadonlyMap<string, number>>> = {
	A00: new Map([['º', 0xdf]]),
	A02: new Map([...'ºÁÉÍÓÚÑ'].map((character) => [character, character.charCodeAt(0)])),
}

/** In A00 the yen sign and two arrows stand here; A02 has other signs as well. */
const notAscii = new Set(['\\', '~', '\u007f'])

const unknown = 0x3f

/** The code of a character; of its base letter where there is none, and of `?` where that is missing too. */
export function lcdCode(character: string, rom: LcdRom): number {
	const glyph = lcdGlyphs.findIndex(([known]) => known === character)
	if (glyph >= 0) return glyph
	const own = romCharacters[rom].get(character)
	if (own !== undefined) return own
	const base = character.normalize('NFD').charAt(0)
	return base >= ' ' && base <= '\u007f' && !notAscii.has(base) ? base.charCodeAt(0) : unknown
}
