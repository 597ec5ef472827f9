/** The kinds of display on a serial port: how each is spoken to, and how long it takes to start up. */
import { unreachable } from '../platform/result.ts'
import type { Dialect } from './dialect.ts'
import type { LcdRom } from './lcd-characters.ts'
import { LcdDialect, lcdDelays } from './lcd-dialect.ts'
import { NextionDialect } from './nextion-dialect.ts'
import { type LinkDelays, linkDelays } from './serial-link.ts'
import { Vt100Dialect } from './vt100-dialect.ts'

export type SerialKind =
	| { readonly kind: 'lcd'; readonly rom: LcdRom }
	| { readonly kind: 'nextion' }
	| { readonly kind: 'vt100' }

export function kindOf(display: SerialKind): { readonly dialect: Dialect; readonly delays: LinkDelays } {
	switch (display.kind) {
		case 'lcd':
			return { dialect: new LcdDialect(display.rom), delays: lcdDelays }
		case 'nextion':
			return { dialect: new NextionDialect(), delays: linkDelays }
		case 'vt100':
			return { dialect: new Vt100Dialect(), delays: linkDelays }
		default:
			return unreachable(display)
	}
}
