/**
 * What witnesses leave in a folder for who publishes: taken below the checkpoints while publishing goes on. Whoever may write
 * there may leave anything.
 *
 * INVARIANTS
 * - A file is opened by handle, no link, with a cap, and nothing of it is kept but lines of listed witnesses that verify.
 * - A look takes at most `mostFiles` names, and has `mostBytes` and one note at most in memory; a note that was taken in is not verified again.
 */
import { createHash } from 'node:crypto'
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { longestNote } from '../log/note.ts'
import { ForeignFiles } from '../platform/files/foreign-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { takeCosignatures } from './cosignatures.ts'

/** A campaign has some ten witnesses, and each leaves one file. */
const mostFiles = 200
/** Bytes: hundreds of notes are taken in at once. */
const mostBytes = 16 * 1024 * 1024

export interface LeftCosignaturesParts {
	readonly folder: string
	readonly archive: string
}

export interface TakenFromFolder {
	/** Lines that were not there. */
	readonly added: number
	/** The first file, by its name, that gave nothing, or why the folder can't be read; null where it is as it was told. */
	readonly fault: Fault | null
	/** Files that gave nothing, this one with them. */
	readonly refused: number
}

interface LeftNote {
	readonly name: string
	readonly bytes: Buffer
}

export class LeftCosignatures {
	readonly #parts: LeftCosignaturesParts
	readonly #files = new ForeignFiles()
	/** By name, the digest of what gave lines: what gave none may give some when its witness is listed, or a lock is free. */
	readonly #taken = new Map<string, string>()
	/** By name, of those that gave nothing. */
	readonly #refused = new Map<string, Fault>()
	#told = ''

	constructor(parts: LeftCosignaturesParts) {
		this.#parts = parts
	}

	/** Rejects when the archive's disk fails. */
	async take(): Promise<TakenFromFolder> {
		const names = await this.#names()
		if (!names.ok) return this.#tell(0, names.fault, 0)
		for (const name of [...this.#taken.keys(), ...this.#refused.keys()]) {
			if (names.value.has(name)) continue
			this.#taken.delete(name)
			this.#refused.delete(name)
		}
		let added = 0
		for await (const notes of this.#newNotes(names.value)) {
			const taken = await this.#takeIn(notes)
			if (!taken.ok) return this.#tell(added, taken.fault, this.#refused.size)
			added += taken.value
		}
		const [first] = [...this.#refused].sort(([one], [other]) => (one < other ? -1 : 1))
		return this.#tell(added, first?.[1] ?? null, this.#refused.size)
	}

	async *#newNotes(names: ReadonlySet<string>): AsyncGenerator<readonly LeftNote[]> {
		let notes: LeftNote[] = []
		let sizeBytes = 0
		for (const name of names) {
			const read = await this.#files.readBelow(this.#parts.folder, [name], longestNote)
			if (!read.ok) {
				if (read.fault.code !== 'file-missing') this.#refused.set(name, read.fault)
				continue
			}
			const { bytes } = read.value
			if (this.#taken.get(name) === sha256(bytes)) continue
			this.#refused.delete(name)
			notes.push({ name, bytes })
			sizeBytes += bytes.length
			if (sizeBytes < mostBytes) continue
			yield notes
			notes = []
			sizeBytes = 0
		}
		if (notes.length > 0) yield notes
	}

	async #takeIn(notes: readonly LeftNote[]): Promise<Result<number, Fault>> {
		const { folder, archive } = this.#parts
		const taken = await takeCosignatures(
			archive,
			notes.map(({ bytes }) => bytes),
		)
		if (!taken.ok) return taken
		for (const [index, { name, bytes }] of notes.entries()) {
			const fault = taken.value.refused.get(index)
			if (fault === undefined) this.#taken.set(name, sha256(bytes))
			else this.#refused.set(name, { code: fault.code, detail: `${join(folder, name)}: ${fault.detail}` })
		}
		return ok(taken.value.added)
	}

	/** The same is told once. */
	#tell(added: number, fault: Fault | null, refused: number): TakenFromFolder {
		const words = fault === null ? '' : `${fault.detail} ${refused}`
		const isTold = words === this.#told
		this.#told = words
		return { added, fault: isTold ? null : fault, refused }
	}

	/** None where there is no folder. */
	async #names(): Promise<Result<ReadonlySet<string>, Fault>> {
		const { folder } = this.#parts
		const names: string[] = []
		try {
			for await (const { name } of await opendir(folder)) {
				if (names.length === mostFiles)
					return fail('too-many-files', `${folder}: over ${mostFiles} files; none of them is read`)
				// A copier's, while it writes.
				if (!name.startsWith('.')) names.push(name)
			}
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException
			if (code === 'ENOENT') return ok(new Set())
			return fail('file-unreadable', `${folder}: can't be read (${code})`)
		}
		return ok(new Set(names.sort()))
	}
}

function sha256(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex')
}
