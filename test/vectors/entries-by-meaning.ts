/** Well signed entries of good and bad meaning: fields, versions, devices. */
import { actaPayload, timeOfVersion1 } from '../evidence/samples.ts'
import { type BadFields, badOnes, type Case, changed, device, otherDevice } from './object-vector.ts'
import { headerOf, signed } from './signed.ts'

const header = headerOf('entry', device.id)
const payload = actaPayload(device.id)
const ofVersion1 = { ...payload, ...timeOfVersion1 }
const [image] = payload.images
const { reading: _, images: __, ...withoutActa } = payload

function entry(content: object | string): string {
	return signed(device, header, content)
}

const digest = image?.sha256 ?? ''

/** Of `v` 1. */
const badTimes: BadFields = [
	['v', undefined, 2],
	['time', null, '2024-07-28T22:14:00Z', { day: '2024-07-28', source: 'ntp' }],
	[
		'time.wall',
		'2024-07-28T22:14:00-04:00',
		'2024-07-28T22:14:00',
		'2024-02-30T22:14:00Z',
		'2023-02-29T22:14:00Z',
		'1900-02-29T22:14:00Z',
		'2024-07-28T24:00:00Z',
		'2024-07-28T22:14:07Z',
		'2024-07-28T22:14:00.000Z',
		'2024-07-28t22:14:00z',
		'٢٠٢٤-07-28T22:14:00Z',
		'2024-07-28T22:14:00Z\n',
	],
	['time.source', 'gps'],
	['time.monotonicMs', -1, 0.5],
	['software', 'x'.repeat(65)],
	['reading.method', 'guess'],
	['images', []],
]

/** The path of a field, then what it must not hold (undefined: that it is absent). */
const badFields: BadFields = [
	['v', undefined, 1],
	['election', undefined, 'x'.repeat(65), '😀'.repeat(65)],
	['device', 'K-VECTORS'],
	['boot', 0, '1', true, null],
	['seq', undefined, 0, -1, 1.5, 2 ** 53],
	['prev', null, 'A'.repeat(42), `${'A'.repeat(42)}=`, `${'A'.repeat(43)}\n`],
	['kind', undefined, 'vote', 'constructor'],
	['time', null, '2024-07-28', [], { wall: '2024-07-28T22:14:00Z', source: 'ntp', monotonicMs: 91_234 }],
	[
		'time.day',
		'2024-07-28T22:14:00Z',
		'2024-02-30',
		'2023-02-29',
		'1900-02-29',
		'2024-7-28',
		'2024-07-00',
		'2024-13-01',
		'02024-07-28',
		'٢٠٢٤-07-28',
		'2024-07-28\n',
	],
	['time.source', undefined, 'gps'],
	['anchor', undefined, ''],
	[
		'software',
		undefined,
		'',
		'testigo',
		'testigo 0.1.0',
		'testigo/0.1.0-V.12345678',
		'testigo/0.1.0\n',
		'x/0.1.0',
	],
	['reading.hmac', null, 'A'.repeat(64), '0'.repeat(63)],
	['reading.print', null, 'same'],
	['reading', null],
	['reading.method', 'guess'],
	['reading.text', undefined, 7],
	['reading.code', 'x'.repeat(65)],
	['images', undefined, {}, [], Array(17).fill(image)],
	['images.0.role', 'Full', '../x'],
	['images.0.mediaType', 'text/html'],
	['images.0.size', 0],
	['images.0.sha256', 'A'.repeat(64), `${digest}0`],
	['images.0.sealed', null],
	['images.0.sealed.format', 'age-v2'],
]

const voids = { seq: 2, id: 'A'.repeat(43) }

export const entriesByMeaning: readonly Case[] = [
	['good: 29 February 2000', null, entry(changed(payload, 'time.day', '2000-02-29'))],
	['good: of a version for trial', null, entry({ ...payload, software: 'testigo/10.12.13-alpha.15' })],
	[
		'good: the code alone, HMAC and print',
		null,
		entry({
			...payload,
			reading: { method: 'none', text: null, code: '121202007.01.1.0001', hmac: digest, print: 'unread' },
		}),
	],
	['good: of version 1', null, entry(ofVersion1)],
	[
		'good: of version 1, 29 February 2000',
		null,
		entry(changed(ofVersion1, 'time.wall', '2000-02-29T00:00:00Z')),
	],
	['good: a void of version 1', null, entry({ ...withoutActa, ...timeOfVersion1, kind: 'void', voids })],
	[
		'good: an acta without code, not sealed',
		null,
		entry({
			...payload,
			reading: { method: 'none', text: null, code: null },
			images: [{ ...image, sealed: undefined }],
		}),
	],
	['good: a start', null, entry({ ...withoutActa, kind: 'boot' })],
	['good: a jump of the clock', null, entry({ ...withoutActa, kind: 'clock' })],
	['good: a close', null, entry({ ...withoutActa, kind: 'close' })],
	['good: a void', null, entry({ ...withoutActa, kind: 'void', voids, reason: 'twice' })],
	[
		'a void that does not say of what',
		'bad-payload',
		entry({ ...withoutActa, kind: 'void', reason: 'twice' }),
	],
	['a void that does not say why', 'bad-payload', entry({ ...withoutActa, kind: 'void', voids })],
	[
		'a void of a name',
		'bad-payload',
		entry({ ...withoutActa, kind: 'void', voids, reason: 'María, V-12.345.678' }),
	],
	['an acta without reading and images', 'bad-payload', entry({ ...withoutActa, kind: 'acta' })],
	['other device than its signer', 'wrong-device', entry(actaPayload(otherDevice.id))],
	...[3, 0, '1', '2', null, true, 1.5, [1]].map(
		(v): Case => [`version ${JSON.stringify(v)}`, 'unknown-version', entry({ v, wholly: 'different' })],
	),
	...['[]', 'null', '"text"', '7', 'true', '{}'].map(
		(text): Case => [`payload ${text}`, 'bad-payload', entry(text)],
	),
	[
		'fields only in __proto__',
		'bad-payload',
		entry(JSON.stringify({ ...payload, seq: undefined }).replace('{', '{"__proto__":{"seq":3},')),
	],
	...badOnes(payload, device, 'entry', badFields),
	...badOnes(ofVersion1, device, 'entry', badTimes, 'of version 1, '),
]
