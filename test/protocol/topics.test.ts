import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatTopic, parseTopic, type Topic } from '#src/protocol/topics.js'

const sha256 = 'a'.repeat(64)

test.each<[string, Topic]>([
	['testigo/v1/kiosk-1/entry/12', { kind: 'entry', device: 'kiosk-1', seq: 12 }],
	[`testigo/v1/kiosk-1/image/${sha256}/0`, { kind: 'image', device: 'kiosk-1', sha256, index: 0 }],
	['testigo/v1/kiosk-1/head', { kind: 'head', device: 'kiosk-1' }],
	['testigo/v1/kiosk-1/status', { kind: 'status', device: 'kiosk-1' }],
	['testigo/v1/kiosk-1/returned', { kind: 'returned', device: 'kiosk-1' }],
	['testigo/v1/kiosk-1/receipt', { kind: 'receipt', device: 'kiosk-1' }],
	['testigo/v1/kiosk-1/centres', { kind: 'centres', device: 'kiosk-1' }],
	['testigo/v1/kiosk-1/control', { kind: 'control', device: 'kiosk-1' }],
])('%s', (text, topic) => {
	expect(parseTopic(text)).toEqual(topic)
	expect(formatTopic(topic)).toBe(text)
})

test.each([
	'',
	'testigo',
	'testigo/v2/kiosk-1/head',
	'/testigo/v1/kiosk-1/head',
	'testigo/v1/kiosk-1',
	'testigo/v1/kiosk-1/',
	'testigo/v1/kiosk-1/other',
	'testigo/v1/kiosk-1/head/',
	'testigo/v1/kiosk-1/head/1',
	'testigo/v1/KIOSK/head',
	'testigo/v1/+/head',
	'testigo/v1/../head',
	'testigo/v1/kiosk-1/entry',
	'testigo/v1/kiosk-1/entry/',
	'testigo/v1/kiosk-1/entry/0',
	'testigo/v1/kiosk-1/entry/01',
	'testigo/v1/kiosk-1/entry/-1',
	'testigo/v1/kiosk-1/entry/1.0',
	'testigo/v1/kiosk-1/entry/1e3',
	'testigo/v1/kiosk-1/entry/9007199254740993',
	'testigo/v1/kiosk-1/entry/1/2',
	`testigo/v1/kiosk-1/image/${sha256}`,
	`testigo/v1/kiosk-1/image/${sha256}/00`,
	`testigo/v1/kiosk-1/image/${sha256.toUpperCase()}/0`,
	`testigo/v1/kiosk-1/image/${sha256}a/0`,
	`testigo/v1/kiosk-1/image/${sha256}/0/0`,
	`testigo/v1/kiosk-1/entry/${'1'.repeat(200)}`,
])('refused: %j', (text) => {
	expect(parseTopic(text)).toBeNull()
})

test('whatever is taken is spelled in one way only', () => {
	const level = fc.constantFrom('testigo', 'v1', 'kiosk-1', 'entry', 'image', 'head', '1', '01', '', sha256)
	fc.assert(
		fc.property(fc.array(level, { maxLength: 7 }), (levels) => {
			const text = levels.join('/')
			const topic = parseTopic(text)
			if (topic !== null) expect(formatTopic(topic)).toBe(text)
		}),
	)
})
