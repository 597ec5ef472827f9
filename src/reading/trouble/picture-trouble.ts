/**
 * Why no code could be read in a picture, as far as the picture shows, so that a volunteer knows what to do. Of
 * several troubles that one is named that is mended most easily: a paper laid down, a light switched on, a paper
 * moved, a lamp's reflection avoided; then what takes a closer or a steadier camera; last the ink of a pen, which
 * stays. That the code lies upside-down or askew is no trouble.
 *
 * The thresholds are chosen with `test/bench/picture-trouble.ts`; `test/bench/picture-trouble.md` has its figures.
 */
import { type Fault, fail } from '../../platform/result.ts'
import type { Grey } from '../decode-grey.ts'
import { type CellMap, cellMapOf } from './cell-map.ts'
import { type CodeArea, codeAreasOf } from './code-area.ts'
import { type CodeMeasures, measureCode } from './code-measures.ts'
import { histogramOf, quantile } from './histogram.ts'
import { leastAround, mostAround } from './neighbourhood.ts'
import { longestDarkLine } from './pen-stroke.ts'

/** `no-code`: the picture shows no reason. */
export type PictureTrouble = Fault<
	'no-code' | 'no-paper' | 'too-dark' | 'code-outside' | 'glare' | 'too-small' | 'blurred' | 'pen-on-code'
>

/** Modules along a side of an acta's code (version 8, ISO/IEC 18004 table 1). */
const modules = 49

/** Grey levels, of 255. */
const levels = {
	/** The brightest fiftieth of a picture that is too dark; empty trays go down to half of it. */
	dark: 40,
	unlit: 20,
	/** A picture all alike and brighter than this is bare paper: a tray is darker. */
	paper: 170,
	saturated: 250,
	/** Noise over this is no photograph. */
	noise: 12,
}

/** Most that neighbouring places of a bare tray differ, the brighter to the darker. */
const flatRatio = 1.35
/** Share of the picture that may differ more: dust. */
const dust = 0.002

/** Of what is bright, the share that a lamp's reflection saturates. More of it is a scan on white, or a bright day. */
const glareShare = { least: 0.025, most: 0.75 }

const leastModulePixels = 2.4
/** Standard deviation, modules. */
const mostBlur = 0.68
/** Pixels: blur that leaves no code to be seen as one. */
const hopelessBlur = 4.6
/** Modules of straight ink. */
const longestInk = 22
/** What looks like ink where the modules run into each other. */
const sharpForInk = { modulePixels: 2.8, blur: 0.6 }

/** For pictures in which nothing could be read: of others it says nothing. Any size of plane will do. */
export function pictureTroubleOf(grey: Grey): PictureTrouble {
	const map = cellMapOf(grey)
	if (map.mean.length === 0) return asPictureTrouble(fail('no-code', 'the picture is too small to tell why'))
	if (map.noise > levels.noise)
		return asPictureTrouble(fail('no-code', `noise of ${map.noise.toFixed(0)} grey levels`))
	const brightest = quantile(histogramOf(map.mean), map.mean.length, 0.98)
	return asPictureTrouble(
		emptiness(map, brightest) ?? darkness(brightest) ?? codeTrouble(grey, map, brightest),
	)
}

interface Place {
	readonly area: CodeArea
	readonly measures: CodeMeasures
	/** Pixels to a module, if the area is a whole code. */
	readonly modulePixels: number
}

function placeOf(grey: Grey, map: CellMap, area: CodeArea): Place {
	// The lines of print below a small code melt into it and make it longer: its shorter side is its own.
	const side = Math.sqrt(area.cells.length * area.squareness) * map.cell
	return { area, measures: measureCode(grey, map, area), modulePixels: side / modules }
}

function emptiness(map: CellMap, brightest: number) {
	if (brightest < levels.unlit) return null
	const [most, least] = [mostAround(map.mean, map, 5), leastAround(map.mean, map, 5)]
	// Near black, a step of one or two levels is a large ratio.
	const steps = most.filter((value, at) => value + 8 > flatRatio * ((least[at] ?? 0) + 8)).length
	if (steps > dust * map.mean.length) return null
	if (brightest < levels.paper) {
		return fail('no-paper', `nothing but one even shade, brightness ${brightest.toFixed(0)} of 255`)
	}
	return fail('code-outside', `blank paper, brightness ${brightest.toFixed(0)} of 255`)
}

function darkness(brightest: number) {
	if (brightest >= levels.dark) return null
	return fail(
		'too-dark',
		`too dark, brightness ${brightest.toFixed(0)} of 255, at least ${levels.dark} are needed`,
	)
}

function codeTrouble(grey: Grey, map: CellMap, brightest: number) {
	const places = codeAreasOf(map).map((area) => placeOf(grey, map, area))
	const place = places.find(isCode)
	const whole = place !== undefined && isWhole(place)
	const glare = saturatedShare(map, brightest)
	if (!whole && glare > glareShare.least && glare < glareShare.most) {
		return fail('glare', `${(100 * glare).toFixed(0)} % of the paper reflects a lamp`)
	}
	if (place === undefined) {
		if (places.some(isPartOfCode)) {
			return fail('code-outside', "the QR code is cut off by the picture's edge")
		}
		const hopeless = places.find(({ measures }) => measures.blurPixels > hopelessBlur)
		if (hopeless !== undefined) {
			return fail('blurred', `blurred by ${hopeless.measures.blurPixels.toFixed(1)} pixels`)
		}
		return fail('code-outside', 'nothing in the picture looks like a QR code')
	}
	const { measures, modulePixels } = place
	if (modulePixels < leastModulePixels) {
		return fail(
			'too-small',
			`too small, ${modulePixels.toFixed(1)} pixels a module, at least ${leastModulePixels} are needed`,
		)
	}
	const blur = measures.blurPixels / modulePixels
	if (blur > mostBlur) return fail('blurred', `blurred by ${blur.toFixed(2)} modules, at most ${mostBlur}`)
	if (modulePixels > sharpForInk.modulePixels && blur < sharpForInk.blur) {
		const ink = inkLine(grey, map, place)
		if (ink > longestInk) return fail('pen-on-code', `over it a line of ink ${ink.toFixed(0)} modules long`)
	}
	return fail(
		'no-code',
		`${modulePixels.toFixed(1)} pixels a module, blur of ${blur.toFixed(2)} modules, contrast ${measures.contrast.toFixed(0)} of 255`,
	)
}

/** Small print, noise and grain also are areas of contrast. */
function isCode({ area, measures, modulePixels }: Place): boolean {
	const contrast = measures.contrast / measures.white
	const coarseness = measures.modulePixels / modulePixels
	if (isCut(area) || contrast < 0.16 || area.squareness < 0.5 || area.fill < 0.5) return false
	// A table of small print has no large black, as a code's finder patterns do.
	if (modulePixels < 3 && contrast < 0.6) return false
	return coarseness > 0.6 && coarseness < 9
}

function isPartOfCode({ area, measures }: Place): boolean {
	return isCut(area) && measures.contrast > 0.3 * measures.white && measures.blurPixels < hopelessBlur
}

/** Not what glare left of one, nor other print while glare hides it. */
function isWhole({ area, modulePixels }: Place): boolean {
	return area.squareness > 0.85 && area.fill > 0.9 && modulePixels >= leastModulePixels
}

/** A line along a good part of it lies at the picture's edge. */
function isCut({ cells, atEdge }: CodeArea): boolean {
	return atEdge > 0.3 * Math.sqrt(cells.length)
}

function saturatedShare({ mean }: CellMap, brightest: number): number {
	const bright = mean.filter((value) => value > 0.7 * brightest)
	return bright.filter((value) => value >= levels.saturated).length / bright.length
}

function inkLine(grey: Grey, { cell }: CellMap, { area, measures, modulePixels }: Place): number {
	const box = {
		left: area.left * cell,
		top: area.top * cell,
		right: area.right * cell,
		bottom: area.bottom * cell,
	}
	return longestDarkLine(grey, box, modulePixels, measures.white - measures.contrast / 2)
}

function asPictureTrouble({ fault: { code, detail } }: { readonly fault: PictureTrouble }): PictureTrouble {
	return { code, detail: `no QR code could be read: ${detail}` }
}
