/**
 * A preview stream from a script: what a volunteer does, what the light does, what the stream does. The same
 * script, settings and seed give the same frames.
 */
import type { PreviewFrame } from '#src/capture/preview.js'
import type { TrayEvent } from '#src/capture/tray.js'
import { Random } from '#src/simulator/random.js'
import {
	type Light,
	type Pose,
	type PreviewOptics,
	PreviewPainter,
	type SmallPaper,
} from './preview-picture.ts'

/** What happens, one after another. Times in milliseconds. */
export type Happening =
	/** Nothing. */
	| { readonly what: 'wait'; readonly ms: number }
	/** A hand brings a paper, lets it slide into place, and goes. On an empty tray or on top of what lies there. */
	| { readonly what: 'lay'; readonly paper: SmallPaper; readonly at: Pose }
	/** A hand comes, moves the topmost paper by so much, and goes. */
	| { readonly what: 'push'; readonly by: Pose }
	/** It moves by itself: a draught, a knock on the table. */
	| { readonly what: 'nudge'; readonly by: Pose }
	/** A hand takes away everything. */
	| { readonly what: 'take' }
	/** A hand takes everything away and lays another, without a rest between. */
	| { readonly what: 'swap'; readonly paper: SmallPaper; readonly at: Pose }
	/** A hand wanders over the tray and takes nothing. */
	| { readonly what: 'pass'; readonly ms: number }
	/** The light changes, little by little or (`ms` 0) at once. */
	| { readonly what: 'light'; readonly to: Partial<Light>; readonly ms: number }
	/** The stream stands still: `freeze` repeats the last frame, `drop` sends none. */
	| { readonly what: 'freeze' | 'drop'; readonly ms: number }

export interface PreviewSettings extends PreviewOptics {
	readonly framesPerSecond: number
	/** The camera's automatic exposure follows the picture; false: it is fixed. */
	readonly autoExposure: boolean
}

export const usualPreview: Omit<PreviewSettings, 'seed'> = {
	width: 160,
	height: 120,
	shrink: 1,
	// The whole strip of 748 modules across the picture.
	pixelsPerModule: 0.205,
	row: 374,
	tray: 0.3,
	paper: 0.9,
	noise: 3,
	framesPerSecond: 8,
	autoExposure: false,
}

const usualLight: Light = {
	ambient: 0.7,
	slope: 0.2,
	lamp: { power: 0, x: 80, y: 50, radius: 60 },
	shadow: { edge: 0, depth: 0, softness: 12 },
	flicker: 0,
}

/** A frame, or null where the stream drops one, and what was true when it was taken. */
export interface Played {
	readonly at: number
	readonly frame: PreviewFrame | null
	/** The number of the happening that goes on. */
	readonly happening: number
	/** Papers have come to rest, or the tray is empty and no hand over it: since when; null while something moves. */
	readonly restingSince: number | null
}

/** What should be told, with the number of the happening that it follows. */
export function expectedEvents(script: readonly Happening[]): { event: TrayEvent; after: number }[] {
	let lying = false
	return script.flatMap((happening, after) => {
		switch (happening.what) {
			case 'lay':
			case 'swap': {
				const events: TrayEvent[] = lying ? ['no-paper', 'paper'] : ['paper']
				lying = true
				return events.map((event) => ({ event, after }))
			}
			case 'take': {
				const was = lying
				lying = false
				return was ? [{ event: 'no-paper' as const, after }] : []
			}
			default:
				return []
		}
	})
}

interface Stage {
	papers: { paper: SmallPaper; pose: Pose }[]
	hand: Pose | null
	light: Light
}

export function* playScript(script: readonly Happening[], settings: PreviewSettings): Generator<Played> {
	const painter = new PreviewPainter(settings)
	const random = new Random(`${settings.seed}/hands`)
	const stage: Stage = { papers: [], hand: null, light: usualLight }
	const step = 1000 / settings.framesPerSecond
	let exposure = 1
	let at = 0
	let restingSince: number | null = 0
	let last = null as PreviewFrame | null
	for (const [number, happening] of script.entries()) {
		const { ms, moves, play } = enact(happening, stage, settings, random)
		const end = at + Math.max(step, ms)
		for (const begin = at; at < end; at += step) {
			play(Math.min(1, ms === 0 ? 1 : (at + step - begin) / ms))
			const resting = !moves || at + step >= end
			restingSince = resting ? (restingSince ?? at) : null
			let frame: PreviewFrame | null = null
			if (happening.what === 'freeze') frame = last && { ...last, at }
			else if (happening.what !== 'drop') {
				const grey = painter.paint({ ...stage, exposure })
				if (settings.autoExposure) exposure *= Math.sqrt(90 / Math.max(10, mean(grey)))
				frame = {
					width: settings.width / settings.shrink,
					height: settings.height / settings.shrink,
					grey,
					at,
				}
			}
			last = frame ?? last
			yield { at, frame, happening: number, restingSince }
		}
	}
}

/** How one happening goes: `play` sets the stage at each share of its time. */
interface Enacted {
	readonly ms: number
	readonly moves: boolean
	readonly play: (share: number) => void
}

function enact(happening: Happening, stage: Stage, settings: PreviewSettings, random: Random): Enacted {
	const { width, height } = settings
	const rest = { ms: 0, moves: false, play: () => {} }
	// The hand comes from below, a little from the side.
	const away: Pose = { x: random.between(0.2, 0.8) * width, y: height + 25, angle: random.between(70, 110) }
	const reach = random.between(700, 1500)
	switch (happening.what) {
		case 'wait':
		case 'freeze':
		case 'drop':
			return { ...rest, ms: happening.ms }
		case 'nudge': {
			const top = stage.papers.at(-1)
			if (top === undefined) return rest
			const { paper, pose } = top
			const play = (share: number) => {
				stage.papers[stage.papers.length - 1] = { paper, pose: along(pose, moved(pose, happening.by), share) }
			}
			return { ms: 200, moves: true, play }
		}
		case 'push': {
			const top = stage.papers.at(-1)
			if (top === undefined) return rest
			const { paper, pose } = top
			const grip = { ...pose, y: pose.y + 8, angle: away.angle }
			const to = moved(pose, happening.by)
			const play = (share: number) => {
				const pushed = along(pose, to, (share - 0.4) / 0.2)
				stage.papers[stage.papers.length - 1] = { paper, pose: pushed }
				stage.hand = thereAndBack(away, grip, share)
			}
			return { ms: reach + 400, moves: true, play }
		}
		case 'lay': {
			const under = stage.papers
			const play = (share: number) => {
				stage.hand = thereAndBack(away, grip(happening.at, away), share)
				const pose = brought(happening.at, away, stage.hand, share)
				stage.papers = [...under, { paper: happening.paper, pose }]
			}
			return { ms: reach + 500, moves: true, play }
		}
		case 'take': {
			const before = stage.papers
			return { ms: reach + 300, moves: true, play: (share) => takeAway(stage, before, away, share) }
		}
		case 'swap': {
			const before = stage.papers
			const play = (share: number) => {
				if (share <= 0.45) return takeAway(stage, before, away, share / 0.45)
				const second = (share - 0.45) / 0.55
				stage.hand = thereAndBack(away, grip(happening.at, away), second)
				const pose = brought(happening.at, away, stage.hand, second)
				stage.papers = [{ paper: happening.paper, pose }]
			}
			return { ms: 2 * reach + 500, moves: true, play }
		}
		case 'pass': {
			const [x, y] = [random.between(0.2, 0.8) * width, random.between(0.2, 0.8) * height]
			const play = (share: number) => {
				const hand = thereAndBack(away, { x, y, angle: away.angle }, share)
				// Hands tremble and wander.
				stage.hand = hand && {
					...hand,
					x: hand.x + 12 * Math.sin(9 * share),
					y: hand.y + random.between(-1, 1),
				}
			}
			return { ms: happening.ms, moves: true, play }
		}
		case 'light': {
			const before = stage.light
			const to = { ...before, ...happening.to }
			return {
				ms: happening.ms,
				moves: false,
				play: (share) => {
					stage.light = blend(before, to, share)
				},
			}
		}
		default:
			return happening satisfies never
	}
}

function takeAway(stage: Stage, before: Stage['papers'], away: Pose, share: number): void {
	const topmost = before.at(-1)
	const grab = topmost === undefined ? { ...away, y: away.y / 2 } : grip(topmost.pose, away)
	stage.hand = thereAndBack(away, grab, share)
	const carried = Math.max(0, (share - 0.5) / 0.5)
	stage.papers =
		share >= 1
			? []
			: before.map(({ paper, pose }) => ({ paper, pose: along(pose, carriedOff(pose, away), carried) }))
}

/** Out of the picture, wherever the paper's far end is. */
function carriedOff(pose: Pose, { y }: Pose): Pose {
	return { x: pose.x, y: pose.y + 1.5 * y, angle: pose.angle + 8 }
}

/** A paper is held at its near edge. */
function grip(pose: Pose, away: Pose): Pose {
	return { x: pose.x, y: pose.y + 12, angle: away.angle }
}

/** A paper on its way: in the hand for half of the time, then it slides the last bit. */
function brought(at: Pose, away: Pose, hand: Pose | null, share: number): Pose {
	if (share < 0.4) return along(carriedOff(at, away), moved(at, { x: 5, y: -4, angle: 3 }), share / 0.4)
	if (share < 0.6 && hand !== null)
		return along(moved(at, { x: 5, y: -4, angle: 3 }), at, (share - 0.4) / 0.2)
	return at
}

/** Out of view, at the place for the middle third, out of view again. */
function thereAndBack(away: Pose, place: Pose, share: number): Pose | null {
	if (share >= 1) return null
	if (share < 0.4) return along(away, place, share / 0.4)
	if (share < 0.6) return place
	return along(place, away, (share - 0.6) / 0.35)
}

function along(from: Pose, to: Pose, share: number): Pose {
	const part = Math.min(1, Math.max(0, share))
	const between = (one: number, other: number) => one + (other - one) * part
	return { x: between(from.x, to.x), y: between(from.y, to.y), angle: between(from.angle, to.angle) }
}

function moved(pose: Pose, by: Pose): Pose {
	return { x: pose.x + by.x, y: pose.y + by.y, angle: pose.angle + by.angle }
}

function blend(from: Light, to: Light, share: number): Light {
	const between = (one: number, other: number) => one + (other - one) * share
	const { lamp, shadow } = from
	return {
		ambient: between(from.ambient, to.ambient),
		slope: between(from.slope, to.slope),
		lamp: {
			power: between(lamp.power, to.lamp.power),
			x: between(lamp.x, to.lamp.x),
			y: between(lamp.y, to.lamp.y),
			radius: between(lamp.radius, to.lamp.radius),
		},
		shadow: {
			edge: between(shadow.edge, to.shadow.edge),
			depth: between(shadow.depth, to.shadow.depth),
			softness: between(shadow.softness, to.shadow.softness),
		},
		flicker: between(from.flicker, to.flicker),
	}
}

function mean(grey: Uint8Array): number {
	let sum = 0
	for (const value of grey) sum += value
	return sum / grey.length
}
