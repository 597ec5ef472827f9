/** Which tables a leaf speaks of: a record of a publication says by it why a table has changed. */
import type { ElectionDefinition } from '../acta/election.ts'
import { tableInCode } from '../acta/payload.ts'
import { Entry } from '../evidence/entry.ts'
import type { Jws } from '../evidence/jws.ts'
import type { LeafKind } from '../evidence/publishable.ts'
import { Ruling } from '../evidence/ruling.ts'
import { Transcription } from '../evidence/transcription.ts'

export class NamedTables {
	readonly #election: ElectionDefinition
	/** By an entry's id the acta code that its machine read. */
	readonly #codes: Map<string, string>

	constructor(election: ElectionDefinition, codes: Map<string, string>) {
		this.#election = election
		this.#codes = codes
	}

	/** In the order in which they stand in the log. */
	take(kind: LeafKind, { id, payload }: Jws): readonly string[] {
		switch (kind) {
			case 'entry':
				return this.#takeEntry(id, payload)
			case 'transcription': {
				const read = Transcription.safeParse(payload)
				if (!read.success) return []
				const { entry, text, code } = read.data
				return this.#tablesIn(this.#codes.get(entry), text?.split('!')[0] ?? code)
			}
			case 'ruling': {
				const read = Ruling.safeParse(payload)
				return read.success ? [read.data.table] : []
			}
			case 'head':
			case 'campaign':
				return []
		}
	}

	#takeEntry(id: string, payload: unknown): readonly string[] {
		const read = Entry.safeParse(payload)
		if (!read.success) return []
		if (read.data.kind === 'void') return this.#tablesIn(this.#codes.get(read.data.voids.id))
		const code = codeRead(payload)
		if (code !== null) this.#codes.set(id, code)
		return this.#tablesIn(code)
	}

	#tablesIn(...codes: readonly (string | null | undefined)[]): readonly string[] {
		const tables = codes.flatMap((code) => {
			const named = code == null ? null : tableInCode(code, this.#election)
			return named === null ? [] : [`${named.centro}.${named.mesa}`]
		})
		return [...new Set(tables)]
	}
}

/** The acta code that the machine read, of an entry's payload; null where it read none. */
export function codeRead(payload: unknown): string | null {
	const read = Entry.safeParse(payload)
	return read.success && read.data.kind === 'acta' ? read.data.reading.code : null
}
