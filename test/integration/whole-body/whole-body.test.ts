import { describe, expect, test } from 'vitest'
import { inDirectory } from '../../in-directory.ts'
import { withoutSocat } from '../serial-cable.ts'
import { runJourney } from './journey.ts'
import { SeenScreens } from './seen-screens.ts'

describe.skipIf(withoutSocat !== null)(`a kiosk with its whole body ${withoutSocat ?? ''}`, () => {
	test(
		'records ten actas, the centre has them, and the display shows nothing but the catalogue',
		() =>
			inDirectory(async (directory) => {
				const report = await runJourney(directory, { actas: 10, seed: 'short', say: () => {} })
				expect(report).toMatchObject({
					...{ recorded: 10, received: 10, right: 10, faults: 0, troubles: [], strays: [] },
				})
				expect(report.titles).toEqual(
					expect.arrayContaining(['LISTO', 'FOTO...', 'GUARDADA Nº #', 'YA GUARDADA Nº #']),
				)
			}),
		300_000,
	)
})

test('a screen of no catalogue, and one that is left half drawn, are told from those on the way', () => {
	const seen = new SeenScreens()
	const footer = 'G12 R9       SIN RED'
	const ready = ['LISTO', 'Ponga un acta', 'Por enviar: 3', footer].map((line) => line.padEnd(20))
	const photo = ['FOTO...', 'No mueva el acta', '', footer].map((line) => line.padEnd(20))
	const halfWay = [photo[0] ?? '', ready[1] ?? '', ready[2] ?? '', footer]
	for (const screen of [ready, halfWay, photo]) seen.take(screen)
	expect(seen).toMatchObject({ strays: [], settled: true, frames: 2 })
	for (const screen of [['LISTO', 'Ponga dinero', '', footer], ready]) seen.take(screen)
	expect(seen.strays).toEqual([`LISTO|Ponga dinero||${footer}`])
	seen.take(halfWay)
	expect(seen.settled).toBe(false)
})
