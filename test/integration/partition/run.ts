/**
 * `npm run test:partition -- --minutes 10 --seed S`, as root: mosquitto killed and machines cut off at random while
 * three kiosks record. The last line is the result as JSON; exit status 1 when something did not arrive exactly
 * once, or a kiosk took more than five seconds longer than the backoff in force.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Random } from '#src/simulator/random.js'
import { withoutMosquitto } from '../../support/mosquitto.ts'
import { withoutIslands } from './islands.ts'
import { Storm } from './storm.ts'

const { values } = parseArgs({
	options: {
		minutes: { type: 'string', default: '10' },
		seed: { type: 'string', default: String(Date.now()) },
	},
})
const allowed = 5_000
const patience = 300_000

const without = withoutMosquitto ?? withoutIslands()
if (without !== null) throw new Error(without)
const say = (what: string) => process.stderr.write(`${what}\n`)
say(`seed ${values.seed}`)
const directory = mkdtempSync(join(tmpdir(), 'testigo-partition-'))
const storm = new Storm(directory, new Random(values.seed), say)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => void storm.stop().then(() => process.exit(130)))
}
try {
	const { recoveries, ...report } = await storm.run(Number(values.minutes) * 60_000, patience)
	const over = recoveries.map(({ took, backoff }) => Math.round(took - backoff)).toSorted((a, b) => a - b)
	const took = recoveries.map((recovery) => Math.round(recovery.took)).toSorted((a, b) => a - b)
	const at = (sorted: readonly number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)]
	const result = {
		seed: values.seed,
		minutes: Number(values.minutes),
		...report,
		recoveries: recoveries.length,
		recoveryMs: { median: at(took, 0.5), p95: at(took, 0.95), most: at(took, 1) },
		beyondBackoffMs: { median: at(over, 0.5), p95: at(over, 0.95), most: at(over, 1) },
		slow: recoveries.filter((recovery) => recovery.took - recovery.backoff > allowed),
	}
	process.stdout.write(`${JSON.stringify(result)}\n`)
	const whole = report.missing === 0 && report.faults.length === 0
	process.exitCode = whole && result.slow.length === 0 ? 0 : 1
} finally {
	rmSync(directory, { recursive: true, force: true })
}
