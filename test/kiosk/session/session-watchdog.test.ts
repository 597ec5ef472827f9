import { expect, test } from 'vitest'
import { sessionDelays } from '#src/kiosk/session/delays.js'
import type { Phase, Recording } from '#src/kiosk/session/session-types.js'
import { whyStuck } from '#src/kiosk/session/session-watchdog.js'

const recording: Recording = { frames: [], reading: null, other: null }
const fault = { code: 'disk-error', detail: 'it takes nothing' }
const minute = 60_000
const stuckAfter = (phase: Phase, milliseconds: number) =>
	whyStuck({ phase, pending: false }, sessionDelays, milliseconds)?.code ?? null

test('a kiosk at rest is never overdue', () => {
	expect(stuckAfter({ at: 'idle' }, 7 * 24 * 60 * minute)).toBeNull()
})

test.each<[string, Phase, number]>([
	['a picture', { at: 'capturing', earlier: [] }, sessionDelays.capturing],
	['a reading', { at: 'reading', frames: [], earlier: [] }, sessionDelays.reading],
	['a fault', { at: 'fault', device: 'camera', fault }, sessionDelays.fault],
	[
		'a slow recording',
		{ at: 'recording', recording, waited: 'long', tries: 0 },
		sessionDelays.recording.stuck,
	],
])('%s is overdue a minute after its time-out', (_, phase, timeOut) => {
	expect(stuckAfter(phase, timeOut + minute)).toBeNull()
	expect(stuckAfter(phase, timeOut + minute + 1)).toBe('stuck')
})

test.each<[string, Phase]>([
	['a recording that it was given', { at: 'recording', recording, waited: 'too-long', tries: 0 }],
	['the close of a day', { at: 'closing', slow: true }],
	['being opened anew', { at: 'disk-trouble', fault, unfinished: null, tries: 3, mending: true }],
])('a disk has five minutes more for %s', (_, phase) => {
	expect(stuckAfter(phase, 5 * minute)).toBeNull()
	expect(stuckAfter(phase, 5 * minute + 1)).toBe('stuck')
})

test('disk trouble between two tries is waited for, however often', () => {
	const phase: Phase = { at: 'disk-trouble', fault, unfinished: recording, tries: 1_000, mending: false }
	expect(stuckAfter(phase, sessionDelays.disk.mostMs)).toBeNull()
})
