import sharp, { type Sharp } from 'sharp'
import { expect, test } from 'vitest'
import { measurePicture } from '#src/reading/picture-measure.js'
import { gotten } from '../support/result.ts'
import { qrPicture } from './qr-picture.ts'

async function measured(picture: Sharp) {
	return gotten(await measurePicture(await picture.jpeg().toBuffer()))
}

const grey = (level: number) =>
	sharp({ create: { width: 320, height: 200, channels: 3, background: { r: level, g: level, b: level } } })

test('how bright: from black to white', async () => {
	expect(await measured(grey(0))).toEqual({ width: 320, height: 200, light: 0, sharpness: 0 })
	expect(await measured(grey(128))).toMatchObject({ light: 50 })
	expect(await measured(grey(255))).toMatchObject({ light: 100, sharpness: 0 })
})

test('how sharp: less with every blur', async () => {
	const sheet = await qrPicture('a sheet with something printed on it')
	const values: number[] = []
	for (const sigma of [0, 1, 2, 4]) {
		const picture = sharp(sheet)
		values.push((await measured(sigma === 0 ? picture : picture.blur(sigma))).sharpness)
	}
	expect(values.toSorted((a, b) => b - a)).toEqual(values)
	expect(new Set(values).size).toBe(values.length)
})

test('what is no picture is said to be none', async () => {
	expect(await measurePicture(Buffer.from('no picture'))).toMatchObject({ ok: false })
	const cut = (await grey(9).jpeg().toBuffer()).subarray(0, 200)
	expect(await measurePicture(cut)).toMatchObject({ ok: false })
})
