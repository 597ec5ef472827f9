import { beforeEach, expect, test, vi } from 'vitest'
import { auditJournal } from '#src/audit/journal-audit.js'
import type { Camera, CameraFault, Frame } from '#src/capture/camera.js'
import { noSignals, type Signal } from '#src/capture/signals/signals.js'
import type { Journal } from '#src/journal/journal.js'
import type { Kiosk } from '#src/kiosk/kiosk.js'
import { sessionDelays } from '#src/kiosk/session/delays.js'
import type { Screen } from '#src/panel/screens.js'
import { ok, type Result } from '#src/platform/result.js'
import type { Reading } from '#src/reading/reading.js'
import { HandledKiosk, paperOf, reportOf } from '../support/handled-kiosk.ts'
import { SimulatedClock, settled } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const signer = makeSigner('k-kiosk')
const png = Buffer.from('89504e470d0a1a0a0000', 'hex')

let handled: HandledKiosk
let journal: Journal
let clock: SimulatedClock
let kiosk: Kiosk
let camera: SimulatedCamera
let says: () => Promise<Reading>
let screens: readonly Screen[]
let signals: Signal[]
let readerAnswers: boolean

class SimulatedCamera implements Camera {
	retakes = true
	released: string[] = []
	away: number[] = []
	answers: (() => Promise<Result<readonly Frame[], CameraFault>>)[] = []
	async start(): Promise<Result<true, CameraFault>> {
		return ok(true)
	}
	capture(): Promise<Result<readonly Frame[], CameraFault>> {
		const answer = this.answers.shift()
		return answer?.() ?? Promise.resolve(ok([{ role: 'full', bytes: png, origin: 'a.png' }]))
	}
	async release(outcome: string): Promise<void> {
		this.released.push(outcome)
	}
	async stop(): Promise<void> {}
}

const acta = (mesa: string, votes?: string) => paperOf(mesa, votes).reading
const logged = () => handled.log.map(({ event }) => event)
const press = () => handled.press()

beforeEach(async () => {
	clock = new SimulatedClock()
	camera = new SimulatedCamera()
	signals = []
	readerAnswers = true
	handled = await HandledKiosk.start({
		...{ directory: await temporaryFolder(), signer, clock, camera, pressesWhenAsked: false },
		signals: { ...noSignals, show: (signal) => void signals.push(signal) },
		reader: { answers: async () => readerAnswers, read: async () => reportOf(await says()) },
		session: { unread: 'set-aside', shots: 2, shotsWithin: 8_000 },
	})
	;({ kiosk, journal, screens } = handled)
	return () => handled.stop()
})

const lay = () => handled.tray('paper')

/** Waits for the real disk, which keeps no simulated time. */
async function until(at: string): Promise<void> {
	await vi.waitUntil(() => kiosk.status.scene.at === at, { timeout: 120_000, interval: 2 })
}

const shown = () => screens.at(-1)

test('start leaves a mark in the chain and asks for an acta', () => {
	expect(journal.tail?.seq).toBe(1)
	expect(screens[0]?.[0]).toBe('TESTIGO')
	expect(shown()?.slice(0, 2)).toEqual(['LISTO', 'Ponga un acta'])
	expect(logged()).toEqual(['started'])
})

test('from paper to recorded: every step is shown, and the last only after the journal has it', async () => {
	says = async () => acta('01')
	lay()
	await until('recorded')
	expect(journal.actas.find('121202007.01.1.0001', '')).toHaveLength(1)
	expect(camera.released).toEqual(['recorded'])
	expect(screens.map(([first]) => first)).toEqual([
		'TESTIGO',
		'LISTO',
		'FOTO...',
		'LEYENDO...',
		'GUARDANDO...',
		'GUARDADA Nº 1',
	])
	expect(screens.at(-2)?.[3]).toMatch(/^G0 R0/)
	expect(shown()?.[3]).toMatch(/^G1 R0/)
	// Each signal goes with its screen: the light with the photograph, green with the promise.
	expect(signals.map(({ light, green, buzzer }) => [light, green, buzzer])).toEqual([
		...[false, false, true, false, false].map((light) => [light, false, null]),
		[false, true, 'recorded'],
	])
	await clock.advance(sessionDelays.recorded)
	expect(shown()?.[0]).toBe('LISTO')
})

test('the same acta again, then the same table with other votes', async () => {
	says = async () => acta('01')
	lay()
	await until('recorded')
	lay()
	await clock.advance(sessionDelays.glance.recorded)
	await until('already-scanned')
	expect(shown()?.[0]).toBe('YA GUARDADA Nº 1')
	says = async () => acta('01', '2,1')
	lay()
	await clock.advance(sessionDelays.glance['already-scanned'])
	await until('conflict')
	expect(shown()?.slice(0, 3)).toEqual(['GUARDADA Nº 2', '¡OJO! La Nº 1', 'dice OTROS votos'])
	expect(journal.tail?.seq).toBe(3)
	expect(logged().slice(1)).toEqual(['recorded', 'already-scanned', 'conflict'])
})

test('an acta that can not be read is recorded after the button', async () => {
	says = async () => ({ kind: 'unread', fault: { code: 'no-code', detail: '' } })
	lay()
	await until('confirming')
	expect(shown()?.slice(0, 3)).toEqual(['NO SE LEE EL QR', 'Alise y repita', 'Botón: guardar foto'])
	press()
	await until('recorded')
	expect(shown()?.slice(0, 2)).toEqual(['GUARDADA Nº 1', 'Foto sin lectura'])
})

test('what the first shot does not show, the second may', async () => {
	const said: Reading[] = [{ kind: 'unread', fault: { code: 'no-code', detail: '' } }, acta('04')]
	says = async () => said.shift() ?? acta('05')
	lay()
	await until('recorded')
	expect(screens.map(([first]) => first)).toContain('FOTO 2...')
	expect(journal.actas.find('121202007.04.1.0001', '')).toHaveLength(1)
})

test('a rig: the code may be on any of its pictures, and all of them belong to the one entry', async () => {
	const other = Buffer.from('89504e470d0a1a0a0001', 'hex')
	camera.answers.push(async () =>
		ok([
			{ role: 'top', bytes: other, origin: 'camera 1' },
			{ role: 'bottom', bytes: png, origin: 'camera 2' },
		]),
	)
	const said: Reading[] = [{ kind: 'unread', fault: { code: 'no-code', detail: '' } }, acta('06')]
	says = async () => said.shift() ?? acta('07')
	lay()
	await until('recorded')
	const report = await auditJournal(journal.directory)
	expect(report).toMatchObject({
		ok: true,
		value: { actas: 1, images: { named: 2, present: 2 }, faultCount: 0 },
	})
})

test('an answer that comes too late is not taken for the next paper', async () => {
	let late: (frames: Result<readonly Frame[], CameraFault>) => void = () => {}
	camera.answers.push(() => new Promise((resolve) => (late = resolve)))
	camera.answers.push(() => new Promise(() => {}))
	says = async () => acta('03')
	lay()
	await clock.advance(sessionDelays.capturing + sessionDelays.fault)
	expect(kiosk.status.scene.at).toBe('capturing')
	late(ok([{ role: 'full', bytes: png, origin: 'late.png' }]))
	await settled()
	expect(kiosk.status.scene.at).toBe('capturing')
})

test('a reader that throws is logged, and the session goes on by its time-outs', async () => {
	says = async () => {
		throw new Error('bug')
	}
	lay()
	await vi.waitUntil(() => logged().includes('trouble'), { timeout: 120_000, interval: 2 })
	await clock.advance(sessionDelays.reading)
	expect(kiosk.status.scene.at).toBe('confirming')
})

test('it says of itself that it can scan, and that it no longer can while its camera takes no picture', async () => {
	says = async () => acta('01')
	const actas = { recorded: 0, received: 0 }
	expect(kiosk.condition).toEqual({ canScan: true, trouble: null, detail: null, actas })
	expect(kiosk.statusText).toBe('can scan; 0 recorded, 0 received, no-uplink')
	expect(await kiosk.healthFault()).toBeNull()

	camera.answers.push(() => new Promise(() => {}))
	lay()
	await clock.advance(sessionDelays.capturing)
	const detail = 'the camera took no picture in time'
	expect(kiosk.condition).toEqual({ canScan: false, trouble: 'camera no-answer', detail, actas })
	// A camera mends itself or is mended by a person: a new start would help nobody.
	expect(await kiosk.healthFault()).toBeNull()

	camera.away = [1]
	camera.answers.push(() => new Promise(() => {}))
	await clock.advance(sessionDelays.fault)
	expect(kiosk.condition).toMatchObject({ canScan: false, trouble: 'camera no-answer' })
	camera.away = []
	expect(kiosk.condition).toMatchObject({ canScan: true, trouble: null })
	camera.away = [1, 2]
	await clock.advance(sessionDelays.capturing + sessionDelays.fault)
	await until('recorded')
	expect(kiosk.condition).toEqual({
		canScan: true,
		trouble: 'camera away',
		detail: 'camera 1, 2 is tried again',
		actas: { recorded: 1, received: 0 },
	})
})

test('a session whose timers do not ring makes it unhealthy', async () => {
	// As when something holds what the session waits for.
	clock.after = () => () => {}
	camera.answers.push(() => new Promise(() => {}))
	lay()
	await clock.advance(sessionDelays.capturing + 60_000)
	expect(await kiosk.healthFault()).toBeNull()
	await clock.advance(1)
	expect(await kiosk.healthFault()).toMatchObject({ code: 'stuck' })
})

test('a reader without a sign of life makes it unhealthy', async () => {
	readerAnswers = false
	expect(await kiosk.healthFault()).toMatchObject({ code: 'reader-silent' })
	readerAnswers = true
	expect(await kiosk.healthFault()).toBeNull()
})
