import { describe, expect, test } from 'vitest'
import { TallyMaker } from './tally-maker.ts'

const { first, second, counts } = TallyMaker

test('sums by candidate over tables', () => {
	const desk = new TallyMaker().scan('k1', 1, first).scan('k1', 2, second)
	expect(desk.summary).toMatchObject({ tables: 2, votes: 193, nullVotes: 2, emptyVotes: 1, voided: 0 })
	expect(desk.figures.sums.all.candidates).toMatchObject({ NM: 56, EG: 137, LM: 0 })
	expect(desk.summary.candidates.map(({ id }) => id)).toEqual(
		desk.tally.election.candidates.map(({ id }) => id),
	)
})

test('a table counts once, however often and by whomever it was scanned', () => {
	const desk = new TallyMaker()
		.scan('k1', 1, first)
		.scan('k1', 2, first)
		.scan('k2', 1, first)
		.scan('k1', 1, first)
	expect(desk.summary).toMatchObject({ tables: 1, votes: 163, conflicts: [] })
})

describe('a table with different votes', () => {
	const other = `121202007.01.1.0001!${counts(117, 46)}!2!1`
	const otherCode = `121202007.01.1.0002!${counts(117, 46)}!2!1`

	test.each([other, otherCode])('shows both and counts neither', (text) => {
		const desk = new TallyMaker()
			.scan('k1', 1, first)
			.scan('k2', 1, text)
			.scan('k3', 1, first)
			.scan('k1', 2, second)
		expect(desk.summary).toMatchObject({ tables: 1, votes: 30 })
		const [conflict] = desk.summary.conflicts
		expect(conflict?.table).toBe('121202007.01')
		expect(conflict?.versions.map(({ text: version }) => version)).toEqual([text, first].sort())
		const bearers = conflict?.versions.map(({ recordedBy }) => recordedBy.map(({ device }) => device))
		expect(bearers).toContainEqual(['k1', 'k3'])
		expect(bearers).toContainEqual(['k2'])
		expect(desk.figures.bounds).toMatchObject({ NM: { least: 56, most: 127 }, EG: { least: 66, most: 137 } })
	})

	test('null votes count too', () => {
		const desk = new TallyMaker().scan('k1', 1, first).scan('k2', 1, first.replace('!2!', '!3!'))
		expect(desk.summary.conflicts).toHaveLength(1)
	})

	test('is one table again when the wrong one is voided', () => {
		const desk = new TallyMaker().scan('k1', 1, first).scan('k2', 1, other)
		desk.voids('k2', 2, 1)
		expect(desk.summary).toMatchObject({ tables: 1, conflicts: [], voided: 1 })
		expect(desk.figures.sums.all.candidates['EG']).toBe(117)
	})

	test('the same votes under another code are the same table', () => {
		const desk = new TallyMaker().scan('k1', 1, first).scan('k2', 1, first.replace('.0001!', '.0002!'))
		expect(desk.summary).toMatchObject({ tables: 1, votes: 163, conflicts: [] })
	})
})

test('only the device that recorded can void, before or after', () => {
	const desk = new TallyMaker()
		.scan('k1', 1, first)
		.add('k2', 5, { kind: 'void', voids: TallyMaker.at('k1', 1) })
	expect(desk.summary.tables).toBe(1)
	expect(new TallyMaker().voids('k1', 2, 1).scan('k1', 1, first).summary.tables).toBe(0)
})

test('images without a reading wait for people; texts of no acta and other elections stand apart', () => {
	const desk = new TallyMaker()
		.scan('k1', 1, null)
		.scan('k1', 2, '121202007.01.1.0001!1,2!0!0')
		.scan('k1', 3, first, { election: 'another' })
		.add('k1', 4, { kind: 'boot' })
	expect(desk.summary).toMatchObject({
		tables: 0,
		votes: 0,
		unread: [{ seq: 1 }],
		foreign: [{ seq: 2 }, { seq: 3 }],
	})
	// What has a code belongs to its table, whatever the rest of the text is.
	expect(desk.figures).toMatchObject({ unreadPapers: 1, unlisted: { unread: 1 } })
})

test('what was voided after the last good entry counts again, and is listed: a thief must not void', () => {
	const desk = new TallyMaker()
		.scan('k1', 1, first)
		.scan('k1', 2, null)
		.voids('k1', 3, 1)
		.voids('k1', 4, 2)
		.revoke('k1', 2)
	expect(desk.summary).toMatchObject({ tables: 1, voided: 0 })
	expect(desk.summary.countedAgain).toEqual([
		{ table: '121202007.01', by: { device: 'k1', ...TallyMaker.at('k1', 1) }, voidedBy: 3 },
		{ table: null, by: { device: 'k1', ...TallyMaker.at('k1', 2) }, voidedBy: 4 },
	])
})
