import { expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { Register } from '#src/acta/register/register.js'
import { figureLines } from '#src/cli/tally-lines.js'
import { leadOf, uncounted } from '#src/tally/lead.js'
import { TallyMaker } from './tally-maker.ts'

const { first, second, counts } = TallyMaker
const rows = ['01', '02'].map((mesa) => ({
	...{ state: 'NORTE', municipality: 'UNO', parish: 'P', centro: '121202007', centroName: '', mesa },
	...{ table: `121202007.${mesa}`, electors: 50 },
}))
const register: Register = {
	tables: new Map(rows.map((row) => [row.table, row])),
	electors: 100,
	sha256: 'f'.repeat(64),
}
const lead = { first: 'EG', second: 'NM', votes: 71 }

function lastLine({ figures }: TallyMaker): string | undefined {
	return figureLines('The register', figures, presidential2024).at(-1)
}

test('tables of the register that are not counted are held against the lead by their electors', () => {
	const made = new TallyMaker(register).scan('k1', 1, first)
	expect(leadOf(made.figures)).toEqual({ ...lead, couldChange: false })
	expect(lastLine(made)).toMatch(/by 71 votes; .* have 50 electors: they could not change the order$/)
	const even = new TallyMaker(register).scan('k1', 1, `121202007.01.1.0001!${counts(20, 70)}!0!0`)
	expect(leadOf(even.figures)).toEqual({ ...lead, votes: 50, couldChange: true })
})

test('of a table outside the register that is not counted nobody knows the electors: it could change the order', () => {
	const made = new TallyMaker(register).scan('k1', 1, first).scan('k1', 2, second)
	expect(leadOf(made.figures)).toMatchObject({ votes: 81, couldChange: false })
	made.scan('k1', 3, null, {}, '999999999.01.1.0001')
	expect(uncounted(made.figures)).toEqual({ tables: 0, electors: 0, unlisted: 1 })
	expect(leadOf(made.figures)).toMatchObject({ votes: 81, couldChange: true })
	expect(lastLine(made)).toContain(
		'have 0 electors, 1 more outside the register nobody knows how many: they could change the order',
	)
	// Of the state all is counted.
	const state = made.tally.placeFigures(['NORTE'])
	expect(state && leadOf(state)).toMatchObject({ votes: 81, couldChange: false })
	// What is counted stands in the sums.
	const counted = made.scan('k1', 4, `999999999.01.1.0001!${counts(7, 0)}!0!0`)
	expect(leadOf(counted.figures)).toMatchObject({ votes: 74, couldChange: false })
})

test('as many votes as each other are nobody before nobody', () => {
	const tie = (mesa: string) => `121202007.${mesa}.1.0001!${counts(30, 30)}!0!0`
	const made = new TallyMaker(register).scan('k1', 1, tie('01'))
	expect(leadOf(made.figures)).toMatchObject({ votes: 0, couldChange: true })
	expect(lastLine(made)).toMatch(
		/^ {2}[^;]* and [^;]* have as many votes as each other; .* they could change/,
	)
	expect(lastLine(made)).not.toContain(' before ')
	made.scan('k1', 2, tie('02'))
	expect(leadOf(made.figures)).toMatchObject({ votes: 0, couldChange: false })
	expect(leadOf(new TallyMaker(register).figures)).toBeNull()
})
