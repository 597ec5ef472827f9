/** Journals and ledgers with heads beside them, and images that are sealed or should be. */
import { headPayload } from '../evidence/samples.ts'
import { revocationOf } from './authority-words.ts'
import {
	addressOf,
	type CollectionVector,
	chainOf,
	collection,
	digestOf,
	entryAfter,
	type Files,
	genesisOf,
	lines,
	pictureOf,
	receiptOf,
	shortChainOf,
} from './collections.ts'
import { authority, centre, device, impostor, otherDevice } from './object-vector.ts'
import { type SeededKey, seededKey } from './seeded-key.ts'
import { alteredPayload, headerOf, idOf, signed } from './signed.ts'

const chain = shortChainOf(device, 5)
const [e1 = '', e2 = '', e3 = '', e4 = '', e5 = ''] = chain
const [b1 = '', b2 = ''] = shortChainOf(otherDevice, 2)

function headOf(key: SeededKey, seq: number, text: string, change: object = {}): string {
	return signed(key, headerOf('head', key.id), { ...headPayload(key.id), seq, id: idOf(text), ...change })
}

function journal(
	name: string,
	head: string,
	faults = '',
	texts: readonly string[] = chain,
	more: Files = {},
): CollectionVector {
	const files = {
		'entries.jws': lines(...texts),
		'device.pem': device.pem,
		'head.jws': head,
		...more,
	}
	return collection('journal', `, head: ${name}`, files, faults)
}

const head5 = headOf(device, 5, e5)
const bad = 'head.jws:1 bad-head'

const journals: readonly CollectionVector[] = [
	journal('of the last entry', `${head5}\n`),
	journal('no line feed behind it', head5),
	journal('of a day before', `${headOf(device, 3, e3)}\n`),
	journal('tail cut off', `${head5}\n`, 'head.jws:1/5 tail-cut-off', [e1, e2, e3]),
	journal('all cut off', `${head5}\n`, 'head.jws:1/5 tail-cut-off', []),
	journal('another entry stands there', `${headOf(device, 5, e4)}\n`, 'head.jws:1/5 head-differs'),
	journal('of an entry whose line is spoiled', `${headOf(device, 3, e3)}\n`, '3/3 bad-signature', [
		e1,
		e2,
		alteredPayload(e3),
		e4,
		e5,
	]),
	journal('of another device', `${headOf(otherDevice, 5, e5)}\n`, bad),
	journal(
		'of our key under another id',
		`${headOf({ ...device, id: otherDevice.id }, 5, e5)}\n`,
		'head.jws:1 wrong-device',
	),
	journal('by an impostor', `${headOf(impostor, 5, e5)}\n`, bad),
	journal('altered', `${alteredPayload(head5)}\n`, bad),
	journal('an entry in its place', `${e5}\n`, bad),
	journal('empty', '', bad),
	journal('version 3', `${headOf(device, 5, e5, { v: 3 })}\n`, bad),
	journal('of version 1', `${headOf(device, 5, e5, { v: 1, time: '2024-07-29T02:00:00Z' })}\n`),
	journal(
		'what a thief signs of a revoked device cuts nothing off',
		`${headOf(device, 99, e5)}\n`,
		'4/4 revoked, 5/5 revoked',
		chain,
		{ 'authority.pem': authority.pem, 'registry.jws': lines(revocationOf(device.id, 3)) },
	),
]

function ledger(
	name: string,
	heads: string,
	faults = '',
	texts: readonly string[] = chain,
): CollectionVector {
	const files = {
		'ledger.jws': lines(...texts),
		'centre.pem': centre.pem,
		[`devices/${device.id}.pem`]: device.pem,
		[`devices/${otherDevice.id}.pem`]: otherDevice.pem,
		'heads.jws': heads,
	}
	return collection('ledger', `, heads: ${name}`, files, faults)
}

const stranger = seededKey('k-stranger')

const ledgers: readonly CollectionVector[] = [
	ledger('of two devices', lines(headOf(device, 3, e3), headOf(otherDevice, 2, b2), head5), '', [
		...chain,
		b1,
		b2,
	]),
	ledger('tail not received', lines(head5), 'heads.jws:1/5 tail-cut-off@a', [e1, e2, e3]),
	ledger(
		'of a device of which nothing came',
		lines(headOf(otherDevice, 2, b2)),
		'heads.jws:1/2 tail-cut-off@b',
	),
	ledger('another entry was received', lines(headOf(device, 5, e4)), 'heads.jws:1/5 head-differs@a'),
	ledger('of an entry in a gap', lines(headOf(device, 3, e3)), '3/3 gap@a', [e1, e2, e4, e5]),
	ledger(
		'by an impostor, and of a stranger',
		lines(headOf(impostor, 5, e5), headOf(stranger, 1, b1)),
		'heads.jws:1 bad-signature, heads.jws:2 unknown-device',
	),
	ledger('no head, and torn', `${lines(e1)}${head5}`, 'heads.jws:1 foreign-typ, heads.jws:2 torn-tail'),
]

/** What age would have written: of other size and digest than what it seals. */
const sealedBytes = 'age-encryption.org/v1\n-> no real seal\n'
const plain = pictureOf(2)
const sealedImage = {
	role: 'full',
	mediaType: 'image/jpeg',
	size: plain.length,
	sha256: digestOf(plain),
	sealed: { format: 'age-v1', size: sealedBytes.length, sha256: digestOf(sealedBytes) },
}
const sealedEntry = entryAfter(device, idOf(e1), 2, { images: [sealedImage] })
const bothEntry = entryAfter(device, genesisOf(device), 1, {
	kind: 'acta',
	reading: { method: 'none', text: null, code: null },
	images: [sealedImage, { role: 'crop', mediaType: 'image/png', size: 4, sha256: digestOf('crop') }],
})
const [sealedAt, plainAt] = [addressOf(sealedBytes), addressOf(plain)]

function withImages(name: string, text: string, images: Files, faults = ''): CollectionVector {
	return collection(
		'journal',
		`, ${name}`,
		{ 'entries.jws': text, 'device.pem': device.pem, ...images },
		faults,
	)
}

const sealed = (name: string, text: string, images: Files, faults?: string) =>
	withImages(`sealed: ${name}`, text, images, faults)

const sealedOnes: readonly CollectionVector[] = [
	sealed('the sealed bytes lie there', lines(e1, sealedEntry), { [sealedAt]: sealedBytes }),
	sealed(
		'the plain bytes in their place',
		lines(e1, sealedEntry),
		{ [sealedAt]: plain },
		'2/2 image-altered',
	),
	sealed(
		'only the plain bytes, by their own digest',
		lines(e1, sealedEntry),
		{ [plainAt]: plain },
		'2/2 image-missing',
	),
	sealed('cut off', lines(e1, sealedEntry), { [sealedAt]: sealedBytes.slice(0, -1) }, '2/2 image-altered'),
	sealed('and a public crop beside it', lines(bothEntry), {
		[sealedAt]: sealedBytes,
		[addressOf('crop')]: 'crop',
	}),
]

const actas = chainOf(device, 2)
const [, acta2 = ''] = actas
const receipt = (change: object = {}) => receiptOf(centre, device, actas, 2, change)
const held2 = receipt()
const said2 = { seq: 2, entry: idOf(acta2), status: 'stored' }
const held2Images = [{ sha256: digestOf(plain), status: 'stored', missing: [] }]
const missing = { sha256: digestOf(plain), status: 'missing', missing: [[0, 0]] }

/** Without the image of entry 2, which a centre says that it holds. */
function away(name: string, receipts: string, pem: string, faults = ''): CollectionVector {
	const given = { [`given-away/${centre.id}.jws`]: receipts, [`given-away/${centre.id}.pem`]: pem }
	return withImages(`given away: ${name}`, lines(...actas), given, faults)
}

const givenAway: readonly CollectionVector[] = [
	away('by a receipt of the centre', lines(held2), centre.pem),
	away(
		'a receipt of another entry, and further of this one',
		lines(receipt({ seq: 1, entry: idOf(e1), images: [], also: [{ ...said2, images: held2Images }] })),
		centre.pem,
	),
	away('other lines between', `${lines('', 'x', acta2, held2)}torn`, centre.pem),
	away('no key of the centre', lines(held2), '', '2/2 image-missing'),
	away('a receipt by another key', lines(held2), otherDevice.pem, '2/2 image-missing'),
	away('a receipt altered', lines(alteredPayload(held2)), centre.pem, '2/2 image-missing'),
	away('a receipt of another entry', lines(receipt({ entry: idOf(e1) })), centre.pem, '2/2 image-missing'),
	away(
		'a receipt that still misses it',
		lines(receipt({ images: [missing] })),
		centre.pem,
		'2/2 image-missing',
	),
]

export const headCollections: readonly CollectionVector[] = [
	...journals,
	...ledgers,
	...sealedOnes,
	...givenAway,
]
