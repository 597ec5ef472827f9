import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { Frame } from '#src/capture/camera.js'
import { ActaPrinter } from '#src/simulator/acta-printer.js'
import { stripHeight } from '#src/simulator/paper/strip.js'
import { openQrReader, paper, text } from '../printed-actas.ts'
import { partsOf, type RigSettings, SimulatedRig } from './simulated-rig.ts'

let read: Awaited<ReturnType<typeof openQrReader>>
const printer = new ActaPrinter(presidential2024)
beforeAll(async () => {
	read = await openQrReader()
	await printer.start()
})
afterAll(() => printer.stop())

const rig = (settings: Partial<RigSettings> = {}) =>
	new SimulatedRig(printer, { cameras: 2, severity: 0, megapixels: 3, seed: 'rig', ...settings })

async function shoot(camera: SimulatedRig): Promise<readonly Frame[]> {
	const captured = await camera.capture()
	return captured.ok ? captured.value : expect.fail(captured.fault.detail)
}

const texts = async (frame: Frame) => (await read(frame.bytes)).map((result) => result.text)

/** The left and right end of the bright paper along a frame, as shares of its width. */
async function paperAlong({ bytes }: Frame): Promise<{ from: number; to: number }> {
	const { data, info } = await sharp(bytes).greyscale().raw().toBuffer({ resolveWithObject: true })
	const bright = Array.from({ length: info.width }, (_, x) => {
		const column = Array.from({ length: 21 }, (_, at) => {
			const y = Math.round(info.height * (0.46 + 0.004 * at))
			return data[y * info.width + x] ?? 0
		})
		return Math.max(...column) > 165
	})
	return { from: bright.indexOf(true) / info.width, to: (bright.lastIndexOf(true) + 1) / info.width }
}

test.each([1, 2, 3, 4] as const)('the parts of a rig of %i cover the strip and overlap', (cameras) => {
	const parts = partsOf(cameras)
	expect(parts).toHaveLength(cameras)
	expect(new Set(parts.map(({ role }) => role)).size).toBe(cameras)
	expect(parts[0]?.view.top).toBe(0)
	expect(parts.at(-1)?.view.bottom).toBe(stripHeight)
	parts.slice(1).forEach(({ view }, index) => {
		expect(view.top).toBeLessThan((parts[index]?.view.bottom ?? 0) - 10)
	})
})

test.each([2, 4] as const)('with %i cameras only the one over the code gives a reading', async (cameras) => {
	for (const upsideDown of [false, true]) {
		const camera = rig({ cameras })
		camera.lay({ paper, upsideDown })
		const frames = await shoot(camera)
		expect(frames.map(({ role }) => role)).toEqual(partsOf(cameras).map(({ role }) => role))
		const holder = upsideDown ? 'top' : 'bottom'
		for (const frame of frames) {
			expect(await texts(frame), frame.role).toEqual(frame.role === holder ? [text] : [])
		}
		// Turned by 90 degrees the strip's head is at the right; the outer frames show its ends, the others none.
		const along = await Promise.all(frames.map(paperAlong))
		const heads = along.filter(({ to }) => to < 0.995).length
		const feet = along.filter(({ from }) => from > 0.005).length
		expect([heads, feet]).toEqual([1, 1])
		for (const { from, to } of along) expect(to - from).toBeGreaterThan(0.9)
	}
})

test('one camera sees the whole strip and its code', async () => {
	const camera = rig({ cameras: 1, megapixels: 12 })
	camera.lay({ paper })
	const [frame, ...others] = await shoot(camera)
	expect(others).toEqual([])
	expect(frame?.role).toBe('full')
	expect(frame && (await texts(frame))).toEqual([text])
})

test('a second shot is another photograph of the same paper; the same seed gives the same two', async () => {
	const shots = async () => {
		const camera = rig()
		camera.lay({ paper })
		return [...(await shoot(camera)), ...(await shoot(camera))].map(({ bytes }) => Buffer.from(bytes))
	}
	const [one, other] = [await shots(), await shots()]
	expect(one).toEqual(other)
	expect(one[1]?.equals(one[3] ?? Buffer.alloc(0))).toBe(false)
})

test('faults are forced one after another, and an empty tray is no device failure', async () => {
	const camera = rig()
	expect(await camera.capture()).toMatchObject({ ok: false, fault: { code: 'nothing-there' } })
	camera.lay({ paper, overrides: (role) => (role === 'bottom' ? { paper: 0.1, darkestPrint: 0.1 } : {}) })
	camera.failNext({ code: 'device', detail: 'unplugged' }, { code: 'too-large', detail: 'too large' })
	expect(await camera.capture()).toMatchObject({ fault: { code: 'device' } })
	expect(await camera.capture()).toMatchObject({ fault: { code: 'too-large' } })
	const [, bottom] = await shoot(camera)
	expect(bottom && (await texts(bottom))).toEqual([])
	expect(camera.shots).toBe(4)
})

test('a camera that gives no answer gives none until it is stopped', async () => {
	const camera = new SimulatedRig(new ActaPrinter(presidential2024), {
		cameras: 2,
		severity: 0,
		megapixels: 3,
		seed: 'hangs',
	})
	camera.lay({ paper })
	camera.failNext('no-answer')
	let answered = false
	const capture = camera.capture().finally(() => {
		answered = true
	})
	await new Promise(setImmediate)
	expect(answered).toBe(false)
	await camera.stop()
	expect(await capture).toMatchObject({ fault: { code: 'device' } })
})

test('its tray tells of what is laid and taken away', async () => {
	const camera = rig()
	const events: string[] = []
	camera.lay({ paper })
	await camera.tray.start((event) => events.push(event))
	camera.lay({ paper: { ...paper, seed: 'other' } })
	camera.takeAway()
	camera.takeAway()
	await camera.release('set-aside')
	await camera.tray.stop()
	camera.lay({ paper })
	expect(events).toEqual(['paper', 'no-paper', 'paper', 'no-paper'])
	expect(camera.released).toEqual(['set-aside'])
})
