import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Decrypter } from 'age-encryption'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import type { Frame } from '#src/capture/camera.js'
import { ImageFiles } from '#src/journal/image-files.js'
import type { Crop } from '#src/kiosk/config/device-config.js'
import { SealedImageStorage } from '#src/kiosk/recording/image-storage.js'
import type { Fault } from '#src/platform/result.js'
import { Sealer } from '#src/sealing/sealer.js'
import { makeCustodian } from '../../support/custodian.ts'
import { gotten } from '../../support/result.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** White above, black below. */
const strip = await sharp({ create: { width: 100, height: 400, channels: 3, background: '#ffffff' } })
	.composite([
		{
			input: await sharp({ create: { width: 100, height: 200, channels: 3, background: '#000000' } })
				.png()
				.toBuffer(),
			top: 200,
			left: 0,
		},
	])
	.jpeg()
	.toBuffer()
const frame: Frame = { role: 'full', bytes: strip, origin: 'strip.jpg' }
const upperHalf: Crop = { x: 0, y: 0, width: 1, height: 0.5 }

async function kept({ publicCrop = {} }: { publicCrop?: Partial<Record<string, Crop>> } = {}) {
	const directory = await temporaryFolder()
	const custodian = await makeCustodian()
	const sealer = new Sealer([custodian.recipient])
	onTestFinished(() => sealer.stop())
	await sealer.start()
	const store = new ImageFiles(directory)
	const troubles: Fault[] = []
	const imageStorage = new SealedImageStorage({
		...{ images: () => store, sealer, publicCrop },
		onTrouble: (fault) => void troubles.push(fault),
	})
	const files = async () => {
		const all: string[] = []
		for await (const name of store.list()) all.push(name)
		return all
	}
	return { directory, custodian, imageStorage, store, troubles, files }
}

test('an image is named by its plain digest and stored under its sealed one', async () => {
	const { imageStorage, custodian, store, files } = await kept()
	const images = gotten(await imageStorage.store(frame))
	expect(images).toEqual([
		{
			...{ role: 'full', mediaType: 'image/jpeg', size: strip.length, sha256: digest(strip) },
			sealed: { format: 'age-v1', size: expect.any(Number), sha256: expect.any(String) },
		},
	])
	const [name = ''] = await files()
	expect(await files()).toEqual([images[0]?.sealed?.sha256])
	const bytes = await readFile(store.path(name))
	expect(digest(bytes)).toBe(name)
	expect(bytes.length).toBe(images[0]?.sealed?.size)
	const decrypter = new Decrypter()
	decrypter.addIdentity(custodian.secret)
	expect(Buffer.from(await decrypter.decrypt(bytes)).equals(strip)).toBe(true)
})

test('the same frame again is the same file, as long as it is there', async () => {
	const { imageStorage, store, files } = await kept()
	const [first, meanwhile] = await Promise.all([imageStorage.store(frame), imageStorage.store(frame)])
	expect(meanwhile).toEqual(first)
	expect(await imageStorage.store(frame)).toEqual(first)
	const [name = ''] = await files()
	await rm(store.path(name))
	expect(await imageStorage.store(frame)).not.toEqual(first)
	expect(await files()).toHaveLength(1)
})

test.each([
	['as the camera gave it', strip],
	// With the mark that tells so.
	['lying on its side', await sharp(strip).rotate(270).withMetadata({ orientation: 6 }).jpeg().toBuffer()],
])('what is given to the public is a part of the picture as a person sees it, %s', async (_, picture) => {
	const { imageStorage, store } = await kept({ publicCrop: { full: upperHalf } })
	const images = await imageStorage.store({ ...frame, bytes: picture })
	const shown = images.ok ? images.value[1] : undefined
	expect(shown).toMatchObject({ role: 'public', mediaType: 'image/jpeg' })
	expect(shown?.sealed).toBeUndefined()
	const bytes = await readFile(store.path(shown?.sha256 ?? ''))
	expect(digest(bytes)).toBe(shown?.sha256)
	const { data, info } = await sharp(bytes).greyscale().raw().toBuffer({ resolveWithObject: true })
	expect([info.width, info.height]).toEqual([100, 200])
	expect(Math.min(...data)).toBeGreaterThan(250)
	expect((await sharp(bytes).metadata()).exif).toBeUndefined()
})

test('pictures of another role give nothing to the public', async () => {
	const { imageStorage, files } = await kept({ publicCrop: { top: upperHalf } })
	await imageStorage.store(frame)
	expect(await files()).toHaveLength(1)
})

test('a picture that can not be cut is kept all the same, and told', async () => {
	const { imageStorage, troubles } = await kept({ publicCrop: { full: upperHalf } })
	const images = await imageStorage.store({ ...frame, bytes: strip.subarray(0, 300) })
	expect(images.ok && images.value.map(({ role }) => role)).toEqual(['full'])
	expect(troubles).toMatchObject([{ code: 'no-crop' }])
})

test('bytes that are no picture, and a store that fails, are told apart', async () => {
	const { imageStorage, directory } = await kept()
	const text = { role: 'full', bytes: Buffer.from('hello'), origin: 'a.txt' }
	expect(await imageStorage.store(text)).toMatchObject({
		ok: false,
		fault: { code: 'not-an-image', device: 'camera' },
	})
	await rm(directory, { recursive: true })
	await writeFile(directory, 'a file where the folder should be')
	expect(await imageStorage.store(frame)).toMatchObject({ ok: false, fault: { device: 'storage' } })
	await rm(directory)
	await mkdir(directory)
	expect(await imageStorage.store(frame)).toMatchObject({ ok: true })
	expect(await readdir(join(directory, 'new'))).toEqual([])
})
