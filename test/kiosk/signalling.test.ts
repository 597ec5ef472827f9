import { expect, test } from 'vitest'
import { signalOf } from '#src/kiosk/signalling.js'
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
]

test.each(scenes)('%o', (scene, expected) => {
	const { light, green, red, buzzer } = signalOf(scene)
	const lamps = `${light ? 'L' : '-'}${green ? 'G' : '-'}${red ? 'R' : '-'}`
	expect(buzzer === null ? lamps : `${lamps} ${buzzer}`).toBe(expected)
})
