/** A journal that was set back, or whose device was cloned: the kiosk says so and records nothing with that identity. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { makeIdentity, openIdentity } from '#src/enrolment/device-identity.js'
import type { SignedEntry } from '#src/evidence/entry.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { type Receipt, signReceipt } from '#src/evidence/receipt.js'
import type { Signer } from '#src/evidence/signer.js'
import { emptyUplinkState, type UplinkState } from '#src/handover/uplink-state.js'
import { type ComposedKiosk, composeKiosk } from '#src/kiosk/composition.js'
import { KioskConfig } from '#src/kiosk/config/kiosk-config.js'
import type { KioskEvent } from '#src/kiosk/events.js'
import { systemClock } from '#src/platform/clock.js'
import { entryAfter } from '../support/journal-maker.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const centre = makeSigner('c-centre')
let directory: string
let signer: Signer
/** What the device recorded before its disk was set back. */
let entries: SignedEntry[]
let log: KioskEvent[]
let screens: string[]
const journalPath = () => join(directory, 'journal', 'entries.jws')

beforeEach(async () => {
	directory = await temporaryFolder()
	const identity = join(directory, 'identity')
	const made = await makeIdentity(identity, 'device', randomBytes)
	const opened = made.ok ? await openIdentity(identity) : made
	if (!opened.ok) throw new Error(opened.fault.detail)
	signer = opened.value.signer
	entries = []
	for (let seq = 1; seq <= 4; seq++) {
		const last = entries.at(-1)
		entries.push(await entryAfter(last === undefined ? null : { seq: seq - 1, id: last.id }, signer))
	}
	for (const folder of ['journal', 'inbox', 'uplink']) await mkdir(join(directory, folder))
	await writeFile(join(directory, 'centre.pem'), publicKeyPem(centre.publicKey))
	log = []
	screens = []
})

async function receiptFor(seq: number, more: Partial<Receipt> = {}, by: Signer = centre): Promise<string> {
	const id = entries[seq - 1]?.id ?? ''
	const receipt: Receipt = {
		v: 1,
		device: signer.kid,
		seq,
		entry: id,
		status: 'stored',
		images: [],
		upto: { seq, id },
		gaps: [],
		time: '2024-07-28T23:00:00Z',
		copies: 1,
		...more,
	}
	return (await signReceipt(receipt, by)).text
}

async function post(change: Partial<UplinkState>): Promise<void> {
	const path = join(directory, 'uplink', 'state.json')
	await writeFile(`${path}.new`, JSON.stringify({ ...emptyUplinkState(), device: signer.kid, ...change }))
	await rename(`${path}.new`, path)
}

/** The journal as it is after the disk was set back to where it held `count` entries. */
async function setBackTo(count: number): Promise<void> {
	const lines = entries.slice(0, count).map(({ text }) => `${text}\n`)
	await writeFile(journalPath(), lines.join(''))
}

async function compose(): Promise<ComposedKiosk> {
	const config = KioskConfig.parse({
		identity: join(directory, 'identity'),
		journal: join(directory, 'journal'),
		state: join(directory, 'kiosk.json'),
		uplink: join(directory, 'uplink'),
		centre: { id: centre.kid, publicKey: join(directory, 'centre.pem') },
		camera: { kind: 'folder', directory: join(directory, 'inbox') },
		button: 'none',
	})
	const composed = await composeKiosk(config, {
		election: presidential2024,
		clock: systemClock,
		log: (event) => log.push(event),
		panel: {
			start: async () => {},
			show: (screen) => screens.push(screen.join('\n')),
			stop: async () => {},
		},
	})
	if (!composed.ok) throw new Error(composed.fault.detail)
	return composed.value
}

async function withKiosk(work: (kiosk: ComposedKiosk) => Promise<void>): Promise<void> {
	const kiosk = await compose()
	try {
		await kiosk.start()
		await work(kiosk)
	} finally {
		await kiosk.stop()
	}
}

const troubles = () =>
	log.flatMap((told) => (told.event === 'trouble' ? [`${told.device}: ${told.fault.code}`] : []))

test.each([
	['the latest receipt', async () => post({ latestReceipt: await receiptFor(4) })],
	['what the uplink found contrary', async () => post({ contrary: await receiptFor(4) })],
	[
		'the receipts that the uplink keeps',
		async () => {
			const kept = await Promise.all([1, 2, 3, 4].map((seq) => receiptFor(seq, { upto: null })))
			await writeFile(join(directory, 'uplink', 'receipts.jws'), kept.map((text) => `${text}\n`).join(''))
		},
	],
])('%s knows more than the journal: nothing is recorded, and the display says so', async (_, leave) => {
	await leave()
	await setBackTo(2)
	const before = await readFile(journalPath(), 'utf8')
	await withKiosk(async ({ kiosk, journal }) => {
		expect(kiosk.status.scene).toMatchObject({ at: 'fault', device: 'journal' })
		expect(screens.at(-1)).toContain('FALTAN REGISTROS\nNo ponga más actas\nLlame al técnico\nG0 R0')
		expect(troubles()).toEqual(['journal: journal-set-back'])
		expect(journal.tail?.seq).toBe(2)
	})
	expect(await readFile(journalPath(), 'utf8')).toBe(before)
})

test.each([
	['set back', 2],
	['exchanged for an empty one', 0],
])('a journal that was %s while no centre knew of it: the key signs no number twice', async (_, count) => {
	await setBackTo(4)
	await withKiosk(async ({ journal }) => expect(journal.tail?.seq).toBe(5))
	await setBackTo(count)
	await withKiosk(async ({ kiosk, journal }) => {
		expect(kiosk.status.scene).toMatchObject({ at: 'fault', device: 'journal' })
		expect(screens.at(-1)).toContain('FALTAN REGISTROS')
		expect(troubles()).toEqual(['journal: journal-set-back'])
		expect(journal.tail?.seq ?? 0).toBe(count)
	})
})

test('the centre holds another entry than the journal at a seq: the same', async () => {
	await setBackTo(4)
	await post({
		contrary: await receiptFor(3, {
			entry: entries[0]?.id ?? '',
			upto: null,
			status: 'conflict',
			reason: 'seq-taken',
		}),
	})
	await withKiosk(async ({ journal }) => {
		expect(troubles()).toEqual(['journal: other-entry'])
		expect(journal.tail?.seq).toBe(4)
	})
})

test('it is noticed also later, when the uplink hears of it', async () => {
	await setBackTo(2)
	await withKiosk(async ({ kiosk, journal }) => {
		// The start was recorded: nobody could know better. This is the proof that both sides keep.
		expect(journal.tail?.seq).toBe(3)
		await post({ contrary: await receiptFor(4) })
		await vi.waitUntil(() => screens.at(-1)?.includes('FALTAN REGISTROS'), { timeout: 120_000 })
		expect(kiosk.status.scene.at).toBe('fault')
	})
})

test.each<[string, () => Promise<string>]>([
	['by another key', () => receiptFor(4, {}, makeSigner('c-centre'))],
	['for another device', () => receiptFor(4, { device: 'k-other' })],
	// Anyone can send bytes in this device's name; the centre refuses them in a receipt of its own.
	[
		'that refuses what was never ours',
		() => receiptFor(4, { status: 'rejected', reason: 'bad-signature', upto: null }),
	],
	['of an entry that is there', () => receiptFor(2)],
])('a receipt %s stops nothing', async (_, make) => {
	await setBackTo(2)
	await post({ latestReceipt: await make(), contrary: await make() })
	await withKiosk(async ({ kiosk, journal }) => {
		expect(kiosk.status.scene).toEqual({ at: 'idle' })
		expect(troubles()).toEqual([])
		expect(journal.tail?.seq).toBe(3)
	})
})
