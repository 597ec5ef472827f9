import { expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { parseRegister } from '#src/acta/register/canonical.js'
import { pathOf, placeAt, placesAt, placesOf } from '#src/acta/register/places.js'

const parsed = parseRegister(
	Buffer.from(
		[
			'state,municipality,parish,centro,mesa,electors,centroName',
			'Norte,Centro,San Blas,010101001,01,100,Escuela A',
			'Norte,Centro,San Blas,010101001,02,110,Escuela A',
			'Sur,Centro,San Blas,020101001,01,50,',
			'Norte,Costa,San Blas,010201001,01,30,',
			'',
		].join('\n'),
	),
	presidential2024,
)
if (!parsed.ok) throw new Error(parsed.fault.detail)
const register = parsed.value
const country = placesOf(register)

test('each place adds up what lies below it, to the register', () => {
	expect([country.electors, country.tables.length]).toEqual([290, 4])
	expect(placesAt(country, 'state').map(({ name, electors }) => [name, electors])).toEqual([
		['Norte', 240],
		['Sur', 50],
	])
	expect(
		placesAt(country, 'centro').map(({ name, centroName, tables }) => [name, centroName, tables.length]),
	).toEqual([
		['010101001', 'Escuela A', 2],
		['010201001', '', 1],
		['020101001', '', 1],
	])
})

test('places of one name in two states are two places', () => {
	expect(placeAt(country, ['Norte', 'Centro'])?.electors).toBe(210)
	expect(placeAt(country, ['Sur', 'Centro'])?.electors).toBe(50)
	expect(placeAt(country, [])).toBe(country)
	expect(placeAt(country, ['Sur', 'Costa'])).toBeUndefined()
})

test('from the country down to a table, and from a table to its places', () => {
	const [table] = register.tables.values()
	if (table === undefined) throw new Error('no table')
	expect(pathOf(table)).toEqual(['Norte', 'Centro', 'San Blas', '010101001'])
	expect(placeAt(country, pathOf(table))?.tables).toContain(table)
})
