/** What a publication changes: each table as it was, as it is, and why. */
import type { TableChange, TableThen, Why } from '../archive/feed.ts'
import type { PublishedTable } from '../archive/tables-file.ts'
import { publishedTable, tablesInOrder } from '../archive/tables-file.ts'
import type { Tally } from '../tally/tally.ts'

export class ChangedTables {
	/** By table, as it was published last. */
	readonly #before = new Map<string, string>()

	/** All that was published before, from the tally of it. */
	static of(tally: Tally): ChangedTables {
		const changed = new ChangedTables()
		for (const table of tablesInOrder(tally)) {
			const published = publishedTable(tally, table)
			if (published !== undefined) changed.#before.set(table, JSON.stringify(then(published)))
		}
		return changed
	}

	/** Sorted by table; from now on these are what was published last. `among` null: any may have changed. */
	take(
		tally: Tally,
		among: Iterable<string> | null,
		why: (table: string) => readonly Why[],
	): readonly TableChange[] {
		const changes: TableChange[] = []
		for (const table of [...new Set(among ?? this.#all(tally))].sort()) {
			const published = publishedTable(tally, table)
			const after = published === undefined ? null : then(published)
			const text = after === null ? null : JSON.stringify(after)
			const before = this.#before.get(table) ?? null
			if (text === before) continue
			if (text === null) this.#before.delete(table)
			else this.#before.set(table, text)
			changes.push({
				...{ table, before: before === null ? null : (JSON.parse(before) as TableThen) },
				...{ after, why: [...why(table)] },
			})
		}
		return changes
	}

	#all(tally: Tally): string[] {
		return [...this.#before.keys(), ...tablesInOrder(tally)]
	}
}

/** In a first publication a table that is missing is no news: nothing is known of any before it. */
export function saysSomething({ before, after }: TableChange): boolean {
	return before !== null || after?.status !== 'missing'
}

function then({ status, row, counted }: PublishedTable): TableThen {
	const { isConfirmed = false, votes = null } = counted ?? {}
	return {
		status,
		electors: row?.electors ?? null,
		confirmed: isConfirmed,
		votes: votes === null ? null : [...votes],
	}
}
