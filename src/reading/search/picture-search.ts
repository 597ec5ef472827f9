/**
 * All that is done to find the acta in a picture, from the cheapest to the dearest, until a stage gives an acta.
 * Of 600 rendered frames of 3 MP, a hundred for each level of severity, `whole` alone reads 100, 98, 96, 93, 48
 * and 11, and with `grid` it is 100, 100, 100, 100, 98 and 75; of 210 with a pen over the code at levels 0 to 2,
 * 196 and 210. A frame that `grid` reads costs 70 ms at the median. More decoders behind it would have only
 * what nobody's eye can read either.
 *
 * What is an answer: the decoder's error correction must pass and the payload must parse as an acta. One such
 * answer is enough (see `grid-reading.ts`). Two different ones, from whatever stages and places, are none:
 * `chooseReading` calls them several codes.
 */
import type { ElectionDefinition } from '../../acta/election.ts'
import { parsePayload } from '../../acta/payload.ts'
import type { Grey } from '../decode-grey.ts'
import type { StageName } from '../reading.ts'
import { type FoundCode, isNear, type Sighting } from './found-code.ts'
import { readGrid } from './grid-reading.ts'
import type { QrSearch } from './qr-search.ts'
import { actaLayout } from './symbol-layout.ts'
import { codeLikeRegions, regionsLike } from './texture.ts'

export interface PictureSearch {
	/** Every code that was read, of which `chooseReading` takes the acta, if there is one. */
	readonly codes: readonly Uint8Array[]
	/** The stage that read the acta, or else the first that read a code at all. */
	readonly stage: StageName | null
	/** Where the acta's code lies, or else what looks most like one. */
	readonly sighting: Sighting | null
	/** Milliseconds of the first stage. */
	readonly firstMs: number
}

/** Milliseconds after which rescue is given up. */
const rescueMs = 1500

/** Pixels up to which the exhaustive setting takes milliseconds. */
const smallPicture = 2_000_000

const regionsTried = 3

interface Task {
	readonly picture: Grey
	readonly search: QrSearch
	/** What earlier stages read. */
	readonly found: readonly FoundCode[]
	readonly expired: () => boolean
}

interface Yield {
	readonly found: readonly FoundCode[]
	readonly sighting: Sighting | null
}

interface Stage {
	readonly name: StageName
	readonly run: (task: Task) => Yield
}

const stages: readonly Stage[] = [
	{ name: 'whole', run: ({ picture, search }) => readBy(search.codes(picture, 'thorough')) },
	{
		name: 'small',
		run: ({ picture, search, found }) =>
			readBy(
				found.length > 0 || picture.plane.length > smallPicture ? [] : search.codes(picture, 'exhaustive'),
			),
	},
	{ name: 'grid', run: readGrids },
]

export function searchPicture(
	picture: Grey,
	search: QrSearch,
	election: ElectionDefinition,
	now: () => number,
): PictureSearch {
	const begun = now()
	const expired = () => now() - begun > rescueMs
	const found: FoundCode[] = []
	let stage: StageName | null = null
	let sighting: Sighting | null = null
	let firstMs: number | null = null
	for (const { name, run } of stages) {
		if (expired()) break
		const result = run({ picture, search, found, expired })
		firstMs ??= now() - begun
		const acta = result.found.find(({ bytes }) => parsePayload(bytes, election).ok)
		if (acta !== undefined || (stage === null && result.found.length > 0)) stage = name
		sighting = acta?.sighting ?? sighting ?? result.sighting
		found.push(...result.found)
		if (acta !== undefined) {
			if (name !== 'grid') found.push(...readOthers({ picture, search, found, expired }, acta))
			break
		}
	}
	return { codes: found.map(({ bytes }) => bytes), stage, sighting, firstMs: firstMs ?? 0 }
}

function readBy(found: readonly FoundCode[]): Yield {
	return { found, sighting: found[0]?.sighting ?? null }
}

/** Another acta beside the one that was read: zxing may have read only the better one of two. */
function readOthers({ picture, search, found, expired }: Task, acta: FoundCode): FoundCode[] {
	const { corners, modulePixels } = acta.sighting
	const middle = (axis: 'x' | 'y') => corners.reduce((sum, corner) => sum + corner[axis], 0) / 4
	const layout = actaLayout()
	const region = { x: middle('x'), y: middle('y'), side: modulePixels * layout.size }
	return regionsLike(picture, region, 2).flatMap((other) => {
		if (expired() || found.some((code) => isNear(code.sighting, other))) return []
		const result = readGrid(picture, other, layout, search, expired)
		return result.found === null ? [] : [result.found]
	})
}

/** Every region is tried, also after one gave an acta: there may be two in view. */
function readGrids({ picture, search, found, expired }: Task): Yield {
	const layout = actaLayout()
	const read: FoundCode[] = []
	let sighting: Sighting | null = null
	for (const region of codeLikeRegions(picture, regionsTried)) {
		if (expired()) break
		if ([...found, ...read].some((code) => isNear(code.sighting, region))) continue
		const result = readGrid(picture, region, layout, search, expired)
		if (result.found !== null) read.push(result.found)
		sighting ??= result.sighting
	}
	return { found: read, sighting }
}
