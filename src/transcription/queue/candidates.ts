/** Which entries people should read, and in which order. Pure. */
import type { Image } from '../../evidence/entry.ts'
import { mostNoActa } from './queue.ts'

/** An acta entry of the election that was recorded and is good: neither disowned nor void. */
export interface Candidate {
	/** Its id. */
	readonly entry: string
	readonly device: string
	/** Its table, where its code was read. */
	readonly table: string | null
	/** Whether a machine read all of it. */
	readonly isRead: boolean
	/** How many stations read it, and how many said that it can't be read. */
	readonly readings: number
	readonly unreadable: number
	/** How many stations said that it is no acta. */
	readonly noActa: number
	readonly images: readonly Image[]
}

/** The stage of what was asked for by name. */
export const sampleStage = 2

export interface Wish {
	/** Entry ids and tables that are wanted whatever was read of them. */
	readonly sample: ReadonlySet<string>
	/** Tables of which something counts already. */
	readonly hasReading: (table: string) => boolean
}

export interface Chosen {
	readonly candidate: Candidate
	/** 0 comes first. */
	readonly stage: number
}

/**
 * What waits for people, first what may be of a missing table: its code is not known, or nothing of its table was
 * read. Then the rest, then the sample. Within each the devices take turns, so that none crowds out the others; a
 * device of which two stations found twenty papers to be no actas comes last in all: one station alone sets none back.
 *
 * Candidates come, and stay within a device, in the order of the centre's records.
 */
export function choose(candidates: Iterable<Candidate>, { sample, hasReading }: Wish): Chosen[] {
	const all = [...candidates]
	const lastDevices = devicesThatAreLast(all)
	const stages: Candidate[][] = [[], [], [], []]
	for (const candidate of all) {
		const { table, device } = candidate
		const isWanted = isNamed(candidate, sample)
		if (!isWanted && !waitsForPeople(candidate)) continue
		const isFirst = table === null || !hasReading(table)
		const stage = isWanted ? sampleStage : lastDevices.has(device) ? 3 : isFirst ? 0 : 1
		stages[stage]?.push(candidate)
	}
	return stages.flatMap((stage, index) => inTurns(stage).map((candidate) => ({ candidate, stage: index })))
}

/** By its id, or by its table. */
function isNamed({ entry, table }: Candidate, names: ReadonlySet<string>): boolean {
	return names.has(entry) || (table !== null && names.has(table))
}

/** Two stations read it, whether or not they agree; or two looked, and neither could. Nothing that a third says changes that. */
function waitsForPeople({ isRead, readings, unreadable }: Candidate): boolean {
	return !isRead && readings < 2 && (readings > 0 || unreadable < 2)
}

/** Two stations said so. */
export function isNoActa({ noActa }: Candidate): boolean {
	return noActa >= 2
}

export function devicesThatAreLast(candidates: readonly Candidate[]): ReadonlySet<string> {
	const counts = new Map<string, number>()
	for (const candidate of candidates) {
		const { device } = candidate
		if (isNoActa(candidate)) counts.set(device, (counts.get(device) ?? 0) + 1)
	}
	return new Set([...counts].flatMap(([device, count]) => (count >= mostNoActa ? [device] : [])))
}

/** One of each device, then another of each, and so on. */
function inTurns(candidates: readonly Candidate[]): Candidate[] {
	const rounds: Candidate[][] = []
	const had = new Map<string, number>()
	for (const candidate of candidates) {
		const round = had.get(candidate.device) ?? 0
		had.set(candidate.device, round + 1)
		const others = rounds[round]
		if (others === undefined) rounds.push([candidate])
		else others.push(candidate)
	}
	return rounds.flat()
}
