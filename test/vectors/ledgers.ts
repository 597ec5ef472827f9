/** Ledgers of a centre, whole and spoiled, each with the faults that every verifier must find. */

import { timeOfVersion1 } from '../evidence/samples.ts'
import {
	addressOf,
	type CollectionVector,
	chainOf,
	collection,
	digestOf,
	entryAfter,
	type GivenFiles,
	lines,
	pictureOf,
	pictures,
	receiptOf,
} from './collections.ts'
import { centre, device, otherDevice } from './object-vector.ts'
import { seededKey } from './seeded-key.ts'
import { alteredPayload, headerOf, idOf, payloadOf, signed } from './signed.ts'

const chain = chainOf(device, 5)
const [a1 = '', a2 = '', a3 = '', a4 = '', a5 = ''] = chain
const otherChain = chainOf(otherDevice, 3)
const [b1 = '', b2 = '', b3 = ''] = otherChain
const stranger = seededKey('k-stranger')
const [s1 = ''] = chainOf(stranger, 1)
const receipt = (seq: number, change: object = {}) => receiptOf(centre, device, chain, seq, change)
const [r1, r2, r3, r4] = [receipt(1), receipt(2), receipt(3), receipt(4)]
const other3 = entryAfter(device, idOf(a2), 3, { boot: 9 })
const third3 = entryAfter(device, idOf(a2), 3, { boot: 10 })
const after = entryAfter(device, idOf(other3), 4)
const otherCentre = seededKey('c-other')

function ledger(
	name: string,
	text: string,
	faults = '',
	more: GivenFiles = pictures(2, 5),
): CollectionVector {
	const files = {
		'ledger.jws': text,
		'centre.pem': centre.pem,
		[`devices/${device.id}.pem`]: device.pem,
		[`devices/${otherDevice.id}.pem`]: otherDevice.pem,
		...more,
	}
	return collection('ledger', `: ${name}`, files, faults)
}

/** A program was raised in the middle. */
const raised = chainOf(device, 3, (seq) => (seq < 3 ? timeOfVersion1 : {}))

/** What a receipt says of a further entry. */
function further(seq: number, change: object = {}): object {
	const images = seq === 1 ? [] : [{ sha256: digestOf(pictureOf(seq)), status: 'stored', missing: [] }]
	return { seq, entry: idOf(chain[seq - 1] ?? ''), status: 'stored', images, ...change }
}

const upto = (seq: number, id: string) => ({ upto: { seq, id } })

export const ledgers: readonly CollectionVector[] = [
	ledger('whole', lines(a1, r1, a2, r2, b1, receiptOf(centre, otherDevice, otherChain, 1), b2, a3, r3, b3)),
	ledger('empty', '', '1 nothing-to-check'),
	ledger('whole, entries before their turn, a receipt twice', lines(a2, a1, r1, r1, r2)),
	ledger('an entry twice is one entry', lines(a1, a1, a2, a1)),
	ledger(
		'rejected: its entry need not be there',
		lines(a1, receipt(2, { status: 'rejected', reason: 'bad-payload', images: [], upto: null })),
	),
	ledger('conflict', lines(a1, a2, receipt(2, { status: 'conflict', reason: 'seq-taken' }))),
	ledger('an image that nobody claims is awaited', lines(a1, a2, receipt(2, { images: [] })), '', {}),
	ledger(
		'a chunk missing: awaited',
		lines(
			a1,
			a2,
			receipt(2, { images: [{ sha256: digestOf(pictureOf(2)), status: 'missing', missing: [[0, 0]] }] }),
		),
		'',
		{},
	),
	ledger('whole, a receipt of several', lines(a1, a2, a3, receipt(3, { also: [further(1), further(2)] }))),
	ledger(
		'a receipt of several, of which one is not there',
		lines(a1, a2, receipt(1, { also: [further(2), further(3)] })),
		'3/1 receipt-unfounded@a',
	),
	ledger(
		'a receipt of several, of which one is another',
		lines(a1, a2, a3, receipt(1, { also: [further(3, { entry: idOf(other3) })] })),
		'4/1 receipt-unfounded@a',
	),
	ledger(
		'a receipt of several: what it refuses need not be there',
		lines(a1, receipt(1, { also: [further(3, { status: 'rejected', reason: 'bad-payload', images: [] })] })),
	),
	ledger(
		'an image that a receipt claims for a further entry is missing',
		lines(a1, a2, receipt(1, { also: [further(2)] })),
		'2/2 image-missing@a',
		{},
	),
	ledger('gap', lines(a1, a2, a5), '3/3 gap@a'),
	ledger('the first missing', lines(a2, a3), '1/1 gap@a'),
	ledger('two gaps', lines(a1, a3, a5), '2/2 gap@a, 3/4 gap@a'),
	ledger('equivocation', lines(a1, a2, a3, other3, a4), '4/3 equivocation@a'),
	ledger(
		'equivocation, both with followers',
		lines(a1, a2, a3, a4, other3, after),
		'5/3 equivocation@a, 6/4 equivocation@a',
	),
	ledger('equivocation, three', lines(a1, a2, other3, a3, third3), '4/3 equivocation@a, 5/3 equivocation@a'),
	ledger('prev names another entry', lines(a1, a2, other3, a4), '4/4 bad-prev@a'),
	ledger('wrong genesis', lines(...chainOf(device, 1, () => ({ prev: 'A'.repeat(43) }))), '1/1 bad-prev@a'),
	ledger('an entry altered', lines(a1, alteredPayload(a2), a3), '2 bad-signature@a, 3/2 gap@a'),
	ledger(
		'an entry of version 3',
		lines(a1, ...chainOf(device, 2, (seq) => (seq === 2 ? { v: 3 } : {})).slice(1)),
		'2 unknown-version@a',
	),
	ledger(
		'an entry of version 2 with the time of version 1',
		lines(a1, ...chainOf(device, 2, (seq) => (seq === 2 ? { ...timeOfVersion1, v: 2 } : {})).slice(1)),
		'2 bad-payload@a',
	),
	ledger('whole, begun with version 1', lines(...raised, receiptOf(centre, device, raised, 3))),
	ledger(
		'a device signs in the name of another',
		lines(a1, signed(device, headerOf('entry', device.id), payloadOf(b1))),
		'2 wrong-device@a',
	),
	ledger('a device not known', lines(a1, s1), '2 unknown-device@k-stranger'),
	ledger('a device whose key is broken', lines(a1, b1), '2 unknown-device@b', {
		[`devices/${otherDevice.id}.pem`]: 'no key',
	}),
	ledger('a device under the key of another', lines(b1), '1 bad-signature@b', {
		[`devices/${otherDevice.id}.pem`]: device.pem,
	}),
	ledger(
		'receipt forged by a device in the name of the centre',
		lines(a1, forged(device, centre.id)),
		'2 bad-signature',
	),
	ledger('receipt forged under a device id', lines(a1, forged(device, device.id)), '2 bad-signature'),
	ledger('receipt by another centre', lines(a1, r1, forged(otherCentre, otherCentre.id)), '3 bad-signature'),
	ledger(
		"receipt by the centre's key under another id",
		lines(a1, r1, forged({ ...centre, id: otherCentre.id }, otherCentre.id)),
		'3 wrong-centre',
	),
	ledger('receipt altered', lines(a1, alteredPayload(r1)), '2 bad-signature'),
	ledger('receipt of version 2', lines(a1, receipt(1, { v: 2 })), '2 unknown-version'),
	ledger('receipt without a status', lines(a1, receipt(1, { status: undefined })), '2 bad-payload'),
	ledger('receipt of an entry that is not there', lines(a1, r2), '2/2 receipt-unfounded@a'),
	ledger('receipt above its entry', lines(r1, a1), '1/1 receipt-unfounded@a'),
	ledger(
		'receipt of another entry of that seq',
		lines(a1, a2, a3, receiptOf(centre, device, [a1, a2, other3], 3)),
		'4/3 receipt-unfounded@a',
	),
	ledger(
		'receipt of a device of which nothing is there',
		lines(a1, receiptOf(centre, otherDevice, otherChain, 1)),
		'2/1 receipt-unfounded@b',
	),
	ledger(
		'receipt says more than there is',
		lines(a1, a2, receipt(1, upto(5, idOf(a5)))),
		'3/1 receipt-unfounded@a',
	),
	ledger(
		'receipt says up to where there is a gap',
		lines(a1, a3, receipt(3, upto(3, idOf(a3)))),
		'3/3 receipt-unfounded@a, 2/2 gap@a',
	),
	ledger(
		'receipt with upto of another id',
		lines(a1, a2, receipt(2, upto(2, idOf(a1)))),
		'3/2 receipt-unfounded@a',
	),
	ledger(
		'rejecting receipt with a false upto',
		lines(a1, receipt(2, { status: 'rejected', reason: 'crit', upto: { seq: 2, id: idOf(a2) } })),
		'2/2 receipt-unfounded@a',
	),
	ledger('an image that a receipt claims is missing', lines(a1, a2, r1, r2), '2/2 image-missing@a', {}),
	ledger('an image altered', lines(a1, a2, r1, r2), '2/2 image-altered@a', {
		[addressOf(pictureOf(2))]: pictureOf(3),
	}),
	ledger('an image altered that nobody claims', lines(a1, a2), '2/2 image-altered@a', {
		[addressOf(pictureOf(2))]: 'x',
	}),
	ledger(
		'a head in the ledger',
		lines(a1, signed(device, headerOf('head', device.id), payloadOf(a1))),
		'2 foreign-typ',
	),
	ledger(
		'an order in the ledger',
		lines(a1, signed(centre, headerOf('control', centre.id), '{}')),
		'2 foreign-typ',
	),
	ledger('tail torn', `${lines(a1, r1, a2)}${r2.slice(0, 100)}`, '4 torn-tail'),
	ledger('empty line', lines(a1, '', r1), '2 empty-line'),
	ledger(
		'faults in lines, then in chains by device, then in images',
		lines(b2, a1, a3, 'x', a2, r2, r4),
		['4 not-a-jws, 7/4 receipt-unfounded@a', '1/1 gap@b, 1/2 image-missing@b'].join(', '),
		{},
	),
	ledger('no key of the centre', lines(a1, r1), '!file-missing', { 'centre.pem': null, ...pictures(2, 5) }),
	ledger('key of the centre broken', lines(a1, r1), '!bad-pem', { 'centre.pem': 'x' }),
]

function forged(by: { readonly id: string } & Parameters<typeof signed>[0], kid: string): string {
	return signed(by, headerOf('receipt', kid), payloadOf(r1))
}
