/**
 * `npm run test:hostile -- --deliveries 10000 --seed S`: trials under each behaviour alone, and under several at a
 * time, until the broker has seen so many messages with an entry under each. The last line is the result as JSON;
 * exit status 1 when anything was counted falsely or did not arrive in the end.
 */
import { Random } from '#src/simulator/random.js'
import { type Behaviour, behaviours } from '../../support/hostile/behaviour.ts'
import { runSuite, seed, wholeNumber, words } from '../../support/suite-script.ts'
import { runTrial } from './trial.ts'
import { alone, several } from './usual-mix.ts'

function isBehaviour(name: string): name is Behaviour {
	return behaviours.some((behaviour) => behaviour === name)
}

interface Sufferance {
	readonly seed: string
	readonly deliveries: number
	readonly abreast: number
	readonly say: (line: string) => void
}

async function suffer(name: string, { seed, deliveries: wanted, abreast, say }: Sufferance) {
	const sum = { deliveries: 0, trials: 0, acts: 0, refused: 0, checks: 0, false: 0, undelivered: 0 }
	let begun = 0
	const oneAfterAnother = async () => {
		while (sum.deliveries < wanted) {
			const own = `${seed}/${name}/${begun++}`
			const random = new Random(own)
			const mix = isBehaviour(name) ? alone(name, random) : several(random)
			const deliveries = Math.min(wanted, random.whole(200, 600))
			const entries = Math.min(deliveries, random.whole(100, 400))
			const report = await runTrial({ seed: own, mix, entries, deliveries, restarts: random.whole(0, 3) })
			for (const falsehood of report.falsehoods) say(`${own} ${JSON.stringify(mix)}: ${falsehood}`)
			if (report.undelivered > 0) say(`${own} ${JSON.stringify(mix)}: ${report.undelivered} undelivered`)
			sum.trials++
			for (const [behaviour, times] of report.acts) {
				if (!isBehaviour(name) || name === behaviour) sum.acts += times
			}
			for (const field of ['deliveries', 'refused', 'checks', 'undelivered'] as const)
				sum[field] += report[field]
			sum.false += report.falsehoods.length
		}
	}
	await Promise.all(Array.from({ length: abreast }, oneAfterAnother))
	say(`${name}: ${JSON.stringify(sum)}`)
	return sum
}

await runSuite({
	name: 'hostile',
	options: {
		deliveries: wholeNumber(10_000),
		seed: seed(),
		/** Separated by commas. */
		behaviours: words([...behaviours, 'several'].join()),
		/** Trials at one time: most of a trial is waiting. */
		abreast: wholeNumber(8, 100),
	},
	async run({ values: { behaviours: names, ...values }, say }) {
		const sums: Record<string, Awaited<ReturnType<typeof suffer>>> = {}
		for (const name of names.split(',')) sums[name] = await suffer(name, { ...values, say })
		const total = (field: 'deliveries' | 'false' | 'undelivered') =>
			Object.values(sums).reduce((before, sum) => before + sum[field], 0)
		const totals = {
			deliveries: total('deliveries'),
			false: total('false'),
			undelivered: total('undelivered'),
		}
		return { result: { ...totals, behaviours: sums }, right: totals.false + totals.undelivered === 0 }
	},
})
