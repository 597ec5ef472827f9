/** The short form of `npm run test:hostile`, with the seed that fast-check prints when something is found. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Random } from '#src/simulator/random.js'
import { behaviours } from '../../support/hostile/behaviour.ts'
import { shortOrLong } from '../../support/short-or-long.ts'
import { runTrial } from './trial.ts'
import { alone, most, several } from './usual-mix.ts'

const seed = Number(process.env['TESTIGO_SEED'] ?? Date.now() % 2 ** 31)
const deliveries = shortOrLong({ short: 30, long: 60 })

test.concurrent.each(behaviours)(
	'a broker that does "%s": nothing is counted that is not held',
	{ retry: 0 },
	async (behaviour) => {
		const mix = alone(behaviour, new Random(`${seed}/${behaviour}`))
		const report = await runTrial({ seed: `${seed}`, mix, entries: 20, deliveries, restarts: 1 })
		expect(report.falsehoods).toEqual([])
		expect(report.undelivered).toBe(0)
		expect(report.deliveries).toBeGreaterThanOrEqual(20)
		expect(report.checks).toBeGreaterThan(0)
		// Of each of the 22 entries: held, held with its file, and once more after each of two starts.
		expect(report.receipts).toBeLessThanOrEqual(22 * 4)
	},
)

test(`a broker that does several of these at a time (TESTIGO_SEED=${seed})`, { retry: 0 }, async () => {
	const plans = fc.record({
		seed: fc.string({ minLength: 1 }),
		entries: fc.integer({ min: 1, max: 25 }),
		deliveries: fc.integer({ min: 1, max: 60 }),
		restarts: fc.integer({ min: 0, max: 2 }),
	})
	const property = fc.asyncProperty(plans, async (plan) => {
		const report = await runTrial({ ...plan, mix: several(new Random(plan.seed)) })
		expect(report.falsehoods).toEqual([])
		expect(report.undelivered).toBe(0)
	})
	await fc.assert(property, { seed, numRuns: shortOrLong({ short: 2, long: 4 }), endOnFailure: true })
})

test('the same trial finds out an uplink that believes the forger', async () => {
	const mix = { forge: most.forge }
	const plan = { seed: `${seed}`, mix, entries: 20, deliveries: 0, restarts: 0, gullible: true }
	const { falsehoods } = await runTrial(plan)
	expect(falsehoods[0]).toMatch(/^the uplink counts \d+ received, \d+ are held$/)
})
