import type { KeyObject } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { type AuditedDevices, auditLedgerBytes } from '#src/audit/ledger-lines.js'
import { fail, ok } from '#src/platform/result.js'
import { testKey } from '../evidence/forge.ts'
import { inDirectory } from '../support/in-directory.ts'
import {
	actaFields,
	fileOf,
	genesisOf,
	idOf,
	pemOf,
	sampleEntry,
	sampleImage,
	sampleJournal,
	sampleReceipt,
	writeImages,
} from '../support/sample-journal.ts'

const centre = testKey('c-cccccccccc')
const [one, two] = [testKey('k-aaaaaaaaaa'), testKey('k-bbbbbbbbbb')]
const journalOne = sampleJournal(one)
const journalTwo = sampleJournal(two, 1)

function receiptFor(entry: string, seq: number, more: object = {}, device = one): string {
	return sampleReceipt(centre, entry, device.id, seq, more)
}

/** Two devices' entries mixed, each answered at once. */
const healthy = [0, 1, 2, 3, 4].flatMap((index) =>
	[
		{ key: one, entry: journalOne.entries[index] },
		{ key: two, entry: journalTwo.entries[index] },
	].flatMap(({ key, entry }) => (entry === undefined ? [] : [entry, receiptFor(entry, index + 1, {}, key)])),
)

async function* asBytes(lines: readonly string[]): AsyncGenerator<Uint8Array> {
	yield fileOf(lines)
}

function devicesOf(keys: ReadonlyMap<string, KeyObject>): AuditedDevices {
	return {
		async key(id) {
			const key = keys.get(id)
			return key === undefined ? fail('file-missing', 'no such device') : ok(key)
		},
		revocationOf: () => undefined,
		authority: null,
	}
}

function audit(lines: readonly string[]) {
	const keys = new Map([one, two].map((key) => [key.id, key.publicKey]))
	return auditLedgerBytes(asBytes(lines), centre.publicKey, devicesOf(keys), null)
}

async function faultsOf(lines: readonly string[]): Promise<string[]> {
	const { faults } = await audit(lines)
	return faults.map(({ line, device, seq, code }) => [line, device, seq, code].filter(Boolean).join(' '))
}

const [e1 = '', e2 = '', e3 = '', e4 = '', e5 = ''] = journalOne.entries

/** Of a device in good standing. */
const good = { revoked: null, quarantined: 0 }

describe('a healthy ledger', () => {
	test('is whole, with its devices and receipts', async () => {
		expect(await audit(healthy)).toEqual({
			centre: centre.id,
			entries: 8,
			actas: 3,
			devices: [
				{ device: one.id, entries: 5, upto: { seq: 5, id: idOf(e5) }, gaps: [], equivocations: [], ...good },
				{
					device: two.id,
					entries: 3,
					upto: { seq: 3, id: idOf(journalTwo.entries[2] ?? '') },
					gaps: [],
					equivocations: [],
					...good,
				},
			],
			receipts: 8,
			authority: null,
			heads: 0,
			proofs: [],
			images: null,
			faults: [],
			faultCount: 0,
		})
	})

	test('may hold entries in any order, and the same one twice', async () => {
		const lines = [
			e3,
			e1,
			e1,
			receiptFor(e1, 1),
			receiptFor(e1, 1, { status: 'duplicate' }),
			e2,
			receiptFor(e3, 3),
		]
		expect(await audit(lines)).toMatchObject({ entries: 3, receipts: 3, faultCount: 0 })
	})

	test('may reject what it did not keep, and hold nothing up to nowhere', async () => {
		const rejected = { status: 'rejected', reason: 'unknown-version', upto: null }
		expect(await faultsOf([receiptFor(e1, 1, rejected)])).toEqual([])
	})
})

describe('chains', () => {
	test('gap', async () => {
		expect(await faultsOf([e1, e5])).toEqual([`2 ${one.id} 2 gap`])
		expect(await faultsOf([e2, e3, e5])).toEqual([`1 ${one.id} 1 gap`, `3 ${one.id} 4 gap`])
		const { devices } = await audit([e1, e4, e5])
		expect(devices).toMatchObject([{ entries: 3, upto: { seq: 1 }, gaps: [[2, 3]] }])
	})

	test('equivocation: both are kept, both lines are named', async () => {
		const other = sampleEntry(one, 3, idOf(e2), 'clock')
		const report = await audit([e1, e2, e3, e4, other])
		expect(report.devices).toMatchObject([{ entries: 5, equivocations: [3] }])
		expect(report.faults).toMatchObject([{ line: 5, seq: 3, code: 'equivocation' }])
		expect(report.faults[0]?.detail).toContain('line 3')
	})

	test('an entry may follow from either of two that bear a seq; bad-prev when from none', async () => {
		const other = sampleEntry(one, 3, idOf(e2), 'clock')
		const after = sampleEntry(one, 4, idOf(other), 'clock')
		expect(await faultsOf([e1, e2, e3, other, after])).toEqual([`4 ${one.id} 3 equivocation`])
		const stray = sampleEntry(one, 4, idOf(e1), 'clock')
		expect(await faultsOf([e1, e2, e3, stray])).toEqual([`4 ${one.id} 4 bad-prev`])
		const orphan = sampleEntry(one, 1, genesisOf(two), 'boot')
		expect(await faultsOf([orphan])).toEqual([`1 ${one.id} 1 bad-prev`])
	})

	test('unknown-device, bad-signature', async () => {
		const stranger = testKey('k-zzzzzzzzzz')
		expect(await faultsOf([sampleEntry(stranger, 1, genesisOf(stranger), 'boot')])).toEqual([
			'1 k-zzzzzzzzzz unknown-device',
		])
		const impostor = { ...stranger, id: one.id }
		expect(await faultsOf([sampleEntry(impostor, 1, genesisOf(one), 'boot')])).toEqual([
			`1 ${one.id} bad-signature`,
		])
	})
})

describe('receipts', () => {
	test('bad-signature: by somebody else; wrong-centre: by our key under two names', async () => {
		const other = sampleReceipt({ ...testKey('x'), id: centre.id }, e1, one.id, 1)
		expect(await faultsOf([e1, other])).toEqual(['2 bad-signature'])
		const renamed = sampleReceipt({ ...centre, id: 'c-zzzzzzzzzz' }, e1, one.id, 1)
		expect(await faultsOf([e1, receiptFor(e1, 1), renamed])).toEqual(['3 wrong-centre'])
	})

	test('bad-payload', async () => {
		expect(await faultsOf([e1, receiptFor(e1, 1, { copies: -1 })])).toEqual(['2 bad-payload'])
	})

	test.each<[string, string[]]>([
		['for an entry that is nowhere', [receiptFor(e1, 1, { upto: null })]],
		['for an entry that comes only later', [receiptFor(e1, 1, { upto: null }), e1]],
		['for another entry at that seq', [e1, receiptFor(e2, 1, { upto: null })]],
		['up to an entry that is not there', [e1, receiptFor(e1, 1, { upto: { seq: 2, id: idOf(e2) } })]],
		['up to another entry than is there', [e1, e2, receiptFor(e1, 1, { upto: { seq: 2, id: idOf(e3) } })]],
		[
			'for a conflict of which nothing was kept',
			[e1, receiptFor(e2, 1, { status: 'conflict', reason: 'seq-taken', upto: null })],
		],
	])('receipt-unfounded: %s', async (_, lines) => {
		const faults = await faultsOf(lines)
		expect(faults).toEqual([expect.stringMatching(/ k-aaaaaaaaaa 1 receipt-unfounded$/)])
	})

	test('receipt-unfounded: over a gap', async () => {
		expect(await faultsOf([e1, e3, receiptFor(e3, 3)])).toEqual([
			`3 ${one.id} 3 receipt-unfounded`,
			`2 ${one.id} 2 gap`,
		])
	})
})

test('what is neither an entry nor a receipt', async () => {
	expect(await faultsOf(['x', '', `${e1}\r`])).toEqual(['1 not-a-jws', '2 empty-line', '3 crlf'])
})

test('one bit of any byte changed is found, and in its own line', async () => {
	// A few lines are enough: what checks a single line is the same as in a journal.
	const bytes = fileOf(healthy.slice(0, 4))
	const devices = devicesOf(new Map([one, two].map((key) => [key.id, key.publicKey])))
	let line = 1
	for (let at = 0; at < bytes.length; at++) {
		const changed = Buffer.from(bytes)
		changed[at] = (bytes[at] ?? 0) ^ 0x01
		const parts = (async function* () {
			yield changed
		})()
		const { faults } = await auditLedgerBytes(parts, centre.publicKey, devices, null)
		expect(faults[0], `byte ${at}`).toMatchObject({ line })
		if (bytes[at] === 10) line++
	}
})

describe('a directory', () => {
	const [shown, awaited] = [sampleImage(1), sampleImage(2)]
	const acta1 = sampleEntry(one, 1, genesisOf(one), 'acta', actaFields(1, shown))
	const acta2 = sampleEntry(one, 2, idOf(acta1), 'acta', actaFields(2, awaited))
	const stored = { images: [{ sha256: shown.sha256, status: 'stored', missing: [] }] }
	const wanted = { images: [{ sha256: awaited.sha256, status: 'missing', missing: [[0, 0]] }] }
	const lines = [acta1, receiptFor(acta1, 1, stored), acta2, receiptFor(acta2, 2, wanted)]

	const inCentre = (work: (directory: string) => Promise<void>) =>
		inDirectory(async (directory) => {
			await writeFile(join(directory, 'ledger.jws'), fileOf(lines))
			await writeFile(join(directory, 'centre.pem'), pemOf(centre))
			await mkdir(join(directory, 'devices'))
			await writeFile(join(directory, 'devices', `${one.id}.pem`), pemOf(one))
			await writeImages(directory, [shown])
			await work(directory)
		})

	test('an image on its way is no fault; one that a receipt claims must be there', () =>
		inCentre(async (directory) => {
			expect(await auditLedger(directory)).toMatchObject({
				ok: true,
				value: {
					entries: 2,
					receipts: 2,
					images: { named: 2, present: 1, awaited: 1, missing: 0, altered: 0 },
					faultCount: 0,
				},
			})
			const path = join(directory, 'images', shown.sha256.slice(0, 2), shown.sha256)
			await writeFile(path, 'other')
			expect(await auditLedger(directory)).toMatchObject({
				value: { images: { altered: 1 }, faults: [{ line: 1, seq: 1, code: 'image-altered' }] },
			})
			await rm(path)
			expect(await auditLedger(directory)).toMatchObject({
				value: { images: { missing: 1, awaited: 1 }, faults: [{ line: 1, code: 'image-missing' }] },
			})
			expect(await auditLedger(directory, { images: false })).toMatchObject({
				value: { images: null, faultCount: 0 },
			})
		}))

	test('unknown-device: its key is not among the devices', () =>
		inCentre(async (directory) => {
			await rm(join(directory, 'devices', `${one.id}.pem`))
			const report = await auditLedger(directory)
			expect(report.ok && report.value.faults[0]).toMatchObject({ line: 1, code: 'unknown-device' })
		}))

	test('no key of the centre, no ledger', () =>
		inCentre(async (directory) => {
			await rm(join(directory, 'ledger.jws'))
			expect(await auditLedger(directory)).toMatchObject({ ok: false, fault: { code: 'unreadable' } })
			await rm(join(directory, 'centre.pem'))
			expect(await auditLedger(directory)).toMatchObject({ ok: false, fault: { code: 'file-missing' } })
		}))
})
