/**
 * `npm run test:body -- --actas 200 --seed S`: the journey at length, then every screen of the catalogue. The
 * last line is the result as JSON; exit status 1 when an acta was not recorded, not received or read wrong, when
 * a screen was in no catalogue, or one of the catalogue was not shown and nothing is known of why.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runSuite, seed, wholeNumber } from '../../support/suite-script.ts'
import { isWhole, runJourney } from './journey.ts'
import { runStates } from './states.ts'

await runSuite({
	name: 'body',
	options: { actas: wholeNumber(200), seed: seed() },
	async run({ values, folder, say }) {
		for (const name of ['journey', 'states']) await mkdir(join(folder, name))
		const report = await runJourney(join(folder, 'journey'), { ...values, say })
		const { shown, absent, ...faults } = await runStates(join(folder, 'states'), say)
		for (const [screen, why] of Object.entries(absent)) say(`not shown: ${screen}: ${why}`)
		for (const screen of faults.missing) say(`MISSING: ${screen}`)
		const states = {
			...{ shown: shown.length, absent: Object.keys(absent).length },
			...{ ...faults, missing: faults.missing.length },
		}
		const right = isWhole(report) && Object.values(faults).every((list) => list.length === 0)
		return { result: { ...report, states }, right }
	},
})
