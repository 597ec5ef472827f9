/** The figures as tables. Rates are in per cent, with the range in which the true one lies 95 times in 100. */
import { severities } from '#src/simulator/photograph/severity.js'
import { type Cell, spreadIfAny, type Table } from '../table.ts'
import {
	allResults,
	count,
	cpuTimes,
	firstResults,
	ofKind,
	type Proportion,
	readRate,
	readWithin,
	type StripOutcome,
	stripsIn,
} from './tally.ts'
import { codelessContents, type EngineName, engineNames, type Outcome, type Result } from './task.ts'

export const engineTitles: Readonly<Record<EngineName, string>> = {
	testigo: 'Testigo',
	zxing: 'zxing-wasm, best setting',
	'zxing-defaults': 'zxing-wasm, defaults',
	rxing: 'rxing-wasm',
	zbar: 'zbar-wasm',
	zbarimg: 'zbarimg',
	wechat: 'WeChat QR',
	jsqr: 'jsQR',
}

/** To a hundredth of a per cent, so that 99.95 does not look like 100. */
export function percent(share: number | undefined): Cell {
	return share === undefined ? null : (Math.floor(share * 10_000) / 100).toFixed(2)
}

/** The rate, and its range. */
function rated(proportion: Proportion | null): Cell[] {
	if (proportion === null) return [null, null]
	const { share, from, to } = proportion
	return [percent(share), `${percent(from)}-${percent(to)}`]
}

type Group = readonly [name: string, holds: (outcome: StripOutcome) => boolean]

export const levels = (least: number, most: number, set: 'drawn' | 'pen' = 'drawn') => {
	return ({ task }: StripOutcome) => task.set === set && task.severity >= least && task.severity <= most
}

export function oneShot(outcomes: readonly Outcome[]): Table {
	const sizes = ([3, 12] as const).flatMap((megapixels) =>
		severities.map((level): Group => {
			const holds = levels(level, level)
			return [`${megapixels} MP, S${level}`, (strip) => holds(strip) && strip.task.megapixels === megapixels]
		}),
	)
	const byPen = (least: number, most: number): Group[] => [
		[`S${least}-S${most}`, levels(least, most)],
		['  of these without pen', (strip) => levels(least, most)(strip) && !strip.pen],
		['  of these with pen', (strip) => levels(least, most)(strip) && strip.pen],
	]
	const pens = [0, 1, 2].map((level): Group => [`pen on each, S${level}`, levels(level, level, 'pen')])
	const groups: Group[] = [
		...[...sizes, ...byPen(0, 2), ...byPen(3, 5)],
		...[['S0-S5', levels(0, 5)] as const, ...pens, ['pen on each, S0-S2', levels(0, 2, 'pen')] as const],
	]
	const figures = (chosen: readonly StripOutcome[], engine: EngineName) => {
		const results = firstResults(chosen, engine)
		return [count(results, 'wrong'), count(results, 'missed', 'failed'), ...rated(readRate(results))]
	}
	return {
		title: 'Rendered actas, one shot: Testigo, and zxing-wasm alone at its best setting on the same frames',
		columns: ['', 'frames', 'wrong', 'missed', 'read %', '', 'zxing wrong', 'missed', 'read %', ''],
		rows: groups.map(([name, holds]) => {
			const chosen = stripsIn(outcomes).filter(holds)
			return [name, chosen.length, ...figures(chosen, 'testigo'), ...figures(chosen, 'zxing')]
		}),
		notes: [
			'The second range of figures is zxing alone. Pen as the scale draws it, unless it says otherwise.',
		],
	}
}

export function threeShots(outcomes: readonly Outcome[]): Table {
	const groups: Group[] = [
		...severities.map((level): Group => [`S${level}`, levels(level, level)]),
		...([
			['S0-S2', levels(0, 2)],
			['S3-S4', levels(3, 4)],
		] as const),
		['pen on each, S0-S2', levels(0, 2, 'pen')],
	]
	return {
		title: 'Rendered actas, up to three shots of the same strip: read %',
		columns: ['', 'strips', '1 shot', '2', '3', '', 'zxing 1', '3', ''],
		rows: groups.map(([name, holds]) => {
			const chosen = stripsIn(outcomes).filter(holds)
			const [one, two, three] = [1, 2, 3].map((shots) => rated(readWithin(chosen, 'testigo', shots)))
			const [alone, again] = [1, 3].map((shots) => rated(readWithin(chosen, 'zxing', shots)))
			const first = (cells: readonly Cell[] = []) => cells.slice(0, 1)
			return [
				name,
				chosen.length,
				...first(one),
				...first(two),
				...(three ?? []),
				...first(alone),
				...(again ?? []),
			]
		}),
		notes: [
			'The paper is laid down anew for each shot; each shot is read by itself, and the first reading counts.',
		],
	}
}

/** Only frames that all engines were given. */
export function peersOnStrips(outcomes: readonly Outcome[], absent: readonly EngineName[]): Table {
	const given = stripsIn(outcomes).filter(({ task }) => task.peers && task.set === 'drawn')
	const missing = absent.map((name) => engineTitles[name]).join(', ')
	return {
		title: 'Rendered actas, one shot, every engine on the same frames: read % by severity, CPU milliseconds',
		columns: [
			...['', 'frames', 'read', 'wrong', 'missed', 'failed', 'S0', 'S1', 'S2', 'S3', 'S4', 'S5'],
			...['3 MP median', 'p95', '12 MP median', 'p95'],
		],
		rows: present(absent).map((engine) => {
			const of = (holds: Group[1]) => firstResults(given.filter(holds), engine)
			const all = of(() => true)
			return [
				...[engineTitles[engine], all.length],
				...(['read', 'wrong', 'missed', 'failed'] as const).map((verdict) => count(all, verdict)),
				...severities.map((level) => percent(readRate(of(levels(level, level)))?.share)),
				...[3, 12].flatMap((size) => medianAndP95(of(({ task }) => task.megapixels === size))),
			]
		}),
		notes: [
			'Testigo gets the JPEG, and its time includes decoding it; all others get grey that is ready. Failed: broke, or',
			'gave no answer in time (WeChat QR 5 s). zbarimg is a process: its time includes starting it.',
			...(missing === '' ? [] : [`Not installed, so left out: ${missing}.`]),
		],
	}
}

export function photographs(outcomes: readonly Outcome[], absent: readonly EngineName[]): Table {
	const showing = ofKind(outcomes, 'photograph').filter(({ task }) => textIn(task) !== null)
	return {
		title: 'Photographs from life: read, and CPU milliseconds',
		columns: [
			...['', 'photographs', 'read', 'unchecked', 'wrong', 'missed', 'failed'],
			...['read %', '', 'median', 'p95'],
		],
		rows: present(absent).map((engine) => {
			const results = firstResults(showing, engine)
			return [
				...[engineTitles[engine], results.length, count(results, 'read', 'unchecked')],
				...(['unchecked', 'wrong', 'missed', 'failed'] as const).map((verdict) => count(results, verdict)),
				...[...rated(readRate(results)), ...medianAndP95(results)],
			]
		}),
		notes: ['Unchecked, a part of read: texts beyond ASCII, where engines guess the character set.'],
	}
}

function textIn(task: Outcome['task']): string | null | undefined {
	return task.kind === 'photograph' ? task.text : undefined
}

export function codelessFrames(outcomes: readonly Outcome[], absent: readonly EngineName[]): Table {
	const groups = [
		...codelessContents.map((content) => {
			const isIt = ({ task }: Outcome) => task.kind === 'codeless' && task.content === content
			return [`rendered: ${content}`, outcomes.filter(isIt)] as const
		}),
		['photographs', outcomes.filter(({ task }) => textIn(task) === null)] as const,
	]
	return {
		title: 'Frames without a code: phantoms, and CPU milliseconds',
		columns: ['', 'engine', 'frames', 'phantoms', 'median', 'p95'],
		rows: groups.flatMap(([name, chosen]) =>
			present(absent).flatMap((engine): Cell[][] => {
				const results = firstResults(chosen, engine)
				if (results.length === 0) return []
				return [
					[name, engineTitles[engine], results.length, count(results, 'wrong'), ...medianAndP95(results)],
				]
			}),
		),
	}
}

function medianAndP95(results: readonly Result[]): [Cell, Cell] {
	const spread = spreadIfAny(cpuTimes(results))
	return [spread?.median ?? null, spread?.p95 ?? null]
}

/** Whatever was read wrong by anyone: each needs looking at. */
export function wrongReadings(outcomes: readonly Outcome[], absent: readonly EngineName[]): Table {
	const rows = present(absent).flatMap((engine) =>
		outcomes.flatMap(({ task, shots }) =>
			shots.flatMap((shot, index): Cell[][] => {
				const result = shot[engine]
				if (result?.verdict !== 'wrong') return []
				return [[engineTitles[engine], nameOf(task), index + 1, (result.text ?? '').slice(0, 60)]]
			}),
		),
	)
	return { title: 'Read wrong', columns: ['engine', 'frame', 'shot', 'text'], rows }
}

export function nameOf(task: Outcome['task']): string {
	if (task.kind === 'photograph') return task.path.split('/').slice(-2).join('/')
	const what = task.kind === 'strip' ? task.set : task.content
	return `${what}, S${task.severity}, ${task.megapixels} MP, ${task.index}`
}

export function wrongOf(outcomes: readonly Outcome[], engine: EngineName): number {
	return count(allResults(outcomes, engine), 'wrong')
}

function present(absent: readonly EngineName[]): EngineName[] {
	return engineNames.filter((name) => !absent.includes(name))
}
