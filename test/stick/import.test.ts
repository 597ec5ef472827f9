import { appendFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import { signRevocation } from '#src/evidence/authority/revocation.js'
import { signHead } from '#src/evidence/head.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { signJws } from '#src/evidence/jws.js'
import { Journal } from '#src/journal/journal.js'
import { Lock } from '#src/journal/lock.js'
import { UplinkWatcher } from '#src/kiosk/uplink-watcher.js'
import { Carried } from '../support/carried.ts'
import { actaText, type JournalMaker, someBytes } from '../support/journal-maker.ts'
import { gotten } from '../support/result.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

async function exported(actas = 3, runs = false) {
	const all = new Carried(await temporaryFolder(), { runs })
	const kiosk = await all.kiosk('k-one', actas)
	gotten(await all.export(kiosk))
	return { all, kiosk }
}

/** Two chains of one device: the second is of a disk that was restored. */
async function twoChains(actas: number, again: number, runs = false) {
	const all = new Carried(await temporaryFolder(), { runs })
	const signer = makeSigner('k-one')
	return {
		all,
		first: await all.kiosk('k-one', actas, signer),
		restored: await all.kiosk('k-one', again, signer),
	}
}

const imageOn = (all: Carried, sha256: string, folder = 'k-one') =>
	all.onStick(folder, 'images', sha256.slice(0, 2), sha256)

/** The centre runs beside it, or the import opens the ledger itself: the same must come of it. */
const ways = [
	['by itself', false],
	['beside a running centre', true],
] as const

describe.each(ways)('import %s', (_, runs) => {
	test('stores entries and images as if a broker had brought them; the ledger is whole', async () => {
		const { all, kiosk } = await exported(3, runs)
		const two = await all.kiosk('k-two', 2)
		gotten(await all.export(two))
		const { chains, refusedCount } = gotten(await all.import())
		expect(refusedCount).toBe(0)
		expect(chains).toMatchObject([
			{ folder: 'k-one', devices: ['k-one'], stored: 4, duplicates: 0, images: { stored: 3, awaited: 0 } },
			{ folder: 'k-two', devices: ['k-two'], stored: 3, duplicates: 0, images: { stored: 2, awaited: 0 } },
		])
		const audit = gotten(await auditLedger(all.centre))
		expect(audit).toMatchObject({ faults: [], entries: 7, images: { named: 5, present: 5, awaited: 0 } })
		expect(audit.devices.map(({ device, upto }) => [device, upto?.seq])).toEqual([
			['k-one', kiosk.entries.length],
			['k-two', two.entries.length],
		])
	})

	test('nothing twice: a second time changes no byte of the ledger, and brings the receipts again', async () => {
		const { all } = await exported(3, runs)
		const first = gotten(await all.import())
		const [ledger, receipts] = [all.ledger(), all.onStick('k-one', 'receipts-c-centre.jws')]
		rmSync(receipts)
		expect(gotten(await all.import()).chains).toMatchObject([
			{ stored: 0, duplicates: 4, conflicts: 0, images: { stored: 0, awaited: 0 }, receipts: 4 },
		])
		expect(all.ledger().equals(ledger)).toBe(true)
		expect(first.chains[0]?.receipts).toBe(4)
		expect(existsSync(receipts)).toBe(true)
	})

	test('what a revoked device recorded after its last good entry is kept, images too, and told apart', async () => {
		const { all } = await exported(3, runs)
		const authority = makeSigner('a-campaign')
		const revocation = {
			v: 1,
			device: 'k-one',
			last: 2,
			reason: 'stolen',
			time: '2024-07-29T06:00:00Z',
		} as const
		writeFileSync(join(all.centre, 'authority.pem'), publicKeyPem(authority.publicKey))
		const { text } = await signRevocation(revocation, authority)
		writeFileSync(join(all.centre, 'devices', 'registry.jws'), `${text}\n`)
		const { chains, refusedCount } = gotten(await all.import())
		expect(refusedCount).toBe(0)
		expect(chains).toMatchObject([
			{ stored: 2, quarantined: 2, images: { stored: 3, awaited: 0 }, receipts: 2 },
		])
		expect(gotten(await auditLedger(all.centre))).toMatchObject({
			entries: 4,
			devices: [{ revoked: { last: 2 }, quarantined: 2 }],
			faults: [3, 4].map((seq) => ({ seq, code: 'revoked' })),
			images: { named: 3, present: 3 },
		})
	})

	test('what was half there is completed by the next stick', async () => {
		const { all, kiosk } = await exported(3, runs)
		const [gone = '', torn = ''] = kiosk.files
		rmSync(imageOn(all, gone))
		truncateSync(imageOn(all, torn), 1_000)
		truncateSync(
			all.onStick('k-one', 'entries.jws'),
			readFileSync(all.onStick('k-one', 'entries.jws')).length - 9,
		)
		const half = gotten(await all.import())
		expect(half.chains).toMatchObject([{ stored: 3, images: { stored: 0, awaited: 1 } }])
		expect(half.refused).toMatchObject([
			{ file: 'testigo/k-one/entries.jws', line: 4, code: 'torn-tail' },
			{ file: expect.stringContaining(torn), code: 'image-incomplete' },
		])
		gotten(await all.export(kiosk))
		expect(gotten(await all.import())).toMatchObject({
			refusedCount: 0,
			chains: [{ stored: 1, duplicates: 3, images: { stored: 3, awaited: 0 } }],
		})
		expect(gotten(await auditLedger(all.centre))).toMatchObject({ faults: [], entries: 4 })
	})

	test('two chains of one device are both kept, and shown as a conflict', async () => {
		const { all, first, restored } = await twoChains(2, 1, runs)
		await restored.acta(actaText(77), [someBytes(4_000, 77)])
		gotten(await all.export(first))
		gotten(await all.export(restored))
		const { chains } = gotten(await all.import())
		expect(chains).toMatchObject([
			{ folder: 'k-one', stored: 3, conflicts: 0 },
			{ folder: 'k-one.2', stored: 0, duplicates: 1, conflicts: 2 },
		])
		const [device] = gotten(await auditLedger(all.centre)).devices
		expect(device).toMatchObject({ entries: 5, equivocations: [2, 3] })
	})

	test('a head is taken along; a forged one is refused', async () => {
		const { all, kiosk } = await exported(3, runs)
		const last = kiosk.entries.at(-1)
		const head = {
			v: 2,
			device: 'k-one',
			seq: 4,
			id: last?.id ?? '',
			receipts: 0,
			day: '2024-07-28',
		} as const
		const path = all.onStick('k-one', 'head.jws')
		writeFileSync(path, (await signHead(head, makeSigner('k-one'))).text)
		expect(gotten(await all.import()).refused).toMatchObject([{ code: 'head-refused' }])
		writeFileSync(path, (await signHead(head, kiosk.signer)).text)
		expect(gotten(await all.import()).refusedCount).toBe(0)
		expect(readFileSync(join(all.centre, 'heads.jws'), 'utf8')).toBe(`${readFileSync(path, 'utf8')}\n`)
	})
})

describe.each(ways)('import %s refuses, by file, line and code, and takes the rest', (_, runs) => {
	test('changed, forged, foreign and unreadable lines', async () => {
		const { all, kiosk } = await exported(3, runs)
		const stranger = await all.kiosk('k-stranger', 0)
		rmSync(join(all.centre, 'devices', 'k-stranger.pem'))
		const path = all.onStick('k-one', 'entries.jws')
		const [one = '', two = '', three = '', four = ''] = kiosk.entries.map(({ text }) => text)
		const forged = `${two.slice(0, two.lastIndexOf('.'))}.${three.split('.')[2]}`
		const lines = [one, forged, two, 'no jws', stranger.entries[0]?.text ?? '', '', `${three}\r`, three, four]
		writeFileSync(path, `${lines.join('\n')}\n`)
		const report = gotten(await all.import())
		expect(report.chains).toMatchObject([{ devices: ['k-one'], stored: 4, images: { stored: 3 } }])
		expect(report.refused.map(({ line, code }) => [line, code])).toEqual([
			[2, 'bad-signature'],
			[4, 'not-a-jws'],
			[5, 'unknown-device'],
			[6, 'empty-line'],
			[7, 'crlf'],
		])
		expect(gotten(await auditLedger(all.centre))).toMatchObject({ faults: [], entries: 4 })
	})

	test('an image that is not what its entry says', async () => {
		const { all, kiosk } = await exported(3, runs)
		const [changed = '', longer = ''] = kiosk.files
		writeFileSync(imageOn(all, changed), someBytes(3_000, 99))
		appendFileSync(imageOn(all, longer), 'x')
		const report = gotten(await all.import())
		expect(report.refused).toMatchObject([{ code: 'image-altered' }, { code: 'image-altered' }])
		expect(report.refused.map(({ file }) => file.slice(-64)).sort()).toEqual([changed, longer].sort())
		expect(report.chains).toMatchObject([{ stored: 4, images: { stored: 1 } }])
		const audit = gotten(await auditLedger(all.centre))
		expect(audit).toMatchObject({ faults: [], images: { present: 1, awaited: 2 } })
	})

	test('an entry of another version is kept, and counted apart', async () => {
		const { all, kiosk } = await exported(0, runs)
		const later = await signJws('entry', { v: 3, device: 'k-one', seq: 2 }, kiosk.signer)
		appendFileSync(all.onStick('k-one', 'entries.jws'), `${later.text}\n`)
		expect(gotten(await all.import())).toMatchObject({ refusedCount: 0, chains: [{ stored: 1, foreign: 1 }] })
		expect(all.ledger().toString()).toContain(later.text)
	})

	test('a device that the centre does not know, until it does', async () => {
		const { all, kiosk } = await exported(2, runs)
		rmSync(join(all.centre, 'devices', 'k-one.pem'))
		const report = gotten(await all.import())
		expect(report).toMatchObject({ refusedCount: 3, chains: [{ devices: [], stored: 0, receipts: 0 }] })
		expect(report.refused).toMatchObject([{ line: 1, code: 'unknown-device' }, { line: 2 }, { line: 3 }])
		all.enrol(kiosk)
		expect(gotten(await all.import()).chains).toMatchObject([{ stored: 3, images: { stored: 2 } }])
	})
})

describe('import says why not', () => {
	test('no-stick', async () => {
		const all = new Carried(await temporaryFolder())
		expect(await all.import()).toMatchObject({ fault: { code: 'no-stick' } })
		expect(await all.import(join(all.root, 'nowhere'))).toMatchObject({ fault: { code: 'no-stick' } })
	})

	test('centre-locked: the centre is running', async () => {
		const { all } = await exported(1)
		const lock = gotten(await Lock.take(join(all.centre, 'lock')))
		try {
			expect(await all.import()).toMatchObject({ fault: { code: 'centre-locked' } })
			expect(existsSync(join(all.centre, 'ledger.jws'))).toBe(false)
		} finally {
			await lock.release()
		}
	})

	test('centre-failed: its ledger is damaged', async () => {
		const { all } = await exported(1)
		writeFileSync(join(all.centre, 'ledger.jws'), 'damaged\n')
		expect(await all.import()).toMatchObject({ fault: { code: 'centre-failed' } })
	})
})

describe('receipts come home', () => {
	async function home(actas = 2) {
		const { all, kiosk } = await exported(actas)
		gotten(await all.import())
		return { all, kiosk, name: all.onStick('k-one', 'receipts-c-centre.jws') }
	}

	/** What the kiosk would show, and why it would record no more. */
	async function shown(all: Carried, kiosk: JournalMaker): Promise<[number, string | undefined]> {
		const journal = gotten(await Journal.open(kiosk.directory, kiosk.identity))
		const watcher = new UplinkWatcher({
			journal,
			centres: onlyCentre(all.centreSigner),
			directory: all.uplink(kiosk),
			clock: new SimulatedClock(),
			log: () => {},
		})
		try {
			await watcher.start(() => {})
			return [watcher.upto, watcher.contradiction?.code]
		} finally {
			await watcher.stop()
			await journal.close()
		}
	}

	test('a kiosk that never had an uplink counts as received what the centre holds', async () => {
		const { all, kiosk } = await home()
		expect(await shown(all, kiosk)).toEqual([0, undefined])
		expect(gotten(await all.export(kiosk)).receipts).toMatchObject({ held: 3, upto: 3 })
		expect(await shown(all, kiosk)).toEqual([3, undefined])
	})

	test('an older stick takes nothing back', async () => {
		const { all, kiosk, name } = await home()
		const old = readFileSync(name)
		await kiosk.acta(actaText(50), [someBytes(2_000, 50)])
		gotten(await all.export(kiosk))
		gotten(await all.import())
		expect(gotten(await all.export(kiosk)).receipts).toMatchObject({ held: 4, upto: 4 })
		writeFileSync(name, old)
		const carried = readFileSync(join(all.uplink(kiosk), 'carried.jws'))
		expect(gotten(await all.export(kiosk)).receipts).toMatchObject({ held: 4, upto: 4 })
		expect(readFileSync(join(all.uplink(kiosk), 'carried.jws')).equals(carried)).toBe(true)
		expect(await shown(all, kiosk)).toEqual([4, undefined])
	})

	test('forged, torn and foreign receipts count for nothing', async () => {
		const { all, kiosk, name } = await home()
		const [first = ''] = readFileSync(name, 'utf8').split('\n')
		const [header, payload] = first.split('.')
		const other = await all.kiosk('k-other', 1)
		gotten(await all.export(other))
		gotten(await all.import())
		const foreign = readFileSync(all.onStick('k-other', 'receipts-c-centre.jws'), 'utf8')
		writeFileSync(
			name,
			`${header}.${payload}.${'A'.repeat(86)}\n${foreign}no receipt\n${first.slice(0, 200)}`,
		)
		const { receipts } = gotten(await all.export(kiosk))
		expect(receipts).toMatchObject({ held: 0, upto: 0 })
		expect(Object.fromEntries(receipts?.refused ?? [])).toEqual({
			'bad-signature': 1,
			'other-device': 2,
			'not-a-jws': 1,
		})
		expect(await shown(all, kiosk)).toEqual([0, undefined])
	})

	test('a kiosk whose journal was rolled back counts nothing, and learns of it without a network', async () => {
		const { all, first, restored } = await twoChains(2, 0)
		gotten(await all.export(first))
		gotten(await all.import())
		expect(await shown(all, restored)).toEqual([0, undefined])
		await restored.acta(actaText(60), [someBytes(2_000, 60)])
		gotten(await all.export(restored))
		gotten(await all.import())
		const { receipts, faults } = gotten(await all.export(restored))
		expect(faults).toMatchObject([{ code: 'other-chain' }])
		expect(receipts?.refused.get('wrong-upto')).toBeGreaterThan(0)
		expect(await shown(all, restored)).toEqual([0, 'journal-set-back'])
	})

	test('receipts moved from the folder of another chain count for nothing', async () => {
		const { all, first, restored } = await twoChains(1, 0)
		await restored.acta(actaText(60), [someBytes(2_000, 60)])
		gotten(await all.export(first))
		gotten(await all.import())
		gotten(await all.export(restored))
		const name = 'receipts-c-centre.jws'
		writeFileSync(all.onStick('k-one.2', name), readFileSync(all.onStick('k-one', name)))
		const { receipts } = gotten(await all.export(restored))
		expect(receipts?.refused.get('other-entry')).toBe(1)
		expect(receipts?.upto).toBeLessThan(2)
	})
})
