/** Journals, whole and spoiled, each with the faults that every verifier must find. */

import { timeOfVersion1 } from '../evidence/samples.ts'
import {
	addressOf,
	type CollectionVector,
	chainOf,
	collection,
	entryAfter,
	type Files,
	type GivenFiles,
	genesisOf,
	lines,
	pictureOf,
	pictures,
} from './collections.ts'
import { device, impostor, offCurve, otherDevice } from './object-vector.ts'
import { highTwin, pemOf } from './seeded-key.ts'
import { alteredPayload, headerOf, idOf, payloadOf, signed } from './signed.ts'

const chain = chainOf(device, 5)
const [e1 = '', e2 = '', e3 = '', e4 = '', e5 = ''] = chain
const foreign = chainOf(otherDevice, 5)

function journal(name: string, text: string, faults = '', more: GivenFiles = {}): CollectionVector {
	const files = { 'entries.jws': text, 'device.pem': device.pem, ...pictures(2, 5), ...more }
	return collection('journal', `: ${name}`, files, faults)
}

function refused(name: string, refusal: string, pem: string | null): CollectionVector {
	const files = { 'entries.jws': lines(...chain), ...pictures(2, 5), 'device.pem': pem }
	return collection('journal', `: ${name}`, files, `!${refusal}`)
}

/** The fault in each of so many lines. */
const each = (count: number, code: string) =>
	Array.from({ length: count }, (_, n) => `${n + 1}/${n + 1} ${code}`).join(', ')

/** The signature changed in an early character, so that its base64url stays canonical. */
function alteredSignature(text: string): string {
	const at = text.lastIndexOf('.') + 20
	return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
}

function twin(text: string): string {
	const [head = '', payload = '', signature = ''] = text.split('.')
	return `${head}.${payload}.${highTwin(Buffer.from(signature, 'base64url')).toString('base64url')}`
}

/** A fork: another entry 3, signed by the device. */
const other3 = entryAfter(device, idOf(e2), 3, { boot: 9 })
const spoiled: Files = { [addressOf(pictureOf(3))]: pictureOf(3).replace('3', '8') }
const shortened: Files = { [addressOf(pictureOf(3))]: 'picture' }
const withVoid = entryAfter(device, idOf(e5), 6, {
	kind: 'void',
	reason: 'test',
	voids: { seq: 3, id: idOf(e3) },
})
const later = chainOf(device, 5, (seq) => (seq === 3 ? { v: 3 } : {}))
/** A program was raised in the middle. */
const raised = chainOf(device, 5, (seq) => (seq < 3 ? timeOfVersion1 : {}))

/** A P-384 key and one of another form: what `openssl ecparam -name secp384r1 -genkey | openssl ec -pubout` gave. */
const p384 = `-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEWYHYG3BcyoXAvhMsV3vfJcf9jE65oGPv
h3oKBolyl/O7JReQ7uUgdFkPl9urzlkTYOCsBPSbesW3ogsCS9uyWPUTqnspxqpQ
ntw7XXj63NW0RNj5RXFk8rZWt05zQ0cp
-----END PUBLIC KEY-----
`

export const journals: readonly CollectionVector[] = [
	journal('whole', lines(...chain)),
	journal('whole, with a void', lines(...chain, withVoid)),
	journal('empty', '', '1 nothing-to-check'),
	journal('empty, and no image', '', '1 nothing-to-check', {
		...Object.fromEntries([2, 3, 4, 5].map((seq) => [addressOf(pictureOf(seq)), null])),
	}),
	journal('whole, all of version 1', lines(...chainOf(device, 5, () => timeOfVersion1))),
	journal('whole, begun with version 1', lines(...raised)),
	journal(
		'begun with version 1, a line taken out',
		lines(...raised.filter((_, at) => at !== 1)),
		'2/3 seq-gap',
	),
	journal('whole, key compressed', lines(...chain), '', { 'device.pem': device.compressedPem }),
	journal('tail cut off at a line: only a head can show it', lines(e1, e2, e3)),
	journal('tail torn', `${lines(e1, e2, e3, e4)}${e5.slice(0, 300)}`, '5/5 torn-tail'),
	journal('last line feed missing', lines(...chain).slice(0, -1), '5/5 torn-tail'),
	journal('NUL bytes at the end', `${lines(e1, e2, e3, e4)}${'\0'.repeat(512)}`, '5/5 nul-byte'),
	journal('NUL bytes in the middle', lines(e1, e2.replace('.', '\0'), e3), '2/2 nul-byte'),
	journal('control character', lines(e1, e2.replace('.', '\u001b.'), e3), '2/2 bad-base64url'),
	journal('byte above ASCII', lines(e1, e2.replace('.', '\xa0.'), e3), '2/2 bad-base64url'),
	journal('byte-order mark', `\xef\xbb\xbf${lines(...chain)}`, '1/1 bad-base64url'),
	journal('CR LF', lines(...chain.map((text) => `${text}\r`)), each(5, 'crlf')),
	journal('empty line', lines(e1, e2, '', e3), '3/3 empty-line, 4/3 seq-repeated'),
	journal('line too long', lines(e1, 'A'.repeat(65_536), e3), '2/2 line-too-long'),
	journal('line of the greatest length', lines(e1, 'A'.repeat(65_535), e3), '2/2 not-a-jws'),
	journal('payload altered', lines(e1, alteredPayload(e2), e3, e4, e5), '2/2 bad-signature'),
	journal('signature altered', lines(e1, alteredSignature(e2), e3, e4, e5), '2/2 bad-signature'),
	journal('signature malleable', lines(e1, twin(e2), e3, e4, e5), '2/2 high-s'),
	journal('line truncated', lines(e1, e2.slice(0, -2), e3), '2/2 bad-signature-length'),
	journal('reordered', lines(e1, e3, e2, e4, e5), '2/3 seq-gap, 3/2 seq-repeated, 4/4 seq-gap'),
	journal('replayed', lines(e1, e2, e3, e2, e3, e4), '4/2 seq-repeated'),
	journal('a line twice', lines(e1, e2, e2, e3), '3/2 seq-repeated'),
	journal('a line taken out', lines(e1, e2, e4, e5), '3/4 seq-gap'),
	journal('the first lines taken out', lines(e3, e4, e5), '1/3 seq-gap'),
	journal('wrong genesis', lines(...chainFrom('A'.repeat(43))), '1/1 bad-prev'),
	journal('genesis of another key', lines(...chainFrom(genesisOf(otherDevice))), '1/1 bad-prev'),
	journal('another past', lines(e1, e2, other3, e4, e5), '4/4 bad-prev'),
	journal('equivocation: two entries 3', lines(e1, e2, e3, other3), '4/3 seq-repeated'),
	journal(
		'behind a spoiled line what an entry calls its predecessor is believed',
		lines(e1, alteredPayload(other3), e3),
		'2/2 bad-signature',
	),
	journal('gap behind a spoiled line', lines(e1, alteredPayload(e2), e5), '2/2 bad-signature, 3/5 seq-gap'),
	journal('entries of another device among them', lines(e1, e2, foreign[2] ?? '', e4), '3/3 bad-signature'),
	journal('all of another device', lines(...foreign), each(5, 'bad-signature')),
	journal('our key under another id among them', lines(e1, e2, renamed(), e4), '3/3 wrong-device'),
	journal('signed by an impostor', lines(e1, e2, entryAfter(impostor, idOf(e2), 3), e4), '3/3 bad-signature'),
	journal('a head among the entries', lines(e1, headAs('head'), e2), '2/2 foreign-typ, 3/2 seq-repeated'),
	journal(
		'a head that calls itself an entry',
		lines(e1, headAs('entry'), e2),
		'2/2 bad-payload, 3/2 seq-repeated',
	),
	journal('an entry of version 3', lines(...later), '3/3 unknown-version'),
	journal('crit', lines(e1, critical(), e3), '2/2 crit'),
	journal('key twice', lines(e1, twice(), e3), '2/2 duplicate-key'),
	journal(
		'over a hundred faults: the first hundred are told, all are counted',
		'\n'.repeat(103),
		each(103, 'empty-line'),
	),
	journal('image missing', lines(...chain), '3/3 image-missing', { [addressOf(pictureOf(3))]: null }),
	journal('image altered', lines(...chain), '3/3 image-altered', spoiled),
	journal('image truncated', lines(...chain), '3/3 image-altered', shortened),
	journal(
		'a bad line and a bad image: lines first',
		lines(e1, e2, e3, alteredPayload(e4), e5),
		'4/4 bad-signature, 3/3 image-altered',
		spoiled,
	),
	refused('no key', 'file-missing', null),
	refused('key no PEM', 'bad-pem', 'no key\n'),
	refused('key truncated', 'not-a-public-key', pemOf(device.spki.subarray(0, 60))),
	refused('key no point of the curve', 'not-a-public-key', pemOf(offCurve)),
	refused('key of another curve', 'not-p256', p384),
	refused('key called private', 'not-a-public-key', pemOf(device.spki, 'PRIVATE KEY')),
	refused('key file over 64 KiB', 'too-large', `${' '.repeat(65_536)}${device.pem}`),
]

function chainFrom(first: string): readonly string[] {
	return chainOf(device, 3, (seq) => (seq === 1 ? { prev: first } : {}))
}

function renamed(): string {
	return entryAfter({ ...device, id: otherDevice.id }, idOf(e2), 3)
}

function headAs(kind: string): string {
	const payload = { v: 2, device: device.id, seq: 1, id: idOf(e1), receipts: 0, day: '2024-07-28' }
	return signed(device, headerOf(kind, device.id), payload)
}

function critical(): string {
	return signed(device, { ...headerOf('entry', device.id), crit: ['exp'] }, payloadOf(e2))
}

function twice(): string {
	return signed(device, headerOf('entry', device.id), payloadOf(e2).replace('{', '{"seq":7,'))
}
