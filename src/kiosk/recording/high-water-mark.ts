/**
 * The last entry that the device's key has signed and the journal has taken, kept apart from the journal: a
 * journal that lacks it was rolled back, exchanged or begun anew, and with this key would give its numbers twice.
 *
 *     <directory>/<device id>    two places of 512 bytes, written by turns: {"seq": …, "id": …}, blanks, line feed
 *
 * Written in place, so that it takes no room that a full disk lacks; by turns, so that a power cut leaves the one
 * before.
 *
 * It is written after the journal's sync, and nothing waits for it: so it never forbids what a power cut has
 * honestly taken from the journal, and may be behind by what was recorded while it was being written. Whoever
 * rolls back the whole disk rolls it back too: that takes a counter that only goes up, as a TPM has, or the
 * centre's receipts (`uplink-watcher.ts`).
 */
import { basename, dirname, join } from 'node:path'
import { Position } from '../../evidence/fields.ts'
import { makeFile, writeSlices } from '../../platform/files/durable.ts'
import { openOwn, readOwn } from '../../platform/files/own-file.ts'
import { makeOwnFolder } from '../../platform/files/own-folder.ts'
import { parseJson } from '../../platform/strict-json.ts'
import { type JournalEntries, type RollbackFault, rollbackFault } from '../../receipts/rollback.ts'

/** Bytes of a place: a disk writes them as one. */
const size = 512

export class HighWaterMark {
	readonly path: string
	/** The file was broken: what the key has signed is not known from it. */
	readonly lost: boolean
	readonly #failed: (error: unknown) => void
	/** The last entry that is known to be signed. */
	#last: Position | null
	/** Which place is written next. */
	#next: 0 | 1
	#writing: Promise<void> | undefined
	/** True while a later entry waits for the writing under way. */
	#behind = false

	private constructor(path: string, text: string, failed: (error: unknown) => void) {
		const [first = null, second = null] = [0, size].map((at) => positionIn(text.slice(at, at + size)))
		this.path = path
		this.#failed = failed
		this.#next = (first?.seq ?? 0) > (second?.seq ?? 0) ? 1 : 0
		this.#last = this.#next === 1 ? first : second
		this.lost = this.#last === null && text !== blank
	}

	/** Throws when the disk fails. `failed` is called for each writing that fails later; the next one tries again. */
	static async open(
		directory: string,
		device: string,
		failed: (error: unknown) => void,
	): Promise<HighWaterMark> {
		const path = join(directory, device)
		await makeOwnFolder(dirname(directory), basename(directory))
		await makeFile(path, blank).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== 'EEXIST') throw error
		})
		return new HighWaterMark(path, (await readOwn(path)).toString('latin1'), failed)
	}

	get last(): Position | null {
		return this.#last
	}

	/** Why nothing may be signed that follows on `own`; null while it may. */
	rollbackOf(own: JournalEntries): RollbackFault | null {
		return this.#last === null ? null : rollbackFault(this.path, this.#last, own)
	}

	/** Called with each entry that the journal has taken. */
	note({ seq, id }: Position): void {
		this.#last = { seq, id }
		if (this.#writing === undefined) this.#begin()
		else this.#behind = true
	}

	/** Resolves when what was noted is on the disk, or could not be written. */
	async settled(): Promise<void> {
		while (this.#writing !== undefined) await this.#writing
	}

	#begin(): void {
		this.#behind = false
		this.#writing = this.#write(JSON.stringify(this.#last))
			.catch(this.#failed)
			.then(() => {
				this.#writing = undefined
				if (this.#behind) this.#begin()
			})
	}

	/** Opened each time: nothing here holds on to a disk that is to be taken out. */
	async #write(text: string): Promise<void> {
		const file = await openOwn(this.path, 'write')
		try {
			await writeSlices(file, Buffer.from(`${text.padEnd(size - 1)}\n`), this.#next * size)
			await file.datasync()
			this.#next = this.#next === 0 ? 1 : 0
		} finally {
			await file.close()
		}
	}
}

/** What a file holds in which nothing was noted yet. */
const blank = `${' '.repeat(size - 1)}\n`.repeat(2)

/** Null for a place that is blank, or was being written when the power went. */
function positionIn(place: string): Position | null {
	const json = parseJson(Buffer.from(place.trim(), 'latin1'))
	return json.ok ? (Position.safeParse(json.value).data ?? null) : null
}
