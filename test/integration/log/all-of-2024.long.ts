/**
 * All of 2024, by simulated devices, published by the command as a rehearsal: Go's sumdb reads every tile, bundle and
 * checkpoint of it, and its proofs.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formatPayload } from '#src/acta/payload.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { actaOf } from '#src/simulator/figures/tables.js'
import { Random } from '#src/simulator/random.js'
import { CentreMaker } from '../../support/centre-maker.ts'
import { GoLogPeer, withoutGo } from '../../support/go-log-peer.ts'
import { testigo } from '../../support/processes.ts'
import { sharedData } from '../../support/shared-data.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { resultsOf2024 } from '../replay/results.ts'

const lacking = withoutGo ?? (sharedData === null ? 'skipped, no results of 2024 (too large to ship)' : null)
const deviceCount = 200

test.skipIf(lacking !== null)(`Go reads the archive of all of 2024 ${lacking ?? ''}`, async () => {
	const home = await temporaryFolder()
	const [directory, folder] = [join(home, 'centre'), join(home, 'archive')]
	const { rows } = await resultsOf2024(presidential2024, 1_000_000, new Random('go'))
	const maker = new CentreMaker(directory)
	maker.register(
		rows.map(({ centro, mesa, place }) => ({ table: `${centro}.${mesa}`, centro, mesa, ...place })),
	)
	for (const [index, row] of rows.entries())
		await maker.acta(`k-${index % deviceCount}`, formatPayload(actaOf(row, presidential2024)))
	const published = await testigo('publish', '--directory', directory, '--out', folder, '--trial')
	const { leaves } = JSON.parse(published.out) as { readonly leaves: number }
	expect(leaves).toBe(rows.length + 1)
	const campaign = readFileSync(join(folder, 'keys', 'campaign.jws'), 'utf8').split('.')[1] ?? ''
	const { log } = JSON.parse(Buffer.from(campaign, 'base64url').toString()) as { log: { vkey: string } }
	const peer = await GoLogPeer.build(home)
	const answer = await peer.one({ do: 'archive', folder, key: log.vkey, others: [], sizes: [leaves] })
	expect(answer).toMatchObject({ good: true })
	console.log(`Go reads all of 2024: ${leaves} leaves, ${String(answer.given)} proofs`)
})
