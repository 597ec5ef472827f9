/** Read rate over severity as an SVG, drawn by hand. */
import { severities } from '#src/simulator/photograph/severity.js'
import { engineTitles, levels } from './tables.ts'
import { type Proportion, readWithin, stripsIn } from './tally.ts'
import { type EngineName, engineNames, type Outcome } from './task.ts'

interface Line {
	readonly name: string
	readonly colour: string
	readonly width: number
	readonly dashes?: string
	/** One a severity; the range is drawn where `ranges` says so. */
	readonly points: readonly (Proportion | null)[]
	readonly ranges: boolean
}

const colours: Readonly<Record<EngineName, string>> = {
	testigo: '#0b5394',
	zxing: '#b45309',
	'zxing-defaults': '#d9a066',
	rxing: '#7b4fa3',
	zbar: '#4d7c4d',
	zbarimg: '#8fbc8f',
	wechat: '#b03a5b',
	jsqr: '#888888',
}

export function chartOf(outcomes: readonly Outcome[], absent: readonly EngineName[]): string {
	const drawn = stripsIn(outcomes).filter(({ task }) => task.set === 'drawn')
	const points = (engine: EngineName, shots = 1) =>
		severities.map((level) => readWithin(drawn.filter(levels(level, level)), engine, shots))
	const lines: Line[] = [
		{
			...{ name: 'Testigo, up to three shots', colour: colours.testigo, width: 2.5, dashes: '7 4' },
			...{ points: points('testigo', 3), ranges: true },
		},
	]
	for (const engine of engineNames.filter((name) => !absent.includes(name))) {
		const ranges = engine === 'testigo' || engine === 'zxing'
		const name = `${engineTitles[engine]}, one shot`
		lines.push({ name, colour: colours[engine], width: ranges ? 3 : 1.5, points: points(engine), ranges })
	}
	return svgOf(lines, `${drawn.length} rendered frames; peers drawn thin, on a part of them`)
}

const [left, top, plotWidth, plotHeight] = [70, 64, 560, 380]
const legendLeft = left + plotWidth + 24

const x = (severity: number) => left + 24 + (severity / 5) * (plotWidth - 48)
const y = (share: number) => top + (1 - share) * plotHeight

function svgOf(lines: readonly Line[], subtitle: string): string {
	const grid = [0, 0.2, 0.4, 0.6, 0.8, 1].flatMap((share) => [
		straight(left, y(share), left + plotWidth, y(share), 'stroke="#ddd"'),
		text(`${Math.round(share * 100)} %`, left - 10, y(share) + 5, 'text-anchor="end"'),
	])
	const names = severities.map((level) =>
		text(`S${level}`, x(level), top + plotHeight + 24, 'text-anchor="middle"'),
	)
	const legend = lines.flatMap((line, index) => {
		const down = top + 12 + 24 * index
		return [
			straight(legendLeft, down, legendLeft + 32, down, stroke(line)),
			text(line.name, legendLeft + 42, down + 5),
		]
	})
	const scale = 'severity, from a kiosk with its own light (S0) to hopeless (S5)'
	return [
		'<svg xmlns="http://www.w3.org/2000/svg" width="960" height="520" font-family="Arimo, Helvetica, Arial, sans-serif" font-size="14" fill="#222">',
		'<title>Actas read, by severity of the picture</title>',
		'<rect width="960" height="520" fill="#fff"/>',
		text('Actas read, by severity of the picture', left, 30, 'font-size="19" font-weight="bold"'),
		text(subtitle, left, 50, 'fill="#666"'),
		...[...grid, ...names],
		text(scale, left + plotWidth / 2, top + plotHeight + 50, 'text-anchor="middle" fill="#666"'),
		// The thick lines lie on top.
		...[...lines.toReversed().flatMap(drawn), ...legend, '</svg>', ''],
	].join('\n')
}

function drawn(line: Line): string[] {
	const { points, colour, width, ranges } = line
	const known = points.flatMap((point, level) =>
		point === null ? [] : [{ ...point, at: x(level).toFixed(1) }],
	)
	const wide = `stroke="${colour}" stroke-width="6" opacity="0.25"`
	const path = known.map(({ at, share }) => `${at},${y(share).toFixed(1)}`).join(' ')
	return [
		...(ranges ? known : []).map(({ at, from, to }) =>
			straight(at, y(from).toFixed(1), at, y(to).toFixed(1), wide),
		),
		`<polyline points="${path}" fill="none" ${stroke(line)}/>`,
		...known.map(
			({ at, share }) =>
				`<circle cx="${at}" cy="${y(share).toFixed(1)}" r="${width + 0.5}" fill="${colour}"/>`,
		),
	]
}

type Place = string | number

function straight(x1: Place, y1: Place, x2: Place, y2: Place, more: string): string {
	return `<line x1="${x1}" x2="${x2}" y1="${y1}" y2="${y2}" ${more}/>`
}

function text(words: string, across: number, down: number, more = ''): string {
	return `<text x="${across}" y="${down}" ${more}>${words}</text>`
}

function stroke({ colour, width, dashes }: Line): string {
	const dashed = dashes === undefined ? '' : ` stroke-dasharray="${dashes}"`
	return `stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"${dashed}`
}
