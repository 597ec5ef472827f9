import { describe, expect, test } from 'vitest'
import { Signalling, signalOf } from '#src/kiosk/devices/signalling.js'
import type { Scene } from '#src/panel/status.js'

const table = { centro: '121202007', mesa: '01', votes: 3 }
const fault = { code: 'device', detail: '' }

/** Every scene, and: light, green, red, sound. */
const scenes: readonly [Scene, string][] = [
	[{ at: 'starting' }, '---'],
	[{ at: 'idle' }, '---'],
	[{ at: 'capturing', shot: 1 }, 'L--'],
	[{ at: 'reading' }, '---'],
	[{ at: 'recording', slow: false }, '---'],
	[{ at: 'recording', slow: true }, '---'],
	[{ at: 'confirming', cause: 'no-code' }, '--R trouble'],
	[{ at: 'rejected', cause: 'no-code' }, '--R trouble'],
	[{ at: 'fault', device: 'camera', fault }, '--R trouble'],
	[{ at: 'disk-trouble', trouble: 'full', unfinished: true }, '--R trouble'],
	[{ at: 'recorded', number: 1, table, received: false }, '-G- recorded'],
	[{ at: 'recorded', number: 1, table: null, received: true }, '-G- recorded'],
	[{ at: 'already-scanned', number: 1, table }, '-G- already-scanned'],
	[{ at: 'conflict', number: 2, other: 1, table }, '-GR trouble'],
	[{ at: 'asking-to-close' }, '---'],
	[{ at: 'closing', slow: true }, '---'],
	[{ at: 'closed', head: { device: 'k-a', seq: 1, id: 'x' }, page: 0 }, '--- recorded'],
	[{ at: 'technician', page: { page: 'device', device: 'k-a' } }, '---'],
	[{ at: 'technician', page: { page: 'trying-cameras' } }, 'L--'],
	[{ at: 'technician', page: { page: 'test' } }, 'LGR recorded'],
]

test.each(scenes)('%o', (scene, expected) => {
	const { light, green, red, buzzer } = signalOf(scene)
	const lamps = `${light ? 'L' : '-'}${green ? 'G' : '-'}${red ? 'R' : '-'}`
	expect(buzzer === null ? lamps : `${lamps} ${buzzer}`).toBe(expected)
})

describe('a trouble is sounded once', () => {
	const camera: Scene = { at: 'fault', device: 'camera', fault }
	const full: Scene = { at: 'disk-trouble', trouble: 'full', unfinished: true }
	const sounds = (...told: readonly Scene[]) => {
		const signalling = new Signalling()
		return told.map((scene) => signalling.of(scene).buzzer)
	}

	test('however often it is tried again with the same paper', () => {
		const capturing: Scene = { at: 'capturing', shot: 1 }
		expect(sounds(camera, capturing, camera, camera, capturing, camera)).toEqual([
			...['trouble', null, null, null, null, null],
		])
		expect(sounds(full, full, { at: 'recording', slow: false }, full)).toEqual([
			...['trouble', 'trouble', null, null],
		])
	})

	test('and again with another paper, and when it is another trouble', () => {
		const key: Scene = { at: 'fault', device: 'key', fault }
		const capturing: Scene = { at: 'capturing', shot: 1 }
		expect(sounds(camera, { at: 'idle' }, capturing, camera)).toEqual(['trouble', null, null, 'trouble'])
		expect(sounds(camera, capturing, key)).toEqual(['trouble', null, 'trouble'])
	})

	test('while its lamp burns all the time', () => {
		const signalling = new Signalling()
		const lamps = [camera, { at: 'capturing', shot: 1 } as const, camera].map((scene) => signalling.of(scene))
		expect(lamps.map(({ red }) => red)).toEqual([true, false, true])
	})
})
