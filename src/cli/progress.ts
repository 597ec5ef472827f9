/** How far long work is, on standard error: a bar that redraws itself on a terminal, JSON lines elsewhere. */
import { jsonLine, printable } from '../platform/printable.ts'

export interface ProgressLine {
	/** `done` of the total; `note` is a word or two on what was done last. */
	show(done: number, note?: string): void
	/** Leaves the last state standing and the cursor on a new line. */
	end(): void
}

interface Output {
	readonly isTTY?: boolean
	readonly columns?: number
	write(text: string): unknown
}

/** `now` in milliseconds; a terminal is shown ten states a second, a log one, the last always. */
export function startProgress(
	what: string,
	total: number,
	output: Output = process.stderr,
	now: () => number = () => performance.now(),
): ProgressLine {
	let shown = -Infinity
	let pending: (() => string) | undefined
	const show = () => {
		if (pending === undefined) return
		output.write(pending())
		pending = undefined
		shown = now()
	}
	const terminal = output.isTTY === true
	return {
		show(done, note) {
			pending = () =>
				terminal
					? `\r\x1b[K${bar(printable(what), done, total, printable(note ?? ''), output.columns ?? 80)}`
					: `${jsonLine({ progress: what, done, total, ...(note === undefined ? {} : { note }) })}\n`
			if (done >= total || now() - shown >= (terminal ? 100 : 1000)) show()
		},
		end() {
			show()
			if (terminal && shown > -Infinity) output.write('\n')
		},
	}
}

/** A bar for one thing after another, where a terminal looks on; nothing elsewhere. */
export function progressBars(): { show(what: string, done: number, total: number): void; end(): void } {
	if (!process.stderr.isTTY) return { show() {}, end() {} }
	let shown: string | undefined
	let line: ProgressLine | undefined
	return {
		show(what, done, total) {
			if (what !== shown) {
				line?.end()
				line = startProgress(what, total)
				shown = what
			}
			line?.show(done)
		},
		end: () => line?.end(),
	}
}

function bar(what: string, done: number, total: number, note: string, columns: number): string {
	const share = total > 0 ? Math.min(1, done / total) : 1
	const width = Math.max(5, Math.min(30, columns - what.length - 30))
	const full = Math.round(share * width)
	const line = `${what} ${'█'.repeat(full)}${'░'.repeat(width - full)} ${done}/${total} ${note}`
	return line.slice(0, columns - 1)
}
