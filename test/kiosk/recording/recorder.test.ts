import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { openEntry } from '#src/evidence/entry.js'
import { genesisOf } from '#src/evidence/identity.js'
import type { Signer } from '#src/evidence/signer.js'
import { Journal } from '#src/journal/journal.js'
import type { Recorder } from '#src/kiosk/recording/recorder.js'
import { paperOf } from '../../support/handled-kiosk.ts'
import { gotten } from '../../support/result.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { makeSigner } from '../../support/test-identity.ts'
import { testRecorder } from '../../support/test-recorder.ts'

const png = Buffer.from('89504e470d0a1a0a0000', 'hex')
const frames = [{ role: 'full', bytes: png, origin: 'a.png' }]
const { reading } = paperOf('01')
const { code } = reading.acta

let directory: string
let journal: Journal
let clock: SimulatedClock
const signer = makeSigner('k-recorder')

beforeEach(async () => {
	directory = await temporaryFolder()
	journal = gotten(await Journal.open(directory, signer))
	clock = new SimulatedClock()
	return () => journal.close()
})

function recorder(by: Signer = signer): Recorder {
	return testRecorder({ journal, signer: by, clock, boot: 4 })
}

const lines = async () => (await readFile(join(directory, 'entries.jws'), 'utf8')).trimEnd().split('\n')

test('an entry says what was seen, when, and what came before', async () => {
	const recording = recorder()
	await recording.recordBoot()
	await clock.advance(61_000)
	expect(await recording.record(frames, reading)).toEqual({
		ok: true,
		value: { seq: 2, number: 1 },
	})
	const [boot = '', acta = ''] = await lines()
	const first = openEntry(boot, signer)
	const second = openEntry(acta, signer)
	expect(first).toMatchObject({
		ok: true,
		value: { entry: { kind: 'boot', prev: genesisOf(signer.publicKey) } },
	})
	expect(second.ok && second.value.entry).toEqual({
		v: 2,
		election: 've-2024-presidential',
		device: 'k-recorder',
		boot: 4,
		seq: 2,
		prev: first.ok && first.value.id,
		kind: 'acta',
		time: { day: '2024-07-28', source: 'rtc' },
		anchor: null,
		software: 'testigo/0.0.0',
		reading: { method: 'qr', text: reading.text, code },
		images: [
			{
				role: 'full',
				mediaType: 'image/png',
				size: png.length,
				sha256: createHash('sha256').update(png).digest('hex'),
			},
		],
	})
	expect(await readFile(journal.images.path(createHash('sha256').update(png).digest('hex')))).toEqual(png)
})

test('an acta that is asked for twice at once is recorded once', async () => {
	const recording = recorder()
	const [first, second] = await Promise.all([
		recording.record(frames, reading),
		recording.record(frames, reading),
	])
	expect(second).toEqual(first)
	expect(await lines()).toHaveLength(1)
})

test('without a reading the image is recorded all the same, each time', async () => {
	const recording = recorder()
	await recording.record(frames, null)
	expect(await recording.record(frames, null)).toMatchObject({
		ok: true,
		value: { seq: 2, number: 2 },
	})
	const entry = openEntry((await lines())[1] ?? '', signer)
	expect(entry.ok && entry.value.entry).toMatchObject({ reading: { method: 'none', text: null, code: null } })
})

test('a key that does not sign is told as such, and nothing is written', async () => {
	const refusing: Signer = { ...signer, sign: () => Promise.reject(new Error('token removed')) }
	expect(await recorder(refusing).record(frames, reading)).toMatchObject({
		ok: false,
		fault: { device: 'key', code: 'not-signed' },
	})
	expect(journal.tail).toBeNull()
})

test('bytes that are no image are not recorded', async () => {
	const text = [{ role: 'full', bytes: Buffer.from('hello'), origin: 'a.txt' }]
	expect(await recorder().record(text, reading)).toMatchObject({ ok: false, fault: { code: 'not-an-image' } })
	expect(journal.tail).toBeNull()
})

test('an image that can not be stored leaves no entry', async () => {
	await writeFile(join(directory, 'images'), 'a file where the folder should be')
	expect(await recorder().record(frames, reading)).toMatchObject({ ok: false, fault: { device: 'storage' } })
	expect(journal.tail).toBeNull()
})
