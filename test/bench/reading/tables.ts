/** The figures as tables. Rates are in per cent, with the range in which the true one lies 95 times in 100. */
import { severities } from '#src/simulator/photograph/severity.js'
import { type Cell, spreadOf, type Table } from '../table.ts'
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

function range(proportion: Proportion | null): Cell {
	return proportion === null ? null : `${percent(proportion.from)}-${percent(proportion.to)}`
}

interface Group {
	readonly name: string
	readonly holds: (outcome: StripOutcome) => boolean
}

export const levels = (least: number, most: number, set: 'drawn' | 'pen' = 'drawn') => {
	return ({ task }: StripOutcome) => task.set === set && task.severity >= least && task.severity <= most
}

export function oneShot(outcomes: readonly Outcome[]): Table {
	const groups: Group[] = [
		...([3, 12] as const).flatMap((megapixels) =>
			severities.map((level) => ({
				name: `${megapixels} MP, S${level}`,
				holds: (strip: StripOutcome) => levels(level, level)(strip) && strip.task.megapixels === megapixels,
			})),
		),
		{ name: 'S0-S2', holds: levels(0, 2) },
		{ name: '  of these without pen', holds: (strip) => levels(0, 2)(strip) && !strip.pen },
		{ name: '  of these with pen', holds: (strip) => levels(0, 2)(strip) && strip.pen },
		{ name: 'S3-S5', holds: levels(3, 5) },
		{ name: '  of these without pen', holds: (strip) => levels(3, 5)(strip) && !strip.pen },
		{ name: '  of these with pen', holds: (strip) => levels(3, 5)(strip) && strip.pen },
		{ name: 'S0-S5', holds: levels(0, 5) },
		...[0, 1, 2].map((level) => ({ name: `pen on each, S${level}`, holds: levels(level, level, 'pen') })),
		{ name: 'pen on each, S0-S2', holds: levels(0, 2, 'pen') },
	]
	const strips = stripsIn(outcomes)
	const rows = groups.map(({ name, holds }) => {
		const chosen = strips.filter(holds)
		const figures = (['testigo', 'zxing'] as const).flatMap((engine) => {
			const results = firstResults(chosen, engine)
			const rate = readRate(results)
			return [count(results, 'wrong'), missedOf(results), percent(rate?.share), range(rate)]
		})
		return [name, chosen.length, ...figures]
	})
	return {
		title: 'Rendered actas, one shot: Testigo, and zxing-wasm alone at its best setting on the same frames',
		columns: ['', 'frames', 'wrong', 'missed', 'read %', '', 'zxing wrong', 'missed', 'read %', ''],
		rows,
		notes: [
			'The second range of figures is zxing alone. Pen as the scale draws it, unless it says otherwise.',
		],
	}
}

function missedOf(results: readonly Result[]): number {
	return count(results, 'missed') + count(results, 'failed')
}

export function threeShots(outcomes: readonly Outcome[]): Table {
	const strips = stripsIn(outcomes)
	const groups: Group[] = [
		...severities.map((level) => ({ name: `S${level}`, holds: levels(level, level) })),
		{ name: 'S0-S2', holds: levels(0, 2) },
		{ name: 'S3-S4', holds: levels(3, 4) },
		{ name: 'pen on each, S0-S2', holds: levels(0, 2, 'pen') },
	]
	const rows = groups.map(({ name, holds }) => {
		const chosen = strips.filter(holds)
		const within = (engine: EngineName, shots: number) => readWithin(chosen, engine, shots)
		const three = within('testigo', 3)
		const alone = within('zxing', 3)
		return [
			name,
			chosen.length,
			percent(within('testigo', 1)?.share),
			percent(within('testigo', 2)?.share),
			percent(three?.share),
			range(three),
			percent(within('zxing', 1)?.share),
			percent(alone?.share),
			range(alone),
		]
	})
	return {
		title: 'Rendered actas, up to three shots of the same strip: read %',
		columns: ['', 'strips', '1 shot', '2', '3', '', 'zxing 1', '3', ''],
		rows,
		notes: [
			'The paper is laid down anew for each shot; each shot is read by itself, and the first reading counts.',
		],
	}
}

/** Only frames that all engines were given. */
export function peersOnStrips(outcomes: readonly Outcome[], absent: readonly EngineName[]): Table {
	const given = stripsIn(outcomes).filter(({ task }) => task.peers && task.set === 'drawn')
	const rows = present(absent).map((engine): Cell[] => {
		const results = firstResults(given, engine)
		const rates = severities.map((level) =>
			percent(readRate(firstResults(given.filter(levels(level, level)), engine))?.share),
		)
		const times = ([3, 12] as const).flatMap((megapixels) =>
			medianAndP95(
				firstResults(
					given.filter(({ task }) => task.megapixels === megapixels),
					engine,
				),
			),
		)
		return [
			engineTitles[engine],
			results.length,
			...['read', 'wrong', 'missed', 'failed'].map((verdict) => count(results, verdict as Result['verdict'])),
			...rates,
			...times,
		]
	})
	return {
		title: 'Rendered actas, one shot, every engine on the same frames: read % by severity, CPU milliseconds',
		columns: [
			...['', 'frames', 'read', 'wrong', 'missed', 'failed', 'S0', 'S1', 'S2', 'S3', 'S4', 'S5'],
			...['3 MP median', 'p95', '12 MP median', 'p95'],
		],
		rows,
		notes: [
			'Testigo gets the JPEG, and its time includes decoding it; all others get grey that is ready. Failed: broke, or',
			'gave no answer in time (WeChat QR 5 s). zbarimg is a process: its time includes starting it.',
			...absentNote(absent),
		],
	}
}

export function photographs(outcomes: readonly Outcome[], absent: readonly EngineName[]): Table {
	const showing = ofKind(outcomes, 'photograph').filter(({ task }) => textIn(task) !== null)
	const rows = present(absent).map((engine): Cell[] => {
		const results = firstResults(showing, engine)
		const rate = readRate(results)
		return [
			engineTitles[engine],
			results.length,
			count(results, 'read') + count(results, 'unchecked'),
			count(results, 'unchecked'),
			count(results, 'wrong'),
			count(results, 'missed'),
			count(results, 'failed'),
			percent(rate?.share),
			range(rate),
			...medianAndP95(results),
		]
	})
	return {
		title: 'Photographs from life: read, and CPU milliseconds',
		columns: [
			'',
			'photographs',
			'read',
			'unchecked',
			'wrong',
			'missed',
			'failed',
			'read %',
			'',
			'median',
			'p95',
		],
		rows,
		notes: ['Unchecked, a part of read: texts beyond ASCII, where engines guess the character set.'],
	}
}

function textIn(task: Outcome['task']): string | null | undefined {
	return task.kind === 'photograph' ? task.text : undefined
}

export function codelessFrames(outcomes: readonly Outcome[], absent: readonly EngineName[]): Table {
	const rendered = ofKind(outcomes, 'codeless')
	const groups = [
		...codelessContents.map((content) => ({
			name: `rendered: ${content}`,
			chosen: rendered.filter(({ task }) => task.kind === 'codeless' && task.content === content),
		})),
		{
			name: 'photographs',
			chosen: ofKind(outcomes, 'photograph').filter(({ task }) => textIn(task) === null),
		},
	]
	const rows = groups.flatMap(({ name, chosen }) =>
		present(absent).flatMap((engine): Cell[][] => {
			const results = firstResults(chosen, engine)
			if (results.length === 0) return []
			return [[name, engineTitles[engine], results.length, count(results, 'wrong'), ...medianAndP95(results)]]
		}),
	)
	return {
		title: 'Frames without a code: phantoms, and CPU milliseconds',
		columns: ['', 'engine', 'frames', 'phantoms', 'median', 'p95'],
		rows,
	}
}

function medianAndP95(results: readonly Result[]): [Cell, Cell] {
	const times = cpuTimes(results)
	if (times.length === 0) return [null, null]
	const { median, p95 } = spreadOf(times)
	return [median, p95]
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
	switch (task.kind) {
		case 'photograph':
			return task.path.split('/').slice(-2).join('/')
		case 'codeless':
			return `${task.content}, S${task.severity}, ${task.megapixels} MP, ${task.index}`
		case 'strip':
			return `${task.set}, S${task.severity}, ${task.megapixels} MP, ${task.index}`
	}
}

export function wrongOf(outcomes: readonly Outcome[], engine: EngineName): number {
	return count(allResults(outcomes, engine), 'wrong')
}

function present(absent: readonly EngineName[]): EngineName[] {
	return engineNames.filter((name) => !absent.includes(name))
}

function absentNote(absent: readonly EngineName[]): string[] {
	if (absent.length === 0) return []
	return [`Not installed, so left out: ${absent.map((name) => engineTitles[name]).join(', ')}.`]
}
