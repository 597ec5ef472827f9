import type { Grey } from '../decode-grey.ts'
import { type Equalised, Equaliser } from './equaliser.ts'
import { findFinders, findTriples } from './finders.ts'
import { FlatCode } from './flat-code.ts'
import { type FoundCode, type Sighting, sightingOf } from './found-code.ts'
import { orientationOf } from './orientation.ts'
import { cutPatch } from './patch.ts'
import type { QrSearch } from './qr-search.ts'
import type { SymbolLayout } from './symbol-layout.ts'
import type { Region } from './texture.ts'

/** Pixels of the patch along the region that is thought to be the code, and along the patch itself. */
const codeInPatch = 200
const patchSide = 320

/** Modules looked for, as shares of what the region's size would make them. */
const [smallest, largest] = [0.56, 1.57]

const mostTriples = 2
const mostRounds = 6

/** Codes that were read have 2.7 to 6, most over 4; text and scribbles have up to 3. */
const leastScore = 2.6

/** Of 370 codes that were read at severities 0 to 5 the highest was 0.27; half of what was not has over 0.8. */
const highestResidual = 0.5

/** Modules that turn over from one round to the next; with fewer, another round says the same again. */
const leastTurned = 2

export interface GridReading {
	readonly found: FoundCode | null
	/** The place of what looks like a code, read or not. */
	readonly sighting: Sighting | null
}

/** `expired` is asked between steps of some 20 ms. */
export function readGrid(
	picture: Grey,
	region: Region,
	layout: SymbolLayout,
	search: QrSearch,
	expired: () => boolean,
): GridReading {
	const patch = cutPatch(
		picture,
		region,
		orientationOf(picture, region),
		region.side / codeInPatch,
		patchSide,
	)
	const module = codeInPatch / layout.size
	const finders = findFinders(patch, smallest * module, largest * module)
	let sighting: Sighting | null = null
	for (const { corner, across, down, score } of findTriples(finders, layout.size, mostTriples)) {
		if (score < leastScore) break
		const [one, two, three] = [corner, across, down].map(patch.toPicture)
		if (one === undefined || two === undefined || three === undefined) break
		const code = new FlatCode(picture, { corner: one, across: two, down: three }, layout)
		code.fitPatterns()
		let values: Float32Array | null = null
		for (let round = 0; round < mostRounds && !expired(); round++) {
			const equalised: Equalised = new Equaliser(code).equalise(values)
			if (equalised.residual > highestResidual) break
			if (values !== null && turned(values, equalised.values) < leastTurned) break
			values = equalised.values
			sighting ??= sightingOf(code.corners(), layout.size)
			const [read] = search.codes(drawn(values, layout), 'drawn')
			if (read !== undefined) {
				const corners = sightingOf(code.corners(), layout.size)
				return { found: { bytes: read.bytes, sighting: corners }, sighting: corners }
			}
			code.fitModules(values)
		}
	}
	return { found: null, sighting }
}

function turned(before: Float32Array, after: Float32Array): number {
	return before.reduce((count, value, at) => (value > 0 === (after[at] ?? 0) > 0 ? count : count + 1), 0)
}

/** Pixels to a module, and modules of quiet zone, of the code drawn anew. */
const pen = 3
const quiet = 4

function drawn(values: Float32Array, { size, known }: SymbolLayout): Grey {
	const side = (size + 2 * quiet) * pen
	const plane = new Uint8Array(side * side).fill(255)
	for (let row = 0; row < size * pen; row++) {
		for (let x = 0; x < size; x++) {
			const at = Math.floor(row / pen) * size + x
			// What is known needs no reading.
			if ((known[at] || (values[at] ?? 0)) <= 0) continue
			const start = (row + quiet * pen) * side + (x + quiet) * pen
			plane.fill(0, start, start + pen)
		}
	}
	return { plane, width: side, height: side }
}
