import { expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { Grey } from '#src/reading/decode-grey.js'
import { openStripPrinter, printStrip } from '#src/simulator/paper/strip.js'
import { Random } from '#src/simulator/random.js'
import { areAlike, likenessOf } from '#src/transcription/queue/likeness.js'
import { acta, paper } from '../support/printed-actas.ts'

/** The lower half of a strip, as a camera above it sees it. */
async function pictureOf(votes: number, table: string, { noise = 0, dark = 0 } = {}): Promise<Grey> {
	const printed = { ...acta, code: `121202007.${table}.1.0001`, votes: acta.votes.with(0, votes) }
	const rows = { top: 374, bottom: 748 }
	const strip = { ...paper, acta: printed }
	const sheet = await printStrip(await openStripPrinter(), strip, presidential2024, 4, rows)
	const { width, height, ink } = sheet
	const random = new Random(`noise ${noise}`)
	const plane = Uint8Array.from({ length: width * height }, (_, at) => {
		const light = 235 - 200 * (ink[at] ?? 0) - dark
		return Math.max(0, Math.min(255, light + random.between(-noise, noise)))
	})
	return { plane, width, height }
}

const alike = async (one: Grey, other: Grey) => areAlike(await likenessOf(one), await likenessOf(other))

test('a paper that was photographed twice is one', async () => {
	const one = await pictureOf(23, '01')
	expect(await alike(one, await pictureOf(23, '01', { noise: 20, dark: 30 }))).toBe(true)
})

test('two tables of one centre are two under one camera, also with the same figures', async () => {
	expect(await alike(await pictureOf(23, '01'), await pictureOf(23, '02'))).toBe(false)
})

test('a picture in which nothing is to be seen is like none', async () => {
	const blank = { plane: new Uint8Array(400 * 300).fill(200), width: 400, height: 300 }
	expect(await alike(blank, blank)).toBe(false)
})
