import { expect, test } from 'vitest'
import { ElectionDefinition } from '#src/acta/election.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'

function faultsOf(value: unknown): string[] {
	const read = ElectionDefinition.safeParse(value)
	return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

test('the election that ships is well defined, also on its way through a file', () => {
	expect(faultsOf(JSON.parse(JSON.stringify(presidential2024)))).toEqual([])
	expect(presidential2024.cards).toHaveLength(38)
	expect(presidential2024.candidates.map(({ id }) => id).join(' ')).toBe(
		'NM LM JABE JOBR AE CF DC EG EM BERA',
	)
	const numbers = presidential2024.cards.flatMap(({ number }) => number ?? [])
	expect(new Set(numbers).size).toBe(numbers.length)
})

test('every fault of shape is listed with its path', () => {
	const faults = faultsOf({
		...presidential2024,
		id: 'Not An Id',
		title: '',
		code: { digits: [0, 2], centro: -1, mesa: '1', highestMesa: 0 },
		candidates: [{ id: 'lower', name: '' }],
		cards: [{ sigla: '', candidate: 'lower' }, { sigla: 'A', candidate: 'X', number: 0 }, 7],
		highestCount: 1_000_000,
		colour: 'red',
	})
	expect(faults.map((fault) => fault.slice(0, fault.indexOf(':'))).sort()).toEqual(
		[
			...['', 'candidates.0.id', 'candidates.0.name', 'cards.0.sigla', 'cards.1.number', 'cards.2'],
			...['code.centro', 'code.digits.0', 'code.highestMesa', 'code.mesa', 'highestCount', 'id', 'title'],
		].sort(),
	)
	expect(faults).toContain(': Unrecognized key: "colour"')
})

test('every fault between fields is listed with its path', () => {
	const faults = faultsOf({
		...presidential2024,
		code: { digits: [20, 20, 20, 20], centro: 4, mesa: 4 },
		candidates: [
			{ id: 'A', name: 'A' },
			{ id: 'A', name: 'B' },
		],
		cards: [
			{ sigla: 'A', candidate: 'A' },
			{ sigla: 'X', candidate: 'X' },
			{ sigla: 'Y', candidate: 'Y' },
		],
	})
	expect(faults).toEqual([
		'candidates: two candidates share an id',
		'cards.1.candidate: no candidate has the id X',
		'cards.2.candidate: no candidate has the id Y',
		'code.centro: the code has no such part',
		'code.mesa: the code has no such part',
		'code.mesa: the same part as the centre',
		'code.digits: 83 characters with the dots, over 64',
	])
})

test.each(['Mars/Olympus_Mons', '-04:00', 'america/caracas', ''])('%j is no zone to work in', (zone) => {
	expect(faultsOf({ ...presidential2024, zone })).toEqual(['zone: an IANA time zone, as America/Caracas'])
})

test.each([null, 7, 'text', [], undefined])('%j is no election', (value) => {
	expect(faultsOf(value)).toHaveLength(1)
})
