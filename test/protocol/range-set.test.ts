import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RangeSet } from '#src/protocol/range-set.js'

const small = fc.nat({ max: 40 })
const step = fc.oneof(
	fc.record({ add: small }),
	fc.record({ delete: small }),
	fc.record({ deleteFrom: small }),
	fc.record({ first: small, last: small }),
)

test('behaves like a set of numbers, and keeps runs apart', () => {
	fc.assert(
		fc.property(fc.array(step), (steps) => {
			const set = new RangeSet()
			const model = new Set<number>()
			for (const what of steps) {
				if ('add' in what) {
					set.add(what.add)
					model.add(what.add)
				} else if ('delete' in what) {
					set.delete(what.delete)
					model.delete(what.delete)
				} else if ('deleteFrom' in what) {
					set.deleteFrom(what.deleteFrom)
					for (const number of model) if (number >= what.deleteFrom) model.delete(number)
				} else {
					set.addRange(what.first, what.last)
					for (let number = what.first; number <= what.last; number++) model.add(number)
				}
			}
			expect(set.size).toBe(model.size)
			expect(set.highest).toBe(model.size === 0 ? undefined : Math.max(...model))
			for (let number = 0; number <= 42; number++) {
				expect(set.has(number)).toBe(model.has(number))
				let next: number | undefined = number
				while (next <= 42 && !model.has(next)) next++
				expect(set.next(number)).toBe(next > 42 ? undefined : next)
				let lacking = number
				while (model.has(lacking)) lacking++
				expect(set.nextMissing(number)).toBe(lacking)
			}
			const runs = set.ranges
			runs.forEach(([first, last], index) => {
				expect(first).toBeLessThanOrEqual(last)
				const before = runs[index - 1]
				if (before !== undefined) expect(first).toBeGreaterThan(before[1] + 1)
			})
			const missing = RangeSet.of(set.missing(3, 30))
			for (let number = 0; number <= 42; number++) {
				expect(missing.has(number)).toBe(number >= 3 && number <= 30 && !model.has(number))
			}
		}),
	)
})

test('lists at most as many runs as asked for, the lowest', () => {
	const set = RangeSet.of([
		[2, 3],
		[5, 5],
		[9, 9],
	])
	expect(set.missing(1, 12)).toEqual([
		[1, 1],
		[4, 4],
		[6, 8],
		[10, 12],
	])
	expect(set.missing(1, 12, 2)).toEqual([
		[1, 1],
		[4, 4],
	])
	expect(set.missing(2, 3)).toEqual([])
	expect(set.missing(5, 4)).toEqual([])
})
