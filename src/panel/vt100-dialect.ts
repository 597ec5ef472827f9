/**
 * A terminal on a serial line, with UTF-8: DEC VT100 User Guide (EK-VT100-UG), chapter 3, and ECMA-48. Draws
 * what TerminalPanel draws, in place; a line that changed is written whole.
 */
import type { Dialect, Heard } from './dialect.ts'
import type { Screen, Tone } from './screens.ts'
import { frame } from './terminal-panel.ts'

const csi = '\u001b['
const hideCursor = `${csi}?25l`
const showCursor = `${csi}?25h`
const clear = `${csi}0m${csi}2J${csi}H`

export class Vt100Dialect implements Dialect {
	readonly idle = bytesOf(`${csi}H`)
	readonly farewell = bytesOf(clear + showCursor)
	#shown: readonly string[] = []

	greet(): Uint8Array {
		this.#shown = []
		// Its first byte, an escape, also ends a sequence that was cut off.
		return bytesOf(clear + hideCursor)
	}

	draw(screen: Screen, tone: Tone): Uint8Array {
		const lines = frame(screen, tone)
		const changed = lines.map((line, row) => (line === this.#shown[row] ? '' : `${csi}${row + 1};1H${line}`))
		this.#shown = lines
		return bytesOf(changed.join(''))
	}

	/** What is typed there is nobody's. */
	hear(): readonly Heard[] {
		return []
	}
}

function bytesOf(text: string): Uint8Array {
	return Buffer.from(text, 'utf8')
}
