import { expect, test } from 'vitest'
import { type RipenessSettings, ripeOf, usualRipeness, type WaitingEntry } from '#src/publishing/ripeness.js'

const hour = 3_600_000
const now = 100 * hour

function waiting(count: number, devices: number, receivedMs: number): WaitingEntry[] {
	return Array.from({ length: count }, (_, index) => ({
		id: `e${index}`,
		device: `k-${index % devices}`,
		seq: Math.floor(index / devices) + 1,
		receivedMs,
	}))
}

const none: ReadonlyMap<string, number> = new Map()
const anyCrowd: RipenessSettings = { ...usualRipeness, leastEntries: 1, leastDevices: 1 }

test('an entry is ripe when its device has closed its day, or after hours', () => {
	const fresh = waiting(4, 2, now - hour)
	expect(ripeOf(fresh, none, now, anyCrowd).entries.size).toBe(0)
	// The first device has closed behind its first entry.
	expect([...ripeOf(fresh, new Map([['k-0', 1]]), now, anyCrowd).entries]).toEqual(['e0'])
	expect(ripeOf(waiting(4, 2, now - 6 * hour), none, now, anyCrowd).entries.size).toBe(4)
})

test('what came without a receipt counts as received now', () => {
	const [entry] = waiting(1, 1, 0)
	expect(
		ripeOf(entry === undefined ? [] : [{ ...entry, receivedMs: null }], none, now, anyCrowd).entries.size,
	).toBe(0)
})

test('a publication adds a crowd, or what has waited longest', () => {
	const few = waiting(499, 20, now - 7 * hour)
	expect(ripeOf(few, none, now, usualRipeness)).toMatchObject({ held: 499 })
	expect(ripeOf(waiting(500, 19, now - 7 * hour), none, now, usualRipeness).entries.size).toBe(0)
	expect(ripeOf(waiting(500, 20, now - 7 * hour), none, now, usualRipeness).entries.size).toBe(500)
	// One that waits for a day takes the others with it.
	const overdue = [...few, { id: 'old', device: 'k-x', seq: 1, receivedMs: now - 24 * hour }]
	expect(ripeOf(overdue, none, now, usualRipeness).entries.size).toBe(500)
})
