import { expect, test } from 'vitest'
import { LinePace } from '#src/platform/mqtt/line-pace.js'

test('nothing is expected of a line that has acknowledged nothing', () => {
	expect(new LinePace().expected(100)).toBe(Number.POSITIVE_INFINITY)
})

test('what was seen is expected of more bytes in proportion', () => {
	const pace = new LinePace()
	pace.acknowledged(1_000, 500)
	expect(pace.expected(2_000)).toBeCloseTo(1_000)
})

test('acknowledgements that come in a bunch count together', () => {
	const pace = new LinePace()
	pace.acknowledged(1_000, 900)
	for (let late = 0; late < 9; late++) pace.acknowledged(1_000, 0)
	expect(pace.expected(10_000)).toBeCloseTo(900)
})

test('a line that has become slow is believed within a minute', () => {
	const pace = new LinePace()
	for (let fast = 0; fast < 100; fast++) pace.acknowledged(100_000, 10)
	for (let slow = 0; slow < 6; slow++) pace.acknowledged(100_000, 10_000)
	expect(pace.expected(100_000)).toBeGreaterThan(5_000)
})
