/** A journal that was rolled back, or whose device was cloned: the kiosk says so and records nothing with that identity. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { makeIdentity, openIdentity } from '#src/enrolment/device-identity.js'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { type Receipt, signReceipt } from '#src/evidence/receipt.js'
import type { Signer } from '#src/evidence/signer.js'
import { readUplinkState, type UplinkState } from '#src/handover/uplink-state.js'
import { type ComposedKiosk, composeKiosk } from '#src/kiosk/composition.js'
import { KioskConfig } from '#src/kiosk/config/kiosk-config.js'
import type { KioskEvent } from '#src/kiosk/events.js'
import { systemClock } from '#src/platform/clock.js'
import { exportJournal } from '#src/stick/export.js'
import { postState, receiptFor } from '../support/receipts.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'
import { type Station, stationOfTest } from '../support/uplink-station.ts'

let directory: string
let signer: Signer
/** What the device recorded before its disk was rolled back: five entries. */
let station: Station
let log: KioskEvent[]
let screens: string[]
const journalPath = () => join(station.journal.directory, 'entries.jws')

beforeEach(async () => {
	directory = await temporaryFolder()
	const identity = join(directory, 'identity')
	gotten(await makeIdentity(identity, 'device', randomBytes))
	signer = gotten(await openIdentity(identity)).signer
	station = await stationOfTest(signer)
	for (let seq = 1; seq <= 5; seq++) await station.journal.boot()
	await mkdir(join(directory, 'inbox'))
	await mkdir(station.uplinkDirectory)
	await writeFile(join(directory, 'centre.pem'), publicKeyPem(station.centreSigner.publicKey))
	log = []
	screens = []
})

const idAt = (seq: number) => station.journal.entries[seq - 1]?.id ?? ''

async function receipt(seq: number, more: Partial<Receipt> = {}, by = station.centreSigner): Promise<string> {
	return (await signReceipt(receiptFor(signer.kid, { seq, id: idAt(seq) }, more), by)).text
}

function post(change: Partial<UplinkState>): Promise<void> {
	return postState(station.uplinkDirectory, { device: signer.kid, ...change })
}

/** The journal as it is after the disk was rolled back to where it held `count` entries. */
async function rollBackTo(count: number): Promise<void> {
	const lines = station.journal.entries.slice(0, count).map(({ text }) => `${text}\n`)
	await writeFile(journalPath(), lines.join(''))
}

async function withKiosk(work: (kiosk: ComposedKiosk) => Promise<void>): Promise<void> {
	const config = KioskConfig.parse({
		identity: join(directory, 'identity'),
		journal: station.journal.directory,
		state: join(directory, 'kiosk.json'),
		uplink: station.uplinkDirectory,
		centre: { id: station.centreSigner.kid, publicKey: join(directory, 'centre.pem') },
		camera: { kind: 'folder', directory: join(directory, 'inbox') },
		button: 'none',
	})
	const kiosk = gotten(
		await composeKiosk(config, {
			election: presidential2024,
			clock: systemClock,
			log: (event) => log.push(event),
			panel: {
				start: async () => {},
				show: (screen) => screens.push(screen.join('\n')),
				stop: async () => {},
			},
		}),
	)
	try {
		await kiosk.start()
		await work(kiosk)
	} finally {
		await kiosk.stop()
	}
}

const troubles = () =>
	log.flatMap((logged) => (logged.event === 'trouble' ? [`${logged.device}: ${logged.fault.code}`] : []))

/** By a broker: a real uplink refuses it, and leaves it to the kiosk. */
async function byBroker(text: string): Promise<void> {
	await station.startUplink()
	const { publish } = await station.listen()
	await station.until(() => station.uplinkEvents.some(({ event }) => event === 'connected'))
	await publish(`testigo/v1/${signer.kid}/receipt`, text)
	await station.until(() => station.uplinkEvents.some(({ event }) => event === 'receipt-refused'))
	await station.stopBoth()
	const state = gotten(await readUplinkState(join(station.uplinkDirectory, 'state.json')))
	expect(state).toMatchObject({ contrary: text, latestReceipt: null })
}

/** On a stick that the centre has filled, beside what the kiosk has put there before. */
async function byStick(text: string): Promise<void> {
	const stick = join(directory, 'stick')
	await mkdir(stick)
	const home = { centres: onlyCentre(station.centreSigner), directory: station.uplinkDirectory }
	const leave = () =>
		exportJournal({ journal: station.journal.directory, stick, home, anyFolder: true }).then(gotten)
	const { folder } = await leave()
	await writeFile(
		join(stick, 'testigo', folder, `receipts-${station.centreSigner.kid}.jws`),
		`${await receipt(1)}\n${text}\n`,
	)
	const { receipts } = await leave()
	expect(receipts).toMatchObject({ held: 1, upto: 1 })
	expect([...(receipts?.refused.values() ?? [])]).toEqual([1])
}

const ways: Readonly<Record<string, (text: string) => Promise<void>>> = {
	'a broker': byBroker,
	'a stick': byStick,
	'the latest receipt in the state file': (latestReceipt) => post({ latestReceipt }),
	'what the uplink found contrary, in the state file': (contrary) => post({ contrary }),
	'the receipts that the uplink keeps': (text) =>
		writeFile(join(station.uplinkDirectory, 'receipts.jws'), `${text}\n`),
}

const proofs: Readonly<Record<string, () => Promise<string>>> = {
	'of an entry that is missing': () => receipt(4, { upto: null }),
	'up to an entry that is missing': () => receipt(1, { upto: { seq: 4, id: idAt(4) } }),
	'with gaps behind the end': () => receipt(1, { gaps: [[6, 8]] }),
	'with a gap up to the end, so an entry behind it': () => receipt(1, { gaps: [[2, 2]] }),
}

test.each(Object.keys(ways).flatMap((way) => Object.keys(proofs).map((proof) => [proof, way])))(
	'a receipt %s, by %s: nothing is recorded, and the display says so',
	async (proof, way) => {
		await rollBackTo(2)
		const before = await readFile(journalPath(), 'utf8')
		await ways[way]?.((await proofs[proof]?.()) ?? '')
		await withKiosk(async ({ kiosk, journal }) => {
			expect(kiosk.status.scene).toMatchObject({ at: 'fault', device: 'journal' })
			expect(screens.at(-1)).toContain('FALTAN REGISTROS\nNo ponga más actas\nLlame al técnico\nG0 R0')
			expect(troubles()).toEqual(['journal: journal-set-back'])
			expect(journal.tail?.seq).toBe(2)
		})
		expect(await readFile(journalPath(), 'utf8')).toBe(before)
	},
)

test.each([
	['rolled back', 2],
	['exchanged for an empty one', 0],
])('a journal that was %s while no centre knew of it: the key signs no number twice', async (_, count) => {
	await withKiosk(async ({ journal }) => expect(journal.tail?.seq).toBe(6))
	await rollBackTo(count)
	await withKiosk(async ({ kiosk, journal }) => {
		expect(kiosk.status.scene).toMatchObject({ at: 'fault', device: 'journal' })
		expect(screens.at(-1)).toContain('FALTAN REGISTROS')
		expect(troubles()).toEqual(['journal: journal-set-back'])
		expect(journal.tail?.seq ?? 0).toBe(count)
	})
})

test('the centre holds another entry than the journal at a seq: the same', async () => {
	const conflict = { entry: idAt(1), upto: null, status: 'conflict', reason: 'seq-taken' } as const
	await post({ contrary: await receipt(3, conflict) })
	await withKiosk(async ({ journal }) => {
		expect(troubles()).toEqual(['journal: other-entry'])
		expect(journal.tail?.seq).toBe(5)
	})
})

test('it is noticed also later, when the uplink hears of it', async () => {
	await rollBackTo(2)
	await withKiosk(async ({ kiosk, journal }) => {
		// The start was recorded: nobody could know better. This is the proof that both sides keep.
		expect(journal.tail?.seq).toBe(3)
		await post({ contrary: await receipt(4) })
		await vi.waitUntil(() => screens.at(-1)?.includes('FALTAN REGISTROS'), { timeout: 120_000 })
		expect(kiosk.status.scene.at).toBe('fault')
	})
})

test.each<[string, () => Promise<string>]>([
	['by another key', () => receipt(4, {}, makeSigner('centro'))],
	['for another device', () => receipt(4, { device: 'k-other' })],
	// Anyone can send bytes in this device's name; the centre refuses them in a receipt of its own.
	[
		'that refuses what was never ours',
		() => receipt(4, { status: 'rejected', reason: 'bad-signature', upto: null }),
	],
	['of an entry that is there', () => receipt(2)],
])('a receipt %s stops nothing', async (_, make) => {
	await rollBackTo(2)
	await post({ latestReceipt: await make(), contrary: await make() })
	await withKiosk(async ({ kiosk, journal }) => {
		expect(kiosk.status.scene).toEqual({ at: 'idle' })
		expect(troubles()).toEqual([])
		expect(journal.tail?.seq).toBe(3)
	})
})
