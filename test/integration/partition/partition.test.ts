/** The short form of `npm run test:partition`: that all arrives once, not how soon. */
import { expect, test } from 'vitest'
import { Random } from '#src/simulator/random.js'
import { inDirectory } from '../../support/in-directory.ts'
import { withoutMosquitto } from '../../support/mosquitto.ts'
import { shortOrLong } from '../../support/short-or-long.ts'
import { withoutIslands } from './islands.ts'
import { Storm } from './storm.ts'

const stormMs = shortOrLong({ short: 10_000, long: 45_000 })
const seed = process.env['TESTIGO_SEED'] ?? String(Date.now())
const title = 'mosquitto killed, kiosks, broker and centre cut off from each other: all arrives, once'
const without = withoutMosquitto ?? withoutIslands()
if (without !== null) {
	test.skip(`${title}: ${without}`, () => {})
} else {
	test(`${title} (TESTIGO_SEED=${seed})`, { timeout: 400_000 }, () =>
		inDirectory(async (directory) => {
			const said: string[] = []
			const storm = new Storm(directory, new Random(seed), (what) => said.push(what))
			const report = await storm.run(stormMs, 240_000).catch((error) => {
				console.error(said.join('\n'))
				throw error
			})
			expect(report).toMatchObject({ missing: 0, faults: [] })
			expect(report.kills + report.cuts).toBeGreaterThan(0)
			expect(report.entries).toBeGreaterThan(0)
		}),
	)
}
