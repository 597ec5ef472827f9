/**
 * `npm run test:seizure -- --scans 50 --seed S`: the seizure at length, and its control. The last line is the
 * result as JSON; exit status 1 when something was found, or when the control found nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runSeizure, type SeizureReport } from './seizure.ts'

const { values } = parseArgs({
	options: {
		scans: { type: 'string', default: '50' },
		seed: { type: 'string', default: String(Date.now()) },
	},
})
const scans = Number(values.scans)

async function seize(sealed: boolean): Promise<SeizureReport> {
	const directory = await mkdtemp(join(tmpdir(), 'testigo-seizure-'))
	const say = (what: string) => process.stderr.write(`${sealed ? 'sealed' : 'control'}: ${what}\n`)
	try {
		return await runSeizure({ directory, scans, seed: values.seed, sealed, say })
	} finally {
		await rm(directory, { recursive: true, force: true })
	}
}

const total = ({ inFiles, onDisk }: SeizureReport) =>
	[inFiles, onDisk].map((found) => {
		return found === null ? 0 : found.images + found.blocks + found.persons + found.texts + found.keys
	})

const sealed = await seize(true)
const control = await seize(false)
process.stdout.write(`${JSON.stringify({ seed: values.seed, scans, sealed, control })}\n`)
const kept = sealed.sealedFiles === scans && sealed.openedByCustodian === scans && sealed.openedByDevice === 0
const blind = total(control).some((found, index) => found === 0 && (index === 0 || control.onDisk !== null))
const clean = total(sealed).every((found) => found === 0) && sealed.verified === 0
process.exitCode = kept && clean && !blind ? 0 : 1
