/** How rows are made: of the second publication, by whoever holds a copy, or by the log, which signs anew. */
import { authority, device } from '../object-vector.ts'
import { headerOf, payloadOf, signed } from '../signed.ts'
import {
	type Archive,
	type Change,
	changed,
	leavesIn,
	relogged,
	signedAnew,
	textIn,
} from './archive-in-memory.ts'
import { publishedNothing, publishedRehearsal, publishedTwice } from './published.ts'

/** What `testigo verify` is asked for. */
export interface Asked {
	readonly rehearsal: boolean
}

export interface ArchiveRow {
	readonly name: string
	readonly archive: Archive
	readonly asked: Asked
	/** Of the first fault; null for none; behind a `!` why nothing could be checked. */
	readonly code: string | null
}

/** The archives that the rows begin with. */
export interface WholeArchives {
	readonly first: Archive
	readonly second: Archive
	readonly rehearsal: Archive
	readonly nothing: Archive
}

export async function wholeArchives(): Promise<WholeArchives> {
	const twice = await publishedTwice()
	return { ...twice, rehearsal: await publishedRehearsal(), nothing: await publishedNothing() }
}

type Leaf = string | Uint8Array

/** `code` as in the row that is made; `rows` are all so far. */
export interface RowMaking extends WholeArchives {
	readonly rows: readonly ArchiveRow[]
	/** The leaves of the second publication, as bytes and as text. */
	readonly leaves: readonly Buffer[]
	readonly texts: readonly string[]
	/** How many these are. */
	readonly size: number
	/** They, with another in the place of one. */
	replaced(index: number, leaf: Leaf): readonly Leaf[]
	/** What stands in a file of the second publication. */
	at(path: string): string
	row(name: string, code: string | null, archive: Archive, asked?: Partial<Asked>): void
	/** By whoever holds a copy. */
	copied(name: string, code: string | null, change: Change): void
	/** By the log: what lies beside the leaves is signed anew. */
	covered(name: string, code: string | null, change: Change): void
	/** By the log: other leaves. */
	logged(name: string, code: string | null, leaves: readonly Leaf[]): Promise<void>
}

export function startRows(whole: WholeArchives): RowMaking {
	const { second } = whole
	const rows: ArchiveRow[] = []
	const row: RowMaking['row'] = (name, code, archive, asked = {}) => {
		rows.push({ name, archive, code, asked: { rehearsal: false, ...asked } })
	}
	const leaves = leavesIn(second)
	return {
		...whole,
		...{ rows, row, leaves, texts: leaves.map(String), size: leaves.length },
		replaced: (index, leaf) => leaves.map((one, number) => (number === index ? leaf : one)),
		at: (path) => textIn(second, path),
		copied: (name, code, change) => row(name, code, changed(second, change)),
		covered: (name, code, change) => row(name, code, signedAnew(changed(second, change))),
		logged: async (name, code, others) => row(name, code, await relogged(second, others)),
	}
}

/** `withheld` for a place; empty for what is no leaf. */
export function leafKind(text: string): string {
	if (text.startsWith('{')) return 'withheld'
	const header = Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()
	return /testigo-([a-z]+)\+jws/.exec(header)?.[1] ?? ''
}

/** The same campaign object, or entry of the first device, with a blank behind its first comma. */
export function withBlank(text: string): string {
	const [by, kind] = leafKind(text) === 'campaign' ? [authority, 'campaign'] : [device, 'entry']
	return signed(by, headerOf(kind, by.id), payloadOf(text).replace(',', ', '))
}
