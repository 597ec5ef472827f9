import { describe, expect, onTestFailed, test } from 'vitest'
import { inDirectory } from '../../support/in-directory.ts'
import { withoutSocat } from '../../support/serial-cable.ts'
import { runJourney } from './journey.ts'
import { SeenScreens } from './seen-screens.ts'
import { runStates } from './states.ts'

/** Milliseconds, for a machine that does much else: every wait in here has one of its own, and says where it ended. */
const patience = 1_800_000

describe.skipIf(withoutSocat !== null)(`a kiosk with its whole body ${withoutSocat ?? ''}`, () => {
	test(
		'records actas, the centre has them, and the display shows nothing but the catalogue',
		() =>
			inDirectory(async (directory) => {
				const report = await runJourney(directory, { actas: 3, seed: 'short', say: () => {} })
				expect(report).toMatchObject({
					...{ recorded: 3, received: 3, right: 3, faults: 0, troubles: [], strays: [] },
				})
			}),
		patience,
	)

	test(
		'shows every screen of the catalogue, but for those that say why not',
		() =>
			inDirectory(async (directory) => {
				const way: string[] = []
				onTestFailed(() => console.info(`it came as far as: ${way.join(', ')}`))
				const { shown, absent, ...faults } = await runStates(directory, (what) => way.push(what))
				expect(faults).toEqual({ missing: [], strays: [], repeats: [] })
				expect(shown).toEqual(expect.arrayContaining(['GUARDADA Nº # | # mesa # | # votos']))
				for (const [screen, why] of Object.entries(absent)) console.info(`not shown: ${screen}: ${why}`)
			}),
		patience,
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
