import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { auditJournal } from '#src/audit/journal-audit.js'
import { CentreList, digestOfText, onlyCentre } from '#src/evidence/authority/centre-list.js'
import type { Entry } from '#src/evidence/entry.js'
import { openEntry } from '#src/evidence/entry.js'
import type { Range } from '#src/evidence/fields.js'
import { type Identity, publicKeyPem } from '#src/evidence/identity.js'
import { type Receipt, signReceipt } from '#src/evidence/receipt.js'
import type { Signer } from '#src/evidence/signer.js'
import { Journal } from '#src/journal/journal.js'
import { storedImagesOf } from '#src/journal/stored-image.js'
import type { KioskEvent } from '#src/kiosk/events.js'
import { Disk } from '#src/kiosk/recording/disk.js'
import { ImageEviction } from '#src/kiosk/recording/image-eviction.js'
import { PlainImageStorage, SealedImageStorage } from '#src/kiosk/recording/image-storage.js'
import { Reserve } from '#src/platform/files/reserve.js'
import { Sealer } from '#src/sealing/sealer.js'
import { listOf } from '../../support/centres.ts'
import { someCustodian } from '../../support/custodian.ts'
import { testigo } from '../../support/processes.ts'
import { receiptFor } from '../../support/receipts.ts'
import { gotten } from '../../support/result.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { makeSigner } from '../../support/test-identity.ts'
import { testRecorder } from '../../support/test-recorder.ts'

const picture = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#808080' } })
	.jpeg()
	.toBuffer()
const never = async () => false

interface Kept {
	readonly text: string
	readonly id: string
	readonly entry: Entry
	readonly files: readonly string[]
}

/** Three actas in a journal, sealed unless told otherwise; what the centre says is up to each test. */
async function kiosk({
	sealed = true,
	publicCrop = {},
	clock = new SimulatedClock(),
	centresOf = onlyCentre as (centre: Identity) => CentreList,
} = {}) {
	const home = await temporaryFolder()
	const signer = makeSigner('k-giver00000')
	const centre = makeSigner('c-keeper0000')
	const journal = gotten(await Journal.open(join(home, 'journal'), signer))
	const sealer = new Sealer([someCustodian])
	await sealer.start()
	onTestFinished(async () => {
		await journal.close()
		await sealer.stop()
	})
	const images = () => journal.images
	const imageStorage = sealed
		? new SealedImageStorage({ images, sealer, publicCrop, onTrouble: () => {} })
		: new PlainImageStorage(images)
	const recorder = testRecorder({ journal, imageStorage, signer })
	for (const number of [1, 2, 3]) {
		const bytes = Buffer.concat([picture, Buffer.from([number])])
		gotten(await recorder.record([{ role: 'full', bytes, origin: 'x' }], null))
	}
	const lines = (await readFile(join(journal.directory, 'entries.jws'), 'utf8')).trimEnd().split('\n')
	const kept = lines.map((text): Kept => {
		const { id, entry } = gotten(openEntry(text, signer))
		const files = storedImagesOf(entry).map(({ sha256 }) => sha256)
		return { text, id, entry, files }
	})
	const uplink = join(home, 'uplink')
	await mkdir(uplink)
	const log: KioskEvent[] = []
	const parts = {
		journal,
		centres: centresOf(centre),
		uplink,
		clock,
		log: (event: KioskEvent) => void log.push(event),
	}
	const eviction = new ImageEviction({ ...parts, copies: 2 })
	/** Says these things, in this order, and nothing else. */
	const say = async (...receipts: readonly Promise<string>[]) => {
		const texts = await Promise.all(receipts)
		await writeFile(join(uplink, 'receipts.jws'), texts.map((text) => `${text}\n`).join(''))
	}
	const receipt = async (seq: number, more: Partial<Receipt> = {}, by: Signer = centre) => {
		const it = kept[seq - 1] ?? expect.fail('no such entry')
		const held = it.files.map((sha256) => ({ sha256, status: 'stored' as const, missing: [] }))
		const said = receiptFor(signer.kid, { seq, id: it.id }, { images: held, copies: 2, ...more })
		return (await signReceipt(said, by)).text
	}
	const give = async (enough: () => Promise<boolean> = never) => {
		eviction.begin(enough)
		await eviction.settled()
	}
	/** The seqs of which every file is still here. */
	const here = async () => {
		const all = await Promise.all(
			kept.map(async ({ entry, files }) => {
				const there = await Promise.all(files.map((sha256) => journal.images.has(sha256)))
				return there.every((is) => is) ? [entry.seq] : []
			}),
		)
		return all.flat()
	}
	return { home, journal, centre, kept, log, eviction, say, receipt, give, here }
}

test('a receipt of several proves each of them, and is kept once', async () => {
	const { journal, say, receipt, give, here, kept } = await kiosk()
	const further = (seq: number, status: 'stored' | 'missing' = 'stored') => {
		const { id: entry, files } = kept[seq - 1] ?? expect.fail('no such entry')
		const missing: Range[] = status === 'stored' ? [] : [[0, 0]]
		return {
			seq,
			entry,
			status: 'stored' as const,
			images: files.map((sha256) => ({ sha256, status, missing })),
		}
	}
	await say(receipt(2, { also: [further(1), further(3, 'missing')] }))
	await give()
	expect(await here()).toEqual([3])
	const away = await readFile(join(journal.directory, 'given-away', 'c-keeper0000.jws'), 'utf8')
	expect(away.trimEnd().split('\n')).toHaveLength(1)
	const report = gotten(await auditJournal(journal.directory))
	expect(report).toMatchObject({ faultCount: 0, images: { named: 3, present: 1 } })
	expect(report.images?.givenAway).toHaveLength(2)
})

test('the oldest go first, no more than is needed, and entries never', async () => {
	const { journal, say, receipt, give, here, log, kept } = await kiosk()
	await say(receipt(1), receipt(2), receipt(3))
	const answers = [false, true]
	await give(async () => answers.shift() ?? true)
	expect(await here()).toEqual([2, 3])
	expect(log).toEqual([{ event: 'images-evicted', files: 1 }])
	await give()
	expect(await here()).toEqual([])
	const lines = await readFile(join(journal.directory, 'entries.jws'), 'utf8')
	expect(lines).toBe(kept.map(({ text }) => `${text}\n`).join(''))
})

test('verify tells what was evicted from what is missing', async () => {
	const { journal, say, receipt, give, kept, centre } = await kiosk()
	await say(receipt(1))
	await give()
	const whole = await auditJournal(journal.directory)
	expect(whole).toMatchObject({
		value: {
			faultCount: 0,
			images: { named: 3, present: 2, missing: 0, givenAway: [{ seq: 1, centre: centre.kid }] },
		},
	})
	const told = await testigo('verify', journal.directory)
	expect(told.out).toContain('3 named, 2 present, 1 evicted, 0 missing')
	expect(told.out).toMatch(/Entry 1: image [0-9a-f]{16}… evicted, receipt \S{43} of c-keeper0000\./)
	expect(told.status).toBe(0)

	// Somebody else's key beside it excuses nothing, when the centre's own is at hand; nor does no key.
	const { directory } = journal
	const [key, other] = [join(directory, '..', 'centre.pem'), join(directory, '..', 'other.pem')]
	await writeFile(key, publicKeyPem(centre.publicKey))
	await writeFile(other, publicKeyPem(makeSigner('c-keeper0000').publicKey))
	expect(await testigo('verify', directory, '--centre-key', key)).toMatchObject({ status: 0 })
	expect(await testigo('verify', directory, '--centre-key', other)).toMatchObject({ status: 1 })
	await rm(join(directory, 'given-away', 'c-keeper0000.pem'))
	expect(await auditJournal(directory)).toMatchObject({ value: { faultCount: 1, images: { missing: 1 } } })
	await writeFile(join(directory, 'given-away', 'c-keeper0000.pem'), publicKeyPem(centre.publicKey))

	// Of what is simply gone no receipt speaks.
	await journal.images.remove(kept[1]?.files[0] ?? '')
	expect(await auditJournal(directory)).toMatchObject({
		value: { images: { missing: 1, givenAway: [{ seq: 1 }] }, faults: [{ seq: 2, code: 'image-missing' }] },
	})
})

/** What a receipt says of the files of one of the entries. */
const images = (of: Kept | undefined, status: 'stored' | 'missing') => ({
	images: (of?.files ?? []).map((sha256) => ({ sha256, status, missing: [] })),
})
const stays: readonly (readonly [string, (all: Awaited<ReturnType<typeof kiosk>>) => Promise<void>])[] = [
	['nobody has said anything', async () => {}],
	['there are too few copies', ({ say, receipt }) => say(receipt(1, { copies: 1 }))],
	['the entry was rejected', ({ say, receipt }) => say(receipt(1, { status: 'rejected', reason: 'x' }))],
	[
		'another entry of that number is held too',
		({ say, receipt }) => say(receipt(1, { status: 'conflict', reason: 'seq-taken' })),
	],
	['a file is missing there', ({ say, receipt, kept }) => say(receipt(1, images(kept[0], 'missing')))],
	['a file is not spoken of', ({ say, receipt }) => say(receipt(1, { images: [] }))],
	['another file is spoken of', ({ say, receipt, kept }) => say(receipt(1, images(kept[1], 'stored')))],
	['it is of another entry', ({ say, receipt, kept }) => say(receipt(1, { entry: kept[1]?.id ?? '' }))],
	['it is for another device', ({ say, receipt }) => say(receipt(1, { device: 'k-other00000' }))],
	['somebody else has signed it', ({ say, receipt }) => say(receipt(1, {}, makeSigner('c-keeper0000')))],
	[
		'the centre has lost that ledger since',
		({ say, receipt }) =>
			say(
				receipt(1, { ledger: 'a'.repeat(22) }),
				receipt(2, { ledger: 'b'.repeat(22), time: '2024-07-29T00:00:00Z', copies: 1 }),
			),
	],
	[
		'it has said since that a file is missing',
		({ say, receipt, kept }) => say(receipt(1), receipt(1, images(kept[0], 'missing'))),
	],
]

test.each(stays)('all stay where %s', async (_, said) => {
	const all = await kiosk()
	await said(all)
	await all.give()
	expect(await all.here()).toEqual([1, 2, 3])
	expect(all.log).toEqual([])
})

test('what anybody may look at stays: unsealed images, and public parts', async () => {
	const plain = await kiosk({ sealed: false })
	await plain.say(plain.receipt(1))
	await plain.give()
	expect(await plain.here()).toEqual([1, 2, 3])

	const both = await kiosk({ publicCrop: { full: { x: 0, y: 0, width: 1, height: 0.5 } } })
	await both.say(both.receipt(1))
	await both.give()
	const [sealed = '', shown = ''] = both.kept[0]?.files ?? []
	expect(await both.journal.images.has(sealed)).toBe(false)
	expect(await both.journal.images.has(shown)).toBe(true)
})

test('an image stays when the receipt for it can not be put beside the journal', async () => {
	const { journal, say, receipt, give, here, log } = await kiosk()
	await say(receipt(1))
	await writeFile(join(journal.directory, 'given-away'), 'a file where the folder should be')
	await give()
	expect(await here()).toEqual([1, 2, 3])
	expect(log).toMatchObject([{ event: 'trouble', device: 'storage' }])
})

test('the same receipts are not read again in vain; new ones are', async () => {
	const { say, receipt, give, here } = await kiosk()
	await say(receipt(1, { copies: 1 }))
	await give()
	await say(receipt(1, { copies: 1 }), receipt(2))
	await give()
	expect(await here()).toEqual([1, 3])
})

test('a file with too many lines that prove nothing is read no further, which is logged once', async () => {
	const { say, receipt, give, here, log } = await kiosk()
	const nothing = Array(10_001).fill(Promise.resolve('A'.repeat(100)))
	for (const copies of [2, 3]) {
		await say(...nothing, receipt(1, { copies }))
		await give()
	}
	expect(await here()).toEqual([1, 2, 3])
	expect(log).toMatchObject([{ event: 'trouble', device: 'uplink', fault: { code: 'not-a-jws' } }])
	await say(...nothing.slice(1), receipt(1))
	await give()
	expect(await here()).toEqual([2, 3])
})

test('what was proved before lines that prove nothing counts only when the file is read to its end', async () => {
	const { say, receipt, give, here } = await kiosk()
	const refused = Array(10_001).fill(Promise.resolve('A'.repeat(100)))
	const noReceipts = Array(1_001).fill(Promise.resolve('!'))
	for (const nothing of [refused, noReceipts]) {
		await say(receipt(1), ...nothing, receipt(1, { copies: 1 }))
		await give()
		expect(await here()).toEqual([1, 2, 3])
	}
	await say(receipt(1), ...refused.slice(1))
	await give()
	expect(await here()).toEqual([2, 3])
})

test('after a pass in vain it rests for twenty times as long as that took', async () => {
	const clock = new SimulatedClock()
	const { say, receipt, give, here } = await kiosk({ clock })
	let nowMs = 0
	vi.spyOn(clock, 'monotonic').mockImplementation(() => {
		nowMs += 1_000
		return nowMs
	})
	await say(receipt(1, { copies: 1 }))
	await give()
	await say(receipt(1, { copies: 1 }), receipt(2))
	nowMs = 20_000
	await give()
	expect(await here()).toEqual([1, 2, 3])
	await give()
	expect(await here()).toEqual([1, 3])
})

test('a disk without room begins it, and a scan waits no longer for that than for the disk', async () => {
	const { home, journal, say, receipt, eviction, here } = await kiosk()
	await say(receipt(1), receipt(2), receipt(3))
	const storage = new Disk({
		journal,
		reserve: new Reserve(join(home, 'reserve'), 1 << 16),
		need: { bytes: 2 ** 50, inodes: 0 },
		eviction: eviction,
		log: () => {},
	})
	expect(await storage.check()).toMatchObject({ at: 'short', fault: { code: 'disk-full' } })
	await eviction.settled()
	expect(await here()).toEqual([])
})

describe('whose word it is', () => {
	const authority = makeSigner('a-authority')
	const second = makeSigner('c-second0000')

	test('a centre that is not listed, or revoked, has nothing evicted', async () => {
		const list = new CentreList(authority.publicKey, null)
		const { say, receipt, give, here } = await kiosk({ centresOf: () => list })
		gotten(list.take(await listOf(authority, 1, [second], [{ id: 'c-keeper0000', reason: 'stolen' }])))
		await say(receipt(1), receipt(2))
		await give()
		expect(await here()).toEqual([1, 2, 3])
		await say(receipt(1), receipt(2, {}, second))
		await give()
		expect(await here()).toEqual([1, 3])
	})

	test('while a newer list is awaited nothing is evicted, and then it is', async () => {
		const list = new CentreList(authority.publicKey, null)
		const { centre, say, receipt, give, here } = await kiosk({ centresOf: () => list })
		const [first, newer] = [await listOf(authority, 1, [centre]), await listOf(authority, 2, [centre])]
		gotten(list.take(first))
		gotten(list.expect({ issue: 2, sha256: digestOfText(newer) }))
		await say(receipt(1))
		await give()
		expect(await here()).toEqual([1, 2, 3])
		gotten(list.take(newer))
		await give()
		expect(await here()).toEqual([2, 3])
	})

	test('two centres with ledgers of their own: each takes back only what it said itself', async () => {
		const list = new CentreList(authority.publicKey, null)
		const { centre, journal, say, receipt, give, here } = await kiosk({ centresOf: () => list })
		gotten(list.take(await listOf(authority, 1, [centre, second])))
		const [one, other, anew] = ['A', 'B', 'C'].map((letter) => ({ ledger: letter.repeat(22) }))
		await say(
			...[receipt(1, one), receipt(2, other, second), receipt(3, one)],
			...[receipt(3, { ...one, status: 'conflict', reason: 'seq-taken' })],
			// The second has lost its ledger.
			receipt(3, { ...anew, status: 'conflict', reason: 'seq-taken' }, second),
		)
		await give()
		expect(await here()).toEqual([2, 3])
		expect(await auditJournal(journal.directory)).toMatchObject({ value: { faultCount: 0 } })
	})
})
