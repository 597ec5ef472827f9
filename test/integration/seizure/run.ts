/**
 * `npm run test:seizure -- --scans 50 --seed S`: the seizure at length, and its control. The last line is the
 * result as JSON; exit status 1 when something was found, or when the control found nothing.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runSuite, seed, wholeNumber } from '../../support/suite-script.ts'
import { runSeizure, type SeizureReport } from './seizure.ts'

const total = ({ inFiles, onDisk }: SeizureReport) =>
	[inFiles, onDisk].map((found) => {
		return found === null ? 0 : found.images + found.blocks + found.persons + found.texts + found.keys
	})

await runSuite({
	name: 'seizure',
	options: { scans: wholeNumber(50), seed: seed() },
	async run({ values: { scans, seed }, folder, say, atEnd }) {
		const seize = async (name: 'sealed' | 'control') => {
			const directory = join(folder, name)
			await mkdir(directory)
			const settings = { directory, scans, seed, sealed: name === 'sealed', atEnd }
			return await runSeizure({ ...settings, say: (what) => say(`${name}: ${what}`) })
		}
		const [sealed, control] = [await seize('sealed'), await seize('control')]
		const kept =
			sealed.sealedFiles === scans && sealed.openedByCustodian === scans && sealed.openedByDevice === 0
		const blind = total(control).some(
			(found, index) => found === 0 && (index === 0 || control.onDisk !== null),
		)
		const clean = total(sealed).every((found) => found === 0) && sealed.verified === 0
		return { result: { scans, sealed, control }, right: kept && clean && !blind }
	},
})
