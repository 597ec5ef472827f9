/** Single objects, each with the code that every verifier must give; null where it must be accepted. */
import { controls, heads, receipts } from './answers.ts'
import { centreLists, registries, revocations } from './authority-words.ts'
import { entriesByForm } from './entries-by-form.ts'
import { entriesByMeaning } from './entries-by-meaning.ts'
import { authority, centre, device, type ObjectVector, officer, station, vectorsOf } from './object-vector.ts'
import { rulings, transcriptions } from './people.ts'

export const objects: readonly ObjectVector[] = [
	...vectorsOf('entry', device, [...entriesByForm, ...entriesByMeaning]),
	...vectorsOf('receipt', centre, receipts),
	...vectorsOf('head', device, heads),
	...vectorsOf('control', centre, controls),
	...vectorsOf('revocation', authority, revocations),
	...vectorsOf('registry', authority, registries),
	...vectorsOf('centres', authority, centreLists),
	...vectorsOf('transcription', station, transcriptions),
	...vectorsOf('ruling', officer, rulings),
]
