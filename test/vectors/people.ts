/** Answers of reading stations and rulings of officers, good and bad. */
import { rulingPayload, transcriptionPayload } from '../evidence/samples.ts'
import { badOnes, type Case, device, officer, otherOfficer, otherStation, station } from './object-vector.ts'
import { highTwin, seededKey } from './seeded-key.ts'
import { headerOf, signed } from './signed.ts'

const digest = '0'.repeat(64)
const idOfNumber = (number: number) => String(number).padStart(43, '0')
const many = (count: number) => Array.from({ length: count }, (_, number) => idOfNumber(number))

const header = headerOf('transcription', station.id)
const answer = transcriptionPayload(station.id)
const { text: _, ...withoutText } = answer
const unreadable = { ...withoutText, unreadable: 'blurred' }
const transcription = (payload: object | string) => signed(station, header, payload)

export const transcriptions: readonly Case[] = [
	['good', null, transcription(answer)],
	[
		'good: with all optional fields',
		null,
		transcription({ ...answer, code: '121202007.01.1.0001', hmac: digest, replaces: idOfNumber(1) }),
	],
	['good: a text that no election knows', null, transcription({ ...answer, text: '€' })],
	['good: of as many characters as may be', null, transcription({ ...answer, text: 'x'.repeat(2048) })],
	['good: unreadable', null, transcription(unreadable)],
	['good: unreadable but for its code', null, transcription({ ...unreadable, code: '121202007.01.1.0001' })],
	['good: with a field more', null, transcription({ ...answer, note: 'x' })],
	['neither read nor unreadable', 'bad-payload', transcription(withoutText)],
	['read and unreadable', 'bad-payload', transcription({ ...answer, unreadable: 'other' })],
	['unreadable with a text that is null', 'bad-payload', transcription({ ...unreadable, text: null })],
	['read, and unreadable null', 'bad-payload', transcription({ ...answer, unreadable: null })],
	['other station than its signer', 'wrong-station', transcription(transcriptionPayload(otherStation.id))],
	['by another key', 'bad-signature', signed(seededKey(station.id, 'impostor'), header, answer)],
	[
		'by another station',
		'bad-signature',
		signed(otherStation, headerOf('transcription', otherStation.id), answer),
	],
	['by a device', 'bad-signature', signed(device, headerOf('transcription', device.id), answer)],
	[
		'a ruling where an answer should be',
		'foreign-typ',
		signed(station, headerOf('ruling', station.id), answer),
	],
	['version 2', 'unknown-version', transcription({ ...answer, v: 2 })],
	['malleable: the high twin', 'high-s', signed(station, header, answer, highTwin)],
	['key twice', 'duplicate-key', transcription(JSON.stringify(answer).replace('{', '{"text":"x",'))],
	...badOnes(answer, station, 'transcription', [
		['v', undefined],
		['election', undefined, 'x'.repeat(65), null],
		['station', undefined, 'S'],
		['seq', undefined, 0, '3', 1.5],
		['prev', undefined, null, 'A'.repeat(42)],
		['entry', undefined, null, 'x'],
		['image', undefined, 'A'.repeat(64), null],
		['text', '', 'x'.repeat(2049), 7],
		['code', null, 'x'.repeat(65), 7],
		['hmac', null, 'A'.repeat(64)],
		['signatures', undefined, null, [], Array(5).fill('filled'), Array(7).fill('filled')],
		['signatures.0', 'María', null],
		['replaces', null, 'x', [idOfNumber(1)]],
		['day', undefined, '2024-02-30', '2024-07-29T10:00:00Z'],
	]),
	...badOnes(
		unreadable,
		station,
		'transcription',
		[
			['unreadable', '', 'María no ve', null, true],
			['code', null, 'x'.repeat(65)],
		],
		'unreadable, ',
	),
]

const rulingHeader = headerOf('ruling', officer.id)
const said = rulingPayload(officer.id)
const ruling = (payload: object | string) => signed(officer, rulingHeader, payload)

export const rulings: readonly Case[] = [
	['good', null, ruling(said)],
	['good: rests on answers', null, ruling({ ...said, rests: many(2) })],
	['good: excludes none any more', null, ruling({ ...said, excludes: [], replaces: [idOfNumber(1)] })],
	[
		'good: of as many as may be',
		null,
		ruling({ ...said, excludes: many(256), rests: many(256), replaces: many(256) }),
	],
	['good: with a field more', null, ruling({ ...said, note: 'x' })],
	['other officer than its signer', 'wrong-officer', ruling(rulingPayload(otherOfficer.id))],
	['by another key', 'bad-signature', signed(seededKey(officer.id, 'impostor'), rulingHeader, said)],
	['by another officer', 'bad-signature', signed(otherOfficer, headerOf('ruling', otherOfficer.id), said)],
	['by a station', 'bad-signature', signed(station, headerOf('ruling', station.id), said)],
	[
		'an answer where a ruling should be',
		'foreign-typ',
		signed(officer, headerOf('transcription', officer.id), said),
	],
	['version 2', 'unknown-version', ruling({ ...said, v: 2 })],
	['malleable: the high twin', 'high-s', signed(officer, rulingHeader, said, highTwin)],
	['key twice', 'duplicate-key', ruling(JSON.stringify(said).replace('{', '{"table":"1.1",'))],
	...badOnes(said, officer, 'ruling', [
		['v', undefined],
		['election', undefined, 'x'.repeat(65)],
		['officer', undefined, 'O'],
		['seq', undefined, 0, '2'],
		['prev', undefined, null],
		[
			'table',
			undefined,
			'121202007',
			'121202007.01.1',
			'121202007.',
			'1.x',
			'٣.١',
			`${'1'.repeat(21)}.1`,
			'1.1\n',
		],
		['excludes', undefined, null, ['x'], [idOfNumber(1), idOfNumber(1)], many(257)],
		['reason', undefined, 'whim', null],
		['rests', undefined, null, 'papers', [], ['paper'], [idOfNumber(1), idOfNumber(1)], many(257)],
		['replaces', null, [], ['x'], [idOfNumber(1), idOfNumber(1)], many(257)],
		['day', undefined, '2024-07-32'],
	]),
]
