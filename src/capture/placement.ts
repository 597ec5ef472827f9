/**
 * Sees in a preview stream that a paper was laid down, lies still, and was taken away. A state machine over
 * frames: the same frames give the same events; it has no clock, device or timer of its own.
 *
 * What it goes by:
 * - A picture is compared with that of the empty tray by its sharp steps from point to point. Lamps, sun, exposure
 *   and soft shadows leave those alone, so they are learnt as the new look of the empty tray while it is empty.
 * - Paper is brighter than the tray and its edge is sharp. THE TRAY MUST BE DARKER THAN PAPER (reflectance up to
 *   one half; matt, not white), fixed under the camera, and seen around the paper on a third of the picture.
 * - Actas look alike at this size, so another paper is known by how it came: the view of the old one was lost, or
 *   there was more paper in view than one has, while something moved. A paper that was only pushed keeps its area.
 *
 * INVARIANTS
 * - Events alternate: `paper`, `no-paper`, `paper` …
 * - `paper` comes only of a picture that stood still for `stillMs`.
 * - When in doubt whether it is the same paper, it is another one: the session knows an acta it has already.
 */
import type { PreviewFrame } from './preview.ts'
import { brighter, follow, halved, type Picture, pictureOf, sharplyChanged } from './small-picture.ts'
import type { TrayEvent } from './tray.ts'

/** Every threshold and time of the watch. Times in milliseconds, light in natural logarithms. */
export interface PlacementLimits {
	/** The tray's first picture is learnt when it stood still for so long: long enough to step back from it. */
	readonly learnMs: number
	/** How long a paper must lie still: a hand that lets go and reaches again pauses for less. */
	readonly stillMs: number
	/** So many frames at least must show that it stood still, however slow the stream is. */
	readonly stillFrames: number
	/** A stream silent for longer may have missed a change of papers. */
	readonly gapMs: number
	/** A change between neighbours that counts: half of what a paper's edge gives on the brightest tray. */
	readonly sharpStep: number
	/** Share of neighbours that must change for "it moved": a strip pushed by a hundredth of the view's width. */
	readonly movedShare: number
	/** Share of neighbours up to which a picture is still the empty tray's; a strip changes seven times as many. */
	readonly emptyShare: number
	/** Paper is so much brighter than the tray around it: .85 over .5 is a rise of .53. */
	readonly paperRise: number
	/** And brighter than the tray was there: else somebody's shadow, which darkens the rest, would do. */
	readonly paperGain: number
	/** Share of the view that a paper covers: a strip seen whole takes .13. */
	readonly paperArea: number
	/** Share of its outline that is sharp. Printed dark parts at the edge and an arm take some. */
	readonly paperSharpness: number
	/** While something moves, under this share of its area the paper was gone… */
	readonly lostArea: number
	/** …and over this multiple there was a second one. An arm over a strip hides a quarter. */
	readonly secondArea: number
	/** Part of the old picture's brightness over the tray's that a point needs to count as paper there: skin has less. */
	readonly paperShareOfRise: number
	/** How fast the empty tray's picture follows the light: its time constant. */
	readonly followMs: number
	/** Something that is no paper and lies still for so long belongs to the tray now. */
	readonly adoptMs: number
	/** A paper that no longer looks like one for so long was taken away, whatever lies there now. */
	readonly unlikeMs: number
	/** Whatever "paper" lies for so long belongs to the tray: the camera was moved, or the light drew an edge. */
	readonly forgottenMs: number
}

export const usualPlacement: PlacementLimits = {
	learnMs: 1_500,
	stillMs: 600,
	stillFrames: 3,
	gapMs: 1_000,
	sharpStep: 0.2,
	movedShare: 0.005,
	emptyShare: 0.006,
	paperRise: 0.28,
	paperGain: 0.05,
	paperArea: 0.03,
	paperSharpness: 0.25,
	lostArea: 0.5,
	secondArea: 1.3,
	paperShareOfRise: 0.75,
	followMs: 1_500,
	adoptMs: 5_000,
	unlikeMs: 2_000,
	forgottenMs: 600_000,
}

type State =
	/** No picture of the empty tray yet. */
	| { readonly at: 'learning' }
	| { readonly at: 'empty'; readonly tray: Picture; readonly oddSince: number | null }
	| {
			readonly at: 'lying'
			readonly tray: Picture
			readonly since: number
			/** How it looks, as the light changes. */
			readonly seen: Picture
			/** Share of the view that it covers, and its brightness over the tray's. */
			readonly area: number
			readonly rise: number
			/** Since it last lay still it was lost from view (or nobody looked), or more than one was in view. */
			readonly doubt: 'lost' | 'second' | null
			readonly unlikeSince: number | null
	  }

/** The picture since it last moved. */
interface Stillness {
	readonly since: number
	/** What the next frames are compared with, so that slow sliding adds up: the mean of the first few. */
	readonly first: Picture
	readonly average: Picture
	frames: number
}

export class PlacementWatch {
	readonly #limits: PlacementLimits
	#state: State = { at: 'learning' }
	#still: Stillness | undefined
	#last: PreviewFrame | undefined

	constructor(limits: PlacementLimits = usualPlacement) {
		this.#limits = limits
	}

	/** What a frame shows to have happened. A camera's noise changes every frame: one that is repeated shows no change. */
	see(frame: PreviewFrame): readonly TrayEvent[] {
		const last = this.#last
		if (last !== undefined && (frame.width !== last.width || frame.height !== last.height)) {
			return this.#beginAnew(frame)
		}
		if (last !== undefined && Buffer.compare(last.grey, frame.grey) === 0) return []
		this.#last = frame
		const gap = last !== undefined && frame.at - last.at > this.#limits.gapMs
		const picture = pictureOf(frame)
		if (this.#moved(picture, frame.at)) {
			this.#watchMovement(picture, gap)
			return []
		}
		return this.#eventsAt(picture, frame.at, gap, last === undefined ? 0 : frame.at - last.at)
	}

	/** When the last frame came that was no repetition; undefined before the first. */
	get lastChange(): number | undefined {
		return this.#last?.at
	}

	#beginAnew(frame: PreviewFrame): readonly TrayEvent[] {
		const lay = this.#state.at === 'lying'
		this.#state = { at: 'learning' }
		this.#still = undefined
		this.#last = frame
		return lay ? ['no-paper'] : []
	}

	/** True when the picture is not the one that stood still until now: a new stillness begins. */
	#moved(picture: Picture, at: number): boolean {
		const { sharpStep, movedShare } = this.#limits
		const small = halved(picture)
		const still = this.#still
		if (still === undefined || sharplyChanged(small, still.first, sharpStep) > movedShare) {
			this.#still = { since: at, first: small, average: picture, frames: 1 }
			return true
		}
		still.frames++
		if (still.frames <= firstFrames) follow(still.first, small, 1 / still.frames)
		follow(still.average, picture, Math.max(1 / still.frames, 1 / averagedFrames))
		return false
	}

	#watchMovement(picture: Picture, gap: boolean): void {
		const state = this.#state
		if (state.at !== 'lying' || state.doubt === 'lost') return
		const { lostArea, secondArea, paperShareOfRise } = this.#limits
		const aboveRest = paperShareOfRise * state.rise
		const { area } = brighter(picture, state.tray, { aboveRest, aboveBefore: Number.NEGATIVE_INFINITY })
		const share = area / state.area
		if (gap || share < lostArea) this.#state = { ...state, doubt: 'lost' }
		else if (share > secondArea) this.#state = { ...state, doubt: 'second' }
	}

	#eventsAt(picture: Picture, at: number, gap: boolean, passed: number): readonly TrayEvent[] {
		const { stillMs, stillFrames } = this.#limits
		const state = this.#state
		// What happened in a gap is not known: what is there must be seen for a while again.
		if (gap || this.#still === undefined) {
			this.#still = { since: at, first: halved(picture), average: picture, frames: 1 }
			return []
		}
		const still = this.#still
		if (at - still.since < stillMs || still.frames < stillFrames) return []
		switch (state.at) {
			case 'learning':
				if (at - still.since < this.#limits.learnMs) return []
				return this.#becomeEmpty(still)
			case 'empty':
				return this.#afterEmpty(state, still, at, passed)
			case 'lying':
				return this.#afterLying(state, still, at)
			default:
				return state satisfies never
		}
	}

	#afterEmpty(
		state: Extract<State, { at: 'empty' }>,
		still: Stillness,
		at: number,
		passed: number,
	): readonly TrayEvent[] {
		const { followMs, adoptMs, emptyShare } = this.#limits
		if (this.#alike(still.average, state.tray, emptyShare)) {
			follow(state.tray, still.average, Math.min(1, passed / followMs))
			this.#state = { ...state, oddSince: null }
			return []
		}
		const paper = this.#paperOn(state.tray, still)
		if (paper !== undefined) {
			this.#state = {
				at: 'lying',
				tray: state.tray,
				since: at,
				seen: copyOf(still.average),
				...paper,
				doubt: null,
				unlikeSince: null,
			}
			return ['paper']
		}
		const oddSince = Math.max(state.oddSince ?? at, still.since)
		if (at - oddSince >= adoptMs) return this.#becomeEmpty(still)
		this.#state = { ...state, oddSince }
		return []
	}

	#afterLying(state: Extract<State, { at: 'lying' }>, still: Stillness, at: number): readonly TrayEvent[] {
		const { forgottenMs, unlikeMs, movedShare, emptyShare } = this.#limits
		if (this.#alike(still.average, state.tray, emptyShare)) {
			this.#state = { at: 'empty', tray: state.tray, oddSince: null }
			return ['no-paper']
		}
		// A picture that did not change is of a paper, even where the light has made it unlike one.
		const unchanged = this.#alike(still.average, state.seen, movedShare)
		const paper =
			unchanged && state.doubt === null
				? state
				: (this.#paperOn(state.tray, still) ?? (unchanged ? state : undefined))
		if (paper === undefined) {
			const unlikeSince = Math.max(state.unlikeSince ?? at, still.since)
			if (at - unlikeSince < unlikeMs) {
				this.#state = { ...state, unlikeSince }
				return []
			}
			this.#state = { at: 'empty', tray: state.tray, oddSince: null }
			return ['no-paper']
		}
		// A hand as bright as paper passed over it; a second paper would not lie to the point where the first did.
		const another = state.doubt === 'lost' || (state.doubt === 'second' && !unchanged)
		if (!another && at - state.since >= forgottenMs) {
			this.#becomeEmpty(still)
			return ['no-paper']
		}
		const { area, rise } = paper
		const seen = copyOf(still.average)
		this.#state = { ...state, area, rise, seen, doubt: null, unlikeSince: null }
		if (!another) return []
		this.#state = { ...this.#state, since: at }
		return ['no-paper', 'paper']
	}

	#becomeEmpty({ average }: Stillness): readonly TrayEvent[] {
		this.#state = { at: 'empty', tray: copyOf(average), oddSince: null }
		return []
	}

	#alike(one: Picture, other: Picture, share: number): boolean {
		return sharplyChanged(halved(one), halved(other), this.#limits.sharpStep) < share
	}

	#paperOn(tray: Picture, { average }: Stillness): { area: number; rise: number } | undefined {
		const { paperRise, paperGain, paperArea, paperSharpness, paperShareOfRise } = this.#limits
		const { area, sharpness, rise } = brighter(average, tray, {
			aboveRest: paperRise,
			aboveBefore: paperGain,
		})
		if (area < paperArea || sharpness < paperSharpness) return undefined
		// Measured as it will be watched while it moves.
		const aboveRest = paperShareOfRise * rise
		const watched = brighter(average, tray, { aboveRest, aboveBefore: Number.NEGATIVE_INFINITY })
		return { area: watched.area, rise }
	}
}

function copyOf(picture: Picture): Picture {
	return { ...picture, values: picture.values.slice() }
}

const firstFrames = 4
const averagedFrames = 10
