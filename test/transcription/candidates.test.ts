import { expect, test } from 'vitest'
import { type Candidate, choose } from '#src/transcription/queue/candidates.js'

let made = 0
const candidate = (device: string, more: Partial<Candidate> = {}): Candidate => ({
	entry: `entry-${++made}`,
	device,
	table: null,
	isRead: false,
	readings: 0,
	unreadable: 0,
	noActa: 0,
	images: [],
	...more,
})
const of = (device: string, count: number, more: Partial<Candidate> = {}) =>
	Array.from({ length: count }, () => candidate(device, more))
const chosen = (
	candidates: readonly Candidate[],
	sample: readonly string[] = [],
	read: readonly string[] = [],
) => choose(candidates, { sample: new Set(sample), hasReading: (table) => read.includes(table) })

test('devices take turns, whoever sent how many', () => {
	const papers = chosen([...of('k-many', 5), ...of('k-two', 2), ...of('k-one', 1)])
	expect(papers.map(({ candidate: { device } }) => device)).toEqual(
		['many', 'two', 'one', 'many', 'two', 'many', 'many', 'many'].map((name) => `k-${name}`),
	)
})

test('what may be of a missing table comes first, then the rest, then the sample, read or not', () => {
	const known = candidate('k-one', { table: '1.01' })
	const missing = candidate('k-one', { table: '1.02' })
	const unknown = candidate('k-one')
	const read = candidate('k-one', { table: '1.03', isRead: true })
	const byId = candidate('k-two', { isRead: true, readings: 2 })
	const papers = chosen([read, known, missing, byId, unknown], ['1.03', byId.entry], ['1.01', '1.03'])
	expect(papers).toEqual([
		{ candidate: missing, stage: 0 },
		{ candidate: unknown, stage: 0 },
		{ candidate: known, stage: 1 },
		{ candidate: read, stage: 2 },
		{ candidate: byId, stage: 2 },
	])
})

test.each([
	['nobody', 0, 0, true],
	['one station reads it', 1, 0, true],
	['one can, one can not', 1, 1, true],
	['one can, many can not', 1, 4, true],
	['one can not', 0, 1, true],
	['two read it', 2, 0, false],
	['two can not', 0, 2, false],
])('%s: waits for people: %s %s %s', (_, readings, unreadable, waits) => {
	expect(chosen([candidate('k-one', { readings, unreadable })])).toHaveLength(waits ? 1 : 0)
})

test('what a machine read is not read by people', () => {
	expect(chosen([candidate('k-one', { isRead: true, table: '1.01' })])).toEqual([])
})

test('what one station alone calls no actas sets no device back', () => {
	const papers = [...of('k-good', 30, { noActa: 1, unreadable: 1 }), ...of('k-other', 1)]
	expect(chosen(papers).map(({ stage }) => stage)).toEqual(Array<number>(31).fill(0))
})

test('after 20 papers that are no actas, by two stations, a device has its turn when all others had theirs', () => {
	const noActas = (count: number) => of('k-bad', count, { noActa: 2, unreadable: 2 })
	const order = (count: number) =>
		chosen([...noActas(count), ...of('k-bad', 2), ...of('k-good', 3)]).map(
			({ candidate: { device } }) => device,
		)
	expect(order(19)).toEqual(['k-bad', 'k-good', 'k-bad', 'k-good', 'k-good'])
	expect(order(20)).toEqual(['k-good', 'k-good', 'k-good', 'k-bad', 'k-bad'])
})
