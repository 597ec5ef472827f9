/**
 * The register: which tables exist, where, and how many electors each has. Given by the campaign as a CSV with the
 * columns `state,municipality,parish,centro,mesa,electors` and optional `centroName`. A table's place comes from the
 * acta's code through the register, never from who recorded it.
 */

export interface RegisteredTable {
	/** Centre and table with all digits of the acta code, between them a dot, as `121202007.01`. */
	readonly table: string
	readonly centro: string
	readonly mesa: string
	readonly state: string
	readonly municipality: string
	readonly parish: string
	/** Empty where the register gives none. */
	readonly centroName: string
	readonly electors: number
}

/** The levels of a place, widest first; each is named within the one before. */
export const levels = ['state', 'municipality', 'parish', 'centro'] as const
export type Level = (typeof levels)[number]

export interface Register {
	/** By `table`, in the order of the file. */
	readonly tables: ReadonlyMap<string, RegisteredTable>
	/** Sum over all tables. */
	readonly electors: number
	/** SHA-256 of its file, lower-case hex. */
	readonly sha256: string
}
