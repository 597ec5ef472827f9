/** What is in the log, held back, overdue, absent, for whoever keeps a journal and its receipts. */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { ArchiveFolder } from '#src/archive/archive-folder.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { signReceipt } from '#src/evidence/receipt.js'
import { findIncluded } from '#src/mirroring/inclusion.js'
import { evidenceFiles, evidenceTexts } from '#src/mirroring/own-evidence.js'
import { instant } from '#src/platform/clock.js'
import { openTrial } from '#src/publishing/trial.js'
import { Carried } from '../support/carried.ts'
import { actaText } from '../support/journal-maker.ts'
import { testigo } from '../support/processes.ts'
import { PublishedCentre, publishedAt } from '../support/published.ts'
import { receiptFor } from '../support/receipts.ts'
import { codeOf, gotten } from '../support/result.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

test('each entry of a stick has one state, by the log and by receipts of listed centres', async () => {
	const made = await PublishedCentre.make()
	const { centre } = made
	centre.register([{}])
	const [listed, stranger] = [makeSigner('c-trial'), makeSigner('c-stranger')]
	writeFileSync(join(centre.directory, 'centre.pem'), publicKeyPem(listed.publicKey))
	const published = await centre.acta('k-one', actaText(0))
	await made.publish()
	// Of another centre's ledger: the log has none of them.
	const other = await PublishedCentre.make()
	const late = await other.centre.acta('k-two', actaText(1))
	const held = await other.centre.acta('k-two', actaText(2))
	const foreign = await other.centre.acta('k-two', actaText(3))
	const absent = await other.centre.acta('k-two', actaText(4))
	const folder = join(made.home, 'stick', 'testigo', 'k-two')
	mkdirSync(folder, { recursive: true })
	const line = (name: string, text: string) => appendFileSync(join(folder, name), `${text}\n`)
	for (const { text } of [published, late, held, foreign, absent]) line('entries.jws', text)
	const receipts = [
		[late, listed, '2024-07-30T11:59:59Z'],
		[held, listed, '2024-07-30T12:00:01Z'],
		[foreign, stranger, '2024-07-29T00:00:00Z'],
	] as const
	for (const [{ id, entry }, signer, publishBy] of receipts) {
		const receipt = receiptFor('k-two', { seq: entry.seq, id }, { publishBy })
		line('receipts-c-trial.jws', (await signReceipt(receipt, signer)).text)
	}
	const find = async () =>
		findIncluded(
			new ArchiveFolder(made.archive),
			evidenceTexts(await evidenceFiles(join(made.home, 'stick'))),
		)
	const found = gotten(await find())
	expect(found).toMatchObject({ size: 2, asOf: '2024-07-30T12:00:00Z', uncounted: 1 })
	expect(found.objects.map(({ state, leaf }) => [state, leaf])).toEqual([
		['in', 1],
		['overdue', null],
		['held', null],
		['absent', null],
		['absent', null],
	])
	const told = await testigo('included', join(made.home, 'stick'), made.archive)
	expect(told).toMatchObject({ status: 1, out: expect.stringContaining('1 in, 1 held, 1 overdue, 2 absent') })
	const texts = await testigo('included', join(folder, 'entries.jws'), made.archive, '--json')
	expect(JSON.parse(texts.out).objects).toHaveLength(5)
	expect(publishedAt).toBe(Date.parse('2024-07-30T12:00:00Z'))

	const path = join(made.archive, 'tile', 'entries', '000.p', '2')
	const bytes = gotten(await new ArchiveFolder(made.archive).read('tile/entries/000.p/2'))
	bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
	writeFileSync(path, bytes)
	expect(codeOf(await find())).toBe('root-differs')
})

test('what the centre promised and the log lacks is overdue by the receipts that came home', async () => {
	const all = new Carried(await temporaryFolder())
	const kiosk = await all.kiosk('k-one', 2)
	gotten(await all.export(kiosk))
	const hour = 3_600_000
	const receivedMs = new SimulatedClock().wall()
	gotten(await all.import(all.stick, { publishWithinMs: 48 * hour }))
	const publishAt = async (nowMs: number) => {
		const publisher = gotten(
			await openTrial({
				...{ directory: all.centre, archive: join(all.root, 'archive'), election: presidential2024 },
				...{ register: null, nowMs: () => nowMs },
				ripeness: { ripeMs: 500 * hour, leastEntries: 1, leastDevices: 1, longestMs: 500 * hour },
			}),
		)
		gotten(await publisher.publish())
		// A promise counts where an archive shows that its time has passed.
		const texts = evidenceTexts(await evidenceFiles(all.stick))
		return gotten(await findIncluded(new ArchiveFolder(join(all.root, 'archive')), texts))
	}
	const publishBy = instant(receivedMs + 48 * hour)
	const before = await publishAt(receivedMs + 47 * hour)
	expect(before.uncounted).toBe(0)
	expect(before.objects.map((one) => [one.state, one.publishBy])).toEqual([
		['held', publishBy],
		['held', publishBy],
		['held', publishBy],
	])
	rmSync(join(all.root, 'archive'), { recursive: true })
	rmSync(join(all.root, 'archive.trial'), { recursive: true })
	const after = await publishAt(receivedMs + 49 * hour)
	expect(after.objects.map(({ state }) => state)).toEqual(['overdue', 'overdue', 'overdue'])
	const told = await testigo('included', all.stick, join(all.root, 'archive'))
	expect(told).toMatchObject({ status: 1, out: expect.stringContaining(`promised by ${publishBy}`) })

	// Where no log is set, nothing is promised.
	const silent = new Carried(await temporaryFolder())
	gotten(await silent.export(await silent.kiosk('k-one', 1)))
	gotten(await silent.import())
	expect(silent.ledger().toString().split('\n').map(saidIn).join()).not.toContain('publishBy')
	expect(all.ledger().toString().split('\n').map(saidIn).join()).toContain('publishBy')
})

function saidIn(line: string): string {
	return Buffer.from(line.split('.')[1] ?? '', 'base64url').toString()
}
