import { expect, test } from 'vitest'
import type { Image } from '#src/evidence/entry.js'
import { chunkCount, chunkLength, chunkSize, sentFile } from '#src/protocol/chunks.js'
import { parseDeviceStatus } from '#src/protocol/device-status.js'
import { largestStatusBytes } from '#src/protocol/limits.js'

test.each([
	[1, 1, 1],
	[chunkSize - 1, 1, chunkSize - 1],
	[chunkSize, 1, chunkSize],
	[chunkSize + 1, 2, 1],
	[10 * chunkSize, 10, chunkSize],
])('%i bytes: %i chunks, the last of %i bytes', (size, count, last) => {
	expect(chunkCount(size)).toBe(count)
	expect(chunkLength(size, count - 1)).toBe(last)
	expect(chunkLength(size, count)).toBe(0)
	let sum = 0
	for (let index = 0; index < count; index++) sum += chunkLength(size, index)
	expect(sum).toBe(size)
})

test('a sealed image travels sealed', () => {
	const image: Image = { role: 'full', mediaType: 'image/jpeg', size: 5, sha256: 'a'.repeat(64) }
	expect(sentFile(image)).toEqual({ size: 5, sha256: 'a'.repeat(64) })
	const sealed = { format: 'age-v1' as const, size: 9, sha256: 'b'.repeat(64) }
	expect(sentFile({ ...image, sealed })).toEqual({ size: 9, sha256: 'b'.repeat(64) })
})

const status = {
	v: 1,
	device: 'kiosk-1',
	state: 'online',
	software: 'x',
	recorded: 3,
	received: 2,
	resentTo: null,
	kiosk: { canScan: false, trouble: 'camera no-answer', clock: 'rtc', actas: 1 },
	free: 1_000_000,
	oldestUnsent: '2024-07-28T22:05:00Z',
	centres: 3,
	paused: 'images',
	setAside: 0,
	time: null,
}

test('a status', () => {
	expect(parseDeviceStatus(Buffer.from(JSON.stringify(status)))).toEqual({ ok: true, value: status })
})

test('a status of an uplink that says no more than it had to', () => {
	const { kiosk, free, oldestUnsent, setAside, centres, paused, ...least } = status
	const all = {
		...least,
		centres: null,
		paused: null,
		kiosk: null,
		free: null,
		oldestUnsent: null,
		setAside: 0,
	}
	expect(parseDeviceStatus(Buffer.from(JSON.stringify(least)))).toEqual({ ok: true, value: all })
})

test.each([
	['too-large', 'x'.repeat(largestStatusBytes + 1)],
	['not-json', '{'],
	['not-json', '{"v":1,"v":1}'],
	['bad-status', '{}'],
	['bad-status', JSON.stringify({ ...status, v: 2 })],
	['bad-status', JSON.stringify({ ...status, device: '../x' })],
	['bad-status', JSON.stringify({ ...status, recorded: -1 })],
])('%s', (code, text) => {
	expect(parseDeviceStatus(Buffer.from(text))).toMatchObject({ ok: false, fault: { code } })
})
