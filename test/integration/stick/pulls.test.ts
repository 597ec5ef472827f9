import { expect, test } from 'vitest'
import { Random } from '#src/simulator/random.js'
import { inDirectory } from '../../support/in-directory.ts'
import { without } from './mounted.ts'
import { noPulls, pullStick } from './pulls.ts'

const seed = process.env['TESTIGO_SEED'] ?? String(Date.now())

for (const system of ['ext4', 'exfat'] as const) {
	const reason = without(system)
	const name = `a stick with ${system} is pulled at random instants, seed ${seed}; the next run completes it`
	test.skipIf(reason !== null)(reason === null ? name : `${name}: ${reason}`, { timeout: 600_000 }, () =>
		inDirectory(async (folder) => {
			const counts = noPulls()
			await pullStick(folder, system, { pulls: 4, random: new Random(`${seed}/${system}`) }, counts)
			expect(counts.faults).toEqual([])
			expect(counts).toMatchObject({
				pulls: 4,
				falselyDone: 0,
				notCompleted: 0,
				falselyAccepted: 0,
				twice: 0,
			})
		}),
	)
}
