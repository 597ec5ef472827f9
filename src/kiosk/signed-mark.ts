/**
 * The last entry that the device's key has signed and the journal has taken, kept apart from the journal: a
 * journal that lacks it was set back, exchanged or begun anew, and with this key would give its numbers twice.
 *
 *     <directory>/<device id>.json    {"v": 1, "last": {"seq": …, "id": …}}
 *
 * It is written after the journal's sync, and nothing waits for it: so it never forbids what a power cut has
 * honestly taken from the journal, and may be behind by what was recorded while it was being written. Whoever
 * sets back the whole disk sets it back too: that takes a counter that only goes up, as a TPM has, or the
 * centre's receipts (`receipt-claims.ts`).
 */
import { join } from 'node:path'
import type { Low } from 'lowdb'
import * as z from 'zod'
import { Position } from '../evidence/fields.ts'
import { openDurableJson } from '../platform/durable-json.ts'
import { type Fault, fail } from '../platform/result.ts'
import type { OwnEntries } from './receipt-claims.ts'

const Mark = z.object({ v: z.literal(1), last: Position.nullable() })
type Mark = z.infer<typeof Mark>

export class SignedMark {
	readonly path: string
	/** The file was broken, and was put aside: what the key has signed is not known from it. */
	readonly lost: boolean
	readonly #db: Low<Mark>
	readonly #failed: (error: unknown) => void
	#writing: Promise<void> | undefined
	/** True while a later entry waits for the writing under way. */
	#behind = false

	private constructor(path: string, db: Low<Mark>, lost: boolean, failed: (error: unknown) => void) {
		this.path = path
		this.lost = lost
		this.#db = db
		this.#failed = failed
	}

	/** Throws when the disk fails. `failed` is told of each writing that fails later; the next one tries again. */
	static async open(
		directory: string,
		device: string,
		failed: (error: unknown) => void,
	): Promise<SignedMark> {
		const path = join(directory, `${device}.json`)
		const { db, found } = await openDurableJson(path, Mark, { v: 1, last: null })
		return new SignedMark(path, db, found === 'moved-aside', failed)
	}

	/** The last entry that is known to be signed. */
	get last(): Position | null {
		return this.#db.data.last
	}

	/** Why nothing may be signed that follows on `own`; null while it may. */
	against(own: OwnEntries): Fault<'journal-set-back' | 'other-entry'> | null {
		const { last } = this
		if (last === null || own.idAt(last.seq) === last.id) return null
		const end = own.tail?.seq ?? 0
		return end < last.seq
			? fail(
					'journal-set-back',
					`${this.path}: this device has signed entry ${last.seq}, the journal ends at ${end}: enrol the device anew`,
				).fault
			: fail(
					'other-entry',
					`${this.path}: this device has signed another entry ${last.seq} than the journal's: enrol the device anew`,
				).fault
	}

	/** Told of each entry that the journal has taken. */
	note(entry: Position): void {
		this.#db.data.last = { seq: entry.seq, id: entry.id }
		if (this.#writing !== undefined) this.#behind = true
		else this.#write()
	}

	/** Resolves when what was noted is on the disk, or could not be written. */
	async settled(): Promise<void> {
		while (this.#writing !== undefined) await this.#writing
	}

	#write(): void {
		this.#behind = false
		this.#writing = this.#db
			.write()
			.catch(this.#failed)
			.then(() => {
				this.#writing = undefined
				if (this.#behind) this.#write()
			})
	}
}
