import { describe, expect, test } from 'vitest'
import type { Frame } from '#src/capture/camera.js'
import type { KnownActa } from '#src/journal/acta-index.js'
import { sessionDelays } from '#src/kiosk/session/delays.js'
import { atRest, next, timeOutOf } from '#src/kiosk/session/session.js'
import type { Effect, Input, Outcome, Phase, Session } from '#src/kiosk/session/session-types.js'
import type { Reading } from '#src/reading/reading.js'
import { paperOf } from '../../support/handled-kiosk.ts'

const frames: Frame[] = [{ role: 'full', bytes: new Uint8Array([1]), origin: 'test' }]
const acta = paperOf('01').reading
const recorded: KnownActa = { seq: 7, number: 5, same: true }
const otherVotes: KnownActa = { seq: 3, number: 2, same: false }

/** Feeds inputs one after another; each must be understood. */
function play(inputs: Input[], unread: Outcome = 'set-aside', from: Session = atRest, shots = 1) {
	let session = from
	const effects: Effect[] = []
	for (const input of inputs) {
		const step = next(session, input, { unread, shots, shotsWithin: 8_000 })
		if (step === undefined) throw new Error(`${input.type} means nothing while ${session.phase.at}`)
		session = step.session
		effects.push(...step.effects)
	}
	return { session, at: session.phase.at, done: effects.map((effect) => effect.do), effects }
}

const seen = (reading: Reading, known: KnownActa[] = []): Input[] => [
	{ type: 'paper' },
	{ type: 'captured', frames },
	{ type: 'read', reading, known, elapsed: 900 },
]
const settings = { unread: 'record' as const, shots: 1, shotsWithin: 8_000 }
const unreadBy = (code: 'no-code' | 'several-codes' | 'no-paper' | 'glare'): Reading => ({
	kind: 'unread',
	fault: { code, detail: '' },
})
const foreign = (text: string, code: 'web-address' | 'wrong-card-count' | 'not-an-acta'): Reading => ({
	...{ kind: 'foreign', bytes: Buffer.from(text), text, fault: { code, detail: '' } },
})
const [unread, several] = [unreadBy('no-code'), unreadBy('several-codes')]
const [link, other] = [foreign('https://x', 'web-address'), foreign('x', 'wrong-card-count')]
const text: Reading = { kind: 'no-picture', fault: { code: 'not-an-image', detail: '' } }

test('a good acta goes from tray to recorded, and is released only then', () => {
	const before = play(seen(acta))
	expect(before.at).toBe('recording')
	expect(before.done).toEqual(['capture', 'read', 'record'])
	const after = play([{ type: 'recorded', acta: recorded }], 'set-aside', before.session)
	expect(after.session.phase).toEqual({ at: 'recorded', acta: recorded, reading: acta })
	expect(after.effects).toEqual([{ do: 'release', outcome: 'recorded' }])
	expect(play([{ type: 'time-out' }], 'set-aside', after.session).at).toBe('idle')
})

test('recorded is reached by no other way than the answer that it was', () => {
	const { session } = play(seen(acta))
	for (const input of [{ type: 'button' }, { type: 'paper' }, { type: 'captured', frames }] as Input[]) {
		expect(next(session, input, settings)?.session.phase.at ?? 'recording').toBe('recording')
	}
	let slow = session
	for (const waited of ['long', 'too-long', 'too-long']) {
		slow = play([{ type: 'time-out' }], 'record', slow).session
		expect(slow.phase).toMatchObject({ at: 'recording', waited })
	}
	expect(timeOutOf(slow, sessionDelays)).toBeNull()
	expect(play([{ type: 'recorded', acta: recorded }], 'record', slow).at).toBe('recorded')
})

test('the same acta again is not recorded twice', () => {
	const again = play(seen(acta, [recorded]))
	expect(again.session.phase).toEqual({ at: 'already-scanned', acta: recorded, reading: acta })
	expect(again.done).toEqual(['capture', 'read', 'release'])
})

test('the same table with other votes is recorded and flagged', () => {
	const conflict = play([...seen(acta, [otherVotes]), { type: 'recorded', acta: recorded }])
	expect(conflict.session.phase).toEqual({ at: 'conflict', acta: recorded, other: otherVotes, reading: acta })
	expect(conflict.done).toContain('record')
})

test('the same acta again after a conflict is found among the others', () => {
	expect(play(seen(acta, [otherVotes, recorded])).at).toBe('already-scanned')
})

describe('a paper that gives no acta', () => {
	test.each([
		['no code', unread],
		['an acta of another election', other],
	])('%s: recorded as an image after the button', (_, reading) => {
		const asked = play(seen(reading))
		expect(asked.at).toBe('confirming')
		const kept = play([{ type: 'button' }], 'set-aside', asked.session)
		expect(kept.effects).toEqual([{ do: 'record', frames, reading: null }])
	})

	test.each<[Outcome, Phase['at']]>([
		['record', 'recording'],
		['set-aside', 'rejected'],
	])('without the button it goes as set: %s', (unreadSetting, at) => {
		expect(play([...seen(unread), { type: 'time-out' }], unreadSetting).at).toBe(at)
	})

	test('a link is set aside unless somebody insists', () => {
		expect(play([...seen(link), { type: 'time-out' }], 'record').at).toBe('rejected')
		expect(play([...seen(link), { type: 'button' }]).at).toBe('recording')
	})

	test('a code for technicians is named as one, and set aside unless somebody insists', () => {
		for (const text of ['TESTIGO-SETTINGS-1:x', 'TESTIGO-1:x']) {
			const shown = foreign(text, 'not-an-acta')
			expect(play(seen(shown)).session.phase).toMatchObject({ at: 'confirming', cause: 'settings-code' })
			expect(play([...seen(shown), { type: 'time-out' }], 'record').at).toBe('rejected')
			expect(play([...seen(shown), { type: 'button' }]).at).toBe('recording')
		}
	})

	test('an empty tray is not recorded unless somebody insists, and any other unread picture is', () => {
		const empty = unreadBy('no-paper')
		expect(play([...seen(empty), { type: 'time-out' }], 'record').session.phase).toEqual({
			at: 'rejected',
			cause: 'no-paper',
		})
		expect(play([...seen(empty), { type: 'button' }]).at).toBe('recording')
		expect(play([...seen(unreadBy('glare')), { type: 'time-out' }], 'record').at).toBe('recording')
	})

	test('a file that is no picture is set aside with its cause', () => {
		const rejected = play(seen(text))
		expect(rejected.session.phase).toEqual({ at: 'rejected', cause: 'not-a-picture' })
		expect(rejected.effects.at(-1)).toEqual({ do: 'release', outcome: 'set-aside' })
	})
})

describe('more than one shot', () => {
	const shot = (reading: Reading, elapsed = 900): Input[] => [
		{ type: 'captured', frames },
		{ type: 'read', reading, known: [], elapsed },
	]

	test('a paper that was not read is photographed again, and what is read then counts', () => {
		const second = play([{ type: 'paper' }, ...shot(unread)], 'set-aside', atRest, 3)
		expect(second.session.phase).toEqual({ at: 'capturing', earlier: [{ frames, reading: unread }] })
		const read = play(shot(acta), 'set-aside', second.session, 3)
		expect(read.effects.at(-1)).toEqual({ do: 'record', frames, reading: acta })
	})

	test('after the last one the kiosk asks, and the button records the pictures of all of them', () => {
		const asked = play(
			[{ type: 'paper' }, ...shot(unread), ...shot(unread), ...shot(unread)],
			'set-aside',
			atRest,
			3,
		)
		expect(asked.session.phase).toMatchObject({ at: 'confirming', cause: 'no-code' })
		const kept = play([{ type: 'button' }], 'set-aside', asked.session, 3)
		expect(kept.effects).toEqual([{ do: 'record', frames: [...frames, ...frames, ...frames], reading: null }])
	})

	test('nor is another one taken when time is up, or when it would say the same again', () => {
		expect(play([{ type: 'paper' }, ...shot(unread, 8_000)], 'set-aside', atRest, 3).at).toBe('confirming')
		for (const reading of [link, other, several]) {
			expect(play([{ type: 'paper' }, ...shot(reading)], 'set-aside', atRest, 3).at).toBe('confirming')
		}
	})

	test('of several shots the one that tells most is told', () => {
		const asked = play([{ type: 'paper' }, ...shot(unread), ...shot(other)], 'set-aside', atRest, 3)
		expect(asked.session.phase).toMatchObject({ at: 'confirming', cause: 'other-election' })
	})
})

describe('devices that fail', () => {
	test('a camera fault is tried again while the paper lies there', () => {
		const fault = play([{ type: 'paper' }, { type: 'not-captured', fault: { code: 'device', detail: '' } }])
		expect(fault.at).toBe('fault')
		expect(play([{ type: 'time-out' }], 'set-aside', fault.session).at).toBe('capturing')
		expect(play([{ type: 'no-paper' }, { type: 'time-out' }], 'set-aside', fault.session).at).toBe('idle')
	})

	test('a camera that never answers', () => {
		expect(play([{ type: 'paper' }, { type: 'time-out' }]).session.phase).toMatchObject({
			at: 'fault',
			device: 'camera',
			fault: { code: 'no-answer' },
		})
	})

	test('an empty tray is no trouble', () => {
		expect(
			play([{ type: 'paper' }, { type: 'not-captured', fault: { code: 'nothing-there', detail: '' } }]).at,
		).toBe('idle')
	})
})

describe('a disk in trouble', () => {
	const full = { code: 'disk-full', detail: '' }
	const failed: Input = { type: 'not-recorded', device: 'storage', fault: full }
	const ready: Input = { type: 'disk', disk: { at: 'ready' } }
	const short: Input = { type: 'disk', disk: { at: 'short', fault: full } }
	const broken: Input = { type: 'disk', disk: { at: 'broken', fault: { code: 'read-only', detail: '' } } }
	const later: Input = { type: 'time-out' }

	test('shows no success, keeps the picture, and records it when the disk is back', () => {
		const trouble = play([...seen(acta, [otherVotes]), failed])
		expect(trouble.at).toBe('disk-trouble')
		expect(trouble.done).not.toContain('release')
		const again = play([later, broken, later, ready], 'set-aside', trouble.session)
		expect(again.effects).toEqual([
			{ do: 'mend-disk', fault: full, unfinished: true },
			{ do: 'mend-disk', fault: { code: 'read-only', detail: '' }, unfinished: true },
			{ do: 'record', frames, reading: acta },
		])
		const conflict = play([{ type: 'recorded', acta: recorded }], 'set-aside', again.session)
		expect(conflict.session.phase).toMatchObject({ at: 'conflict', other: otherVotes })
		expect(conflict.effects).toEqual([{ do: 'release', outcome: 'recorded' }])
	})

	test('the picture stays when the paper is taken away, or another is laid down', () => {
		const trouble = play([...seen(unread), { type: 'button' }, failed])
		const taken = play([{ type: 'no-paper' }, { type: 'paper' }, later, ready], 'set-aside', trouble.session)
		expect(taken.effects.at(-1)).toEqual({ do: 'record', frames, reading: null })
	})

	test('what was begun is finished without room for more, and the next paper then waits', () => {
		const { session, at } = play([...seen(acta), failed, later, short])
		expect(at).toBe('recording')
		const next = play([{ type: 'recorded', acta: recorded }, { type: 'paper' }, later], 'set-aside', session)
		expect(next.at).toBe('capturing')
		const waits = play([short, later, short], 'set-aside', next.session)
		expect(waits.session).toMatchObject({ phase: { at: 'disk-trouble', unfinished: null }, pending: true })
		expect(waits.done).toEqual(['mend-disk'])
		expect(play([later, ready], 'set-aside', waits.session).at).toBe('capturing')
	})

	test('tries come after growing delays, however the disk fails', () => {
		let { session } = play([...seen(acta), failed])
		const delays: (number | null)[] = []
		for (let tries = 0; tries < 8; tries++) {
			delays.push(timeOutOf(session, sessionDelays))
			const inputs: Input[] = tries % 2 === 0 ? [later, broken] : [later, short, failed]
			session = play(inputs, 'set-aside', session).session
		}
		expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000])
	})

	test('at rest it shows before a paper is laid down, and goes by itself', () => {
		const rested = play([...seen(acta), { type: 'recorded', acta: recorded }, later])
		expect(rested.effects.at(-1)).toEqual({ do: 'check-disk' })
		expect(next(rested.session, ready, settings)).toBeUndefined()
		const trouble = play([short], 'set-aside', rested.session)
		expect(trouble.at).toBe('disk-trouble')
		expect(play([later, ready], 'set-aside', trouble.session).at).toBe('idle')
	})
})

test('a paper taken away before its fate is sealed ends the session', () => {
	expect(play([{ type: 'paper' }, { type: 'no-paper' }]).at).toBe('idle')
	expect(play([...seen(unread), { type: 'no-paper' }]).at).toBe('idle')
	const recording = play(seen(acta)).session
	expect(play([{ type: 'no-paper' }], 'set-aside', recording).at).toBe('recording')
})

test('a result stands shorter when the next paper waits', () => {
	const { session } = play([...seen(acta), { type: 'recorded', acta: recorded }])
	expect(timeOutOf(session, sessionDelays)).toBe(sessionDelays.recorded)
	const waiting = play([{ type: 'paper' }], 'set-aside', session)
	expect(waiting.at).toBe('recorded')
	expect(timeOutOf(waiting.session, sessionDelays)).toBe(sessionDelays.glance.recorded)
	expect(play([{ type: 'time-out' }], 'set-aside', waiting.session).at).toBe('capturing')
})

test('every phase but idle ends by itself', () => {
	const inputs: Input[][] = [
		[{ type: 'paper' }],
		seen(acta).slice(0, 2),
		seen(unread),
		seen(acta),
		[...seen(acta), { type: 'recorded', acta: recorded }],
		seen(acta, [recorded]),
		seen(text),
		[{ type: 'paper' }, { type: 'time-out' }],
		[{ type: 'disk', disk: { at: 'short', fault: { code: 'disk-full', detail: '' } } }],
	]
	expect(timeOutOf(atRest, sessionDelays)).toBeNull()
	for (const list of inputs) {
		const { session, at } = play(list)
		expect(timeOutOf(session, sessionDelays), at).toBeGreaterThan(0)
		expect(next(session, { type: 'time-out' }, settings), at).toBeDefined()
	}
})
