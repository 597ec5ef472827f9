/**
 * What is known of a QR symbol before any of it is read: finder, timing and alignment patterns and the version
 * (ISO/IEC 18004, 6.3 and 7.10). In an acta's symbol that is a sixth of all modules.
 */
import type { Point } from './patch.ts'

export interface SymbolLayout {
	/** Modules along one side. */
	readonly size: number
	/** Row by row: 1 dark, -1 light, 0 not known. */
	readonly known: Int8Array
	/** Centres of the alignment patterns, whole modules from the top left one. */
	readonly alignments: readonly Point[]
}

/** Rows and columns of alignment patterns (annex E), and the version as printed (annex D), of version 8. */
const version = 8
const alignmentLines = [6, 24, 42]
const versionBits = 0x085bc

/** Version 8, the one that an acta's 103 or 104 characters at level Q need. */
export function actaLayout(): SymbolLayout {
	const size = 17 + 4 * version
	const known = new Int8Array(size * size)
	const set = (x: number, y: number, dark: boolean) => {
		if (x >= 0 && y >= 0 && x < size && y < size) known[y * size + x] = dark ? 1 : -1
	}
	for (let at = 8; at < size - 8; at++) {
		set(at, 6, at % 2 === 0)
		set(6, at, at % 2 === 0)
	}
	const last = size - 4
	const finders: Point[] = [
		{ x: 3, y: 3 },
		{ x: last, y: 3 },
		{ x: 3, y: last },
	]
	for (const { x, y } of finders) square(set, x, y, 4, (ring) => ring !== 2 && ring !== 4)
	const alignments = alignmentLines
		.flatMap((y) => alignmentLines.map((x) => ({ x, y })))
		.filter(({ x, y }) => !finders.some((finder) => Math.hypot(finder.x - x, finder.y - y) < 6))
	for (const { x, y } of alignments) square(set, x, y, 2, (ring) => ring !== 1)
	for (let bit = 0; bit < 18; bit++) {
		const dark = ((versionBits >> bit) & 1) === 1
		const [along, across] = [Math.floor(bit / 3), size - 11 + (bit % 3)]
		set(along, across, dark)
		set(across, along, dark)
	}
	set(8, size - 8, true)
	return { size, known, alignments }
}

/** Rings round a centre, numbered from 0 in the middle. */
function square(
	set: (x: number, y: number, dark: boolean) => void,
	x: number,
	y: number,
	reach: number,
	isDark: (ring: number) => boolean,
): void {
	for (let dy = -reach; dy <= reach; dy++) {
		for (let dx = -reach; dx <= reach; dx++) {
			set(x + dx, y + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))))
		}
	}
}
