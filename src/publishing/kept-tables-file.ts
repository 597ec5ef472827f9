/** `data/tables.csv` with its lines kept, so that a publication costs the tables that it changes, not all of them. */
import { headOfTables, lineOfTable, tablesInOrder } from '../archive/tables-file.ts'
import type { Tally } from '../tally/tally.ts'

export class KeptTablesFile {
	readonly #lines = new Map<string, string>()

	/** `changed`: where something has changed since the last text, in the same election and register; null: anywhere. */
	text(tally: Tally, changed: ReadonlySet<string> | null): string {
		if (changed === null) this.#lines.clear()
		else for (const table of changed) this.#lines.delete(table)
		let text = headOfTables(tally.election)
		for (const table of tablesInOrder(tally)) text += this.#lineOf(tally, table)
		return text
	}

	#lineOf(tally: Tally, table: string): string {
		const line = this.#lines.get(table) ?? lineOfTable(tally, table)
		this.#lines.set(table, line)
		return line
	}
}
