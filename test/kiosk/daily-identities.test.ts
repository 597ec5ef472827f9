/** A closed day ends an identity: by the button at the display, by a start, and with no spare left not at all. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { auditJournal } from '#src/audit/journal-audit.js'
import { makeSpares } from '#src/enrolment/device-identity.js'
import { installResponses } from '#src/enrolment/install.js'
import { issueRegistry } from '#src/enrolment/publish-devices.js'
import { composeKiosk } from '#src/kiosk/composition.js'
import { KioskConfig } from '#src/kiosk/config/kiosk-config.js'
import { DailyKiosk } from '#src/kiosk/daily-kiosk.js'
import type { KioskEvent } from '#src/kiosk/events.js'
import { withOfflineSession } from '#src/kiosk/offline-session.js'
import { systemClock } from '#src/platform/clock.js'
import { qrPicture } from '../reading/qr-picture.ts'
import { Campaign, now } from '../support/campaign.ts'
import { actaText } from '../support/journal-maker.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let directory: string
let campaign: Campaign
let first: string
let log: KioskEvent[]
let screens: string[]
const hand = { press: () => {}, hold: () => {} }
const at = (...names: string[]) => join(directory, ...names)

beforeEach(async () => {
	directory = await temporaryFolder()
	campaign = await Campaign.make(directory)
	first = (await campaign.member('identity')).id
	await mkdir(at('inbox'))
	log = []
	screens = []
})

/** Enrols so many, by one response. */
async function spares(count: number): Promise<string[]> {
	const made = gotten(await makeSpares(at('identity'), count, randomBytes))
	const responses = []
	for (const { request } of made) responses.push((await campaign.certify(request)).text)
	const installed = await installResponses(at('identity'), responses.join('\n'), {
		now,
		confirm: async () => false,
	})
	return gotten(installed).map(({ id }) => id)
}

const configOf = (identities: 'one' | 'daily') =>
	KioskConfig.parse({
		...{ identities, identity: at('identity'), journal: at('journal'), state: at('kiosk.json') },
		...{ uplink: at('uplink'), condition: at('condition.json') },
		camera: { kind: 'folder', directory: at('inbox'), settle: 10 },
	})

const around = {
	election: presidential2024,
	clock: systemClock,
	log: (event: KioskEvent) => log.push(event),
	panel: {
		start: async () => {},
		show: (screen: readonly string[]) => screens.push(screen.join('\n')),
		stop: async () => {},
	},
	simulated: {
		button: {
			start: async (press: () => void, hold?: (since: 'later') => void) => {
				hand.press = press
				hand.hold = () => hold?.('later')
			},
			stop: async () => {},
		},
	},
}

async function started(identities: 'one' | 'daily' = 'daily'): Promise<DailyKiosk> {
	const kiosk = new DailyKiosk(
		(renew) => composeKiosk(configOf(identities), { ...around, renew }),
		(fault) => {
			throw new Error(fault.detail)
		},
	)
	onTestFinished(() => kiosk.stop())
	gotten(await kiosk.compose())
	await kiosk.start()
	return kiosk
}

const eventually = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 60_000, interval: 10 })
const recordedCount = () => log.filter(({ event }) => event === 'recorded').length

let papers = 0
async function scan(): Promise<void> {
	const before = recordedCount()
	await writeFile(at('inbox', `${++papers}.png`), await qrPicture(actaText(papers)))
	await eventually(() => recordedCount() > before)
}

async function closeByHand(): Promise<void> {
	const before = log.filter(({ event }) => event === 'closed').length
	await eventually(() => {
		hand.hold()
		return screens.at(-1)?.startsWith('¿CERRAR') ?? false
	})
	hand.press()
	await eventually(() => log.filter(({ event }) => event === 'closed').length > before)
}

/** As `testigo close` does. */
async function closeStopped(): Promise<void> {
	gotten(
		await withOfflineSession(configOf('daily'), { ...around, centres: null }, async ({ recorder }) => {
			gotten(await recorder.recordBoot())
			return recorder.close(0)
		}),
	)
}

/** What was signed, as JSON, in order. */
async function payloads(...journal: string[]): Promise<Record<string, unknown>[]> {
	const lines = (await readFile(at(...journal, 'entries.jws'), 'latin1')).trimEnd().split('\n')
	return lines.map((line) => JSON.parse(Buffer.from(line.split('.')[1] ?? '', 'base64url').toString()))
}

const kinds = async (...journal: string[]) => (await payloads(...journal)).map(({ kind }) => kind)

test('closed at the display, the next paper is the first acta of another identity', async () => {
	const others = await spares(3)
	const kiosk = await started()
	await scan()
	await closeByHand()
	expect(screens.at(-1)).toContain(first)
	await scan()
	await kiosk.stop()
	const [second = ''] = await readdir(at('journals'))
	expect(others).toContain(second)
	expect(await kinds('journal')).toEqual(['boot', 'acta', 'close'])
	expect(await kinds('journals', second)).toEqual(['boot', 'acta'])
	for (const [journal, id] of [
		[at('journal'), first],
		[at('journals', second), second],
	] as const) {
		expect(await auditJournal(journal)).toMatchObject({
			ok: true,
			value: { device: id, faultCount: 0, images: { missing: 0 } },
		})
	}
	expect(log).toContainEqual({ event: 'spares-low', spares: 2 })
})

test('nothing that the next identity signs continues what the one before signed', async () => {
	await spares(3)
	for (let start = 0; start < 3; start++) await (await started()).stop()
	await closeStopped()
	const kiosk = await started()
	await scan()
	await kiosk.stop()
	const [second = ''] = await readdir(at('journals'))
	const [before, after] = [await payloads('journal'), await payloads('journals', second)]
	expect(before.at(-1)).toMatchObject({ boot: 4, seq: 5 })
	expect(after[0]).toMatchObject({ kind: 'boot', boot: 1, seq: 1, anchor: null })
	const seen = JSON.stringify(after)
	expect(seen).not.toContain(first)
	for (const { prev } of before) expect(seen).not.toContain(prev)
})

test('the closed day stands on the display until the next identity records', async () => {
	await spares(1)
	await (await started()).stop()
	await closeStopped()
	screens = []
	await started()
	expect(screens.at(-1)).toMatch(new RegExp(`^DÍA CERRADO\n${first}\n`))
	// The last one: said on a page of its own.
	await eventually(() => {
		hand.press()
		return screens.at(-1)?.startsWith('MAÑANA, LA MISMA') ?? false
	})
	await scan()
	expect(screens.some((screen) => screen.startsWith('GUARDADA'))).toBe(true)
})

test('with no spare left, or none whose key can be read, the last identity goes on', async () => {
	const [only = ''] = await spares(1)
	await rm(at('identity', 'spares', only, 'certificate.pem'))
	const kiosk = await started()
	await closeByHand()
	await scan()
	await kiosk.stop()
	expect(await kinds('journal')).toEqual(['boot', 'close', 'acta'])
	expect(log).toContainEqual({ event: 'spares-low', spares: 0 })
	const [exposed = ''] = await spares(1)
	await chmod(at('identity', 'spares', exposed, 'key.pem'), 0o644)
	await closeStopped()
	await (await started()).stop()
	expect(existsSync(at('journals'))).toBe(false)
})

test('an identity that has begun is never begun again, also where it was forgotten who records', async () => {
	await spares(2)
	await (await started()).stop()
	await closeStopped()
	await (await started()).stop()
	const [second = ''] = await readdir(at('journals'))
	const begun = await readFile(at('journals', second, 'entries.jws'), 'latin1')
	await rm(at('current-identity.json'))
	await (await started()).stop()
	expect(await readdir(at('journals'))).toHaveLength(2)
	expect(await readFile(at('journals', second, 'entries.jws'), 'latin1')).toBe(begun)
})

test('a kiosk with one identity goes on with it after a closed day, spares or not', async () => {
	await spares(3)
	const kiosk = await started('one')
	await closeByHand()
	await scan()
	await kiosk.stop()
	expect(await kinds('journal')).toEqual(['boot', 'close', 'acta'])
	expect(existsSync(at('journals'))).toBe(false)
	// Back from daily ones: the first records again, and the uplink takes no other for that of now.
	await writeFile(at('current-identity.json'), JSON.stringify({ v: 1, device: 'k-other', before: null }))
	await (await started('one')).stop()
	expect(existsSync(at('current-identity.json'))).toBe(false)
	expect(await kinds('journal')).toEqual(['boot', 'close', 'acta', 'boot'])
})

test('a registry lists devices by id: those of one machine do not stand together', async () => {
	await spares(6)
	await campaign.member('another')
	const { devices } = await campaign.use((authority) => issueRegistry(authority, now))
	const ids = devices.map(({ id }) => id)
	expect(ids).toEqual(ids.toSorted())
	expect(ids).toHaveLength(8)
	const dates = await Promise.all(
		['identity', 'another'].map(async (name) => {
			const { X509Certificate } = await import('node:crypto')
			return new X509Certificate(await readFile(at(name, 'certificate.pem'))).validFrom
		}),
	)
	expect(new Set(dates).size).toBe(1)
})
