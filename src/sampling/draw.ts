/**
 * Which tables a seed draws. Anyone can do it again with `sha256sum`: a table's key is the lowest SHA-256, in hex, over
 * its tickets, of the text `<seed>\n<table>\n<ticket>` (tickets are 1, 2, 3 …), and the tables with the lowest keys are
 * drawn. With more tickets a table is drawn more often; among tables of as many tickets each is as likely as any other.
 */
import { hash } from 'node:crypto'

export interface Drawable {
	/** Centre and table, as `121202007.01`. */
	readonly table: string
	/** At least 1. */
	readonly tickets: number
}

/** The `size` that the seed draws, in the order in which it draws them; all where there are not so many. */
export function draw<T extends Drawable>(from: Iterable<T>, seed: string, size: number): T[] {
	const keyed = Array.from(from, (drawable) => ({ drawable, key: keyOfTable(drawable, seed) }))
	keyed.sort((a, b) => (a.key < b.key ? -1 : 1))
	return keyed.slice(0, size).map(({ drawable }) => drawable)
}

function keyOfTable({ table, tickets }: Drawable, seed: string): string {
	let lowest = ''
	for (let ticket = 1; ticket <= tickets; ticket++) {
		const key = hash('sha256', `${seed}\n${table}\n${ticket}`, 'hex')
		if (lowest === '' || key < lowest) lowest = key
	}
	return lowest
}
