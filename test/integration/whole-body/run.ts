/**
 * `npm run test:body -- --actas 200 --seed S`: the journey at length, then every screen of the catalogue. The
 * last line is the result as JSON; exit status 1 when an acta was not recorded, not received or read wrong, when
 * a screen was in no catalogue, or one of the catalogue was not shown and nothing is known of why.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isWhole } from './is-whole.ts'
import { runJourney } from './journey.ts'
import { runStates } from './states.ts'

const { values } = parseArgs({
	options: {
		actas: { type: 'string', default: '200' },
		seed: { type: 'string', default: String(Date.now()) },
	},
})
const directory = await mkdtemp(join(tmpdir(), 'testigo-body-'))
const begun = performance.now()
for (const name of ['journey', 'states']) await mkdir(join(directory, name))
try {
	const say = (what: string) => process.stderr.write(`${what}\n`)
	const report = await runJourney(join(directory, 'journey'), {
		actas: Number(values.actas),
		seed: values.seed,
		say,
	})
	const { shown, absent, missing, strays, repeats } = await runStates(join(directory, 'states'), say)
	for (const [screen, why] of Object.entries(absent)) process.stdout.write(`not shown: ${screen}: ${why}\n`)
	for (const screen of missing) process.stdout.write(`MISSING: ${screen}\n`)
	const seconds = Math.round((performance.now() - begun) / 1000)
	const states = {
		shown: shown.length,
		absent: Object.keys(absent).length,
		missing: missing.length,
		strays,
		repeats,
	}
	process.stdout.write(`${JSON.stringify({ seed: values.seed, seconds, ...report, states })}\n`)
	process.exitCode = isWhole(report) && [missing, strays, repeats].every((list) => list.length === 0) ? 0 : 1
} finally {
	await rm(directory, { recursive: true, force: true })
}
