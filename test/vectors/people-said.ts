/** What the vectors of people are made of: three entries, what stations and officers say of them, who lists these. */
import { rulingPayload, transcriptionPayload } from '../evidence/samples.ts'
import { registryWithPeople } from './authority-words.ts'
import { chainOf, digestOf, lines, pictureOf } from './collections.ts'
import {
	authority,
	device,
	officer,
	otherDevice,
	otherOfficer,
	otherStation,
	station,
} from './object-vector.ts'
import type { SeededKey } from './seeded-key.ts'
import { headerOf, idOf, signed } from './signed.ts'
import { SigningChain } from './signing-chain.ts'

/** Entry 1 is a start, 2 and 3 are actas of which the plain picture is named. */
export const chain = chainOf(device, 3, (seq) => (seq === 1 ? {} : { images: [plainPicture(seq)] }))
export const [a1 = '', a2 = '', a3 = ''] = chain

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
	const signing = new SigningChain(key, kind)
	const sample = kind === 'ruling' ? rulingPayload(key.id) : transcriptionPayload(key.id)
	return changes.map((change) => signing.sign(sample, change))
}

/** To the picture of entry `seq`. */
export function to(seq: number, change: object = {}): object {
	return { entry: idOf(chain[seq - 1] ?? ''), image: digestOf(pictureOf(seq)), ...change }
}

export const answersOf = (key: SeededKey, ...changes: readonly object[]) =>
	saidBy(key, 'transcription', changes)
export const rulingsOf = (key: SeededKey, ...changes: readonly object[]) => saidBy(key, 'ruling', changes)
export const unreadable = { text: undefined, unreadable: 'faded' }
export const [s1 = '', s2 = '', s3 = ''] = answersOf(
	station,
	to(2),
	to(3),
	to(3, { ...unreadable, replaces: 'A'.repeat(43) }),
)
export const [t1 = '', t2 = ''] = answersOf(otherStation, to(2), to(3, unreadable))
export const [o1 = '', o2 = '', o3 = ''] = rulingsOf(officer, {}, {}, {})
export const listed = {
	devices: [device, otherDevice],
	stations: [station, otherStation],
	officers: [officer, otherOfficer],
}
export const registry = registryWithPeople(1, listed)
export const withAuthority = (...words: readonly string[]) => ({
	'authority.pem': authority.pem,
	'registry.jws': lines(...words),
})
export const other2 = answersOf(station, to(2), to(3, { text: 'another' }))[1] ?? ''
export const signedAs = (key: SeededKey, kind: string, payload: string) =>
	signed(key, headerOf(kind, key.id), payload)
