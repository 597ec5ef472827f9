/** A change of many entries gives others their turns, and whoever asks meanwhile sees all or nothing of it. */
import { expect, test } from 'vitest'
import { TallyMaker } from './tally-maker.ts'

const many = 40

function contradicted(): TallyMaker {
	const made = new TallyMaker()
	for (let at = 1; at <= many; at++) {
		const said = (first: number) =>
			`1212020${String(at).padStart(2, '0')}.01.1.0001!${TallyMaker.counts(first, 50)}!0!0`
		made.scan('k-honest', at, said(20)).scan('k-other', at, said(30))
	}
	made.tally.settle()
	expect(made.figures.unlisted.conflict).toBe(many)
	return made
}

test('who asks after any turn sees the whole change', async () => {
	const whole = contradicted()
	whole.tally.revoke('k-other', 0)
	const { figures } = whole
	expect(figures.unlisted).toMatchObject({ counted: many, conflict: 0 })
	for (let asked = 1; asked <= 2 * many; asked++) {
		const { tally } = contradicted()
		tally.revoke('k-other', 0)
		let turns = 0
		await tally.settleInTurns(async () => {
			turns++
			if (turns === asked) expect(tally.figures()).toEqual(figures)
		})
		// One for each entry and each table; whoever asked had the rest looked at.
		expect(turns).toBe(asked)
		expect(tally.figures()).toEqual(figures)
	}
})

test('what comes between two turns is looked at too', async () => {
	const made = contradicted()
	made.tally.revoke('k-other', 0)
	let turns = 0
	await made.tally.settleInTurns(async () => {
		if (turns++ === 3) made.scan('k-more', 1, TallyMaker.first)
	})
	const other = contradicted().scan('k-more', 1, TallyMaker.first)
	other.tally.revoke('k-other', 0)
	expect(made.figures).toEqual(other.figures)
})

test('who waits for the last turn asks after it', async () => {
	const { tally } = contradicted()
	tally.revoke('k-other', 0)
	const order: string[] = []
	let release = () => {}
	const held = new Promise<void>((resolve) => {
		release = resolve
	})
	const settling = tally.settleInTurns(() => held).then(() => order.push('settled'))
	const asked = tally.settled().then(() => order.push('asked'))
	await Promise.resolve()
	expect(order).toEqual([])
	release()
	await Promise.all([settling, asked])
	expect(order.toSorted()).toEqual(['asked', 'settled'])
	expect(tally.figures().unlisted.conflict).toBe(0)
})
