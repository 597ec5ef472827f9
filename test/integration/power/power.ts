/**
 * Cuts the power under a running station, at random instants of its whole life, and compares what it had shown
 * with what its disk holds afterwards. Then the same with the syncs removed, which must lose something: else
 * the cuts prove nothing (`control.ts`). See test/integration/README.md.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Random } from '#src/simulator/random.js'
import { withoutMounts } from '../../support/mounts.ts'
import { withoutStrace } from '../../support/strace.ts'
import { EnvironmentFailed, oneOf, runSuite, seed, wholeNumber } from '../../support/suite-script.ts'
import { CentralStation } from './central-station.ts'
import { controlRun, provesTheCuts } from './control.ts'
import { cutRun } from './cut-run.ts'
import { KioskStation } from './kiosk-station.ts'
import { countOf } from './station.ts'

await runSuite({
	...{ name: 'power', root: 'mount', ownMounts: true, endsItself: true },
	options: { cuts: wholeNumber(300), seed: seed(), station: oneOf('kiosk', 'central') },
	async run({ values, folder: root, say, signal, atEnd }) {
		const why = withoutMounts ?? withoutStrace
		if (why !== null) throw new EnvironmentFailed(why)
		// What the process is doing at the moment of a cut is the machine's affair, whatever the seed.
		const outside = join(root, 'outside')
		await mkdir(outside)
		const station = await { kiosk: KioskStation, central: CentralStation }[values.station].make(outside)
		atEnd(() => station.stop())
		const pace = { startMs: 1_000 }
		const around = { root, station, random: new Random(values.seed), say, pace, signal }
		const { findings, duringStart, done } = await cutRun(around, values.cuts)
		const counts = { ...station.counts }
		const control = await controlRun(around)
		for (const [kind, sentences] of Object.entries(findings)) {
			for (const sentence of sentences) say(`${kind}: ${sentence}`)
		}
		const proves = provesTheCuts(control)
		if (!proves) say('without any sync nothing was lost either: these cuts prove nothing')
		const result = {
			...{ station: values.station, cuts: done, duringStart, ...counts },
			lost: findings.lost.length,
			unreadable: findings.unreadable.length,
			reusedSeqs: findings.reused.length,
			brokenChains: findings.broken.length,
			refusedStarts: findings.refused.length,
			control,
		}
		return { result, right: countOf(findings) === 0 && proves && done === values.cuts }
	},
})
