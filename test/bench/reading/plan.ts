/** How many frames of each kind. The order is such that a run stopped early has some of everything. */
import { type Megapixels, type Severity, severities } from '#src/simulator/photograph/severity.js'
import { codelessContents, type StripSet, type Task } from './task.ts'

export interface Plan {
	/** Frames of each severity, by megapixels. */
	readonly drawn: Readonly<Record<Megapixels, number>>
	/** With a pen stroke on each; severities 0 to 2. */
	readonly pen: Readonly<Record<Megapixels, number>>
	/** Frames without a code, of each kind and severity. */
	readonly codeless: number
	/** Of each of the cells above, how many the slow peers read too. */
	readonly peers: Readonly<Record<Megapixels, number>>
	/** Frames of 12 MP that the reader reads in one life, for its memory. */
	readonly life: number
}

/** 4,890 strips, over 5,000 frames with their second and third shots: rates over severities 0-2 to within half a point, over 0-5 to within one. */
const fullPlan: Plan = {
	drawn: { 3: 650, 12: 30 },
	pen: { 3: 260, 12: 10 },
	codeless: 20,
	peers: { 3: 15, 12: 3 },
	life: 1000,
}

/** To see that it all runs; its figures say little. */
export const shortPlan: Plan = {
	drawn: { 3: 6, 12: 1 },
	pen: { 3: 2, 12: 0 },
	codeless: 1,
	peers: { 3: 1, 12: 0 },
	life: 20,
}

const penSeverities: readonly Severity[] = [0, 1, 2]

export const fullStrips = stripsOf(fullPlan)

/** The full plan with about `strips` strips instead, the rest in proportion. */
export function planFor(strips: number): Plan {
	const share = strips / fullStrips
	const scaled = (count: number) => Math.max(1, Math.round(count * share))
	const both = (counts: Plan['drawn']) => ({ 3: scaled(counts[3]), 12: scaled(counts[12]) })
	return {
		drawn: both(fullPlan.drawn),
		pen: both(fullPlan.pen),
		codeless: scaled(fullPlan.codeless),
		peers: both(fullPlan.peers),
		life: scaled(fullPlan.life),
	}
}

function stripsOf({ drawn, pen }: Plan): number {
	return severities.length * (drawn[3] + drawn[12]) + penSeverities.length * (pen[3] + pen[12])
}

export function tasksOf(plan: Plan): Task[] {
	const placed: { readonly at: number; readonly task: Task }[] = []
	// Of 650 and of 60, each is spread over the whole run.
	const place = (count: number, task: (index: number) => Task) => {
		for (let index = 0; index < count; index++) placed.push({ at: (index + 0.5) / count, task: task(index) })
	}
	const sizes = [3, 12] as const satisfies Megapixels[]
	for (const megapixels of sizes) {
		const strips = (set: StripSet, severity: Severity) =>
			place(plan[set][megapixels], (index) => ({
				kind: 'strip',
				set,
				severity,
				megapixels,
				index,
				peers: index < plan.peers[megapixels],
			}))
		for (const severity of severities) strips('drawn', severity)
		for (const severity of penSeverities) strips('pen', severity)
	}
	for (const content of codelessContents) {
		for (const severity of severities) {
			place(plan.codeless, (index) => ({
				kind: 'codeless',
				content,
				severity,
				megapixels: 3,
				index,
				peers: index < plan.codeless / 5,
			}))
		}
	}
	return placed.toSorted((one, other) => one.at - other.at).map(({ task }) => task)
}
