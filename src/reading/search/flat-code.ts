import type { Grey } from '../decode-grey.ts'
import { type Point, type Samples, sample } from './patch.ts'
import type { SymbolLayout } from './symbol-layout.ts'
import { type Pin, Warp } from './warp.ts'

/** Samples to a module, and modules kept round the code, which curl may hide there. */
const density = 6
const margin = 7

/** Places of the finder patterns' centres in the picture. */
export interface Placed {
	readonly corner: Point
	readonly across: Point
	readonly down: Point
}

export class FlatCode {
	readonly layout: SymbolLayout
	/** Half the side in modules; places in the code are modules from its centre. */
	readonly half: number
	readonly #values: Samples
	readonly #toPicture: (u: number, v: number) => Point
	#warp: Warp

	constructor(picture: Grey, { corner, across, down }: Placed, layout: SymbolLayout) {
		this.layout = layout
		this.half = layout.size / 2
		this.#warp = Warp.flat(this.half)
		const side = (layout.size + 2 * margin) * density
		const plane = new Float32Array(side * side)
		const span = layout.size - 7
		const [ux, uy] = [(across.x - corner.x) / span, (across.y - corner.y) / span]
		const [vx, vy] = [(down.x - corner.x) / span, (down.y - corner.y) / span]
		const [cx, cy] = [(across.x + down.x) / 2, (across.y + down.y) / 2]
		this.#toPicture = (u, v) => ({ x: cx + u * ux + v * vx, y: cy + u * uy + v * vy })
		for (let row = 0; row < side; row++) {
			const v = (row + 0.5) / density - margin - this.half
			for (let column = 0; column < side; column++) {
				const u = (column + 0.5) / density - margin - this.half
				plane[row * side + column] = sample(picture, cx + u * ux + v * vx - 0.5, cy + u * uy + v * vy - 0.5)
			}
		}
		this.#values = { plane, width: side, height: side }
	}

	/** The mean grey value of half a module around a place, by what is known of the bend so far. */
	at(u: number, v: number): number {
		const { x, y } = this.#warp.place(u, v)
		const part = 0.13
		const above = this.#look(x - part, y - part) + this.#look(x + part, y - part)
		const below = this.#look(x - part, y + part) + this.#look(x + part, y + part)
		return (above + below) / 4
	}

	/** The code's corners in the picture, clockwise from the top left one. */
	corners(): [Point, Point, Point, Point] {
		const corner = (u: number, v: number) => {
			const { x, y } = this.#warp.place(u, v)
			return this.#toPicture(x, y)
		}
		const { half } = this
		return [corner(-half, -half), corner(half, -half), corner(half, half), corner(-half, half)]
	}

	#look(x: number, y: number): number {
		const shift = margin + this.half
		return sample(this.#values, (x + shift) * density - 0.5, (y + shift) * density - 0.5)
	}

	/** Finds the known patterns and bends the grid so that it meets them. */
	fitPatterns(): void {
		const { size, alignments } = this.layout
		const centre = (size - 1) / 2
		const finders = [
			{ x: 3, y: 3 },
			{ x: size - 4, y: 3 },
			{ x: 3, y: size - 4 },
		]
		const pins: Pin[] = finders.map((at) => this.#pin(at, 4, 1.5, 2))
		this.#warp = Warp.through(pins, this.half, 'affine', 1e-3)
		// Outwards from what is known: the far corner is the least certain.
		const order = [...alignments].sort((one, other) => one.x + one.y - other.x - other.y)
		for (const at of order) {
			const far = at.x > centre && at.y > centre
			pins.push(this.#pin(at, 2, far ? 3.5 : 2.5, 1))
			this.#warp = Warp.through(pins, this.half, pins.length > 5 ? 'quadratic' : 'affine', 0.03)
		}
		const again = [
			...finders.map((at) => this.#pin(at, 4, 0.5, 2)),
			...order.map((at) => this.#pin(at, 2, 0.5, 1)),
		]
		this.#warp = Warp.through(again, this.half, 'cubic', 0.03)
	}

	/** Where a known pattern round a module is seen best, within `range` modules; as a pin for the grid. */
	#pin(module: Point, reach: number, range: number, weight: number): Pin {
		const { size, known } = this.layout
		const at = { x: module.x - (size - 1) / 2, y: module.y - (size - 1) / 2 }
		const places: { u: number; v: number; sign: number }[] = []
		for (let dy = -reach; dy <= reach; dy++) {
			for (let dx = -reach; dx <= reach; dx++) {
				const [x, y] = [module.x + dx, module.y + dy]
				const inside = x >= 0 && y >= 0 && x < size && y < size
				const sign = inside ? (known[y * size + x] ?? 0) : -1
				if (sign !== 0) places.push({ u: at.x + dx, v: at.y + dy, sign })
			}
		}
		return this.#best(at, places, range, weight)
	}

	#best(
		at: Point,
		places: readonly { u: number; v: number; sign: number }[],
		range: number,
		weight: number,
	): Pin {
		const spots = places.map(({ u, v, sign }) => ({ ...this.#warp.place(u, v), sign }))
		const balance = spots.reduce((sum, { sign }) => sum + sign, 0) / spots.length
		const match = (dx: number, dy: number) => {
			let [product, sum, squares] = [0, 0, 0]
			for (const { x, y, sign } of spots) {
				const value = this.#look(x + dx, y + dy)
				product += value * (balance - sign)
				sum += value
				squares += value * value
			}
			const variance = Math.max(1, squares / spots.length - (sum / spots.length) ** 2)
			return product / spots.length / Math.sqrt(variance) - 0.02 * (dx * dx + dy * dy)
		}
		let best = { x: 0, y: 0, match: match(0, 0) }
		for (const [reach, step] of [
			[range, 0.5],
			[0.25, 0.125],
		] as const) {
			const middle = best
			for (let dy = -reach; dy <= reach; dy += step) {
				for (let dx = -reach; dx <= reach; dx += step) {
					const here = match(middle.x + dx, middle.y + dy)
					if (here > best.match) best = { x: middle.x + dx, y: middle.y + dy, match: here }
				}
			}
		}
		const from = this.#warp.place(at.x, at.y)
		const by = { x: from.x + best.x - at.x, y: from.y + best.y - at.y }
		return { at, by, weight: weight * Math.max(0.02, best.match) ** 2 }
	}

	/** Bends the grid to meet modules as they were read, in blocks across the code. */
	fitModules(values: Float32Array): void {
		const { size } = this.layout
		const pins: Pin[] = []
		const reach = 4
		for (let y = reach; y < size; y += 6) {
			for (let x = reach; x < size; x += 6) {
				const at = { x: x - (size - 1) / 2, y: y - (size - 1) / 2 }
				const places: { u: number; v: number; sign: number }[] = []
				for (let dy = -reach; dy <= reach; dy++) {
					for (let dx = -reach; dx <= reach; dx++) {
						const [column, row] = [x + dx, y + dy]
						if (column < 0 || row < 0 || column >= size || row >= size) continue
						const sign = Math.max(-1, Math.min(1, values[row * size + column] ?? 0))
						places.push({ u: at.x + dx, v: at.y + dy, sign })
					}
				}
				pins.push(this.#best(at, places, 0.5, 1))
			}
		}
		this.#warp = Warp.through(pins, this.half, 'waved', 0.01)
	}
}
