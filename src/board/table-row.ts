/** A table as a row of a list. */
import type { RecordedBy } from '../tally/entry-facts.ts'
import type { TableState } from '../tally/figures.ts'
import type { TableDetail } from '../tally/table-detail.ts'
import type { Tally } from '../tally/tally.ts'
import type { TableRow } from './view.ts'

/** A row of a long list: what takes a look at the table's entries is looked up where it is shown. */
export class LazyRow implements TableRow {
	readonly table: string
	readonly #tally: Tally
	#whole: TableRow | undefined

	constructor(table: string, tally: Tally) {
		this.table = table
		this.#tally = tally
	}

	get centro(): string {
		return this.table.slice(0, this.table.indexOf('.'))
	}

	get mesa(): string {
		return this.table.slice(this.table.indexOf('.') + 1)
	}

	get registered(): TableRow['registered'] {
		return this.#tally.register?.tables.get(this.table) ?? null
	}

	get state(): TableState {
		return this.#tally.stateOf(this.table) ?? 'missing'
	}

	get confirmed(): boolean {
		return this.#row.confirmed
	}

	get methods(): TableRow['methods'] {
		return this.#row.methods
	}

	get devices(): readonly string[] {
		return this.#row.devices
	}

	get #row(): TableRow {
		this.#whole ??= rowOf(this.table, this.#tally)
		return this.#whole
	}
}

export function rowOf(table: string, tally: Tally): TableRow {
	const detail: TableDetail | undefined = tally.table(table)
	const [centro = '', mesa = ''] = table.split('.')
	const row = detail?.row ?? null
	return {
		...{ table, centro, mesa },
		registered: row,
		state: detail?.state ?? 'missing',
		confirmed: detail?.isConfirmed ?? false,
		methods: [...new Set(detail?.versions.flatMap(({ methods }) => methods))],
		devices: devicesOf(detail?.entries.filter(({ isOwn }) => isOwn).map(({ by }) => by) ?? []),
	}
}

export function devicesOf(recorders: readonly RecordedBy[]): readonly string[] {
	return [...new Set(recorders.map(({ device }) => device))].sort()
}
