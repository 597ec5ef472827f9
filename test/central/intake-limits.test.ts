/** What one device may take of the centre: of its log, its ledger and its disk. */
import { expect, test } from 'vitest'
import type { SignedEntry } from '#src/evidence/entry.js'
import { signJws } from '#src/evidence/jws.js'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { deviceOf, entriesOfDevices, IntakeMaker, receiptsOf, usualLimits } from './intake-maker.ts'

const { honest } = await entriesOfDevices()

test('what one device repeats without end is logged at its 1st, 2nd, 4th, 8th … time', async () => {
	const desk = await new IntakeMaker(await temporaryFolder()).start()
	const [first] = honest
	if (first === undefined) throw new Error('no entries')
	const bent = { ...first, text: `${first.text.slice(0, -86)}${'A'.repeat(86)}` }
	for (let times = 1; times <= 20; times++) await desk.entry(bent)
	expect(desk.log).toEqual(
		[1, 2, 4, 8, 16].map((count) => ({
			event: 'rejected',
			device: first.entry.device,
			reason: 'bad-signature',
			count,
		})),
	)
	await desk.stop()
})

test('over its quota nothing of a device is kept, and one refusal a minute is signed; what is held passes', async () => {
	const desk = new IntakeMaker(await temporaryFolder())
	desk.limits = { ...usualLimits, entries: 3 }
	await desk.start()
	const [one, two] = [honest.slice(0, 5), honest.slice(5)]
	for (const entry of one.slice(0, 3)) await desk.entry(entry)
	const full = desk.lines
	const [, , , fourth, fifth] = one
	if (fourth === undefined || fifth === undefined) throw new Error('no entries')
	const unknown = await signJws('entry', { ...fourth.entry, v: 999_999 }, deviceOf(fourth))
	expect(receiptsOf(await desk.entry(fourth))).toMatchObject([
		{ receipt: { status: 'rejected', reason: 'quota', seq: 4, entry: fourth.id } },
	])
	for (let times = 0; times < 50; times++) {
		expect(await desk.entry(fifth)).toMatchObject({ outcome: 'rejected', reason: 'quota', receipts: [] })
		expect(await desk.entry({ ...fifth, text: unknown.text })).toMatchObject({ receipts: [] })
	}
	await desk.clock.advance(60_000)
	expect(receiptsOf(await desk.entry(fifth))).toMatchObject([{ receipt: { reason: 'quota', seq: 5 } }])
	expect(await desk.entry(fifth)).toMatchObject({ receipts: [] })
	// All that it holds it may send again, and the others are as they were.
	for (const entry of one.slice(0, 3)) {
		expect(receiptsOf(await desk.entry(entry))).toMatchObject([{ receipt: { status: 'duplicate' } }])
	}
	expect(desk.lines).toEqual(full)
	for (const entry of two.slice(0, 3)) {
		expect(receiptsOf(await desk.entry(entry))).toMatchObject([{ receipt: { status: 'stored' } }])
	}
	// So it is after a start: the ledger tells it again.
	await desk.stop()
	await desk.start()
	expect(await desk.entry(fifth)).toMatchObject({ outcome: 'rejected', reason: 'quota' })
	expect(receiptsOf(await desk.entry(one[2] ?? fifth))).toMatchObject([{ receipt: { status: 'duplicate' } }])
	await desk.stop()
})

test('entries of unknown versions, heads and receipts that come back count as entries do', async () => {
	const desk = new IntakeMaker(await temporaryFolder())
	desk.limits = { ...usualLimits, bytes: 1 << 20 }
	await desk.start()
	const [first] = honest
	if (first === undefined) throw new Error('no entries')
	const padding = 'x'.repeat(40_000)
	const outcomes = new Set<string>()
	for (let seq = 1; seq <= 40; seq++) {
		const foreign = await signJws('entry', { ...first.entry, v: 999_999, seq, padding }, deviceOf(first))
		outcomes.add((await desk.entry({ ...first, text: foreign.text }, first.entry.device, seq)).outcome)
		const head = { v: 1, device: first.entry.device, seq, id: first.id, receipts: 0, time: null, padding }
		await desk.head(first.entry.device, (await signJws('head', head, deviceOf(first))).text)
	}
	expect(outcomes).toEqual(new Set(['foreign', 'rejected']))
	expect(desk.bytes).toBeLessThan(1 << 20)
	await desk.stop()
})

test('a disk with little room takes no pictures, then no entries, and of nobody more than is left for the others', async () => {
	const desk = await new IntakeMaker(await temporaryFolder()).start()
	const [one, two] = [honest.slice(0, 5), honest.slice(5)]
	const size = one[0]?.text.length ?? 0
	desk.room = { pictures: 0, entries: 3 * size }
	const outcomes = []
	for (const entry of one) outcomes.push((await desk.entry(entry)).outcome)
	expect(outcomes[0]).toBe('stored')
	expect(outcomes.at(-1)).toBe('rejected')
	expect((await desk.entry(two[0] as SignedEntry)).outcome).toBe('stored')
	desk.room = { pictures: 0, entries: 0 }
	expect((await desk.entry(two[1] as SignedEntry)).outcome).toBe('rejected')
	desk.room = { pictures: 1e12, entries: 1e12 }
	for (const entry of [...one, ...two]) expect((await desk.entry(entry)).outcome).not.toBe('rejected')
	await desk.stop()
})
