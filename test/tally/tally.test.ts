import { describe, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { Entry } from '#src/evidence/entry.js'
import { Tally } from '#src/tally/tally.js'

const counts = (maduro: number, gonzalez: number) => {
	return Array.from({ length: 38 }, (_, card) => (card === 0 ? maduro : card === 33 ? gonzalez : 0)).join(',')
}

function idOf(device: string, seq: number): string {
	return `${device}-${seq}`.padEnd(43, '0')
}

class Desk {
	readonly tally: Tally

	constructor(isQuarantined: (device: string, seq: number) => boolean = () => false) {
		this.tally = new Tally(presidential2024, isQuarantined)
	}

	scan(device: string, seq: number, text: string | null, more: object = {}): this {
		const method = text === null ? 'none' : 'qr'
		const reading = { method, text, code: text?.split('!')[0] ?? null }
		return this.add(device, seq, { kind: 'acta', reading, images: [], ...more })
	}

	add(device: string, seq: number, more: object): this {
		// The tally reads only the fields that are given here.
		const entry = { election: presidential2024.id, device, seq, ...more } as unknown as Entry
		this.tally.add(idOf(device, seq), entry)
		return this
	}

	get result() {
		return this.tally.result()
	}

	votes(candidate: string): number | undefined {
		return this.result.candidates.find(({ id }) => id === candidate)?.votes
	}
}

const first = `121202007.01.1.0001!${counts(46, 117)}!2!1`
const second = `121202007.02.1.0001!${counts(10, 20)}!0!0`

test('sums by candidate over tables', () => {
	const desk = new Desk().scan('k1', 1, first).scan('k1', 2, second)
	expect(desk.result).toMatchObject({ tables: 2, votes: 193, nullVotes: 2, emptyVotes: 1, voided: 0 })
	expect(desk.votes('NM')).toBe(56)
	expect(desk.votes('EG')).toBe(137)
	expect(desk.votes('LM')).toBe(0)
	expect(desk.result.candidates.map(({ id }) => id)).toEqual(presidential2024.candidates.map(({ id }) => id))
})

test('a table counts once, however often and by whomever it was scanned', () => {
	const desk = new Desk().scan('k1', 1, first).scan('k1', 2, first).scan('k2', 1, first).scan('k1', 1, first)
	expect(desk.result).toMatchObject({ tables: 1, votes: 163, conflicts: [] })
})

describe('a table with different votes', () => {
	const other = `121202007.01.1.0001!${counts(117, 46)}!2!1`
	const otherCode = `121202007.01.1.0002!${counts(117, 46)}!2!1`

	test.each([other, otherCode])('shows both and counts neither', (text) => {
		const desk = new Desk()
			.scan('k1', 1, first)
			.scan('k2', 1, text)
			.scan('k3', 1, first)
			.scan('k1', 2, second)
		expect(desk.result).toMatchObject({ tables: 1, votes: 30 })
		const [conflict] = desk.result.conflicts
		expect(conflict?.table).toBe('121202007.01')
		expect(conflict?.versions.map(({ text: version }) => version)).toEqual([first, text])
		expect(conflict?.versions.map(({ recordedBy }) => recordedBy.map(({ device }) => device))).toEqual([
			['k1', 'k3'],
			['k2'],
		])
	})

	test('null votes count too', () => {
		expect(
			new Desk().scan('k1', 1, first).scan('k2', 1, first.replace('!2!', '!3!')).result.conflicts,
		).toHaveLength(1)
	})

	test('is one table again when the wrong one is voided', () => {
		const desk = new Desk().scan('k1', 1, first).scan('k2', 1, other)
		desk.add('k2', 2, { kind: 'void', voids: { seq: 1, id: idOf('k2', 1) } })
		expect(desk.result).toMatchObject({ tables: 1, conflicts: [], voided: 1 })
		expect(desk.votes('EG')).toBe(117)
	})

	test('the same votes under another code are the same table', () => {
		const desk = new Desk().scan('k1', 1, first).scan('k2', 1, first.replace('.0001!', '.0002!'))
		expect(desk.result).toMatchObject({ tables: 1, votes: 163, conflicts: [] })
	})
})

test('only the device that recorded can void, before or after', () => {
	const voids = { kind: 'void', voids: { seq: 1, id: idOf('k1', 1) } }
	expect(new Desk().scan('k1', 1, first).add('k2', 5, voids).result.tables).toBe(1)
	expect(new Desk().add('k1', 2, voids).scan('k1', 1, first).add('k2', 5, voids).result.tables).toBe(0)
})

test('images without a reading wait for people; texts of no acta and other elections stand apart', () => {
	const desk = new Desk()
		.scan('k1', 1, null)
		.scan('k1', 2, '121202007.01.1.0001!1,2!0!0')
		.scan('k1', 3, first, { election: 'another' })
		.add('k1', 4, { kind: 'boot' })
	expect(desk.result).toMatchObject({
		tables: 0,
		votes: 0,
		unread: [{ seq: 1 }],
		foreign: [{ seq: 2 }, { seq: 3 }],
	})
})

test('what was voided after the last good entry counts again, and is listed: a thief must not void', () => {
	const desk = new Desk((device, seq) => device === 'k1' && seq > 2)
		.scan('k1', 1, first)
		.scan('k1', 2, null)
		.add('k1', 3, { kind: 'void', voids: { seq: 1, id: idOf('k1', 1) } })
		.add('k1', 4, { kind: 'void', voids: { seq: 2, id: idOf('k1', 2) } })
	expect(desk.result).toMatchObject({ tables: 1, voided: 0 })
	expect(desk.result.countedAgain).toEqual([
		{ table: '121202007.01', by: { device: 'k1', seq: 1, id: idOf('k1', 1) }, voidedBy: 3 },
		{ table: null, by: { device: 'k1', seq: 2, id: idOf('k1', 2) }, voidedBy: 4 },
	])
})
