import { expect, test } from 'vitest'
import { EdgeLines } from '#src/capture/gpio/gpiod.js'

type Edge = readonly [high: boolean, atMs: number | undefined]

function edgesOf(...chunks: readonly string[]): Edge[] {
	const edges: Edge[] = []
	const lines = new EdgeLines()
	for (const chunk of chunks) lines.push(Buffer.from(chunk), (high, atMs) => edges.push([high, atMs]))
	return edges
}

const printed = {
	'version 1': {
		text: '0 5 78\n1 5 150000078\n0 1722204340 999500000\n',
		edges: [
			[false, 5_000.000078],
			[true, 5_150.000078],
			[false, 1_722_204_340_999.5],
		],
	},
	'version 2': {
		text: '2 5.000000078\n1 5.150000078\n2 1722204340.999500000\n',
		edges: [
			[false, 5_000.000078],
			[true, 5_150.000078],
			[false, 1_722_204_340_999.5],
		],
	},
}

test.each(Object.entries(printed))(
	'%s: edges and their times, wherever they are torn',
	(_, { text, edges }) => {
		expect(edgesOf(text)).toEqual(edges)
		expect(edgesOf(...text)).toEqual(edges)
		for (let at = 1; at < text.length; at++) {
			expect(edgesOf(text.slice(0, at), text.slice(at))).toEqual(edges)
		}
	},
)

test('an edge is told of when its line is whole', () => {
	expect(edgesOf('2 5.000000078\n1 5.1500')).toEqual([[false, 5_000.000078]])
})

test.each([
	['none', '1'],
	['a word', '1 soon'],
	['a day', '1 2024-07-28T22:05:40Z'],
	['less than nothing', '1 -5 78'],
	['nanoseconds that are too many', '1 5 1000000000'],
	['a fraction that is cut off', '1 5.15'],
	['more seconds than there ever were', '1 9999999999999.000000000'],
	['something behind it', '1 5.000000078 x'],
	['a line that does not end for long', `1 5.${'0'.repeat(100_000)}`],
])('a time that makes no sense leaves the edge: %s', (_, line) => {
	expect(edgesOf(`${line}\n`, '2 6.000000000\n')).toEqual([
		[true, undefined],
		[false, 6_000],
	])
})

test.each(['', 'error', '7 5.000000078', ' 1 5.000000078'])('no edge: "%s"', (line) => {
	expect(edgesOf(`${line}\n`)).toEqual([])
})
