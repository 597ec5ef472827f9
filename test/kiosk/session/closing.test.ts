import { expect, test } from 'vitest'
import { sessionDelays } from '#src/kiosk/session/delays.js'
import { atRest, next, timeOutOf } from '#src/kiosk/session/session.js'
import type { ClosedDay, Effect, Input, Session, SessionSettings } from '#src/kiosk/session/session-types.js'

const settings: SessionSettings = { unread: 'set-aside', shots: 1, shotsWithin: 8_000 }
const head = {
	v: 2 as const,
	device: 'k-q5zt3mbwvd',
	seq: 128,
	id: 'i'.repeat(43),
	receipts: 9,
	day: '2024-07-28',
}
const day: ClosedDay = { head: { text: 'x.y.z', id: 'h'.repeat(43), head }, code: [] }
const full = { code: 'disk-full', detail: '' }

const hold: Input = { type: 'hold' }
const button: Input = { type: 'button' }
const paper: Input = { type: 'paper' }
const timeOut: Input = { type: 'time-out' }
const closed: Input = { type: 'closed', day }
const technician: Input = { type: 'technician', device: 'k-q5zt3mbwvd' }

/** Feeds inputs one after another; what means nothing changes nothing. */
function after(inputs: readonly Input[], from: Session = atRest, as: SessionSettings = settings) {
	let session = from
	const effects: Effect[] = []
	for (const input of inputs) {
		const step = next(session, input, as)
		session = step?.session ?? session
		effects.push(...(step?.effects ?? []))
	}
	return { session, at: session.phase.at, effects, done: effects.map((effect) => effect.do) }
}

test('a hold asks, a press after it closes, and only the answer of the disk shows it closed', () => {
	expect(after([hold]).at).toBe('asking-to-close')
	expect(after([hold]).effects).toEqual([])
	const closing = after([hold, button])
	expect(closing.at).toBe('closing')
	expect(closing.effects).toEqual([{ do: 'close' }])
	for (const input of [button, hold, timeOut, timeOut, technician] as const) {
		expect(after([hold, button, input]).at).toBe('closing')
	}
	expect(after([hold, button, closed]).session.phase).toEqual({ at: 'closed', day, page: 0 })
})

test('nobody closes by accident: presses alone, a hold alone, a hold and no answer, a hold and a paper', () => {
	for (const mistake of [[button, button, button], [hold], [hold, hold], [hold, timeOut], [hold, paper]]) {
		expect(after(mistake).done).not.toContain('close')
	}
	expect(after([hold, timeOut]).at).toBe('idle')
	expect(after([hold, paper]).at).toBe('capturing')
	expect(timeOutOf(after([hold]).session, sessionDelays)).toBe(sessionDelays['asking-to-close'])
})

test('it can be held only at rest', () => {
	const capturing = after([paper]).session
	expect(next(capturing, hold, settings)).toBeUndefined()
	const trouble = after([{ type: 'disk', disk: { at: 'broken', fault: full } }]).session
	expect(next(trouble, hold, settings)).toBeUndefined()
})

test('a press that is also the tray answers, and lays no paper', () => {
	const tray = { ...settings, buttonIsTray: true }
	expect(after([hold, paper, button], atRest, tray).done).toEqual(['close'])
	expect(after([hold, paper, button, closed], atRest, tray).at).toBe('closed')
	expect(after([technician, paper, button, hold], atRest, tray).at).toBe('idle')
})

test('a paper laid down meanwhile is scanned when the day is closed', () => {
	const laid = after([hold, button, paper, closed])
	expect(laid.at).toBe('capturing')
	expect(laid.done).toEqual(['close', 'capture'])
})

test('the pages turn by themselves and with the button; a paper goes on scanning, a hold goes to rest', () => {
	const { session } = after([hold, button, closed])
	expect(timeOutOf(session, sessionDelays)).toBe(sessionDelays.closed)
	const pages = [[timeOut], [button], [timeOut, button], [button, timeOut, timeOut]]
	expect(pages.map((turns) => after(turns, session).session.phase)).toEqual([
		{ at: 'closed', day, page: 1 },
		{ at: 'closed', day, page: 1 },
		{ at: 'closed', day, page: 0 },
		{ at: 'closed', day, page: 1 },
	])
	expect(after([paper], session).at).toBe('capturing')
	expect(after([hold], session)).toMatchObject({ at: 'idle', done: ['check-disk'] })
	expect(after([hold, hold, button], session).at).toBe('closing')
})

test('a disk that does not take the close is in trouble, and nothing is shown as closed', () => {
	const failed = after([hold, button, { type: 'not-closed', device: 'storage', fault: full }])
	expect(failed.at).toBe('disk-trouble')
	const mended = after([timeOut, { type: 'disk', disk: { at: 'ready' } }], failed.session)
	expect(mended.at).toBe('idle')
	const unsigned = after([hold, button, { type: 'not-closed', device: 'key', fault: full }])
	expect(unsigned.session.phase).toMatchObject({ at: 'fault', device: 'key' })
	expect(after([timeOut], unsigned.session).at).toBe('idle')
})

test('a slow disk is shown as slow, for as long as it takes', () => {
	const waiting = after([hold, button])
	expect(timeOutOf(waiting.session, sessionDelays)).toBe(sessionDelays.closing)
	const slow = after([timeOut], waiting.session)
	expect(slow.session.phase).toEqual({ at: 'closing', slow: true })
	expect(timeOutOf(slow.session, sessionDelays)).toBeNull()
	expect(after([closed], slow.session).at).toBe('closed')
})

test('what was closed before a start is shown again after it', () => {
	expect(after([closed]).session.phase).toEqual({ at: 'closed', day, page: 0 })
	expect(after([paper, closed]).at).toBe('capturing')
	expect(after([closed, technician]).at).toBe('technician')
})

test('the technician goes from screen to screen, and records nothing', () => {
	let { session } = after([technician])
	expect(session.phase).toMatchObject({ at: 'technician', page: { page: 'device', device: 'k-q5zt3mbwvd' } })
	const topics: string[] = []
	const done: string[] = []
	for (let press = 0; press < 7; press++) {
		const pressed = after([button], session)
		topics.push(...pressed.effects.map((effect) => (effect.do === 'read-topic' ? effect.topic : '')))
		const told = after([{ type: 'topic-pages', pages: [{ page: 'test' }] }], pressed.session)
		done.push(...pressed.done, ...told.done)
		session = told.session
	}
	expect(topics).toEqual(['versions', 'network', 'counts', 'storage', 'camera', 'test', 'device'])
	expect(new Set(done)).toEqual(new Set(['read-topic']))
	expect(after([hold], session)).toMatchObject({ at: 'idle', done: ['check-disk'] })
})

test('each camera has a page, and while they are tried the display says so', () => {
	const [one, two] = (['top', 'bottom'] as const).map((role) => ({
		page: 'camera' as const,
		shot: { kind: 'missing' as const, role },
	}))
	if (one === undefined || two === undefined) throw new Error('two cameras')
	const trying = after([technician, button, button, button, button, button])
	expect(trying.session.phase).toMatchObject({ topic: 'camera', page: { page: 'trying-cameras' } })
	const first = after([{ type: 'topic-pages', pages: [one, two] }], trying.session)
	expect(first.session.phase).toMatchObject({ page: one })
	const second = after([button], first.session)
	expect(second).toMatchObject({ session: { phase: { page: two, topic: 'camera' } }, effects: [] })
	expect(after([button], second.session).effects).toEqual([{ do: 'read-topic', topic: 'test' }])
})

test('a button that is stuck does not stop a kiosk, and a paper waits until the technician is done', () => {
	const { session } = after([technician])
	expect(timeOutOf(session, sessionDelays)).toBe(sessionDelays.technician)
	expect(after([timeOut], session).at).toBe('idle')
	expect(after([paper, timeOut], session)).toMatchObject({ at: 'capturing', done: ['capture'] })
	expect(after([paper, { type: 'no-paper' }, timeOut], session).at).toBe('idle')
})
