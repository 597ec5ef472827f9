/** Counts over outcomes. */
import {
	type EngineName,
	mostSeverityOfSecondShotsByZxing,
	type Outcome,
	type Result,
	type Shot,
	type StripTask,
	type Task,
	type Verdict,
} from './task.ts'

export interface StripOutcome extends Outcome {
	readonly task: StripTask
}

export function stripsIn(outcomes: readonly Outcome[]): StripOutcome[] {
	return outcomes.filter(isStrip)
}

function isStrip(outcome: Outcome): outcome is StripOutcome {
	return outcome.task.kind === 'strip'
}

export function ofKind(outcomes: readonly Outcome[], kind: Task['kind']): Outcome[] {
	return outcomes.filter(({ task }) => task.kind === kind)
}

/** What one engine made of each first shot that it was given. */
export function firstResults(outcomes: readonly Outcome[], engine: EngineName): Result[] {
	return outcomes.flatMap(({ shots }) => shots[0]?.[engine] ?? [])
}

/** Of every shot, also the second and third. */
export function allResults(outcomes: readonly Outcome[], engine: EngineName): Result[] {
	return outcomes.flatMap(({ shots }) => shots.flatMap((shot: Shot) => shot[engine] ?? []))
}

export function count(results: readonly Result[], ...verdicts: readonly Verdict[]): number {
	return results.filter(({ verdict }) => verdicts.includes(verdict)).length
}

/** A code whose text can't be compared was read all the same. */
export function readRate(results: readonly Result[]): Proportion | null {
	return proportionOf(count(results, 'read', 'unchecked'), results.length)
}

/** A strip is read when any of up to `shots` shots of it is. */
export function readWithin(
	outcomes: readonly StripOutcome[],
	engine: EngineName,
	shots: number,
): Proportion | null {
	const most = engine === 'zxing' && shots > 1 ? mostSeverityOfSecondShotsByZxing : 5
	const tried = outcomes.filter(
		({ task, shots: [first] }) => first?.[engine] !== undefined && task.severity <= most,
	)
	const read = tried.filter((outcome) =>
		outcome.shots.slice(0, shots).some((shot) => shot[engine]?.verdict === 'read'),
	)
	return proportionOf(read.length, tried.length)
}

export function cpuTimes(results: readonly Result[]): number[] {
	return results.flatMap(({ cpuMs }) => cpuMs ?? [])
}

/** A share of some trials, with the range in which the true share lies 95 times in 100. */
export interface Proportion {
	readonly count: number
	readonly of: number
	readonly share: number
	readonly from: number
	readonly to: number
}

/** Wilson's score interval (E. B. Wilson, 1927): unlike the usual one it holds near 0 and 1. Null for no trials. */
function proportionOf(count: number, of: number): Proportion | null {
	if (of === 0) return null
	const z = 1.959964
	const share = count / of
	const middle = (share + z ** 2 / (2 * of)) / (1 + z ** 2 / of)
	const half = (z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2))) / (1 + z ** 2 / of)
	return { count, of, share, from: Math.max(0, middle - half), to: Math.min(1, middle + half) }
}
