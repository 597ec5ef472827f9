/** In which order a station shows the papers of a queue. Pure. */
import { hash } from 'node:crypto'
import { mostNoActa, type Paper, type Queue } from '../queue/queue.ts'

/**
 * Another one at each station, so that two who sit side by side do not see the same picture; within the queue's blocks
 * only, so that both come to each paper at about the same time.
 */
export function orderAt(station: string, papers: readonly Paper[]): Paper[] {
	const keyed = papers.map((paper) => ({ paper, key: hash('sha256', `${station} ${paper.entry}`) }))
	keyed.sort((a, b) => a.paper.block - b.paper.block || (a.key < b.key ? -1 : 1))
	return keyed.map(({ paper }) => paper)
}

/**
 * The first that was not answered; papers of a device that has given too many that are no actas (by two stations before,
 * or by this one) come when all others are done: at this station only. Null when all are.
 */
export function nextOf(
	order: readonly Paper[],
	{ sources }: Queue,
	answered: { readonly has: (entry: string) => boolean; readonly noActa: (entry: string) => boolean },
): Paper | null {
	const counts = sources.map(({ noActa }) => noActa)
	for (const { entry, source } of order) {
		if (answered.noActa(entry)) counts[source] = (counts[source] ?? 0) + 1
	}
	const comesLast = ({ source }: Paper) =>
		sources[source]?.isLast === true || (counts[source] ?? 0) >= mostNoActa
	const left = order.filter(({ entry }) => !answered.has(entry))
	return left.find((paper) => !comesLast(paper)) ?? left[0] ?? null
}
