import sharp from 'sharp'
import { beforeAll, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { InkSheet } from '#src/simulator/paper/ink-sheet.js'
import { digitWords, openStripPrinter, printStrip, type StripPrinter } from '#src/simulator/paper/strip.js'
import { acta, openQrReader, paper, text } from '../../support/printed-actas.ts'

let press: StripPrinter
let read: Awaited<ReturnType<typeof openQrReader>>
beforeAll(async () => {
	press = await openStripPrinter()
	read = await openQrReader()
})

function png({ ink, width, height }: InkSheet): Promise<Buffer> {
	const grey = Uint8Array.from(ink, (coverage) => Math.round(255 * (1 - coverage)))
	return sharp(grey, { raw: { width, height, channels: 1 } })
		.png()
		.toBuffer()
}

test('the code is version 8-Q, says the payload, and stands where it does on a real acta', async () => {
	const sheet = await printStrip(press, paper, presidential2024, 5)
	expect(sheet.height / sheet.width).toBeCloseTo(11, 0)
	const [code] = await read(await png(sheet))
	expect(code?.text).toBe(text)
	expect(code?.version).toBe('8')
	expect(code?.ecLevel).toBe('Q')
	const { topLeft, topRight, bottomLeft } = code?.position ?? expect.fail('no code')
	expect(topLeft.y / sheet.height).toBeGreaterThan(0.91)
	expect(bottomLeft.y / sheet.height).toBeLessThan(0.98)
	expect((topRight.x - topLeft.x) / sheet.width).toBeCloseTo(0.72, 1)
	expect(Math.abs((topRight.x - topLeft.x) / sheet.width - 0.72)).toBeLessThan(0.02)
})

test('a text too long for version 8 is printed all the same, at level Q', async () => {
	const crowded = { ...acta, votes: acta.votes.map(() => 1234) }
	const sheet = await printStrip(press, { ...paper, acta: crowded }, presidential2024, 5, {
		top: 660,
		bottom: 748,
	})
	const [code] = await read(await png(sheet))
	expect(code?.text).toContain('1234,1234')
	expect(Number(code?.version)).toBeGreaterThan(8)
	expect(code?.ecLevel).toBe('Q')
})

test('a stretch of a strip is cut out of the whole, not drawn anew', async () => {
	const whole = await printStrip(press, paper, presidential2024, 4)
	const stretch = await printStrip(press, paper, presidential2024, 4, { top: 500, bottom: 748 })
	const tail = whole.ink.subarray((whole.height - stretch.height) * whole.width)
	expect(stretch.ink.length).toBe(tail.length)
	const worst = stretch.ink.reduce((most, value, at) => Math.max(most, Math.abs(value - (tail[at] ?? 0))), 0)
	expect(worst).toBeLessThan(1e-5)
})

test('every part of the paper has print on it, and the seed changes only what an acta leaves open', async () => {
	const one = await printStrip(press, paper, presidential2024, 3)
	const other = await printStrip(press, { ...paper, seed: 'other' }, presidential2024, 3)
	const rows = (from: number, to: number, sheet: InkSheet) =>
		sheet.ink.subarray(Math.round(from * 3) * sheet.width, Math.round(to * 3) * sheet.width)
	for (const [part, from, to] of [
		['head', 40, 134],
		['voters', 136, 149],
		['votes', 153, 373],
		['summary', 374, 401],
		['observations', 403, 422],
		['signatures', 438, 676],
		['code', 683, 732],
		['hmac', 736, 744],
	] as const) {
		const ink = rows(from, to, one)
		const share = ink.reduce((sum, value) => sum + value, 0) / ink.length
		expect(share, part).toBeGreaterThan(0.015)
		const same = Buffer.from(ink.slice().buffer).equals(Buffer.from(rows(from, to, other).slice().buffer))
		expect(same, part).toBe(!['head', 'signatures', 'hmac'].includes(part))
	}
})

test('other votes print other rows', async () => {
	const stretch = { top: 153, bottom: 373 }
	const one = await printStrip(press, paper, presidential2024, 3, stretch)
	const votes = acta.votes.with(0, 24)
	const other = await printStrip(press, { ...paper, acta: { ...acta, votes } }, presidential2024, 3, stretch)
	const changed = [...one.ink.keys()].filter((at) => one.ink[at] !== other.ink[at])
	const rows = new Set(changed.map((at) => Math.floor(at / one.width / 3)))
	expect(rows.size).toBeGreaterThan(0)
	expect(Math.max(...rows) - Math.min(...rows)).toBeLessThan(4)
})

test('an election with many more cards still fits its box', async () => {
	const cards = Array.from({ length: 120 }, (_, index) => ({ sigla: `P${index}`, candidate: 'EG' }))
	const election = { ...presidential2024, cards, candidates: [{ id: 'EG', name: 'Ñandú Pérez' }] }
	const crowded = { ...paper, acta: { ...acta, votes: cards.map(() => 1) } }
	const sheet = await printStrip(press, crowded, election, 3, { top: 372, bottom: 374.4 })
	const line = [...sheet.ink].filter((value) => value > 0.2).length
	expect(line).toBeGreaterThan(0)
	expect(line).toBeLessThan(sheet.width * 2)
})

test('digit-words', () => {
	expect(digitWords(23)).toBe('Cero, Cero, Dos, Tres')
	expect(digitWords(0)).toBe('Cero, Cero, Cero, Cero')
	expect(digitWords(9876)).toBe('Nueve, Ocho, Siete, Seis')
})
