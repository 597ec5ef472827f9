/** Whatever a captured kiosk leaves in its journal and beside it: the uplink starts, says what is wrong, and stops. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readKioskCondition } from '#src/handover/kiosk-condition.js'
import { systemClock } from '#src/platform/clock.js'
import { JournalFollower } from '#src/uplink/queue/journal-follower.js'
import { evils } from '../support/evils.ts'
import { JournalMaker } from '../support/journal-maker.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const megabyte = 1 << 20

async function followed(journal: string, work: (follower: JournalFollower) => Promise<void>) {
	const faults: string[] = []
	const follower = new JournalFollower({
		...{ journal, clock: systemClock, pollMs: 20, grew: () => {} },
		failed: ({ code }) => faults.push(code),
	})
	await follower.start()
	await work(follower)
	await follower.stop()
	return faults
}

async function outside() {
	const folder = await temporaryFolder()
	await new JournalMaker(folder, makeSigner('k-elsewhere')).boot()
	return { folder, file: join(folder, 'entries.jws') }
}

test.each(Object.entries(evils))(
	'%s in the place of the entries, a picture and the condition',
	async (name, evil) => {
		const before = process.memoryUsage().rss
		const place = await outside()
		const journal = await temporaryFolder()
		evil(join(journal, 'entries.jws'), place)
		const faults = await followed(journal, async (follower) => {
			expect(follower.last).toBe(name === 'lines of nonsense' ? 200 : 0)
		})
		const nothingYet = ['an empty file', 'lines of nonsense', 'what nobody may read']
		if (!nothingYet.includes(name)) expect(faults).not.toEqual([])
		const sha256 = 'ab'.repeat(32)
		mkdirSync(join(journal, 'images', 'ab'), { recursive: true })
		evil(join(journal, 'images', 'ab', sha256), place)
		await followed(await temporaryFolder(), async () => {})
		const follower = new JournalFollower({
			...{ journal, clock: systemClock, pollMs: 20, grew: () => {}, failed: () => {} },
		})
		const chunk = await follower.chunk(sha256, 0)
		if (name.startsWith('a link') || name === 'a FIFO' || name === 'a device') expect(chunk.ok).toBe(false)
		const condition = join(journal, 'condition.json')
		evil(condition, place)
		expect(await readKioskCondition(condition, Date.now())).toBeNull()
		expect(process.memoryUsage().rss - before).toBeLessThan(64 * megabyte)
	},
)

test('a journal of line feeds takes 8 bytes for each line, of a million at most', async () => {
	const journal = await temporaryFolder()
	writeFileSync(join(journal, 'entries.jws'), Buffer.alloc(4 * megabyte, '\n'))
	const faults = await followed(journal, async (follower) => expect(follower.last).toBe(1_000_000))
	expect(faults).toEqual(['too-many-lines'])
})
