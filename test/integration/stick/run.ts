/**
 * `npm run test:stick -- --pulls 50 --seed S`: as root. The last line is JSON. With `--control` nothing is synced,
 * and something must be lost, or the harness proves nothing.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Random } from '#src/simulator/random.js'
import { type FileSystem, without } from './mounted.ts'
import { noPulls, pullStick } from './pulls.ts'
import { forgetSyncs } from './without-syncs.ts'

const { values } = parseArgs({
	options: {
		pulls: { type: 'string', default: '50' },
		seed: { type: 'string', default: String(Date.now()) },
		control: { type: 'boolean', default: false },
	},
})
const { seed, control } = values
const pulls = Number(values.pulls)
if (!Number.isSafeInteger(pulls) || pulls < 1) throw new RangeError('--pulls takes a whole number')

const skipped: string[] = []
const systems = (['ext4', 'exfat'] satisfies FileSystem[]).filter((system) => {
	const reason = without(system)
	if (reason !== null) skipped.push(`${system}: ${reason}`)
	return reason === null
})
for (const line of skipped) console.log(line)

const counts = noPulls()
const folder = await mkdtemp(join(tmpdir(), 'testigo-pulls-'))
if (control) await forgetSyncs(folder)
try {
	for (const [index, system] of systems.entries()) {
		const share = Math.floor(pulls / systems.length) + (index < pulls % systems.length ? 1 : 0)
		const own = join(folder, system)
		await mkdir(own)
		const random = new Random(`${seed}/${system}`)
		await pullStick(own, system, { pulls: share, random }, counts, ({ pulls: done, leftIncomplete }) =>
			console.log(`${system}: ${done} of ${pulls} pulls, ${leftIncomplete} left it incomplete`),
		)
	}
} finally {
	await rm(folder, { recursive: true, force: true })
}
const { faults, ...rest } = counts
for (const fault of faults) console.log(fault)
console.log(JSON.stringify({ seed, control, systems, skipped, ...rest }))
const asItShould = control ? counts.falselyDone > 0 : faults.length === 0 && counts.leftIncomplete > 0
process.exitCode = systems.length > 0 && asItShould ? 0 : 1
