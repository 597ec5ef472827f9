import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Acta } from '#src/acta/payload.js'
import { implausibilities, tableOf } from '#src/acta/plausibility.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { totalsOf } from '#src/acta/totals.js'
import { sharedData } from '../support/shared-data.ts'

/** An acta in which each candidate has the given votes, all on the candidate's first card. */
function acta(votes: Readonly<Record<string, number>>, rest: Partial<Acta> = {}): Acta {
	const { cards } = presidential2024
	return {
		code: '121202007.01.1.0001',
		centro: '121202007',
		mesa: '01',
		votes: cards.map(({ candidate }, index) =>
			cards.findIndex((card) => card.candidate === candidate) === index ? (votes[candidate] ?? 0) : 0,
		),
		nullVotes: 0,
		emptyVotes: 0,
		...rest,
	}
}

describe('totals', () => {
	test('add the cards up by candidate, in the order of the election', () => {
		const votes = presidential2024.cards.map((_, index) => index + 1)
		const totals = totalsOf(acta({}, { votes, nullVotes: 5, emptyVotes: 7 }), presidential2024)
		expect([...totals.byCandidate].join(' ')).toBe(
			'NM,91 LM,99 JABE,20 JOBR,90 AE,165 CF,31 DC,65 EG,105 EM,37 BERA,38',
		)
		expect(totals.valid).toBe((38 * 39) / 2)
		expect(totals.total).toBe((38 * 39) / 2 + 12)
	})
})

describe('findings', () => {
	const usual = acta({ EG: 117, NM: 46, JABE: 1 })
	const codes = (...of: Parameters<typeof implausibilities>) =>
		implausibilities(...of).map(({ code }) => code)
	const register = (electors: number) => new Map([['121202007.01', { electors }]])

	test('none about a usual acta', () => {
		expect(implausibilities(usual, presidential2024)).toEqual([])
		expect(implausibilities(usual, presidential2024, register(230))).toEqual([])
	})

	test('mesa-unheard-of', () => {
		expect(codes({ ...usual, mesa: '15' }, presidential2024)).toEqual([])
		expect(codes({ ...usual, mesa: '16' }, presidential2024)).toEqual(['mesa-unheard-of'])
		expect(codes({ ...usual, mesa: '00' }, presidential2024)).toEqual(['mesa-unheard-of'])
		const { highestMesa: _, ...code } = presidential2024.code
		expect(codes({ ...usual, mesa: '99' }, { ...presidential2024, code })).toEqual([])
	})

	test('more-votes-than-electors counts null and empty votes too', () => {
		const full = { ...usual, nullVotes: 3, emptyVotes: 2 }
		expect(codes(full, presidential2024, register(170))).toEqual([])
		expect(codes(full, presidential2024, register(168))).toEqual(['more-votes-than-electors'])
	})

	test('everybody-voted', () => {
		expect(codes(usual, presidential2024, register(164))).toEqual(['everybody-voted'])
	})

	test('not-in-register', () => {
		expect(codes(usual, presidential2024, new Map())).toEqual(['not-in-register'])
		expect(codes({ ...usual, mesa: '02' }, presidential2024, register(230))).toEqual(['not-in-register'])
	})

	test('no-votes', () => {
		expect(codes(acta({}), presidential2024)).toEqual(['no-votes'])
	})

	test('one-candidate-only', () => {
		expect(codes(acta({ NM: 300 }), presidential2024)).toEqual(['one-candidate-only'])
	})

	test('mostly-invalid', () => {
		const few = acta({ EG: 5, NM: 5 })
		expect(codes({ ...few, nullVotes: 10 }, presidential2024)).toEqual([])
		expect(codes({ ...few, nullVotes: 6, emptyVotes: 5 }, presidential2024)).toEqual(['mostly-invalid'])
	})

	test('total-unprintable', () => {
		expect(codes(acta({ EG: 9000, NM: 999 }), presidential2024)).toEqual([])
		expect(codes(acta({ EG: 9000, NM: 1000 }), presidential2024)).toEqual(['total-unprintable'])
	})

	test('several at once, each in one line', () => {
		const found = implausibilities(acta({}, { mesa: '99', nullVotes: 10_000 }), presidential2024, new Map())
		expect(found.map(({ code }) => code)).toEqual([
			'mesa-unheard-of',
			'not-in-register',
			'mostly-invalid',
			'total-unprintable',
		])
		for (const { detail } of found) expect(detail).toMatch(/^[^\n]+$/)
	})

	if (sharedData === null) console.warn('skipped: the published results of 2024 are not at hand')
	test.skipIf(sharedData === null)(
		'none about any of the 24,532 actas published in 2024 (skipped without ../shared/data)',
		() => {
			const text = readFileSync(join(sharedData ?? '', 'results-2024.csv'), 'utf8').replace(/^\ufeff/, '')
			const [header = '', ...lines] = text.trimEnd().split(/\r?\n/)
			const columns = header.split(',')
			const all = lines.map((line) => {
				const cells = line.split(',')
				const cell = (name: string) => cells[columns.indexOf(name)] ?? ''
				const votes = presidential2024.candidates.map(({ id }) => [id, Number(cell(id))])
				return {
					electors: Number(cell('RE')),
					acta: acta(Object.fromEntries(votes), {
						centro: cell('CENTRO').padStart(9, '0'),
						mesa: cell('MESA').padStart(2, '0'),
						nullVotes: Number(cell('VOTOS_NULOS')),
					}),
				}
			})
			const electors = new Map(all.map((row) => [tableOf(row.acta), { electors: row.electors }]))
			expect(electors.size).toBe(24_532)
			const found = all.flatMap((row) => implausibilities(row.acta, presidential2024, electors))
			expect(found).toEqual([])
			const sum = all.reduce((so, row) => so + totalsOf(row.acta, presidential2024).valid, 0)
			expect(sum).toBe(10_659_128)
		},
	)
})
