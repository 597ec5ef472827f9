/** Draws the display in place in a terminal, in a frame of its own size. */
import type { Writable } from 'node:stream'
import type { Panel } from './panel.ts'
import { columns, rows, type Screen, type Tone } from './screens.ts'

const csi = '\u001b['
const colours: Record<Tone, string> = { quiet: '37', good: '32', attention: '33', trouble: '31' }

/** The frame's lines, coloured by tone (ECMA-48 SGR). */
export function frame(screen: Screen, tone: Tone): readonly string[] {
	const edge = '─'.repeat(columns + 2)
	const lines = screen.map(
		(line) => `│ ${csi}1;${colours[tone]}m${line.slice(0, columns).padEnd(columns)}${csi}0m │`,
	)
	return [`┌${edge}┐`, ...lines, `└${edge}┘`]
}

export class TerminalPanel implements Panel {
	readonly #out: Writable
	#drawn = false

	constructor(out: Writable) {
		this.#out = out
	}

	async start(): Promise<void> {}

	show(screen: Screen, tone: Tone): void {
		const up = this.#drawn ? `${csi}${rows + 2}A` : ''
		this.#out.write(`${up}${frame(screen, tone).join('\n')}\n`)
		this.#drawn = true
	}

	async stop(): Promise<void> {}
}
