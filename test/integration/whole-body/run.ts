/**
 * `npm run test:body -- --actas 200 --seed S`: the journey at length. The last line is the result as JSON; exit
 * status 1 when an acta was not recorded, not received or read wrong, or a screen was in no catalogue.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isWhole } from './is-whole.ts'
import { runJourney } from './journey.ts'

const { values } = parseArgs({
	options: {
		actas: { type: 'string', default: '200' },
		seed: { type: 'string', default: String(Date.now()) },
	},
})
const directory = await mkdtemp(join(tmpdir(), 'testigo-body-'))
const begun = performance.now()
try {
	const say = (what: string) => process.stderr.write(`${what}\n`)
	const report = await runJourney(directory, { actas: Number(values.actas), seed: values.seed, say })
	const seconds = Math.round((performance.now() - begun) / 1000)
	process.stdout.write(`${JSON.stringify({ seed: values.seed, seconds, ...report })}\n`)
	process.exitCode = isWhole(report) ? 0 : 1
} finally {
	await rm(directory, { recursive: true, force: true })
}
