import {
	appendFileSync,
	existsSync,
	readdirSync,
	readFileSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs'
import { cp, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { auditJournal } from '#src/audit/journal-audit.js'
import { signHead } from '#src/evidence/head.js'
import { signReceipt } from '#src/evidence/receipt.js'
import { openEvictions } from '#src/journal/evicted-images.js'
import { storedImagesOf } from '#src/journal/stored-image.js'
import { exportJournal } from '#src/stick/export.js'
import { Carried } from '../support/carried.ts'
import { actaText, type JournalMaker, someBytes } from '../support/journal-maker.ts'
import { receiptFor } from '../support/receipts.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const entriesOf = (directory: string) => readFileSync(join(directory, 'entries.jws'))
const imageOn = (folder: string, sha256: string) => join(folder, 'images', sha256.slice(0, 2), sha256)

async function begin(actas: number) {
	const all = new Carried(await temporaryFolder())
	return { all, kiosk: await all.kiosk('k-one', actas) }
}

async function expectWhole(folder: string, journal: JournalMaker): Promise<void> {
	expect(entriesOf(folder).equals(entriesOf(journal.directory))).toBe(true)
	const audit = gotten(await auditJournal(folder))
	expect(audit).toMatchObject({ chainWhole: true, faults: [], entries: journal.entries.length })
	expect(audit.images).toMatchObject({ named: journal.files.length, present: journal.files.length })
}

describe('export', () => {
	test('leaves the same bytes, which a stranger can check, and says what they are', async () => {
		const { all, kiosk } = await begin(4)
		const last = kiosk.entries.at(-1)
		if (last === undefined) throw new Error('nothing was recorded')
		const { seq } = last.entry
		const head = { v: 2 as const, device: 'k-one', seq, id: last.id, receipts: 0, day: '2024-07-28' }
		const { text } = await signHead(head, kiosk.signer)
		writeFileSync(join(kiosk.directory, 'head.jws'), text)
		const report = gotten(await all.export(kiosk))
		expect(report).toMatchObject({
			device: 'k-one',
			folder: 'k-one',
			lines: 5,
			unreadable: 0,
			appended: entriesOf(kiosk.directory).length,
			images: { named: 4, copied: 4, there: 0 },
			faults: [],
		})
		await expectWhole(all.onStick('k-one'), kiosk)
		expect(readFileSync(all.onStick('k-one', 'device.pem'))).toEqual(
			readFileSync(join(kiosk.directory, 'device.pem')),
		)
		expect(readFileSync(all.onStick('k-one', 'head.jws'), 'utf8')).toBe(text)
		expect(readFileSync(all.onStick('README.txt'), 'utf8')).toMatch(/custodia(.|\n)*custody/)
		const files = readdirSync(all.onStick(''), { recursive: true, encoding: 'utf8' })
			.map((name) => statSync(all.onStick(name)))
			.filter((found) => found.isFile())
		expect(files.length).toBeGreaterThan(7)
		// The times of pictures, one after another, tell when each paper was scanned.
		expect(new Set(files.map(({ mtime }) => mtime.toISOString()))).toEqual(
			new Set(['2000-01-01T00:00:00.000Z']),
		)
	})

	test('again: writes nothing; after more was recorded: only what is new', async () => {
		const { all, kiosk } = await begin(3)
		gotten(await all.export(kiosk))
		expect(gotten(await all.export(kiosk))).toMatchObject({
			appended: 0,
			images: { named: 3, copied: 0, there: 3 },
		})
		const before = entriesOf(kiosk.directory).length
		await kiosk.acta(actaText(9), [someBytes(5_000, 9)])
		expect(gotten(await all.export(kiosk))).toMatchObject({
			appended: entriesOf(kiosk.directory).length - before,
			images: { named: 4, copied: 1, there: 3 },
		})
		await expectWhole(all.onStick('k-one'), kiosk)
	})

	test('images that a kiosk gave away are told in one line, and not as missing', async () => {
		const { all, kiosk } = await begin(3)
		const notes = await openEvictions(kiosk.directory, all.centreSigner)
		for (const { id, entry } of kiosk.entries.slice(1, 3)) {
			const files = storedImagesOf(entry).map(({ sha256 }) => sha256)
			const images = files.map((sha256) => ({ sha256, status: 'stored' as const, missing: [] }))
			const receipt = receiptFor('k-one', { seq: entry.seq, id }, { images, upto: null, copies: 2 })
			const { text } = await signReceipt(receipt, all.centreSigner)
			await notes.append([text])
			for (const sha256 of files) await rm(imageOn(kiosk.directory, sha256))
		}
		await notes.close()
		expect(gotten(await all.export(kiosk))).toMatchObject({
			images: { named: 3, copied: 1 },
			faults: [{ code: 'images-given-away', detail: expect.stringContaining('2 images') }],
		})
	})

	test('a line that is still being written is left for the next run', async () => {
		const { all, kiosk } = await begin(1)
		const whole = entriesOf(kiosk.directory)
		const next = await kiosk.next({ kind: 'close' })
		appendFileSync(join(kiosk.directory, 'entries.jws'), next.text.slice(0, 100))
		expect(gotten(await all.export(kiosk))).toMatchObject({ lines: 2, unreadable: 0 })
		expect(entriesOf(all.onStick('k-one')).equals(whole)).toBe(true)
	})
})

describe('export completes what a pulled stick was left with', () => {
	const leavings: Record<string, (folder: string, kiosk: JournalMaker) => void> = {
		'a torn line': (folder) => truncateSync(join(folder, 'entries.jws'), 1_500),
		'nothing of the lines': (folder) => truncateSync(join(folder, 'entries.jws'), 0),
		'zeros behind the lines': (folder) => {
			truncateSync(join(folder, 'entries.jws'), 1_500)
			truncateSync(join(folder, 'entries.jws'), 3_000)
		},
		'a torn image under its name': (folder, { files }) => truncateSync(imageOn(folder, files[0] ?? ''), 10),
		'zeros in an image': (folder, { files }) => {
			truncateSync(imageOn(folder, files[0] ?? ''), 0)
			truncateSync(imageOn(folder, files[0] ?? ''), 3_000)
		},
		'a torn key': (folder) => truncateSync(join(folder, 'device.pem'), 30),
		'a changed byte in the middle': (folder) => {
			const path = join(folder, 'entries.jws')
			const bytes = readFileSync(path)
			bytes[700] = (bytes[700] ?? 0) ^ 1
			writeFileSync(path, bytes)
		},
	}

	test.each(Object.entries(leavings))('%s', async (_, leave) => {
		const { all, kiosk } = await begin(3)
		gotten(await all.export(kiosk))
		leave(all.onStick('k-one'), kiosk)
		expect(gotten(await all.export(kiosk))).toMatchObject({ folder: 'k-one', faults: [] })
		await expectWhole(all.onStick('k-one'), kiosk)
	})
})

describe('export never overwrites evidence', () => {
	test('another chain of the same device stays, and this one goes beside it', async () => {
		const all = new Carried(await temporaryFolder())
		const signer = makeSigner('k-one')
		const first = await all.kiosk('k-one', 2, signer)
		const restored = await all.kiosk('k-one', 1, signer)
		await restored.acta(actaText(77), [someBytes(4_000, 77)])
		gotten(await all.export(first))
		const report = gotten(await all.export(restored))
		expect(report.folder).toBe('k-one.2')
		expect(report.faults).toMatchObject([{ code: 'other-chain' }])
		await expectWhole(all.onStick('k-one'), first)
		await expectWhole(all.onStick('k-one.2'), restored)
		expect(gotten(await all.export(restored)).folder).toBe('k-one.2')
		expect(gotten(await all.export(first)).folder).toBe('k-one')
	})

	test('a stick that knows more than the journal is another chain: the device was rolled back', async () => {
		const { all, kiosk } = await begin(3)
		gotten(await all.export(kiosk))
		const known = entriesOf(kiosk.directory)
		truncateSync(join(kiosk.directory, 'entries.jws'), known.lastIndexOf(10, known.length - 2) + 1)
		expect(gotten(await all.export(kiosk))).toMatchObject({
			folder: 'k-one.2',
			faults: [{ code: 'other-chain' }],
		})
		expect(entriesOf(all.onStick('k-one')).equals(known)).toBe(true)
	})

	test('the same name with another key is another device', async () => {
		const all = new Carried(await temporaryFolder())
		const [one, other] = [await all.kiosk('k-one', 1), await all.kiosk('k-one', 2)]
		gotten(await all.export(one))
		expect(gotten(await all.export(other))).toMatchObject({
			folder: 'k-one.2',
			faults: [{ code: 'other-key' }],
		})
		await expectWhole(all.onStick('k-one'), one)
	})
})

describe('export says why not', () => {
	test('no-stick: nothing is mounted there', async () => {
		const { all, kiosk } = await begin(1)
		const options = { journal: kiosk.directory, home: null }
		expect(await exportJournal({ ...options, stick: all.stick })).toMatchObject({
			fault: { code: 'no-stick', detail: expect.stringContaining('on the same disk as') },
		})
		expect(await exportJournal({ ...options, stick: join(all.root, 'nowhere') })).toMatchObject({
			fault: { code: 'no-stick' },
		})
		expect(existsSync(all.onStick())).toBe(false)
	})

	test('journal-empty, journal-unreadable', async () => {
		const { all, kiosk } = await begin(0)
		writeFileSync(join(kiosk.directory, 'entries.jws'), '')
		expect(await all.export(kiosk)).toMatchObject({ fault: { code: 'journal-empty' } })
		await rm(join(kiosk.directory, 'device.pem'))
		expect(await all.export(kiosk)).toMatchObject({ fault: { code: 'journal-unreadable' } })
	})

	test('an image that the journal has not, or has altered, is named; the rest is copied', async () => {
		const { all, kiosk } = await begin(3)
		const [gone = '', altered = '', fine = ''] = kiosk.files
		await rm(imageOn(kiosk.directory, gone))
		writeFileSync(imageOn(kiosk.directory, altered), someBytes(6_000, 5))
		const report = gotten(await all.export(kiosk))
		expect(report.faults.map(({ code }) => code)).toEqual(['image-missing', 'image-altered'])
		const there = await readdir(all.onStick('k-one', 'images'), { recursive: true })
		expect(there.filter((name) => name.length > 2)).toEqual([join(fine.slice(0, 2), fine)])
	})

	test('refused: nine other things bear the name already', async () => {
		const { all, kiosk } = await begin(1)
		await mkdir(all.onStick(), { recursive: true })
		for (const name of ['k-one', ...[2, 3, 4, 5, 6, 7, 8, 9].map((number) => `k-one.${number}`)]) {
			writeFileSync(all.onStick(name), 'no folder')
		}
		expect(await all.export(kiosk)).toMatchObject({ fault: { code: 'refused' } })
	})
})

test('a copy of a stick is as good as the stick', async () => {
	const { all, kiosk } = await begin(2)
	gotten(await all.export(kiosk))
	const copy = join(all.root, 'copy')
	await cp(all.stick, copy, { recursive: true })
	expect(gotten(await all.import(copy)).chains).toMatchObject([
		{ stored: 3, images: { stored: 2, awaited: 0 } },
	])
})
