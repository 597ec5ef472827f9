/** Ledgers in which reading stations and officers stand, with the faults in them. */
import { registryOf, registryWithPeople, revocationOf, revocationPayload } from './authority-words.ts'
import {
	type CollectionVector,
	chainOf,
	collection,
	digestOf,
	type GivenFiles,
	genesisOf,
	lines,
	pictures,
	receiptOf,
} from './collections.ts'
import { centre, device, officer, otherDevice, otherOfficer, otherStation, station } from './object-vector.ts'
import {
	a1,
	a2,
	a3,
	answersOf,
	chain,
	listed,
	o1,
	o2,
	o3,
	other2,
	registry,
	rulingsOf,
	s1,
	s2,
	s3,
	signedAs,
	t1,
	t2,
	to,
	unreadable,
	withAuthority,
} from './people-said.ts'
import { seededKey } from './seeded-key.ts'
import { alteredPayload, idOf, payloadOf } from './signed.ts'

const [b1 = ''] = chainOf(otherDevice, 1)
const [p1 = ''] = rulingsOf(otherOfficer, { excludes: [idOf(a2)] })

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
export const peopleLedgers: readonly CollectionVector[] = [
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
