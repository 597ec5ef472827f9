/** The chains of reading stations and officers alone, with the faults in them. */
import { registryOf, revocationOf } from './authority-words.ts'
import { certificate, forRulings, forTranscriptions } from './certificate.ts'
import { type CollectionVector, collection, type GivenFiles, genesisOf, lines } from './collections.ts'
import { authority, device, officer, station } from './object-vector.ts'
import {
	answersOf,
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
	t2,
	to,
	withAuthority,
} from './people-said.ts'
import type { SeededKey } from './seeded-key.ts'
import { alteredPayload, payloadOf } from './signed.ts'

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

export const peopleChains: readonly CollectionVector[] = [
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
