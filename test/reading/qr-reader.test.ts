import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { QrReader } from '#src/reading/qr-reader.js'
import { sharedData } from '../support/shared-data.ts'
import { SimulatedClock, settled } from '../support/simulated-clock.ts'
import { actaText, qrPicture, sideBySide } from './qr-picture.ts'

const reader = new QrReader(presidential2024)
let acta: Buffer

beforeAll(async () => {
	await reader.start()
	acta = await qrPicture(actaText)
})
afterAll(() => reader.stop())

const readingOf = async (bytes: Uint8Array) => (await reader.read(bytes)).reading
const anActa = { kind: 'acta', text: actaText }
const blank = (width: number, height: number) =>
	sharp({ create: { width, height, channels: 3, background: '#ffffff' } })

describe('pictures as scanners and cameras write them', () => {
	const colour = () => sharp(acta).toColourspace('srgb')
	const alpha = () => sharp(acta).ensureAlpha()
	const kinds: [string, string, () => Promise<Buffer>][] = [
		['grey PNG', 'png', async () => acta],
		['colour JPEG', 'jpeg', () => colour().jpeg().toBuffer()],
		['grey JPEG', 'jpeg', () => sharp(acta).toColourspace('b-w').jpeg().toBuffer()],
		['progressive JPEG', 'jpeg', () => colour().jpeg({ progressive: true }).toBuffer()],
		['CMYK JPEG', 'jpeg', () => sharp(acta).toColourspace('cmyk').jpeg().toBuffer()],
		['colour PNG', 'png', () => colour().png().toBuffer()],
		['palette PNG', 'png', () => colour().png({ palette: true }).toBuffer()],
		['16-bit grey PNG', 'png', () => sharp(acta).toColourspace('grey16').png().toBuffer()],
		['16-bit colour PNG', 'png', () => sharp(acta).toColourspace('rgb16').png().toBuffer()],
		['PNG with alpha', 'png', () => alpha().png().toBuffer()],
		['WebP', 'webp', () => colour().webp().toBuffer()],
		['lossless WebP with alpha', 'webp', () => alpha().webp({ lossless: true }).toBuffer()],
		['plain TIFF', 'tiff', () => colour().tiff({ compression: 'none' }).toBuffer()],
		['LZW TIFF', 'tiff', () => sharp(acta).toColourspace('b-w').tiff({ compression: 'lzw' }).toBuffer()],
		['one-bit fax TIFF', 'tiff', () => fax(false)],
		['one-bit fax TIFF, white is 0', 'tiff', () => fax(true)],
		['upside-down JPEG', 'jpeg', () => sharp(acta).rotate(180).jpeg().toBuffer()],
		['sideways by EXIF', 'jpeg', () => colour().withMetadata({ orientation: 6 }).jpeg().toBuffer()],
		['turned by 33 degrees', 'png', () => sharp(acta).rotate(33, { background: '#ffffff' }).png().toBuffer()],
	]
	function fax(miniswhite: boolean): Promise<Buffer> {
		const oneBit = sharp(acta).toColourspace('b-w').threshold()
		return oneBit.tiff({ bitdepth: 1, compression: 'ccittfax4', miniswhite }).toBuffer()
	}

	test.each(kinds)('%s', async (_, format, make) => {
		const report = await reader.read(await make())
		expect(report.reading).toMatchObject(anActa)
		expect(report.picture).toMatchObject({ mediaType: `image/${format}`, width: expect.any(Number) })
	})

	test('black print on a background that is transparent black', async () => {
		const { data, info } = await sharp(acta).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
		const pixels = Buffer.alloc(data.length * 4)
		data.forEach((grey, index) => {
			pixels[index * 4 + 3] = 255 - grey
		})
		const raw = { width: info.width, height: info.height, channels: 4 as const }
		expect(await readingOf(await sharp(pixels, { raw }).png().toBuffer())).toMatchObject(anActa)
	})

	test('white print on black, as some scanners give it', async () => {
		expect(await readingOf(await sharp(acta).negate().png().toBuffer())).toMatchObject(anActa)
	})

	test('the caller keeps its bytes', async () => {
		const bytes = new Uint8Array(acta)
		await reader.read(bytes)
		expect(Buffer.from(bytes).equals(acta)).toBe(true)
	})

	test('frames given all at once are read one after another, each with its own answer', async () => {
		const other = actaText.replace('.01.1.', '.02.1.')
		const frames = [acta, await qrPicture(other), acta, new Uint8Array(0)]
		const readings = await Promise.all(frames.map(readingOf))
		expect(readings).toMatchObject([anActa, { text: other }, anActa, { kind: 'no-picture' }])
	})
})

describe('what is no picture, or not a whole one', () => {
	const ftyp = (brand: string) => Buffer.from(`\0\0\0\x20ftyp${brand}\0\0\0\0`, 'latin1')
	const others: [string, string, RegExp, Uint8Array][] = [
		['an empty file', 'empty-file', /empty/, new Uint8Array(0)],
		['a text', 'not-an-image', /is text/, Buffer.from('Acta de escrutinio\n')],
		['random bytes', 'not-an-image', /no picture/, Buffer.from([7, 0, 1, 2, 250, 3])],
		['a GIF', 'unsupported', /a GIF/, Buffer.from('GIF89a\x01\0')],
		['a PDF', 'unsupported', /a PDF/, Buffer.from('%PDF-1.7\n')],
		['a HEIC', 'unsupported', /a HEIF/, ftyp('heic')],
		['an AVIF', 'unsupported', /an AVIF/, ftyp('avif')],
		['a BMP', 'unsupported', /a BMP/, Buffer.from('BM\x01\x02\0\0\0\0\0\0', 'latin1')],
		['an SVG', 'unsupported', /an SVG/, Buffer.from('<?xml version="1.0"?>\n<svg xmlns="x"></svg>')],
		['only the first bytes of a PNG', 'damaged', /PNG/, Buffer.from('89504e470d0a1a0a', 'hex')],
		['only the first bytes of a TIFF', 'damaged', /TIFF/, Buffer.from('49492a00', 'hex')],
	]
	test.each(others)('%s', async (_, code, detail, bytes) => {
		expect(await readingOf(bytes)).toEqual({
			kind: 'no-picture',
			fault: { code, detail: expect.stringMatching(detail) },
		})
	})

	test.each([1, 2, 3, 40, 1000])(
		'a JPEG without its last %i bytes is damaged, though its code could be read',
		async (cut) => {
			const whole = await sharp(acta).extend({ bottom: 200, background: '#ffffff' }).jpeg().toBuffer()
			expect(await readingOf(whole)).toMatchObject(anActa)
			expect(await readingOf(whole.subarray(0, -cut))).toMatchObject({ fault: { code: 'damaged' } })
		},
	)

	test.each(['png', 'webp', 'tiff'] as const)('half a %s is damaged', async (format) => {
		const whole = await sharp(acta).toFormat(format).toBuffer()
		expect(await readingOf(whole.subarray(0, whole.length >> 1))).toMatchObject({
			fault: { code: 'damaged' },
		})
	})

	test('50 megapixels are read, and no more, whatever the file weighs', async () => {
		const most = await blank(10_000, 5000).png().toBuffer()
		expect(await readingOf(most)).toMatchObject({ kind: 'unread', fault: { code: 'code-outside' } })
		for (const picture of [blank(10_000, 5001).png(), blank(50_001, 1000).tiff({ compression: 'deflate' })]) {
			expect(await readingOf(await picture.toBuffer())).toMatchObject({
				kind: 'no-picture',
				fault: { code: 'too-many-pixels' },
			})
		}
	})

	test('a header that promises far more pixels than the file holds costs nothing', async () => {
		const bomb = Buffer.from(await blank(10, 10).png().toBuffer())
		bomb.writeUInt32BE(7000, 16)
		bomb.writeUInt32BE(7000, 20)
		expect(await readingOf(bomb)).toMatchObject({ kind: 'no-picture', fault: { code: 'damaged' } })
	})
})

describe('what codes say', () => {
	const votes = actaText.split('!')[1] ?? ''
	const foreign: [string, string, string | Uint8Array][] = [
		['a web address', 'web-address', 'https://example.org/acta?x=1'],
		['3 KB', 'too-large', 'A'.repeat(2900)],
		['a greeting', 'not-an-acta', 'Feliz cumpleaños'.replace('ñ', 'n')],
		['37 counts', 'wrong-card-count', actaText.replace(votes, votes.slice(3))],
		['a count of 99,999,999,999', 'count-too-large', actaText.replace('!23,', '!99999999999,')],
		['bytes', 'not-text', Uint8Array.from([0, 1, 2, 255, 254])],
		['a terminal escape', 'not-text', `\u001b[2J${actaText}`],
	]
	test.each(foreign)('%s', async (_, code, content) => {
		const reading = await readingOf(await qrPicture(content, 'L'))
		expect(reading).toMatchObject({ kind: 'foreign', fault: { code } })
	})

	test('text is given only when it can be printed', async () => {
		const said = async (content: string | Uint8Array) => {
			const reading = await readingOf(await qrPicture(content))
			return reading.kind === 'foreign' ? reading.text : 'not foreign'
		}
		expect(await said('just a text')).toBe('just a text')
		expect(await said('\u001b[31mred')).toBeNull()
		expect(await said(Uint8Array.from([0xff, 0xfe, 0x41]))).toBeNull()
	})

	test('an acta beside a poster is the acta', async () => {
		const poster = await qrPicture('https://example.org')
		expect(await readingOf(await sideBySide(poster, acta, poster))).toMatchObject(anActa)
	})

	test('one acta seen twice is one acta', async () => {
		expect(await readingOf(await sideBySide(acta, acta))).toMatchObject(anActa)
	})

	test('two different actas in view are not read', async () => {
		const other = await qrPicture(actaText.replace('.01.1.', '.02.1.'))
		expect(await readingOf(await sideBySide(acta, other))).toMatchObject({
			kind: 'unread',
			fault: { code: 'several-codes', detail: expect.stringContaining('2 different actas') },
		})
	})

	test('a picture of bare paper says so', async () => {
		expect(await reader.read(await blank(600, 400).jpeg().toBuffer())).toMatchObject({
			reading: {
				kind: 'unread',
				fault: { code: 'code-outside', detail: expect.stringContaining('blank paper, brightness 255') },
			},
			picture: { mediaType: 'image/jpeg', width: 600, height: 400 },
		})
	})
})

describe('a thread that fails', () => {
	/** The thread that starts while `work` runs. */
	async function threadOf(work: () => Promise<unknown>): Promise<Worker> {
		let started: Worker | undefined
		const note = (worker: Worker) => {
			started = worker
		}
		process.on('worker', note)
		await work()
		process.off('worker', note)
		if (started === undefined) throw new Error('no thread was started')
		return started
	}

	test('ended while it reads, it costs that frame and no other', async () => {
		const mortal = new QrReader(presidential2024)
		const thread = await threadOf(() => mortal.start())
		const large = await blank(6000, 6000).png().toBuffer()
		const reading = mortal.read(large)
		const next = mortal.read(acta)
		await thread.terminate()
		expect(await reading).toMatchObject({
			reading: { kind: 'no-picture', fault: { code: 'timed-out', detail: expect.stringContaining('ended') } },
		})
		expect((await next).reading).toMatchObject(anActa)
		await mortal.stop()
	})

	test('ended while nothing is read, the next frame is the first of a new thread', async () => {
		const mortal = new QrReader(presidential2024)
		const thread = await threadOf(() => mortal.start())
		await thread.terminate()
		expect((await mortal.read(acta)).reading).toMatchObject(anActa)
		await mortal.stop()
	})

	test('past the deadline the frame is given up, and the next one is read', async () => {
		const clock = new SimulatedClock()
		const hasty = new QrReader(presidential2024, { clock, deadlineMs: 1000 })
		await hasty.start()
		const late = hasty.read(await blank(6000, 6000).png().toBuffer())
		await settled()
		await clock.advance(1000)
		expect(await late).toMatchObject({
			reading: { kind: 'no-picture', fault: { code: 'timed-out', detail: 'no answer within 1000 ms' } },
			picture: null,
		})
		expect((await hasty.read(acta)).reading).toMatchObject(anActa)
		await hasty.stop()
	})

	test('a real deadline that nothing can meet is kept for every frame', async () => {
		const hasty = new QrReader(presidential2024, { deadlineMs: 1 })
		await hasty.start()
		const large = await blank(6000, 6000).png().toBuffer()
		for (let frame = 0; frame < 3; frame++) {
			expect((await hasty.read(large)).reading).toMatchObject({ fault: { code: 'timed-out' } })
		}
		await hasty.stop()
	})

	test('one that gives no sign of life is replaced, and the next one gives it', async () => {
		const clock = new SimulatedClock()
		const watched = new QrReader(presidential2024, { clock })
		const thread = await threadOf(() => watched.start())
		expect(await watched.answers()).toBe(true)
		// From here on nothing is heard of it, as of one that hangs.
		thread.removeAllListeners('message')
		const asked = watched.answers()
		await clock.advance(5_000)
		expect(await asked).toBe(false)
		expect(await watched.answers()).toBe(true)
		expect((await watched.read(acta)).reading).toMatchObject(anActa)
		await watched.stop()
	})

	test('one that reads is not asked for a sign of life: the frame has its own deadline', async () => {
		const watched = new QrReader(presidential2024)
		const thread = await threadOf(() => watched.start())
		thread.removeAllListeners('message')
		const reading = watched.read(acta)
		expect(await watched.answers()).toBe(true)
		await watched.stop()
		expect((await reading).reading).toMatchObject({ fault: { code: 'timed-out' } })
		expect(await watched.answers()).toBe(false)
	})

	test('stop in the middle of a frame ends it with an answer', async () => {
		const mortal = new QrReader(presidential2024)
		await mortal.start()
		const reading = mortal.read(await blank(6000, 6000).png().toBuffer())
		await new Promise(setImmediate)
		await mortal.stop()
		expect((await reading).reading).toMatchObject({ fault: { code: 'timed-out' } })
		expect((await mortal.read(acta)).reading).toMatchObject({ fault: { code: 'timed-out' } })
	})

	test('stop halfway through start, and start again', async () => {
		const mortal = new QrReader(presidential2024)
		const starting = mortal.start()
		await mortal.stop()
		await starting
		await mortal.start()
		expect((await mortal.read(acta)).reading).toMatchObject(anActa)
		await mortal.stop()
	})
})

describe.skipIf(sharedData === null)(`real pictures (skipped without ../shared/data)`, () => {
	const data = sharedData ?? ''

	test.each(['qr-closeup.png', 'strip-redacted.png'])(
		'%s is the acta of table 121202007.01',
		async (name) => {
			expect(await readingOf(await readFile(join(data, 'acta-121202007', name)))).toMatchObject(anActa)
		},
	)

	test('two photographs of vote tables have no code', async () => {
		const pair = await readFile(join(data, 'acta-121902004/photo-pair.png'))
		expect(await readingOf(pair)).toMatchObject({ kind: 'unread' })
	})

	test('photographs of codes from life give their text to the letter', async () => {
		const index = (await readFile(join(data, 'qr-photos/index.tsv'), 'utf8')).trimEnd().split('\n')
		const printable = index.map((line) => line.split('\t')).filter(([, text = '']) => !text.includes('\\'))
		for (const [name = '', text] of printable.slice(0, 20)) {
			const reading = await readingOf(await readFile(join(data, 'qr-photos', name)))
			expect(reading, name).toMatchObject({ kind: 'foreign', text })
		}
	})
})
