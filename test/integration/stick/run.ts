/**
 * `npm run test:stick -- --pulls 50 --seed S`: as root. The last line is JSON. With `--control` nothing is synced,
 * and something must be lost, or the harness proves nothing.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Random } from '#src/simulator/random.js'
import { flag, runSuite, seed, wholeNumber } from '../../support/suite-script.ts'
import { type FileSystem, without } from './mounted.ts'
import { noPulls, pullStick } from './pulls.ts'
import { forgetSyncs } from './without-syncs.ts'

await runSuite({
	name: 'pulls',
	options: { pulls: wholeNumber(50), seed: seed(), control: flag },
	async run({ values: { pulls, seed, control }, folder, say }) {
		const skipped: string[] = []
		const systems = (['ext4', 'exfat'] satisfies FileSystem[]).filter((system) => {
			const reason = without(system)
			if (reason !== null) skipped.push(`${system}: ${reason}`)
			return reason === null
		})
		for (const line of skipped) say(line)
		const counts = noPulls()
		if (control) await forgetSyncs(folder)
		for (const [index, system] of systems.entries()) {
			const share = Math.floor(pulls / systems.length) + (index < pulls % systems.length ? 1 : 0)
			const own = join(folder, system)
			await mkdir(own)
			const random = new Random(`${seed}/${system}`)
			await pullStick(own, system, { pulls: share, random }, counts, ({ pulls: done, leftIncomplete }) =>
				say(`${system}: ${done} of ${pulls} pulls, ${leftIncomplete} left it incomplete`),
			)
		}
		const { faults, ...rest } = counts
		for (const fault of faults) say(fault)
		const asItShould = control ? counts.falselyDone > 0 : faults.length === 0 && counts.leftIncomplete > 0
		return { result: { control, systems, skipped, ...rest }, right: systems.length > 0 && asItShould }
	},
})
