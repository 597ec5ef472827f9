/** Receipts, heads and orders, good and bad. */
import { actaPayload, headPayload, headPayloadOfVersion1, receiptPayload } from '../evidence/samples.ts'
import { type BadFields, badOnes, type Case, centre, device, impostor, otherDevice } from './object-vector.ts'
import { highTwin } from './seeded-key.ts'
import { headerOf, signed } from './signed.ts'

const digest = '0'.repeat(64)
const good = signed(device, headerOf('entry', device.id), actaPayload(device.id))

function controlPayload(to: string) {
	return { v: 1, device: to, verb: 'resend', from: 1, ledger: 'A'.repeat(22), time: '2024-07-28T22:15:09Z' }
}

const badReceiptFields: BadFields = [
	['seq', 0],
	['entry', null],
	['status', 'received'],
	['reason', null, 'x'.repeat(201)],
	['images', undefined, Array(17).fill({ sha256: digest, status: 'stored', missing: [] })],
	['images.0.status', 'lost'],
	['images.0.missing', [[2, 1]], [[-1, 0]], [[0]], [[0, 1, 2]], Array(201).fill([0, 0])],
	['upto', undefined, {}, { seq: 0, id: 'A'.repeat(43) }],
	['gaps', [['1', '2']], Array(201).fill([0, 0])],
	['time', 'now'],
	['copies', -1],
	['ledger', 'A'.repeat(21), null],
	['returned', ''],
	['nonce', '', null, 'A'.repeat(21), 'A'.repeat(23), `${'A'.repeat(21)}B`, `${'A'.repeat(20)}+A`],
	['publishBy', null, '2024-07-28', 'soon'],
	['also', null, {}, [null], [{}], Array.from({ length: 129 }, (_, at) => further(10 + at))],
]

/** What a receipt says of a further entry. */
function further(seq: number, change: object = {}): object {
	const entry = String(seq).padStart(43, '0')
	return { seq, entry, status: 'stored', images: [], ...change }
}

const badFurtherFields: BadFields = [
	['also.0.seq', undefined, 0],
	['also.0.entry', undefined, 'x'],
	['also.0.status', undefined, 'received'],
	['also.0.reason', null, 'x'.repeat(201)],
	['also.0.images', undefined, Array(17).fill({ sha256: digest, status: 'stored', missing: [] })],
	['also.0.images.0.status', 'lost'],
	[
		'also.0.images.0.missing',
		[[2, 1]],
		[
			[0, 1],
			[3, 4],
		],
	],
]

const receipt = receiptPayload(device.id)
const receiptHeader = headerOf('receipt', centre.id)
const images = [{ sha256: digest, status: 'missing', missing: [[0, 2]] }]
const ofSeveral = {
	...receipt,
	nonce: `${'_-'.repeat(10)}9w`,
	publishBy: '2024-07-29T04:15:09Z',
	also: [further(4, { images }), further(7, { status: 'rejected', reason: 'x' })],
}

const contradictions: readonly (readonly [name: string, change: object])[] = [
	['rejected without a reason', { status: 'rejected' }],
	['in conflict without a reason', { status: 'conflict' }],
	['stored nowhere', { copies: 0 }],
	[
		'an image stored of which a chunk is missing',
		{ images: [{ sha256: digest, status: 'stored', missing: [[0, 0]] }] },
	],
	['a gap before upto', { gaps: [[2, 2]] }],
	['a gap at upto', { gaps: [[3, 4]] }],
	[
		'gaps in no order',
		{
			gaps: [
				[7, 8],
				[5, 5],
			],
		},
	],
	[
		'gaps that overlap',
		{
			gaps: [
				[5, 7],
				[7, 8],
			],
		},
	],
	['the entry itself in a gap', { seq: 6 }],
	['a further entry in a gap', { also: [further(6)] }],
	['a further entry twice', { also: [further(4), further(4)] }],
	['an entry that is the first and a further one', { also: [further(4, { entry: receipt.entry })] }],
	['a further entry rejected without a reason', { also: [further(4, { status: 'rejected' })] }],
	['a further entry stored nowhere', { status: 'rejected', reason: 'x', copies: 0, also: [further(4)] }],
	[
		'a further image stored of which a chunk is missing',
		{ also: [further(4, { images: [{ sha256: digest, status: 'stored', missing: [[0, 0]] }] })] },
	],
]

export const receipts: readonly Case[] = [
	['good', null, signed(centre, receiptHeader, receipt)],
	[
		'good: rejected, with all optional fields',
		null,
		signed(centre, receiptHeader, {
			...receipt,
			status: 'rejected',
			reason: 'x',
			upto: null,
			copies: 0,
			ledger: 'A'.repeat(22),
			returned: 'A'.repeat(43),
		}),
	],
	['good: of several entries, with nonce and publishBy', null, signed(centre, receiptHeader, ofSeveral)],
	[
		'good: of 129 entries',
		null,
		signed(centre, receiptHeader, {
			...receipt,
			also: Array.from({ length: 128 }, (_, at) => further(10 + at)),
		}),
	],
	[
		'good: of a refusal, and of a further entry that is held',
		null,
		signed(centre, receiptHeader, {
			...receipt,
			seq: 6,
			status: 'rejected',
			reason: 'x',
			also: [further(7)],
		}),
	],
	['by a device', 'bad-signature', signed(device, headerOf('receipt', device.id), receipt)],
	['by a device that claims to be the centre', 'bad-signature', signed(device, receiptHeader, receipt)],
	['an entry where a receipt should be', 'foreign-typ', good],
	['version 2', 'unknown-version', signed(centre, receiptHeader, { ...receipt, v: 2 })],
	['malleable: the high twin', 'high-s', signed(centre, receiptHeader, receipt, highTwin)],
	[
		'key twice',
		'duplicate-key',
		signed(centre, receiptHeader, JSON.stringify(receipt).replace('{', '{"status":"rejected",')),
	],
	...badOnes(receipt, centre, 'receipt', badReceiptFields),
	...badOnes(ofSeveral, centre, 'receipt', badFurtherFields),
	...contradictions.map(([name, change]): Case => {
		const text = signed(centre, receiptHeader, { ...receipt, ...change })
		return [`contradicts itself: ${name}`, 'bad-payload', text]
	}),
]

const head = headPayload(device.id)
const headHeader = headerOf('head', device.id)

export const heads: readonly Case[] = [
	['good', null, signed(device, headHeader, head)],
	['good: no receipts yet', null, signed(device, headHeader, { ...head, receipts: 0 })],
	['other device than its signer', 'wrong-device', signed(device, headHeader, headPayload(otherDevice.id))],
	['by another key', 'bad-signature', signed(impostor, headHeader, head)],
	['an entry where a head should be', 'foreign-typ', good],
	['good: of version 1', null, signed(device, headHeader, headPayloadOfVersion1(device.id))],
	['version 3', 'unknown-version', signed(device, headHeader, { ...head, v: 3 })],
	['crit', 'crit', signed(device, { ...headHeader, crit: [] }, head)],
	...badOnes(head, device, 'head', [
		['seq', 0],
		['id', 'x'],
		['receipts', -1],
		['day', undefined, '2024-07-28T22:14:09Z', '2024-02-30'],
		['v', undefined, 1],
	]),
	...badOnes(
		headPayloadOfVersion1(device.id),
		device,
		'head',
		[
			['time', undefined, '2024-07-28'],
			['v', 2],
		],
		'of version 1, ',
	),
]

const controlHeader = headerOf('control', centre.id)
const control = controlPayload(device.id)

export const controls: readonly Case[] = [
	['good', null, signed(centre, controlHeader, control)],
	['to another device', 'other-device', signed(centre, controlHeader, controlPayload(otherDevice.id))],
	['by the device itself', 'bad-signature', signed(device, headerOf('control', device.id), control)],
	['a receipt where an order should be', 'foreign-typ', signed(centre, receiptHeader, receipt)],
	['version 2', 'unknown-version', signed(centre, controlHeader, { ...control, v: 2 })],
	...badOnes(control, centre, 'control', [
		['verb', 'erase'],
		['from', 0],
		['ledger', 'A'.repeat(23)],
		['time', 'now'],
	]),
]
