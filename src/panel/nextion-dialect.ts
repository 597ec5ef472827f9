import type { Dialect, PanelInput } from './dialect.ts'
import type { Code } from './head-code.ts'
import { fillCommandsOf } from './nextion-code.ts'
import { rows, type Screen, type Tone } from './screens.ts'

const end = '\u00ff\u00ff\u00ff'

/** RGB 565 of the first line. */
const colours: Record<Tone, number> = { quiet: 0xffff, good: 0x07e0, attention: 0xfd20, trouble: 0xf800 }

/** One-byte answers that say no, as chapter 7 has them. 0x01, success, is not asked for. */
const refusals: ReadonlyMap<number, string> = new Map([
	[0x00, 'invalid instruction'],
	[0x02, 'invalid component'],
	[0x03, 'invalid page'],
	[0x04, 'invalid picture'],
	[0x05, 'invalid font'],
	[0x11, 'invalid baud rate'],
	[0x1a, 'invalid variable or attribute'],
	[0x1b, 'invalid operation'],
	[0x1c, 'assignment failed'],
	[0x1e, 'wrong number of parameters'],
	[0x20, 'invalid escape'],
	[0x23, 'variable name too long'],
])
const bufferOverflow = 0x24
const touched = 0x65
const pageReported = 0x66
const ready = 0x88
const press = 1
const release = 0
/** Leaves the page as its project made it. */
const firstPage = 'page 0'

/** Longer than any answer that is asked for. */
const longestAnswer = 16

export class NextionDialect implements Dialect {
	readonly idle = bytesOf(['sendme'])
	readonly farewell = bytesOf([...Array(rows).keys()].map((line) => `t${line}.txt=""`))
	#shown: readonly (string | undefined)[] = []
	#tone: Tone | undefined
	/** The code that stands there instead of the texts, and what is yet to be drawn of it. */
	#code: Code | null = null
	#parts: (readonly string[])[] = []
	#answer: number[] = []
	/** From a greeting to its answer, refusals are of what was cut off before it. */
	#greeting = false

	greet(): Uint8Array {
		this.#shown = []
		this.#tone = undefined
		this.#answer = []
		this.#greeting = true
		this.#code = null
		return bytesOf(['', 'bkcmd=2', firstPage, 'sendme'])
	}

	draw(screen: Screen, tone: Tone, code: Code | null = null): Uint8Array {
		if (code !== null) return this.#drawCode(code)
		const commands = this.#code === null ? [] : this.#clear()
		commands.push(...this.#texts(screen))
		if (tone !== this.#tone) commands.push(`t0.pco=${colours[tone]}`)
		this.#shown = screen
		this.#tone = tone
		return bytesOf(commands)
	}

	/** A text that changed would be drawn over it, so there is none. */
	#drawCode(code: Code): Uint8Array {
		if (code !== this.#code) {
			const empty = Array.from({ length: rows }, () => '')
			const cleared = [...this.#clear(), ...this.#texts(empty)]
			this.#shown = empty
			this.#code = code
			this.#parts = [cleared, ...fillCommandsOf(code)]
		}
		return bytesOf(this.#parts.shift() ?? [])
	}

	#clear(): string[] {
		this.#code = null
		this.#shown = []
		this.#tone = undefined
		return [firstPage]
	}

	#texts(lines: readonly string[]): string[] {
		return lines.flatMap((line, index) =>
			line === this.#shown[index] ? [] : [`t${index}.txt="${line.replaceAll(/["\\]/g, '\\$&')}"`],
		)
	}

	hear(bytes: Uint8Array): readonly PanelInput[] {
		const heard: PanelInput[] = []
		for (const byte of bytes) {
			// No answer begins with 0xFF; one that stands alone is left over from something else.
			if (this.#answer.length === 0 && byte === 0xff) continue
			this.#answer.push(byte)
			if (this.#answer.length > 2 && this.#answer.slice(-3).every((last) => last === 0xff)) {
				heard.push(...this.#meaning(this.#answer.slice(0, -3)))
				this.#answer = []
			}
			// Of garbage only the end is kept, in which an end of answer may begin.
			if (this.#answer.length > longestAnswer) this.#answer = this.#answer.slice(1)
		}
		return heard
	}

	#meaning(answer: readonly number[]): readonly PanelInput[] {
		const [code, page, , event] = answer
		if (code === touched && answer.length === 4) {
			if (page !== 0) return []
			if (event === press) return [{ kind: 'pressed' }]
			return event === release ? [{ kind: 'released' }] : []
		}
		if (code === pageReported && answer.length === 2) this.#greeting = false
		if (answer.length === 3 && answer.every((byte) => byte === 0)) return [{ kind: 'restarted' }]
		if (code === undefined || answer.length > 1 || this.#greeting) return []
		if (code === ready || code === bufferOverflow) return [{ kind: 'restarted' }]
		const refusal = refusals.get(code)
		if (refusal === undefined) return []
		const detail = `the display says: ${refusal} (0x${code.toString(16)}); see what project it holds`
		return [{ kind: 'refused', fault: { code: 'refused', detail } }]
	}
}

/** ISO 8859-1, of which the screens need no character that is the end of a command. */
function bytesOf(commands: readonly string[]): Uint8Array {
	const text = commands.map((command) => command.replaceAll(/[^\u0020-\u00fe]/g, '?') + end).join('')
	return Buffer.from(text, 'latin1')
}
