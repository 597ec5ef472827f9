import { expect, test } from 'vitest'
import { LogLimiter, logIntervalMs } from '#src/platform/process/log-limiter.js'
import { SimulatedClock } from '../../support/simulated-clock.js'

function told() {
	const clock = new SimulatedClock()
	const lines = new LogLimiter(clock, logIntervalMs)
	const log: string[] = []
	const take = (kind: string, detail: string) => {
		lines.log(kind, (times) => log.push(`${kind} ${detail} ${times}`))
	}
	return { clock, lines, log, take }
}

test('the first of a kind is told at once, the others are counted and the last of them named', async () => {
	const { clock, log, take } = told()
	for (const detail of ['a', 'b', 'c', 'd']) take('forged', detail)
	take('foreign', 'a')
	expect(log).toEqual(['forged a 1', 'foreign a 1'])
	await clock.advance(logIntervalMs)
	expect(log.slice(2)).toEqual(['forged d 3'])
})

test('a flood costs a line an interval, and none of it is left out of the count', async () => {
	const { clock, lines, log, take } = told()
	for (let second = 0; second < 600; second++) {
		for (let index = 0; index < 100; index++) take('forged', 'x')
		await clock.advance(1_000)
	}
	lines.stop()
	expect(log.length).toBeLessThanOrEqual(12)
	expect(log.reduce((sum, line) => sum + Number(line.split(' ')[2]), 0)).toBe(60_000)
})

test('after a quiet interval the next one is told at once', async () => {
	const { clock, log, take } = told()
	take('forged', 'a')
	await clock.advance(logIntervalMs)
	take('forged', 'b')
	expect(log).toEqual(['forged a 1', 'forged b 1'])
})

test('what was not told is told at the end, and nothing after it', async () => {
	const { clock, lines, log, take } = told()
	for (const detail of ['a', 'b']) take('forged', detail)
	lines.stop()
	await clock.advance(10 * logIntervalMs)
	expect(log).toEqual(['forged a 1', 'forged b 1'])
})

test('kinds that the other end chooses are told apart up to a number, and counted beyond it', async () => {
	const { clock, log, take } = told()
	for (let address = 0; address < 1_000; address++) take(`from ${address}`, 'x')
	expect(log).toHaveLength(65)
	await clock.advance(logIntervalMs)
	expect(log).toHaveLength(66)
	expect(log.at(-1)).toMatch(/ 935$/)
})
