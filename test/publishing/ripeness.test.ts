import { expect, test } from 'vitest'
import {
	type DevicesSoFar,
	type RipenessSettings,
	ripeOf,
	usualRipeness,
	type WaitingEntry,
} from '#src/publishing/ripeness.js'

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

const none: DevicesSoFar = { closedUpTo: new Map(), broughtBy: new Map() }
const closedAt = (...closed: readonly (readonly [string, number])[]) => ({
	...none,
	closedUpTo: new Map(closed),
})
const anyCrowd: RipenessSettings = { ...usualRipeness, leastEntries: 1, leastDevices: 1 }

test('an entry is ripe when its device has closed its day, or after hours', () => {
	const fresh = waiting(4, 2, now - hour)
	expect(ripeOf(fresh, none, now, anyCrowd).size).toBe(0)
	// The first device has closed behind its first entry.
	expect([...ripeOf(fresh, closedAt(['k-0', 1]), now, anyCrowd)]).toEqual(['e0'])
	expect(ripeOf(waiting(4, 2, now - 6 * hour), none, now, anyCrowd).size).toBe(4)
})

test('what came without a receipt counts as received now', () => {
	const [entry] = waiting(1, 1, 0)
	expect(ripeOf(entry === undefined ? [] : [{ ...entry, receivedMs: null }], none, now, anyCrowd).size).toBe(
		0,
	)
})

test('a publication adds a crowd, or what has waited longest', () => {
	const few = waiting(499, 20, now - 7 * hour)
	expect(ripeOf(few, none, now, usualRipeness).size).toBe(0)
	expect(ripeOf(waiting(500, 19, now - 7 * hour), none, now, usualRipeness).size).toBe(0)
	expect(ripeOf(waiting(500, 20, now - 7 * hour), none, now, usualRipeness).size).toBe(500)
	// One that waits for a day takes the others with it.
	const overdue = [...few, { id: 'old', device: 'k-x', seq: 1, receivedMs: now - 24 * hour }]
	expect(ripeOf(overdue, none, now, usualRipeness).size).toBe(500)
})

test('a device that still scans waits until it has paused, closed its day, or waited longest', () => {
	const device = (receivedMs: readonly number[]) =>
		receivedMs.map((ms, index) => ({ id: `e${index}`, device: 'k-0', seq: index + 1, receivedMs: ms }))
	const scanning = device([now - 8 * hour, now - 7 * hour, now - hour])
	expect(ripeOf(scanning, none, now, anyCrowd).size).toBe(0)
	expect(ripeOf(scanning, none, now + 5 * hour, anyCrowd).size).toBe(3)
	// What was closed comes alone; the next day's scans do not keep it back.
	expect([...ripeOf(scanning, closedAt(['k-0', 2]), now, anyCrowd)]).toEqual(['e0', 'e1'])
	const longest = device([now - 24 * hour, now - 7 * hour, now - hour])
	expect([...ripeOf(longest, none, now, usualRipeness)]).toEqual(['e0', 'e1'])
})

test('a crowd is of devices that nobody can tell apart by what came of them and how', () => {
	const all = waiting(1000, 40, now - 7 * hour)
	const names = Array.from({ length: 40 }, (_, index) => `k-${index}`)
	const closedBy = (count: number) => closedAt(...names.slice(0, count).map((name) => [name, 100] as const))
	expect(ripeOf(all, closedBy(20), now, usualRipeness).size).toBe(1000)
	expect(ripeOf(all, closedBy(15), now, usualRipeness).size).toBe(625)
	const before = (count: number) => ({
		...none,
		broughtBy: new Map(names.slice(0, count).map((name) => [name, 'the first'])),
	})
	expect(ripeOf(all, before(20), now, usualRipeness).size).toBe(1000)
	expect(ripeOf(all, before(39), now, usualRipeness).size).toBe(975)
	// One of them waits no longer, and takes those with it from whom it can't be told apart.
	const late = { id: 'late', device: 'k-39', seq: 100, receivedMs: now - 24 * hour }
	expect(ripeOf([...all, late], before(38), now, usualRipeness).size).toBe(1001)
})
