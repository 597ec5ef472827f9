/**
 * Outlines of letters from a WOFF file, so that an acta looks the same on a machine that has no fonts at
 * all. Reads what the print needs of TrueType: `cmap` format 4, `hmtx`, `loca`, `glyf` with composites. The
 * font is a package of this project, not bytes from outside, so a fault in it throws.
 *
 * WOFF 1.0 (W3C, 2012), section 5; OpenType 1.9, chapters cmap, glyf, hmtx, loca.
 */
import { inflateSync } from 'node:zlib'

/** Closed polygons, x and y alternating, in em, y downwards from the baseline. */
export type Outline = readonly Float64Array[]

export interface Glyph {
	/** How far the pen moves on, in em. */
	readonly advance: number
	readonly outline: Outline
}

interface Point {
	readonly x: number
	readonly y: number
	readonly onCurve: boolean
}

/** Straight pieces that stand for one curve: enough below 40 pixels per em. */
const piecesOfCurve = 4

export class Typeface {
	readonly #tables: ReadonlyMap<string, Buffer>
	readonly #glyphs = new Map<string, Glyph>()

	constructor(woff: Buffer) {
		this.#tables = readTables(woff)
	}

	glyph(character: string): Glyph {
		const known = this.#glyphs.get(character)
		if (known !== undefined) return known
		const index = this.#indexOf(character.codePointAt(0) ?? 0)
		const em = this.#table('head').readUInt16BE(18)
		const contours = this.#contours(index, 0)
		const glyph = {
			advance: this.#advance(index) / em,
			outline: contours.map((contour) => flatten(contour, em)),
		}
		this.#glyphs.set(character, glyph)
		return glyph
	}

	/** Length of a line of text in em. */
	width(text: string): number {
		let width = 0
		for (const character of text) width += this.glyph(character).advance
		return width
	}

	#table(tag: string): Buffer {
		const table = this.#tables.get(tag)
		if (table === undefined) throw new Error(`the font has no table ${tag}`)
		return table
	}

	/** Glyph 0, an empty box, stands for characters that the font lacks. */
	#indexOf(codePoint: number): number {
		const cmap = this.#table('cmap')
		for (let record = 0; record < cmap.readUInt16BE(2); record++) {
			const at = cmap.readUInt32BE(4 + 8 * record + 4)
			if (cmap.readUInt16BE(at) !== 4) continue
			const segments = cmap.readUInt16BE(at + 6) / 2
			for (let segment = 0; segment < segments; segment++) {
				const end = at + 14 + 2 * segment
				const start = end + 2 + 2 * segments
				if (codePoint > cmap.readUInt16BE(end)) continue
				if (codePoint < cmap.readUInt16BE(start)) return 0
				const delta = cmap.readUInt16BE(start + 2 * segments)
				const offsetAt = start + 4 * segments
				const offset = cmap.readUInt16BE(offsetAt)
				if (offset === 0) return (codePoint + delta) & 0xffff
				const index = cmap.readUInt16BE(offsetAt + offset + 2 * (codePoint - cmap.readUInt16BE(start)))
				return index === 0 ? 0 : (index + delta) & 0xffff
			}
		}
		return 0
	}

	#advance(index: number): number {
		const full = this.#table('hhea').readUInt16BE(34)
		return this.#table('hmtx').readUInt16BE(4 * Math.min(index, full - 1))
	}

	#contours(index: number, depth: number): Point[][] {
		const long = this.#table('head').readInt16BE(50) === 1
		const loca = this.#table('loca')
		const at = (entry: number) => (long ? loca.readUInt32BE(4 * entry) : 2 * loca.readUInt16BE(2 * entry))
		const data = this.#table('glyf').subarray(at(index), at(index + 1))
		if (data.length === 0) return []
		const count = data.readInt16BE(0)
		return count >= 0 ? simpleContours(data, count) : this.#composite(data, depth)
	}

	#composite(data: Buffer, depth: number): Point[][] {
		if (depth > 4) throw new Error('the font nests its glyphs too deep')
		const contours: Point[][] = []
		let at = 10
		let flags: number
		do {
			flags = data.readUInt16BE(at)
			const index = data.readUInt16BE(at + 2)
			at += 4
			const words = (flags & 0x0001) !== 0
			const dx = words ? data.readInt16BE(at) : data.readInt8(at)
			const dy = words ? data.readInt16BE(at + 2) : data.readInt8(at + 1)
			at += words ? 4 : 2
			let [xx, xy, yx, yy] = [1, 0, 0, 1]
			const part = () => {
				at += 2
				return data.readInt16BE(at - 2) / 16384
			}
			if ((flags & 0x0008) !== 0) xx = yy = part()
			else if ((flags & 0x0040) !== 0) [xx, yy] = [part(), part()]
			else if ((flags & 0x0080) !== 0) [xx, xy, yx, yy] = [part(), part(), part(), part()]
			for (const contour of this.#contours(index, depth + 1)) {
				contours.push(
					contour.map(({ x, y, onCurve }) => ({ x: xx * x + yx * y + dx, y: xy * x + yy * y + dy, onCurve })),
				)
			}
		} while ((flags & 0x0020) !== 0)
		return contours
	}
}

function readTables(woff: Buffer): ReadonlyMap<string, Buffer> {
	if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('the font is not a WOFF file')
	const tables = new Map<string, Buffer>()
	for (let entry = 0; entry < woff.readUInt16BE(12); entry++) {
		const at = 44 + 20 * entry
		const offset = woff.readUInt32BE(at + 4)
		const packed = woff.readUInt32BE(at + 8)
		const plain = woff.readUInt32BE(at + 12)
		const bytes = woff.subarray(offset, offset + packed)
		tables.set(woff.toString('latin1', at, at + 4), packed < plain ? inflateSync(bytes) : bytes)
	}
	return tables
}

function simpleContours(data: Buffer, count: number): Point[][] {
	let at = 10
	const ends = Array.from({ length: count }, (_, contour) => data.readUInt16BE(at + 2 * contour))
	at += 2 * count
	at += 2 + data.readUInt16BE(at)
	const total = (ends.at(-1) ?? -1) + 1

	const flags: number[] = []
	while (flags.length < total) {
		const flag = data.readUInt8(at++)
		flags.push(flag)
		if ((flag & 8) !== 0) for (let repeat = data.readUInt8(at++); repeat > 0; repeat--) flags.push(flag)
	}
	const coordinates = (short: number, same: number) => {
		let value = 0
		return flags.map((flag) => {
			const sameOrPositive = (flag & same) !== 0
			if ((flag & short) !== 0) {
				value += sameOrPositive ? data.readUInt8(at) : -data.readUInt8(at)
				at += 1
			} else if (!sameOrPositive) {
				value += data.readInt16BE(at)
				at += 2
			}
			return value
		})
	}
	const xs = coordinates(2, 16)
	const ys = coordinates(4, 32)
	const points = flags.map((flag, index) => ({
		x: xs[index] ?? 0,
		y: ys[index] ?? 0,
		onCurve: (flag & 1) !== 0,
	}))
	return ends.map((end, index) => points.slice((ends[index - 1] ?? -1) + 1, end + 1))
}

/** Between two points off the curve lies one on it, half-way. */
function flatten(contour: readonly Point[], em: number): Float64Array {
	const corners: Point[] = []
	contour.forEach((point, index) => {
		const before = contour.at(index - 1)
		if (before !== undefined && !before.onCurve && !point.onCurve) corners.push(middle(before, point))
		corners.push(point)
	})
	const polygon: number[] = []
	corners.forEach((point, index) => {
		if (point.onCurve) {
			polygon.push(point.x / em, -point.y / em)
			return
		}
		const from = corners.at(index - 1) ?? point
		const to = corners[(index + 1) % corners.length] ?? point
		for (let piece = 1; piece < piecesOfCurve; piece++) {
			const t = piece / piecesOfCurve
			const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2]
			polygon.push((a * from.x + b * point.x + c * to.x) / em, -(a * from.y + b * point.y + c * to.y) / em)
		}
	})
	return Float64Array.from(polygon)
}

function middle(one: Point, other: Point): Point {
	return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, onCurve: true }
}
