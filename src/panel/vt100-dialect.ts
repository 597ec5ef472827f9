import { type TextSize, usualSize, withCode } from './code-in-text.ts'
import type { Dialect, PanelInput } from './dialect.ts'
import type { Code } from './head-code.ts'
import type { Screen, Tone } from './screens.ts'
import { frame, frameWidth } from './terminal-panel.ts'

const csi = '\u001b['
const hideCursor = `${csi}?25l`
const showCursor = `${csi}?25h`
const clear = `${csi}0m${csi}2J${csi}H`
const clearLine = `${csi}K`
/** The cursor goes to the last corner, and the terminal says where that is (CPR). */
const askSize = `${csi}999;999H${csi}6n${csi}H`
const sizeAnswer = new RegExp(`${csi.replace('[', '\\[')}([0-9]{1,3});([0-9]{1,3})R`)

/** Longer than the answer. */
const longestAnswer = 16

export class Vt100Dialect implements Dialect {
	readonly idle = bytesOf(`${csi}H`)
	readonly farewell = bytesOf(clear + showCursor)
	#shown: readonly string[] = []
	#size: TextSize = usualSize
	#said = ''

	greet(): Uint8Array {
		this.#shown = []
		this.#size = usualSize
		this.#said = ''
		// Its first byte, an escape, also ends a sequence that was cut off.
		return bytesOf(clear + hideCursor + askSize)
	}

	draw(screen: Screen, tone: Tone, code: Code | null = null): Uint8Array {
		const lines = withCode(frame(screen, tone), frameWidth, code, this.#size)
		const rows = Math.max(lines.length, this.#shown.length)
		const changed = Array.from({ length: rows }, (_, row) => {
			const line = lines[row] ?? ''
			return line === (this.#shown[row] ?? '') ? '' : `${csi}${row + 1};1H${line}${clearLine}`
		})
		this.#shown = lines
		return bytesOf(changed.join(''))
	}

	/** Of what comes only the answer is heard; what is typed there is nobody's. */
	hear(bytes: Uint8Array): readonly PanelInput[] {
		const said = this.#said + Buffer.from(bytes).toString('latin1')
		const [, rows, columns] = sizeAnswer.exec(said) ?? []
		this.#said = said.slice(-longestAnswer)
		if (rows !== undefined && columns !== undefined) {
			this.#size = { rows: Number(rows), columns: Number(columns) }
			this.#said = ''
		}
		return []
	}
}

function bytesOf(text: string): Uint8Array {
	return Buffer.from(text, 'utf8')
}
