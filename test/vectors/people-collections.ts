/** Ledgers in which reading stations and officers stand, and their chains alone, each with the faults in it. */
import { rulingPayload, transcriptionPayload } from '../evidence/samples.ts'
import { registryOf, registryWithPeople, revocationOf, revocationPayload } from './authority-words.ts'
import { certificate, forRulings, forTranscriptions } from './certificate.ts'
import {
	type CollectionVector,
	chainOf,
	collection,
	digestOf,
	type GivenFiles,
	genesisOf,
	lines,
	pictureOf,
	pictures,
	receiptOf,
} from './collections.ts'
import {
	authority,
	centre,
	device,
	officer,
	otherDevice,
	otherOfficer,
	otherStation,
	station,
} from './object-vector.ts'
import { type SeededKey, seededKey } from './seeded-key.ts'
import { alteredPayload, headerOf, idOf, payloadOf, signed } from './signed.ts'

/** Entry 1 is a start, 2 and 3 are actas of which the plain picture is named. */
const chain = chainOf(device, 3, (seq) => (seq === 1 ? {} : { images: [plainPicture(seq)] }))
const [a1 = '', a2 = '', a3 = ''] = chain
const [b1 = ''] = chainOf(otherDevice, 1)

function plainPicture(seq: number): object {
	const picture = pictureOf(seq)
	return { role: 'full', mediaType: 'image/jpeg', size: picture.length, sha256: digestOf(picture) }
}

/** So many objects of one signer; `change` alters some before they are signed. */
function saidBy(
	key: SeededKey,
	kind: 'transcription' | 'ruling',
	changes: readonly object[],
): readonly string[] {
	const texts: string[] = []
	for (const [index, change] of changes.entries()) {
		const prev = index === 0 ? genesisOf(key) : idOf(texts[index - 1] ?? '')
		const sample = kind === 'ruling' ? rulingPayload(key.id) : transcriptionPayload(key.id)
		const payload = { ...sample, seq: index + 1, prev, ...change }
		texts.push(signed(key, headerOf(kind, key.id), payload))
	}
	return texts
}

/** To the picture of entry `seq`. */
function to(seq: number, change: object = {}): object {
	return { entry: idOf(chain[seq - 1] ?? ''), image: digestOf(pictureOf(seq)), ...change }
}

const answersOf = (key: SeededKey, ...changes: readonly object[]) => saidBy(key, 'transcription', changes)
const rulingsOf = (key: SeededKey, ...changes: readonly object[]) => saidBy(key, 'ruling', changes)
const unreadable = { text: undefined, unreadable: 'faded' }
const [s1 = '', s2 = '', s3 = ''] = answersOf(
	station,
	to(2),
	to(3),
	to(3, { ...unreadable, replaces: 'A'.repeat(43) }),
)
const [t1 = '', t2 = ''] = answersOf(otherStation, to(2), to(3, unreadable))
const [o1 = '', o2 = '', o3 = ''] = rulingsOf(officer, {}, {}, {})
const [p1 = ''] = rulingsOf(otherOfficer, { excludes: [idOf(a2)] })
const listed = {
	devices: [device, otherDevice],
	stations: [station, otherStation],
	officers: [officer, otherOfficer],
}
const registry = registryWithPeople(1, listed)
const withAuthority = (...words: readonly string[]) => ({
	'authority.pem': authority.pem,
	'registry.jws': lines(...words),
})

function ledger(
	name: string,
	texts: readonly string[],
	faults = '',
	more: GivenFiles = {},
): CollectionVector {
	const files = {
		'ledger.jws': lines(...texts),
		'centre.pem': centre.pem,
		...withAuthority(registry),
		...pictures(2, 3),
		...more,
	}
	return collection('ledger', `, people: ${name}`, files, faults)
}

const stranger = seededKey('s-stranger')
const other2 = answersOf(station, to(2), to(3, { text: 'another' }))[1] ?? ''
const [sa = '', sb = '', sc = ''] = answersOf(
	station,
	to(2),
	to(2, { text: 'another' }),
	to(2, { replaces: 'A'.repeat(43) }),
)
const replacing = (first: object, second: object) => {
	const [before = ''] = answersOf(station, first)
	return answersOf(station, first, { ...second, replaces: idOf(before) })
}
const signedAs = (key: SeededKey, kind: string, payload: string) =>
	signed(key, headerOf(kind, key.id), payload)

const ledgers: readonly CollectionVector[] = [
	ledger('whole', [a1, a2, receiptOf(centre, device, chain, 2), s1, o1, t1, a3, s2, p1, o2, t2]),
	ledger('nothing but an answer, whose entry is not held yet', [s1]),
	ledger('before what they follow, and twice', [s2, o2, s1, o1, s1, o2, a1, a2, a3]),
	ledger(
		'a station that nobody lists',
		[a1, a2, ...answersOf(stranger, to(2))],
		'3 unknown-station@s-stranger',
	),
	ledger(
		'an officer that nobody lists',
		[a1, ...rulingsOf({ ...stranger, id: 'o-stranger' }, {})],
		'2 unknown-officer@o-stranger',
	),
	ledger(
		'without an authority',
		[a1, s1, o1],
		'2 unknown-station@s-vectors-a, 3 unknown-officer@o-vectors-a',
		{
			'authority.pem': null,
			'registry.jws': null,
			[`devices/${device.id}.pem`]: device.pem,
		},
	),
	ledger('a key beside the ledger makes no station', [a1, s1], '2 unknown-station@s-vectors-a', {
		...withAuthority(registryOf(1, [device])),
		[`devices/${station.id}.pem`]: station.pem,
	}),
	ledger('an answer by a device', [a1, signedAs(device, 'transcription', payloadOf(s1))], '2 wrong-role@a'),
	ledger('an answer by an officer', [a1, ...answersOf(officer, to(2))], '2 wrong-role@o-vectors-a'),
	ledger('a ruling by a station', [a1, ...rulingsOf(station, {})], '2 wrong-role@s-vectors-a'),
	ledger('a ruling by a device', [a1, ...rulingsOf(device, {})], '2 wrong-role@a'),
	ledger(
		'an entry by a station',
		[a1, signedAs(station, 'entry', payloadOf(a1))],
		'2 wrong-role@s-vectors-a',
	),
	ledger(
		'an entry by an officer, whose key lies among the devices',
		chainOf(officer, 1),
		'1 wrong-role@o-vectors-a',
		{
			[`devices/${officer.id}.pem`]: officer.pem,
		},
	),
	ledger(
		'an answer altered',
		[a1, a2, alteredPayload(s1), alteredPayload(o1)],
		'3 bad-signature@s-vectors-a, 4 bad-signature@o-vectors-a',
	),
	ledger(
		'in the name of another',
		[a1, signedAs(station, 'transcription', payloadOf(t1)), signedAs(officer, 'ruling', payloadOf(p1))],
		'2 wrong-station@s-vectors-a, 3 wrong-officer@o-vectors-a',
	),
	ledger(
		'of version 2, and of a bad payload',
		[a1, ...answersOf(station, { v: 2 }), ...rulingsOf(officer, { table: 'x' })],
		'2 unknown-version@s-vectors-a, 3 bad-payload@o-vectors-a',
	),
	ledger('a gap', [a1, s1, s3, o1, o3], '3/2 gap@s-vectors-a, 5/2 gap@o-vectors-a'),
	ledger(
		'two answers of one number',
		[a1, a2, a3, s1, s2, other2],
		'6/2 equivocation@s-vectors-a, 6/2 answer-changed@s-vectors-a',
	),
	ledger(
		'a past that is another',
		[a1, a2, a3, t1, ...answersOf(otherStation, to(2), { ...to(3), prev: 'A'.repeat(43) }).slice(1)],
		'5/2 bad-prev@s-vectors-b',
	),
	ledger(
		'a genesis of another',
		[a1, ...rulingsOf(officer, { prev: genesisOf(otherOfficer) })],
		'2/1 bad-prev@o-vectors-a',
	),
	ledger(
		'revoked',
		[a1, a2, a3, s1, s2, o1, o2],
		'5/2 revoked@s-vectors-a, 6/1 revoked@o-vectors-a, 7/2 revoked@o-vectors-a',
		withAuthority(registry, revocationOf(station.id, 1), revocationOf(officer.id, 0)),
	),
	ledger(
		'revoked in the registry',
		[a1, a2, s1],
		'3/1 revoked@s-vectors-a',
		withAuthority(
			registryWithPeople(1, {
				...listed,
				revocations: [{ ...revocationPayload(station.id, 0), v: undefined }],
			}),
		),
	),
	ledger(
		'faults of chains: devices, stations, officers',
		[o2, s2, a2],
		'3/1 gap@a, 2/1 gap@s-vectors-a, 1/1 gap@o-vectors-a',
	),
	ledger(
		'an answer to another picture',
		[a1, a2, ...answersOf(station, to(2, { image: digestOf('x') }))],
		'3/1 other-image@s-vectors-a',
	),
	ledger(
		'an answer before its entry, to another picture',
		[...answersOf(station, to(2, { image: digestOf('x') })), a1, a2],
		'1/1 other-image@s-vectors-a',
	),
	ledger(
		'an answer to what has no picture',
		[a1, ...answersOf(station, to(1))],
		'2/1 other-image@s-vectors-a',
	),
	ledger(
		'an answer of a revoked station to another picture',
		[a1, a2, ...answersOf(station, to(2, { image: digestOf('x') }))],
		'3/1 revoked@s-vectors-a',
		withAuthority(registry, revocationOf(station.id, 0)),
	),
	ledger('another answer', [a1, a2, sa, sb], '4/2 answer-changed@s-vectors-a'),
	ledger('another answer, and the first again', [a1, a2, sa, sb, sc], '4/2 answer-changed@s-vectors-a'),
	ledger('another answer that replaces the first', [a1, a2, ...replacing(to(2), to(2, { text: 'another' }))]),
	ledger('another answer that replaces one to another entry', [
		a1,
		a2,
		a3,
		...replacing(to(3), to(2)),
		...answersOf(otherStation, to(2)),
	]),
	ledger(
		'what replaces it is to another picture',
		[a1, a2, ...replacing(to(2), to(2, { text: 'another', image: digestOf('x') }))],
		'4/2 other-image@s-vectors-a',
	),
	ledger(
		'read, and then not',
		[a1, a2, ...answersOf(station, to(2), to(2, unreadable))],
		'4/2 answer-changed@s-vectors-a',
	),
	ledger('unreadable for two reasons', [
		a1,
		a2,
		...answersOf(station, to(2, unreadable), to(2, { ...unreadable, unreadable: 'other' })),
	]),
	ledger(
		'unreadable, and then its code',
		[
			a1,
			a2,
			...answersOf(
				station,
				to(2, { ...unreadable, code: '' }),
				to(2, unreadable),
				to(2, { ...unreadable, code: '1' }),
			),
		],
		'4/2 answer-changed@s-vectors-a, 5/3 answer-changed@s-vectors-a',
	),
	ledger(
		'one key, two roles',
		[a1, s1, b1],
		'registry.jws:2 id-reused',
		withAuthority(registry, registryWithPeople(2, { devices: [device], officers: [station] })),
	),
	ledger(
		'a device that becomes a station',
		[a1],
		'registry.jws:2 id-reused',
		withAuthority(registry, registryWithPeople(2, { devices: [], stations: [device] })),
	),
	ledger(
		'an id in two lists',
		[a1, s1],
		'registry.jws:2 bad-payload',
		withAuthority(registry, registryWithPeople(2, { devices: [device], stations: [device] })),
	),
	ledger(
		'left out of a later registry',
		[a1, a2, s1, o1],
		'',
		withAuthority(registry, registryOf(2, [device])),
	),
]

const files = { transcriptions: 'station.pem', rulings: 'officer.pem' } as const

function alone(
	kind: 'transcriptions' | 'rulings',
	name: string,
	texts: readonly string[],
	faults = '',
	more: GivenFiles = {},
): CollectionVector {
	const { pem } = kind === 'rulings' ? officer : station
	return collection(
		kind,
		`: ${name}`,
		{ [`${kind}.jws`]: lines(...texts), [files[kind]]: pem, ...more },
		faults,
	)
}

const given = (subject: SeededKey, usages: readonly string[]) => ({
	...withAuthority(registryOf(1, [device])),
	[subject === officer ? files.rulings : files.transcriptions]: certificate({
		subject: subject.id,
		key: subject,
		issuer: authority.id,
		by: authority,
		usages,
	}),
})

const chainsAlone: readonly CollectionVector[] = [
	alone('transcriptions', 'whole', [s1, s2, s3]),
	alone('rulings', 'whole', [o1, o2, o3]),
	alone('transcriptions', 'empty', [], '1 nothing-to-check'),
	alone('rulings', 'a line taken out', [o1, o3], '2/3 seq-gap'),
	alone('transcriptions', 'a line twice', [s1, s1, s2], '2/1 seq-repeated'),
	alone('transcriptions', 'another past', [s1, other2, s3], '3/3 bad-prev'),
	alone('rulings', 'a genesis of another', rulingsOf(officer, { prev: genesisOf(device) }), '1/1 bad-prev'),
	alone('transcriptions', 'altered', [s1, alteredPayload(s2), s3], '2/2 bad-signature'),
	alone('transcriptions', 'by another', [s1, t2], '2/2 bad-signature'),
	alone(
		'transcriptions',
		'under another id',
		[s1, ...answersOf({ ...station, id: 's-other' }, to(2), to(3)).slice(1)],
		'2/2 wrong-station',
	),
	alone(
		'rulings',
		'under another id',
		[o1, ...rulingsOf({ ...officer, id: 'o-other' }, {}, {}).slice(1)],
		'2/2 wrong-officer',
	),
	alone(
		'rulings',
		'an answer among them',
		[o1, signedAs(officer, 'transcription', payloadOf(o2))],
		'2/2 foreign-typ',
	),
	alone('transcriptions', 'listed', [s1, s2], '', withAuthority(registry)),
	alone('rulings', 'listed', [o1, o2], '', withAuthority(registry)),
	alone(
		'transcriptions',
		'not listed',
		[s1],
		'station.pem:1 unknown-station',
		withAuthority(registryOf(1, [station])),
	),
	alone(
		'rulings',
		'not listed',
		[o1],
		'officer.pem:1 unknown-officer',
		withAuthority(registryOf(1, [device])),
	),
	alone(
		'transcriptions',
		'revoked',
		[s1, s2, s3],
		'2/2 revoked, 3/3 revoked',
		withAuthority(registry, revocationOf(station.id, 1)),
	),
	alone('transcriptions', 'certified', [s1, s2], '', given(station, [forTranscriptions])),
	alone('rulings', 'certified', [o1], '', given(officer, [forRulings])),
	alone('transcriptions', 'certified to rule', [s1], '!wrong-purpose', given(station, [forRulings])),
	alone('rulings', 'certified to read', [o1], '!wrong-purpose', given(officer, [forTranscriptions])),
	alone('transcriptions', 'no key', [s1], '!file-missing', { 'station.pem': null }),
]

export const peopleCollections: readonly CollectionVector[] = [...ledgers, ...chainsAlone]
