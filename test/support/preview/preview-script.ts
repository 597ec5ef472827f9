/** Draws what may happen at a tray, for tests and benchmarks of watching it. */

import type { Random } from '#src/simulator/random.js'
import { type Happening, type PreviewSettings, usualPreview } from './preview.ts'
import type { Light, Pose, SmallPaper } from './preview-picture.ts'

/** Cameras, trays, noise and exposure as they may differ from kiosk to kiosk. */
export function drawPreview(random: Random, seed: string): PreviewSettings {
	const tray = random.between(0.15, 0.5)
	const close = random.chance(0.3)
	return {
		...usualPreview,
		...(close ? { pixelsPerModule: random.between(0.4, 0.7), row: 670 } : {}),
		tray,
		paper: random.between(0.85, 0.95),
		noise: random.between(1, 8),
		framesPerSecond: random.whole(5, 10),
		autoExposure: random.chance(0.4),
		seed,
	}
}

/** Papers come and go, with everything else between; it begins and ends with an empty tray. */
export function drawVisits(
	random: Random,
	papers: readonly [SmallPaper, ...SmallPaper[]],
	visits: number,
): Happening[] {
	const script: Happening[] = [{ what: 'wait', ms: 2500 }]
	const aside = () => {
		if (random.chance(0.3)) script.push({ what: 'pass', ms: random.between(800, 2500) }, rest(random))
		if (random.chance(0.3)) script.push(drawLight(random), rest(random))
		if (random.chance(0.05)) script.push({ what: 'drop', ms: random.between(200, 4000) }, rest(random))
		if (random.chance(0.05)) script.push({ what: 'freeze', ms: random.between(200, 4000) }, rest(random))
	}
	for (let visit = 0; visit < visits; visit++) {
		aside()
		script.push({ what: 'lay', paper: random.pick(papers), at: drawPose(random) }, rest(random))
		aside()
		if (random.chance(0.2)) script.push({ what: 'nudge', by: drawShift(random, 3) }, rest(random))
		if (random.chance(0.2)) script.push({ what: 'push', by: drawShift(random, 8) }, rest(random))
		if (random.chance(0.2)) {
			script.push({ what: 'swap', paper: random.pick(papers), at: drawPose(random) }, rest(random))
		}
		if (random.chance(0.1)) {
			script.push({ what: 'lay', paper: random.pick(papers), at: drawPose(random) }, rest(random))
		}
		aside()
		script.push({ what: 'take' }, rest(random))
	}
	return script
}

/** Only the light changes, again and again. */
export function drawWeather(random: Random, changes: number): Happening[] {
	const script: Happening[] = [{ what: 'wait', ms: 2500 }]
	for (let change = 0; change < changes; change++) script.push(drawLight(random), rest(random))
	return script
}

function rest(random: Random): Happening {
	return { what: 'wait', ms: random.between(1500, 2500) }
}

function drawPose(random: Random): Pose {
	return {
		x: 80 + random.between(-4, 4),
		y: 60 + random.between(-18, 18),
		angle: 90 + random.between(-5, 5) + (random.chance(0.3) ? 180 : 0),
	}
}

function drawShift(random: Random, most: number): Pose {
	return {
		x: random.between(-most, most),
		y: random.between(-most, most),
		angle: random.between(-most / 3, most / 3),
	}
}

/** A lamp, a cloud, dusk, somebody who leans over, mains flicker; at once or little by little. */
function drawLight(random: Random): Happening {
	const ms = random.pick([0, 0, 300, 1500, 6000])
	const change = random.pick<() => Partial<Light>>([
		() => ({ ambient: random.between(0.25, 1), slope: random.between(0, 0.5) }),
		() => ({
			lamp: {
				power: random.between(0, 0.6),
				x: random.between(0, 160),
				y: random.between(0, 120),
				radius: random.between(45, 120),
			},
		}),
		() => ({
			shadow: {
				edge: random.between(0, 160),
				depth: random.between(0, 0.6),
				softness: random.between(14, 40),
			},
		}),
		() => ({ flicker: random.between(0, 0.08) }),
	])
	return { what: 'light', to: change(), ms }
}
