/** A display made of software: takes the bytes that a real one takes, and shows what it would show. */
import type { Picture } from './picture.ts'

export interface Emulator {
	/** Takes bytes, cut anywhere and with anything among them, and returns what the display answers. */
	take(bytes: Uint8Array): Uint8Array
	/** Its power was cut and came back: everything is forgotten that a real one forgets. Returns what it says then. */
	restart(): Uint8Array
	/** What can be read on it, row by row, without blanks at the ends. */
	text(): readonly string[]
	picture(): Picture
}
