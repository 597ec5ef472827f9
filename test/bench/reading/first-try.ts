/** Time: our first try beside zxing alone, and what rescue adds. */
import { spreadOf, spreadRow, type Table } from '../table.ts'
import { firstResults, stripsIn } from './tally.ts'
import type { Outcome, Result } from './task.ts'

export interface Times {
	/**
	 * Milliseconds by the wall clock on ready grey, on frames that zxing alone read: our first try, our whole search
	 * (which then looks around for a second acta), and zxing's.
	 */
	readonly firstTry: readonly { readonly ours: number; readonly whole: number; readonly zxing: number }[]
	/** What the search took beyond zxing's try, milliseconds, on frames that zxing alone missed. */
	readonly rescueRead: readonly number[]
	readonly rescueInVain: readonly number[]
	/** CPU milliseconds from JPEG to answer at 12 MP. */
	readonly large: readonly number[]
}

export function timesOf(outcomes: readonly Outcome[]): Times {
	const strips = stripsIn(outcomes).filter(({ task }) => task.set === 'drawn')
	const both = strips.flatMap(({ shots }) => {
		const [shot] = shots
		const [ours, zxing] = [shot?.testigo, shot?.zxing]
		return ours?.parts === undefined || zxing === undefined ? [] : [{ ours, zxing, parts: ours.parts }]
	})
	const missed = both.filter(({ zxing }) => zxing.verdict === 'missed')
	const rescue = (verdict: Result['verdict']) =>
		missed
			.filter(({ ours }) => ours.verdict === verdict)
			.map(({ parts, zxing }) => Math.max(0, parts.searchMs - zxing.wallMs))
	const large = strips.filter(({ task }) => task.megapixels === 12)
	return {
		firstTry: both
			.filter(({ ours, zxing }) => zxing.verdict === 'read' && ours.verdict === 'read')
			.map(({ parts, zxing }) => ({ ours: parts.firstMs, whole: parts.searchMs, zxing: zxing.wallMs })),
		rescueRead: rescue('read'),
		rescueInVain: rescue('missed'),
		large: firstResults(large, 'testigo').flatMap(({ cpuMs }) => cpuMs ?? []),
	}
}

/** Of the medians; null where nothing was measured. */
export function firstTryRatio({ firstTry }: Times): number | null {
	if (firstTry.length === 0) return null
	const median = (values: readonly number[]) => spreadOf(values).median
	return median(firstTry.map(({ ours }) => ours)) / median(firstTry.map(({ zxing }) => zxing))
}

export function timeTable(times: Times): Table {
	const tries = (which: 'ours' | 'whole' | 'zxing') => times.firstTry.map((each) => each[which])
	return {
		title: 'Time, milliseconds',
		columns: ['', 'frames', 'median', 'p95'],
		rows: [
			spreadRow('12 MP JPEG to answer, CPU, S0-S5', times.large),
			spreadRow('first try on ready grey where zxing alone reads, wall', tries('ours')),
			spreadRow('  with looking around for a second acta, wall', tries('whole')),
			spreadRow('  zxing alone on the same, wall', tries('zxing')),
			spreadRow('rescue that read (search less the time of zxing alone), wall', times.rescueRead),
			spreadRow('rescue in vain, wall', times.rescueInVain),
		],
		notes: ['The wall clock counts what else the machine does: these need one that does nothing else.'],
	}
}
