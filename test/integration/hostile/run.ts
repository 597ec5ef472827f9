/**
 * `npm run test:hostile -- --deliveries 10000 --seed S`: trials under each behaviour alone, and under several at a
 * time, until the broker has seen so many messages with an entry under each. The last line is the result as JSON;
 * exit status 1 when anything was counted falsely or did not arrive in the end.
 */
import { parseArgs } from 'node:util'
import { Random } from '#src/simulator/random.js'
import { type Behaviour, behaviours } from '../../support/hostile/behaviour.ts'
import { runTrial, type TrialReport } from './trial.ts'
import { alone, several } from './usual-mix.ts'

const { values } = parseArgs({
	options: {
		deliveries: { type: 'string', default: '10000' },
		seed: { type: 'string', default: String(Date.now()) },
		/** Separated by commas; without it, all. */
		behaviours: { type: 'string', default: [...behaviours, 'several'].join() },
		/** Trials at one time: most of a trial is waiting. */
		abreast: { type: 'string', default: '8' },
	},
})
const wanted = Number(values.deliveries)

interface Sum {
	deliveries: number
	trials: number
	acts: number
	refused: number
	checks: number
	false: number
	undelivered: number
}

function say(what: string): void {
	process.stderr.write(`${what}\n`)
}

function isBehaviour(name: string): name is Behaviour {
	return behaviours.some((behaviour) => behaviour === name)
}

function add(sum: Sum, name: string, report: TrialReport): void {
	sum.deliveries += report.deliveries
	sum.trials++
	for (const [behaviour, times] of report.acts) {
		if (!isBehaviour(name) || name === behaviour) sum.acts += times
	}
	sum.refused += report.refused
	sum.checks += report.checks
	sum.false += report.falsehoods.length
	sum.undelivered += report.undelivered
}

async function suffer(name: string): Promise<Sum> {
	const sum = { deliveries: 0, trials: 0, acts: 0, refused: 0, checks: 0, false: 0, undelivered: 0 }
	let begun = 0
	const oneAfterAnother = async () => {
		while (sum.deliveries < wanted) {
			const seed = `${values.seed}/${name}/${begun++}`
			const random = new Random(seed)
			const mix = isBehaviour(name) ? alone(name, random) : several(random)
			const deliveries = Math.min(wanted, random.whole(200, 600))
			const entries = Math.min(deliveries, random.whole(100, 400))
			const report = await runTrial({ seed, mix, entries, deliveries, restarts: random.whole(0, 3) })
			for (const falsehood of report.falsehoods) say(`${seed} ${JSON.stringify(mix)}: ${falsehood}`)
			if (report.undelivered > 0) say(`${seed} ${JSON.stringify(mix)}: ${report.undelivered} undelivered`)
			add(sum, name, report)
		}
	}
	await Promise.all(Array.from({ length: Number(values.abreast) }, oneAfterAnother))
	return sum
}

say(`seed ${values.seed}`)
const begun = performance.now()
const sums: Record<string, Sum> = {}
for (const name of values.behaviours.split(',')) {
	const sum = await suffer(name)
	sums[name] = sum
	say(`${name}: ${JSON.stringify(sum)}`)
}
const all = Object.values(sums)
const total = (field: 'deliveries' | 'false' | 'undelivered') =>
	all.reduce((before, sum) => before + sum[field], 0)
const result = {
	seed: values.seed,
	seconds: Math.round((performance.now() - begun) / 1000),
	deliveries: total('deliveries'),
	false: total('false'),
	undelivered: total('undelivered'),
	behaviours: sums,
}
process.stdout.write(`${JSON.stringify(result)}\n`)
process.exitCode = result.false + result.undelivered === 0 ? 0 : 1
