/** A source that stands still, and one whose witnesses have gone, is told by the age of what it shows. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FolderSource } from '#src/mirroring/archive-source.js'
import { makeWitness, openWitness, witnessArchive } from '#src/mirroring/witness.js'
import { takeCosignatures } from '#src/publishing/cosignatures.js'
import { actaText } from '../support/journal-maker.ts'
import { testigo } from '../support/processes.ts'
import { gotten } from '../support/result.ts'
import { listWitnesses, publishedCentre } from './mirrored.ts'

const hourMs = 3_600_000

test('a mirror says how old the publication is, and its newest witness, also where nothing is new', async () => {
	const made = await publishedCentre()
	const nowMs = Date.now()
	const directory = join(made.home, 'witness')
	const vkey = gotten(await makeWitness(directory, 'witness.example/one'))
	await listWitnesses(made, [vkey], 1)
	await made.centre.acta('k-one', actaText(1))
	await made.publish(nowMs - 75 * hourMs)
	const cosigned = await witnessArchive({
		...{ source: new FolderSource(made.archive), directory, signer: gotten(await openWitness(directory)) },
		...{ log: null, nowMs: nowMs - 50 * hourMs },
	})
	gotten(await takeCosignatures(made.archive, [Buffer.from(gotten(cosigned).note)]))
	for (const begin of ['Copied and verified', 'Nothing new']) {
		const { status, err } = await testigo('mirror', made.archive, join(made.home, 'copy'))
		expect(status).toBe(0)
		expect(err).toContain(begin)
		expect(err).toMatch(/ 3 days ago: a source that stands still looks old\./)
		expect(err).toMatch(/The newest witness signed 50 hours ago\./)
	}
})
