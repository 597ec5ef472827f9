import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, onTestFinished, test, vi } from 'vitest'
import { MjpegPreview } from '#src/capture/libcamera/mjpeg-preview.js'
import type { PreviewFrame } from '#src/capture/preview.js'
import { FakeCamera, lens } from '../support/fake-camera.ts'

function preview(startMs: number) {
	const shown = new MjpegPreview(lens, { random: () => 0, startMs })
	onTestFinished(() => shown.stop())
	return shown
}

test('its pictures come small and grey, damaged ones do not, and after stop none and no process', async () => {
	const fake = await FakeCamera.install()
	for (const [at, background] of ['#404040', '#c0c0c0'].entries()) {
		const picture = sharp({ create: { width: 640, height: 480, channels: 3, background } }).jpeg()
		await writeFile(join(fake.home, `frame-${at}.jpg`), await picture.toBuffer())
	}
	// A whole JPEG by its structure, of 16,000 pixels a side.
	const [head = Buffer.alloc(0)] = [await sharp(join(fake.home, 'frame-0.jpg')).jpeg().toBuffer()]
	const frame = head.indexOf(Buffer.from('ffc0', 'hex'))
	head.writeUInt16BE(16_000, frame + 5)
	head.writeUInt16BE(16_000, frame + 7)
	await writeFile(join(fake.home, 'frame-2.jpg'), head)

	const frames: PreviewFrame[] = []
	const shown = preview(30_000)
	expect(await shown.start((frame) => frames.push(frame))).toEqual({ ok: true, value: true })
	const levels = () => new Set(frames.map(({ grey }) => grey[0]))
	await vi.waitUntil(() => levels().size >= 2, { timeout: 120_000 })
	expect([...levels()].sort()).toEqual([0x40, 0xc0].sort())
	for (const { width, height, grey } of frames)
		expect([width, height, grey.length]).toEqual([160, 120, 19_200])
	await shown.stop()
	const count = frames.length
	expect(await fake.runs()).toBe(false)
	expect(frames).toHaveLength(count)
	expect(await fake.calls()).toEqual([
		'--camera 2 --nopreview --shutter 8000 --gain 1.5 --awbgains 1.75,1.5 --autofocus-mode manual ' +
			'--lens-position 4.5 --rotation 180 --roi 0.25,0,0.5,1 --width 640 --height 480 --framerate 8 ' +
			'--codec mjpeg --quality 90 --timeout 0 --flush --output -',
	])
})

test('a camera that is not there, and one that shows nothing', async () => {
	const fake = await FakeCamera.install()
	await fake.next('missing')
	const missing = preview(30_000)
	expect(await missing.start(() => {})).toMatchObject({
		fault: { detail: 'the preview does not run: there is no such camera: check its cable and its number' },
	})
	await missing.stop()
	await fake.next('nothing')
	expect(await preview(100).start(() => {})).toMatchObject({
		fault: { detail: 'the preview does not run: no frame came within 0 s' },
	})
})
