/**
 * Whether two pictures show the same paper in the same place: one file written twice, smaller or lighter, or a paper
 * that was photographed twice and not moved. Two papers of one election differ in their figures and codes alone, so
 * the usual hash of 8 by 8 steps from light to dark can't tell them apart under one camera: it only says what is worth
 * a closer look, by steps as fine as a printed code's.
 *
 * A miss costs people a paper read twice. To take two papers for one would cost more, and is what the bounds avoid.
 */
import sharp from 'sharp'
import type { Grey } from '../../reading/decode-grey.ts'

export interface Likeness {
	/** 64 steps from left to right: which of two neighbours is lighter, as two halves. */
	readonly coarse: readonly [number, number]
	readonly width: number
	readonly height: number
	/** Grey, a byte a cell, row by row. */
	readonly cells: Uint8Array
}

/** Cells of the longer side. */
const fineCells = 256

/** Grey levels of 255: a step that is smaller says nothing. */
const leastStep = 12

/** Of 64. */
const mostCoarse = 10

/** Share of the steps that both have and that go the other way: of one paper far under it, of two far over. */
const mostOpposed = 0.01

export async function likenessOf({ plane, width, height }: Grey): Promise<Likeness> {
	const raw = { width, height, channels: 1 } as const
	const scale = fineCells / Math.max(width, height)
	const size = {
		width: Math.max(1, Math.round(width * scale)),
		height: Math.max(1, Math.round(height * scale)),
	}
	const shrunk = (to: typeof size) =>
		sharp(plane, { raw })
			.resize({ ...to, fit: 'fill' })
			.toColourspace('b-w')
			.raw()
			.toBuffer()
	return { coarse: stepsOf(await shrunk({ width: 9, height: 8 })), ...size, cells: await shrunk(size) }
}

function stepsOf(cells: Uint8Array): readonly [number, number] {
	const halves: [number, number] = [0, 0]
	for (let bit = 0; bit < 64; bit++) {
		const at = Math.floor(bit / 8) * 9 + (bit % 8)
		const half = bit < 32 ? 0 : 1
		if ((cells[at] ?? 0) < (cells[at + 1] ?? 0)) halves[half] = (halves[half] | (1 << (bit % 32))) >>> 0
	}
	return halves
}

export function areAlike(one: Likeness, other: Likeness): boolean {
	if (one.width !== other.width || one.height !== other.height) return false
	if (apart(one.coarse, other.coarse) > mostCoarse) return false
	return opposedShare(one, other) <= mostOpposed
}

function apart(one: Likeness['coarse'], other: Likeness['coarse']): number {
	return ones(one[0] ^ other[0]) + ones(one[1] ^ other[1])
}

function ones(word: number): number {
	let count = 0
	for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++
	return count
}

/** 1 where there is nothing to go by. */
function opposedShare({ width, cells }: Likeness, other: Likeness): number {
	let [both, opposed] = [0, 0]
	for (let at = 0; at < cells.length; at++) {
		if ((at + 1) % width === 0) continue
		const step = (cells[at + 1] ?? 0) - (cells[at] ?? 0)
		const otherStep = (other.cells[at + 1] ?? 0) - (other.cells[at] ?? 0)
		if (Math.abs(step) < leastStep && Math.abs(otherStep) < leastStep) continue
		both++
		if (Math.sign(step) * Math.sign(otherStep) <= 0 && Math.abs(step - otherStep) >= leastStep) opposed++
	}
	return both === 0 ? 1 : opposed / both
}
