import { expect, test } from 'vitest'
import { startProgress } from '#src/cli/progress.js'

function output(isTTY: boolean) {
	const written: string[] = []
	return { isTTY, columns: 60, write: (text: string) => written.push(text), written }
}

test('on a terminal a bar redraws itself in one line, ten times a second at most', () => {
	const terminal = output(true)
	let now = 0
	const progress = startProgress('simulate', 4, terminal, () => now)
	progress.show(1)
	progress.show(2)
	now = 150
	progress.show(3, 'a file')
	progress.show(4)
	progress.end()
	expect(terminal.written).toHaveLength(4)
	expect(terminal.written.every((text) => !text.includes('\n') || text === '\n')).toBe(true)
	expect(terminal.written[1]).toMatch(/^\r.*simulate █+░+ 3\/4 a file$/)
	expect(terminal.written[2]).toMatch(/█+ 4\/4/)
	expect(terminal.written.at(-1)).toBe('\n')
})

test('elsewhere JSON lines, the last state always', () => {
	const log = output(false)
	const progress = startProgress('simulate', 4, log, () => 0)
	progress.show(1)
	progress.show(2)
	progress.show(3, 'a file')
	progress.end()
	expect(log.written.map((line) => JSON.parse(line))).toEqual([
		{ progress: 'simulate', done: 1, total: 4 },
		{ progress: 'simulate', done: 3, total: 4, note: 'a file' },
	])
})
