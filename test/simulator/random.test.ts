import { expect, test } from 'vitest'
import { Random } from '#src/simulator/random.js'

test('one seed gives one sequence, another seed another', () => {
	const draw = (seed: string) => {
		const random = new Random(seed)
		return Array.from({ length: 20 }, () => random.bits())
	}
	expect(draw('a')).toEqual(draw('a'))
	expect(draw('a')).not.toEqual(draw('b'))
	expect(new Set(draw('a')).size).toBe(20)
})

test('draws lie within their bounds and are spread as they should be', () => {
	const random = new Random('spread')
	const many = Array.from({ length: 20_000 }, () => random.fraction())
	expect(Math.min(...many)).toBeGreaterThanOrEqual(0)
	expect(Math.max(...many)).toBeLessThan(1)
	expect(mean(many)).toBeCloseTo(0.5, 1)
	const normals = Array.from({ length: 20_000 }, () => random.normal())
	expect(mean(normals)).toBeCloseTo(0, 1)
	expect(mean(normals.map((value) => value ** 2))).toBeCloseTo(1, 1)
	expect(new Set(Array.from({ length: 200 }, () => random.whole(1, 3)))).toEqual(new Set([1, 2, 3]))
	expect(random.hex(64)).toMatch(/^[0-9A-F]{64}$/)
})

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length
}
