/** What was promised before a cut and is not so after it, a sentence each. */
export interface Findings {
	/** Shown as recorded or received, and not there. */
	readonly lost: string[]
	/** Shown, there, and can't be read: an image missing or altered, other contents than the paper's. */
	readonly unreadable: string[]
	/** A sequence number, or the number of a start, that was given twice. */
	readonly reused: string[]
	/** A line, signature or link at fault. */
	readonly broken: string[]
	/** It ended by itself before the cut. */
	readonly refused: string[]
}

export function noFindings(): Findings {
	return { lost: [], unreadable: [], reused: [], broken: [], refused: [] }
}

export function countOf({ lost, unreadable, reused, broken, refused }: Findings): number {
	return lost.length + unreadable.length + reused.length + broken.length + refused.length
}

export function addTo(all: Findings, more: Findings): void {
	for (const kind of ['lost', 'unreadable', 'reused', 'broken', 'refused'] as const) {
		all[kind].push(...more[kind])
	}
}
