/** Every kind of display, emulated: how it is spoken to, and what is read on it. */
import type { Dialect } from '#src/panel/dialect.js'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import { NextionDialect } from '#src/panel/nextion-dialect.js'
import { Vt100Dialect } from '#src/panel/vt100-dialect.js'
import type { Emulator } from './emulator.ts'
import { LcdEmulator } from './lcd-emulator.ts'
import { NextionEmulator } from './nextion-emulator.ts'
import { Vt100Emulator } from './vt100-emulator.ts'

export interface Kind {
	readonly kind: string
	readonly dialect: () => Dialect
	readonly emulator: () => Emulator
}

export const kinds: readonly Kind[] = [
	{ kind: 'LCD', dialect: () => new LcdDialect('A00'), emulator: () => new LcdEmulator() },
	{ kind: 'Nextion', dialect: () => new NextionDialect(), emulator: () => new NextionEmulator() },
	{ kind: 'VT100', dialect: () => new Vt100Dialect(), emulator: () => new Vt100Emulator() },
]

/** The lines of the screen that it shows. */
export function screenOn(emulator: Emulator): readonly string[] {
	return emulator instanceof Vt100Emulator ? withoutFrame(emulator.text()) : emulator.text()
}

/** What stands within the frame that a terminal draws. */
export function withoutFrame(text: readonly string[]): readonly string[] {
	return text.slice(1, -1).map((line) => line.replace(/^│ (.*) │$/, '$1').trimEnd())
}
