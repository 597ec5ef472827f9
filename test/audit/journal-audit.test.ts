/** What an audit of a journal counts, and faults at every byte; each code by itself is in test/vectors. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { auditJournal, auditJournalFile } from '#src/audit/journal-audit.js'
import { auditEntries } from '#src/audit/journal-lines.js'
import { keyFingerprint } from '#src/evidence/keys/key-fingerprint.js'
import { inDirectory } from '../support/in-directory.ts'
import { shortOrLong } from '../support/short-or-long.ts'
import {
	addressOf,
	chainOf,
	closedChainOf,
	digestOf,
	entryAfter,
	type Files,
	genesisOf,
	lines,
	pictureOf,
	pictures,
	shortChainOf,
} from '../vectors/collections.ts'
import { device, otherDevice } from '../vectors/object-vector.ts'
import { layOut } from '../vectors/reference.ts'
import { idOf } from '../vectors/signed.ts'

const chain = closedChainOf(device)
const [e1 = '', , e3 = '', , e5 = ''] = chain
const journal = Buffer.from(lines(...chain))
const files: Files = { 'entries.jws': lines(...chain), 'device.pem': device.pem, ...pictures(2, 4) }

async function* inParts(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
	for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

function audit(bytes: Uint8Array, partSize?: number) {
	return auditEntries(inParts(bytes, partSize), device.publicKey, null)
}

describe('a healthy journal', () => {
	const whole = {
		device: device.id,
		entries: 5,
		byKind: { boot: 1, acta: 3, close: 1 },
		actas: 3,
		head: { seq: 5, id: idOf(e5) },
		chainWhole: true,
		restsOn: [{ file: 'device.pem', ...keyFingerprint(device.publicKey) }],
		authority: null,
		revoked: null,
		quarantined: 0,
		closed: null,
		images: null,
		faults: [],
		faultCount: 0,
	}

	test('is whole, in whatever parts its bytes come', async () => {
		for (const size of [undefined, 1, 7, 1000]) expect(await audit(journal, size)).toEqual(whole)
	})

	test('with its images, without them, and as a lone file with its key', () =>
		inDirectory(async (directory) => {
			await layOut(files, directory)
			const images = { named: 3, present: 3, givenAway: [], missing: 0, altered: 0 }
			expect(await auditJournal(directory)).toEqual({ ok: true, value: { ...whole, images } })
			expect(await auditJournal(directory, { images: false })).toEqual({ ok: true, value: whole })
			const [copy, key] = [join(directory, 'copy.jws'), join(directory, 'key.pem')]
			await layOut({ 'copy.jws': lines(...chain), 'key.pem': device.pem }, directory)
			expect(await auditJournalFile(copy, key, null)).toEqual({
				ok: true,
				value: { ...whole, restsOn: [{ file: key, ...keyFingerprint(device.publicKey) }] },
			})
		}))

	test('that is empty has no head and no device, and is not well', async () => {
		const faults = [{ line: 1, code: 'nothing-to-check' }]
		const empty = { device: null, entries: 0, head: null, faults, faultCount: 1 }
		expect(await audit(Buffer.alloc(0))).toMatchObject(empty)
	})
})

describe('one byte changed', () => {
	/** For each byte its line, counted from 1; a line feed belongs to the line it ends. */
	const lineOfByte = [...journal].map(
		(_, at) => journal.subarray(0, at).filter((byte) => byte === 10).length + 1,
	)

	test.each<[string, (byte: number) => number[]]>([
		['its lowest bit', (byte) => [byte ^ 0x01]],
		['its case, or letter for mark', (byte) => [byte ^ 0x20]],
		['to a line feed', () => [0x0a]],
		['taken out', () => []],
	])('any byte, one at a time: %s', async (_, change) => {
		// No multiple of four: each place within a group of Base64 comes.
		const step = shortOrLong({ short: 11, long: 1 })
		for (let at = 0; at < journal.length; at += step) {
			const line = lineOfByte[at]
			const changed = Buffer.from(change(journal[at] ?? 0))
			const bytes = Buffer.concat([journal.subarray(0, at), changed, journal.subarray(at + 1)])
			if (bytes.equals(journal)) continue
			const { faults, chainWhole } = await audit(bytes)
			expect(chainWhole, `byte ${at}`).toBe(false)
			expect(faults[0], `byte ${at}`).toMatchObject({ line, seq: line })
		}
	})

	test('torn-tail: cut off at any byte', async () => {
		const start = journal.lastIndexOf(10, journal.length - 2) + 1
		expect(await audit(journal.subarray(0, start))).toMatchObject({ entries: 4, faultCount: 0 })
		for (let end = start + 1; end < journal.length; end += shortOrLong({ short: 5, long: 1 })) {
			const { faults } = await audit(journal.subarray(0, end))
			expect(faults).toMatchObject([{ line: 5, seq: 5, code: 'torn-tail' }])
		}
	})
})

test('line-too-long: held in memory only as far as needed', async () => {
	async function* endless() {
		yield journal
		const part = Buffer.alloc(1 << 20, 'x')
		for (let count = 0; count < 512; count++) yield part
	}
	const before = process.memoryUsage().rss
	const { faults } = await auditEntries(endless(), device.publicKey, null)
	expect(faults).toMatchObject([{ line: 6, code: 'line-too-long' }])
	expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024)
})

test("what can't be read counts as a fault, and not as an entry", async () => {
	expect(await audit(Buffer.from(lines(e1, 'x', e3, 'y', e5)))).toMatchObject({
		entries: 3,
		head: { seq: 5 },
		faults: [
			{ line: 2, seq: 2, code: 'not-a-jws' },
			{ line: 4, seq: 4, code: 'not-a-jws' },
		],
	})
	const foreign = await audit(Buffer.from(lines(...chainOf(otherDevice, 5))))
	expect(foreign).toMatchObject({ device: null, entries: 0, faultCount: 5 })
})

const third = addressOf(pictureOf(3))
const { [third]: _, ...without3 } = files
const image = { role: 'full', mediaType: 'image/png', size: 7, sha256: digestOf(pictureOf(3)) }
const unread = { kind: 'acta', reading: { method: 'none', text: null, code: null }, images: [image] }
const alone = lines(entryAfter(device, genesisOf(device), 1, unread))

test.each<[string, Files, { readonly actas: number; readonly present: number; readonly missing: number }]>([
	['missing', without3, { actas: 3, present: 2, missing: 1 }],
	['altered by a bit', { ...files, [third]: pictureOf(2) }, { actas: 3, present: 2, missing: 0 }],
	['cut off', { ...files, [third]: 'pictu' }, { actas: 3, present: 2, missing: 0 }],
	['of another size than is said', { ...files, 'entries.jws': alone }, { actas: 0, present: 0, missing: 0 }],
])('an image %s is counted', (_, laidOut, { actas, present, missing }) =>
	inDirectory(async (directory) => {
		await layOut(laidOut, directory)
		const images = { named: present + 1, present, givenAway: [], missing, altered: 1 - missing }
		const value = { chainWhole: true, actas, images, faultCount: 1 }
		expect(await auditJournal(directory)).toMatchObject({ ok: true, value })
	}),
)

test('unreadable: no journal file', () =>
	inDirectory(async (directory) => {
		await writeFile(join(directory, 'device.pem'), device.pem)
		expect(await auditJournal(directory)).toMatchObject({ ok: false, fault: { code: 'unreadable' } })
	}))

test('others have their turn while a long journal is checked', async () => {
	let audited = false
	let turnsTaken = 0
	const count = () => {
		if (audited) return
		turnsTaken++
		setImmediate(count)
	}
	setImmediate(count)
	// All bytes at once: nothing but the audit itself gives the turn away.
	expect(await audit(Buffer.from(lines(...shortChainOf(device, 402))))).toMatchObject({
		entries: 402,
		faultCount: 0,
	})
	audited = true
	expect(turnsTaken).toBeGreaterThan(0)
})
