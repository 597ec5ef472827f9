import { expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { type Paper, Queue } from '#src/transcription/queue/queue.js'
import { nextOf, orderAt } from '#src/transcription/station/order.js'

const picture = { sha256: 'a'.repeat(64), size: 1, mediaType: 'image/jpeg' } as const
const paper = (n: number, block: number, source = 0): Paper => ({
	entry: Buffer.alloc(32, n).toString('base64url'),
	...{ source, block, pictures: [picture] },
})
const queueOf = (papers: readonly Paper[], sources = [{ noActa: 0, isLast: false }]) =>
	Queue.parse({ v: 1, election: presidential2024, sources, papers })

test('each station has an order of its own, always the same, and none leaves its block', () => {
	const papers = Array.from({ length: 60 }, (_, n) => paper(n, Math.floor(n / 20)))
	const one = orderAt('s-one', papers)
	const two = orderAt('s-two', papers)
	expect(one).toEqual(orderAt('s-one', papers.toReversed()))
	expect(one).not.toEqual(two)
	for (const order of [one, two]) {
		expect(order.map(({ block }) => block)).toEqual(papers.map(({ block }) => block))
		expect(new Set(order)).toEqual(new Set(papers))
	}
})

test.each([
	{ before: 0, here: 20 },
	{ before: 15, here: 5 },
])('$before no actas before and $here here set a device back', ({ before, here }) => {
	const bad = Array.from({ length: here + 2 }, (_, n) => paper(n, 0, 0))
	const good = [paper(100, 1, 1), paper(101, 2, 1)]
	const queue = queueOf(
		[...bad, ...good],
		[
			{ noActa: before, isLast: false },
			{ noActa: 0, isLast: false },
		],
	)
	const answered = new Set<string>()
	const seen: Paper[] = []
	for (;;) {
		const noActa = (entry: string) => answered.has(entry) && bad.some((one) => one.entry === entry)
		const next = nextOf(queue.papers, queue, { has: (entry) => answered.has(entry), noActa })
		if (next === null) break
		seen.push(next)
		answered.add(next.entry)
	}
	expect(seen).toEqual([...bad.slice(0, here), ...good, ...bad.slice(here)])
})

test('one that was set back when the queue was made stays so', () => {
	const queue = queueOf(
		[paper(1, 0, 0), paper(2, 0, 1)],
		[
			{ noActa: 0, isLast: true },
			{ noActa: 0, isLast: false },
		],
	)
	const answered = { has: () => false, noActa: () => false }
	expect(nextOf(queue.papers, queue, answered)?.source).toBe(1)
})

test('a queue in which an entry stands twice, or a paper has no source, is none', () => {
	expect(() => queueOf([paper(1, 0), paper(1, 1)])).toThrow('an entry stands twice')
	expect(() => queueOf([paper(1, 0, 1)])).toThrow('a source that is not there')
})
