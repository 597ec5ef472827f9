/**
 * The three finder patterns of a QR code in a patch that is turned upright to within some degrees, found as
 * shapes and not as runs of pixels: print that is blurred, or crossed by a pen, no longer has the runs
 * (1:1:3:1:1, ISO/IEC 18004, 5.3.2.1) that decoders look for, but its light and dark rings still stand out.
 */
import { BoxSums } from './box-sums.ts'
import type { Patch, Point } from './patch.ts'

export interface Finder extends Point {
	/** Pixels of the patch to a module. */
	readonly module: number
	/** Contrast of the rings in standard deviations; 2 in perfect print. */
	readonly score: number
}

/** As seen in the patch, which may be upside-down: `across` and `down` are the ends of the code's own axes. */
export interface FinderTriple {
	readonly corner: Finder
	readonly across: Finder
	readonly down: Finder
	readonly score: number
}

const leastScore = 0.75
const mostFinders = 24

/** From the smallest to the largest module looked for, pixels of the patch. */
export function findFinders({ values, side }: Patch, smallest: number, largest: number): Finder[] {
	const sums = new BoxSums(values, side, side)
	const squares = new BoxSums(
		values.map((value) => value * value),
		side,
		side,
	)
	const found: Finder[] = []
	for (let module = smallest; module <= largest; module *= 1.1) {
		found.push(...peaks(scoreMap(sums, squares, side, module)))
	}
	return strongest(found)
}

interface ScoreMap {
	readonly scores: Float32Array
	readonly size: number
	readonly module: number
	/** Where in the patch the first score and the step to the next lie, pixels. */
	readonly first: number
	readonly step: number
}

/** How well dark and light rings of one size stand out around each place. */
function scoreMap(sums: BoxSums, squares: BoxSums, side: number, module: number): ScoreMap {
	const half = (modules: number) => Math.round(modules * module - 0.5)
	const [outer, ring, gap, core] = [half(4.5), half(3.5), half(2.5), half(1.5)]
	const area = (reach: number) => (2 * reach + 1) ** 2
	const dark = area(core) + area(ring) - area(gap)
	const light = area(outer) - dark
	const step = Math.max(1, Math.floor(module / 2))
	const size = Math.max(0, Math.ceil((side - 2 * outer) / step))
	const scores = new Float32Array(size * size)
	const box = (x: number, y: number, reach: number) =>
		sums.sum(x - reach, y - reach, x + reach + 1, y + reach + 1)
	for (let row = 0; row < size; row++) {
		const y = outer + row * step
		for (let column = 0; column < size; column++) {
			const x = outer + column * step
			const all = box(x, y, outer)
			const ink = box(x, y, ring) - box(x, y, gap) + box(x, y, core)
			const contrast = (all - ink) / light - ink / dark
			if (contrast <= 4) continue
			const square = squares.sum(x - outer, y - outer, x + outer + 1, y + outer + 1)
			const variance = square / area(outer) - (all / area(outer)) ** 2
			scores[row * size + column] = contrast / Math.sqrt(variance + 4)
		}
	}
	return { scores, size, module, first: outer + 0.5, step }
}

function peaks({ scores, size, module, first, step }: ScoreMap): Finder[] {
	const found: Finder[] = []
	for (let row = 1; row < size - 1; row++) {
		for (let column = 1; column < size - 1; column++) {
			const at = row * size + column
			const score = scores[at] ?? 0
			if (score < leastScore) continue
			const beside = Math.max(scores[at - 1] ?? 0, scores[at + 1] ?? 0)
			if (Math.max(beside, scores[at - size] ?? 0, scores[at + size] ?? 0) > score) continue
			found.push({ x: first + column * step, y: first + row * step, module, score })
		}
	}
	return found
}

/** Each pattern once, at the size that fits it best. */
function strongest(found: Finder[]): Finder[] {
	found.sort((one, other) => other.score - one.score)
	const kept: Finder[] = []
	for (const finder of found) {
		if (kept.length === mostFinders) break
		const near = (other: Finder) =>
			Math.max(Math.abs(other.x - finder.x), Math.abs(other.y - finder.y)) < 4 * other.module
		if (!kept.some(near)) kept.push(finder)
	}
	return kept
}

/** Three that stand as those of a code of `modules` a side do, the likeliest first. */
export function findTriples(finders: readonly Finder[], modules: number, count: number): FinderTriple[] {
	const distance = modules - 7
	const triples: FinderTriple[] = []
	for (const corner of finders) {
		const arms = finders.flatMap((finder) => {
			const [dx, dy] = [finder.x - corner.x, finder.y - corner.y]
			const length = Math.hypot(dx, dy)
			const module = (finder.module + corner.module) / 2
			const fit = Math.abs(Math.log(length / (distance * module)))
			const sizes = Math.abs(Math.log(finder.module / corner.module))
			return finder === corner || fit > 0.25 || sizes > 0.3 ? [] : [{ finder, dx, dy, length, fit, sizes }]
		})
		for (const across of arms) {
			for (const down of arms) {
				const turn = (across.dx * down.dy - across.dy * down.dx) / (across.length * down.length)
				const ratio = Math.abs(Math.log(across.length / down.length))
				if (turn < 0.87 || ratio > 0.25) continue
				const strain = across.fit + down.fit + across.sizes + down.sizes + ratio + 2 * (1 - turn)
				const score = corner.score + across.finder.score + down.finder.score - strain
				triples.push({ corner, across: across.finder, down: down.finder, score })
			}
		}
	}
	return triples.sort((one, other) => other.score - one.score).slice(0, count)
}
