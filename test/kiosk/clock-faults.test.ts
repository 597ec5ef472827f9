import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { auditJournal } from '#src/audit/journal-audit.js'
import { dayOf, type Entry, openEntry } from '#src/evidence/entry.js'
import { signReceipt } from '#src/evidence/receipt.js'
import { sessionDelays } from '#src/kiosk/session/delays.js'
import { instant } from '#src/platform/clock.js'
import type { ClockSource } from '#src/platform/clock-source.js'
import { HandledKiosk, paperOf } from '../support/handled-kiosk.ts'
import { postState, receiptFor } from '../support/receipts.ts'
import { gotten } from '../support/result.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const signer = makeSigner('k-clock')
const centre = makeSigner('c-centre')
/** What the election's zone is behind UTC. */
const fourHours = 4 * 3_600_000
const built = Date.UTC(2026, 10, 22, 4)
/** Ten minutes before midnight in the election's zone. */
const night = Date.UTC(2026, 11, 7, 3, 50)

let directory: string
let clock: SimulatedClock
let source: ClockSource

beforeEach(async () => {
	directory = await temporaryFolder()
	clock = new SimulatedClock(night)
	source = 'rtc'
})

async function start(boot = 1): Promise<HandledKiosk> {
	const handled = await HandledKiosk.start({
		...{ directory, signer, clock, boot, centre, floor: built },
		clockSource: async () => source,
	})
	onTestFinished(() => handled.stop())
	return handled
}

const paper = (table: number) => paperOf(String(table).padStart(2, '0'))

/** The chain as a stranger reads it: kind, day and source of each entry; it must be whole. */
async function chain(): Promise<string[]> {
	const audit = await auditJournal(join(directory, 'journal'))
	expect(audit).toMatchObject({ ok: true, value: { chainWhole: true, faultCount: 0 } })
	return (await entries()).map((entry) => `${entry.kind} ${dayOf(entry)} ${entry.time.source}`)
}

async function entries(): Promise<Entry[]> {
	const text = await readFile(join(directory, 'journal', 'entries.jws'), 'utf8')
	return text
		.trimEnd()
		.split('\n')
		.map((line) => {
			return gotten(openEntry(line, signer)).entry
		})
}

/** What an uplink would leave there. */
async function postReceipt({ journal }: HandledKiosk, time: number, by = centre): Promise<void> {
	const position = { seq: 1, id: journal.idAt(1) ?? '' }
	const { text } = await signReceipt(receiptFor(signer.kid, position, { time: instant(time) }), by)
	await postState(join(directory, 'uplink'), { device: signer.kid, latestReceipt: text })
}

/** Until the kiosk has seen it: simulated seconds pass, and the real disk answers. */
async function seen({ uplink, log }: HandledKiosk): Promise<void> {
	while (uplink.anchor === null && !log.some(({ event }) => event === 'receipt-refused')) {
		await clock.advance(1_000)
		await new Promise(setImmediate)
	}
}

test("a clock that is right is told to the day of the election's zone, and nothing else", async () => {
	const kiosk = await start()
	await kiosk.scan(paper(1))
	await clock.advance(3_600_000)
	await kiosk.scan(paper(2))
	expect(await chain()).toEqual(['boot 2026-12-06 rtc', 'acta 2026-12-06 rtc', 'acta 2026-12-07 rtc'])
})

test.each([
	['without a clock: the end of 1969, as a time from nowhere, whatever Linux says', 0, '1969-12-31 none'],
	['2040: nothing on the machine knows better', Date.UTC(2040, 0, 1, 4), '2040-01-01 rtc'],
])('told as the clock has it, %s', async (_, wall, told) => {
	clock.set(wall)
	const kiosk = await start()
	expect(await kiosk.scan(paper(1))).toMatchObject({ event: 'recorded', number: 1 })
	expect(await chain()).toEqual([`boot ${told}`, `acta ${told}`])
})

test('the last time before the build is from nowhere, the first after it counts', async () => {
	clock.set(built - 1)
	const kiosk = await start()
	await clock.advance(1)
	await kiosk.scan(paper(1))
	expect(await chain()).toEqual(['boot 2026-11-21 none', 'clock 2026-11-22 rtc', 'acta 2026-11-22 rtc'])
})

test.each([
	['forward out of 1970', 0, night, 'ntp'],
	['back out of 2040', Date.UTC(2040, 0, 1), night, 'ntp'],
	['back by an hour', night, night - 3_600_000, 'rtc'],
	['into 1970', night, 5_000, 'rtc'],
] as const)('a jump in the middle of a scan, %s: told before the acta', async (_, before, after, then) => {
	clock.set(before)
	const kiosk = await start()
	await kiosk.scan(paper(1))
	const end = kiosk.lay(paper(2))
	clock.set(after)
	source = then
	expect(await end).toMatchObject({ event: 'recorded', number: 2 })
	await clock.advance(sessionDelays.recorded)
	expect(kiosk.kiosk.status.scene.at).toBe('idle')
	await kiosk.scan(paper(3))
	const kinds = (await chain()).map((line) => line.split(' ')[0])
	expect(kinds).toEqual(['boot', 'acta', 'clock', 'acta', 'acta'])
	const [, , jump, second] = await entries()
	const time = { day: instant(after - fourHours).slice(0, 10), source: after < built ? 'none' : then }
	expect([jump?.time, second?.time]).toEqual([time, time])
})

test('a minute either way is no jump, a little more is, and small ones add up', async () => {
	const kiosk = await start()
	clock.set(clock.wall() + 60_000)
	await kiosk.scan(paper(1))
	clock.set(clock.wall() - 120_000)
	await kiosk.scan(paper(2))
	expect((await chain()).filter((line) => line.startsWith('clock'))).toHaveLength(0)
	clock.set(clock.wall() - 1)
	await kiosk.scan(paper(3))
	expect((await chain()).filter((line) => line.startsWith('clock'))).toHaveLength(1)
})

test('another source is told even when the time is the same', async () => {
	const kiosk = await start()
	source = 'ntp'
	await kiosk.scan(paper(1))
	expect(await chain()).toEqual(['boot 2026-12-06 rtc', 'clock 2026-12-06 ntp', 'acta 2026-12-06 ntp'])
})

test('a clock going back and forth at every scan changes neither order nor what is recorded', async () => {
	const kiosk = await start()
	for (const [index, wall] of [0, Date.UTC(2040, 0, 1), night, 1, Date.UTC(2100, 0, 1), night].entries()) {
		clock.set(wall)
		expect(await kiosk.scan(paper(index + 1))).toMatchObject({ event: 'recorded', number: index + 1 })
		expect(await kiosk.scan(paper(index + 1))).toMatchObject({ event: 'already-scanned', number: index + 1 })
	}
	expect((await chain()).filter((line) => line.startsWith('acta'))).toHaveLength(6)
})

test('time-outs are of the monotonic clock: a jump of years ends no phase', async () => {
	const kiosk = await start()
	await kiosk.lay(paper(1))
	expect(kiosk.kiosk.status.scene.at).toBe('recorded')
	clock.set(Date.UTC(2040, 0, 1))
	await clock.advance(sessionDelays.recorded - 1)
	expect(kiosk.kiosk.status.scene.at).toBe('recorded')
	clock.set(0)
	await clock.advance(1)
	expect(kiosk.kiosk.status.scene.at).toBe('idle')
})

test('a verified receipt tells a clock in 1970 the time, and the next start knows it too', async () => {
	clock.set(0)
	source = 'none'
	const kiosk = await start()
	await postReceipt(kiosk, night)
	await seen(kiosk)
	await clock.advance(600_000)
	await kiosk.scan(paper(1))
	// With at least the ten minutes that have passed since.
	expect(await chain()).toEqual([
		'boot 1969-12-31 none',
		'clock 2026-12-07 receipt',
		'acta 2026-12-07 receipt',
	])
	await kiosk.stop()
	clock.set(30_000)
	await start(2)
	expect((await chain()).at(-1)).toBe('boot 2026-12-06 receipt')
})

test.each([
	['behind the clock', night, night - 86_400_000, centre, 'rtc'],
	['by another key', 0, night, makeSigner('c-centre'), 'none'],
])('a receipt %s tells no time', async (_, wall, time, by, source) => {
	clock.set(wall)
	const kiosk = await start()
	await postReceipt(kiosk, time, by)
	await seen(kiosk)
	await kiosk.scan(paper(1))
	expect((await chain()).map((line) => line.split(' ')[2])).toEqual([source, source])
})
