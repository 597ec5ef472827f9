/** Read rate over severity as an SVG, drawn by hand. */
import { severities } from '#src/simulator/photograph/severity.js'
import { engineTitles, levels } from './tables.ts'
import { firstResults, type Proportion, readRate, readWithin, stripsIn } from './tally.ts'
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
	const at = (level: number) => drawn.filter(levels(level, level))
	const peers = engineNames.filter((name) => name !== 'testigo' && name !== 'zxing' && !absent.includes(name))
	const lines: Line[] = [
		{
			name: 'Testigo, up to three shots',
			colour: colours.testigo,
			width: 2.5,
			dashes: '7 4',
			points: severities.map((level) => readWithin(at(level), 'testigo', 3)),
			ranges: true,
		},
		...(['testigo', 'zxing'] as const).map((engine) => ({
			name: `${engineTitles[engine]}, one shot`,
			colour: colours[engine],
			width: 3,
			points: severities.map((level) => readRate(firstResults(at(level), engine))),
			ranges: true,
		})),
		...peers.map((engine) => ({
			name: `${engineTitles[engine]}, one shot`,
			colour: colours[engine],
			width: 1.5,
			points: severities.map((level) => readRate(firstResults(at(level), engine))),
			ranges: false,
		})),
	]
	return svgOf(lines, `${drawn.length} rendered frames; peers drawn thin, on a part of them`)
}

const [left, top, plotWidth, plotHeight] = [70, 64, 560, 380]
const legendLeft = left + plotWidth + 24

function svgOf(lines: readonly Line[], subtitle: string): string {
	const x = (severity: number) => left + 24 + (severity / 5) * (plotWidth - 48)
	const y = (share: number) => top + (1 - share) * plotHeight
	const text = (words: string, across: number, down: number, more = '') =>
		`<text x="${across}" y="${down}" ${more}>${words}</text>`
	const grid = [0, 0.2, 0.4, 0.6, 0.8, 1].flatMap((share) => [
		`<line x1="${left}" x2="${left + plotWidth}" y1="${y(share)}" y2="${y(share)}" stroke="#ddd"/>`,
		text(`${Math.round(share * 100)} %`, left - 10, y(share) + 5, 'text-anchor="end"'),
	])
	const names = severities.map((level) =>
		text(`S${level}`, x(level), top + plotHeight + 24, 'text-anchor="middle"'),
	)
	const legend = lines.flatMap(({ name, colour, width, dashes }, index) => {
		const down = top + 12 + 24 * index
		return [
			`<line x1="${legendLeft}" x2="${legendLeft + 32}" y1="${down}" y2="${down}" ${stroke(colour, width, dashes)}/>`,
			text(name, legendLeft + 42, down + 5),
		]
	})
	// The thick lines lie on top.
	const drawn = lines
		.toReversed()
		.flatMap((line) => [...(line.ranges ? rangesOf(line, x, y) : []), pathOf(line, x, y)])
	return [
		'<svg xmlns="http://www.w3.org/2000/svg" width="960" height="520" font-family="Arimo, Helvetica, Arial, sans-serif" font-size="14" fill="#222">',
		'<title>Actas read, by severity of the picture</title>',
		'<rect width="960" height="520" fill="#fff"/>',
		text('Actas read, by severity of the picture', left, 30, 'font-size="19" font-weight="bold"'),
		text(subtitle, left, 50, 'fill="#666"'),
		...grid,
		...names,
		text(
			'severity, from a kiosk with its own light (S0) to hopeless (S5)',
			left + plotWidth / 2,
			top + plotHeight + 50,
			'text-anchor="middle" fill="#666"',
		),
		...drawn,
		...legend,
		'</svg>',
		'',
	].join('\n')
}

type Scale = (value: number) => number

function pathOf({ points, colour, width, dashes }: Line, x: Scale, y: Scale): string {
	const known = points.flatMap((point, level) => (point === null ? [] : [{ level, share: point.share }]))
	const path = known.map(({ level, share }) => `${x(level).toFixed(1)},${y(share).toFixed(1)}`).join(' ')
	const dots = known.map(
		({ level, share }) =>
			`<circle cx="${x(level).toFixed(1)}" cy="${y(share).toFixed(1)}" r="${width + 0.5}" fill="${colour}"/>`,
	)
	return [`<polyline points="${path}" fill="none" ${stroke(colour, width, dashes)}/>`, ...dots].join('\n')
}

function rangesOf({ points, colour }: Line, x: Scale, y: Scale): string[] {
	return points.flatMap((point, level) => {
		if (point === null) return []
		const [from, to] = [y(point.from).toFixed(1), y(point.to).toFixed(1)]
		const across = x(level).toFixed(1)
		return [
			`<line x1="${across}" x2="${across}" y1="${from}" y2="${to}" stroke="${colour}" stroke-width="6" opacity="0.25"/>`,
		]
	})
}

function stroke(colour: string, width: number, dashes?: string): string {
	const dashed = dashes === undefined ? '' : ` stroke-dasharray="${dashes}"`
	return `stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"${dashed}`
}
