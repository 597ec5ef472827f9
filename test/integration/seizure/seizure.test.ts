import { expect, test } from 'vitest'
import { inDirectory } from '../../support/in-directory.ts'
import { withoutMounts } from '../../support/mounts.ts'
import { runSeizure, type SeizureReport } from './seizure.ts'

/** `npm run test:seizure` does it with 50. */
const scans = 4
const nothing = { images: 0, blocks: 0, persons: 0, texts: 0, keys: 0 }

const seize = (sealed: boolean, look: (report: SeizureReport) => void) =>
	inDirectory(async (directory) => {
		look(await runSeizure({ directory, scans, seed: 'short', sealed, say: () => {} }))
	})

const title = withoutMounts === null ? '' : ` (its files only: ${withoutMounts})`

test(`a seized kiosk holds no picture, name or key that opens one${title}`, { timeout: 300_000 }, () =>
	seize(true, (report) => {
		expect(report).toMatchObject({
			...{ inFiles: nothing, sealedFiles: scans, openedByDevice: 0, openedByCustodian: scans, verified: 0 },
			onDisk: withoutMounts === null ? nothing : null,
		})
		expect(report.tries).toBeGreaterThan(10 * scans)
	}),
)

test(`the control: without sealing the same search finds all of it${title}`, { timeout: 300_000 }, () =>
	seize(false, ({ inFiles, onDisk, sealedFiles, openedByCustodian, verified }) => {
		for (const found of onDisk === null ? [inFiles] : [inFiles, onDisk]) {
			expect(found.images).toBeGreaterThanOrEqual(scans)
			expect(found.blocks).toBeGreaterThanOrEqual(scans)
			expect(found.persons).toBeGreaterThanOrEqual(scans)
			expect(found.texts).toBeGreaterThanOrEqual(scans)
			expect(found.keys).toBeGreaterThanOrEqual(1)
		}
		expect({ sealedFiles, openedByCustodian, verified }).toEqual({
			...{ sealedFiles: 0, openedByCustodian: 0, verified: 0 },
		})
	}),
)
