/** Draws the display in place in a terminal, in a frame of its own size. */
import type { Writable } from 'node:stream'
import { printable } from '../platform/printable.ts'
import { usualSize, withCode } from './code-in-text.ts'
import type { Code } from './head-code.ts'
import type { Panel } from './panel.ts'
import { columns, type Screen, type Tone } from './screens.ts'

const csi = '\u001b['
const colours: Record<Tone, string> = { quiet: '37', good: '32', attention: '33', trouble: '31' }

/** Columns of a frame. */
export const frameWidth = columns + 4

/** The frame's lines, coloured by tone (ECMA-48 SGR). */
export function frame(screen: Screen, tone: Tone): readonly string[] {
	const edge = '─'.repeat(columns + 2)
	const lines = screen.map(
		(line) =>
			`│ ${csi}1;${colours[tone]}m${printable(line.slice(0, columns), columns).padEnd(columns)}${csi}0m │`,
	)
	return [`┌${edge}┐`, ...lines, `└${edge}┘`]
}

export class TerminalPanel implements Panel {
	readonly #out: Writable & { readonly rows?: number; readonly columns?: number }
	#drawn = 0

	constructor(out: Writable & { readonly rows?: number; readonly columns?: number }) {
		this.#out = out
	}

	async start(): Promise<void> {}

	show(screen: Screen, tone: Tone, code: Code | null = null): void {
		const { rows = usualSize.rows, columns: across = usualSize.columns } = this.#out
		const lines = withCode(frame(screen, tone), frameWidth, code, { rows, columns: across })
		// What was larger is wiped away below it.
		const up = this.#drawn === 0 ? '' : `${csi}${this.#drawn}A${this.#drawn > lines.length ? `${csi}J` : ''}`
		this.#out.write(`${up}${lines.map((line) => `${line}${csi}K`).join('\n')}\n`)
		this.#drawn = lines.length
	}

	async stop(): Promise<void> {}
}
