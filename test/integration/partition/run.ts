/**
 * `npm run test:partition -- --minutes 10 --seed S`, as root: mosquitto killed and machines cut off at random while
 * three kiosks record. The last line is the result as JSON; exit status 1 when something did not arrive exactly
 * once, or a kiosk took more than five seconds longer than the backoff in force.
 */
import { Random } from '#src/simulator/random.js'
import { spreadIfAny } from '../../bench/table.ts'
import { withoutMosquitto } from '../../support/mosquitto.ts'
import { EnvironmentFailed, runSuite, seed, wholeNumber } from '../../support/suite-script.ts'
import { withoutIslands } from './islands.ts'
import { Storm } from './storm.ts'

const allowedMs = 5_000
const timeoutMs = 300_000

function spread(values: readonly number[]) {
	const rounded = values.map(Math.round)
	return { ...spreadIfAny(rounded), most: Math.max(...rounded) }
}

await runSuite({
	name: 'partition',
	options: { minutes: wholeNumber(10), seed: seed() },
	async run({ values: { minutes, seed }, folder, say, atEnd }) {
		const without = withoutMosquitto ?? withoutIslands()
		if (without !== null) throw new EnvironmentFailed(without)
		const storm = new Storm(folder, new Random(seed), say)
		atEnd(() => storm.stop())
		const { recoveries, ...report } = await storm.run(minutes * 60_000, timeoutMs)
		const over = recoveries.map(({ took, backoff }) => took - backoff)
		const slow = recoveries.filter((_, index) => (over[index] ?? 0) > allowedMs)
		const result = {
			...{ minutes, ...report, recoveries: recoveries.length, slow },
			recoveryMs: spread(recoveries.map(({ took }) => took)),
			beyondBackoffMs: spread(over),
		}
		return { result, right: report.missing === 0 && report.faults.length === 0 && slow.length === 0 }
	},
})
