/** All vectors, as they stand in `vectors.json`. */
import { authorityCollections } from './authority-collections.ts'
import type { CollectionVector } from './collections.ts'
import { headCollections } from './head-collections.ts'
import { journals } from './journals.ts'
import { keyFiles } from './key-files.ts'
import { ledgers } from './ledgers.ts'
import { allKeys, type ObjectVector } from './object-vector.ts'
import { objects } from './objects.ts'
import { peopleChains } from './people-chains.ts'
import { peopleLedgers } from './people-ledgers.ts'
import { type TallyVector, tallies } from './tallies.ts'

export interface Vectors {
	readonly note: string
	/** Id to public key (SPKI, PEM). */
	readonly keys: Readonly<Record<string, string>>
	readonly objects: readonly ObjectVector[]
	readonly collections: readonly CollectionVector[]
	readonly tallies: readonly TallyVector[]
}

export const vectors: Vectors = {
	note: 'Made by test/vectors/make.ts; see test/vectors/README.md. TEST KEYS: everybody knows the private ones.',
	keys: Object.fromEntries(allKeys.map(({ id, pem }) => [id, pem])),
	objects,
	collections: [
		...journals,
		...ledgers,
		...headCollections,
		...authorityCollections,
		...keyFiles,
		...peopleLedgers,
		...peopleChains,
	],
	tallies,
}

/** One vector a line, so that a change of one shows as that. */
export function vectorsText({ note, keys, objects, collections, tallies: all }: Vectors): string {
	const list = (values: readonly object[]) =>
		`[\n${values.map((value) => JSON.stringify(value)).join(',\n')}\n]`
	return `{\n"note": ${JSON.stringify(note)},\n"keys": ${JSON.stringify(keys)},\n"objects": ${list(objects)},\n"collections": ${list(collections)},\n"tallies": ${list(all)}\n}\n`
}
