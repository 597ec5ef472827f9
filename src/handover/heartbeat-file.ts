/**
 * The small file by which a process lets others on this machine know how it is: replaced in one step when that
 * changes, touched in between, so that a silent process can be distinguished from a quiet one. Readers do not trust who
 * writes it: only a plain file is read, and only a short one.
 */
import { lutimes, rename, rm } from 'node:fs/promises'
import { Mutex } from 'async-mutex'
import type * as z from 'zod'
import { replaceFile } from '../platform/files/durable.ts'
import { type ForeignFileFault, ForeignFiles } from '../platform/files/foreign-file.ts'
import { faultsOf } from '../platform/files/json-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { parseJson } from '../platform/strict-json.ts'

/** Bytes: far over what an honest process says, far under what could stall a reader. */
const longestHeartbeat = 256 * 1024

/** Milliseconds without a sign of life after which who writes the file counts as silent. */
export const mostSilentMs = 30_000

export type HeartbeatFault = ForeignFileFault | Fault<'too-large' | 'not-json' | 'invalid'>

export interface Heartbeat<T> {
	readonly says: T
	/** When the file was touched last, milliseconds since 1970. */
	readonly touchedMs: number
}

export async function readHeartbeat<T>(
	path: string,
	schema: z.ZodType<T>,
	files: ForeignFiles = new ForeignFiles(),
): Promise<Result<Heartbeat<T>, HeartbeatFault>> {
	const read = await files.read(path, longestHeartbeat)
	if (!read.ok) return read
	const { bytes, touchedMs } = read.value
	const json = parseJson(bytes)
	if (!json.ok) return fail('not-json', `${path}: ${json.fault.detail}`)
	const says = schema.safeParse(json.value)
	if (says.success) return ok({ says: says.data, touchedMs })
	return fail('invalid', `${path}: ${faultsOf(says.error).slice(0, 3).join('; ')}`)
}

/** The writer's side. Each call rejects when the disk fails; the next one tries again. */
export class HeartbeatFile<T> {
	readonly path: string
	#text = ''
	/** One write at a time: two would share the temporary file. */
	readonly #writing = new Mutex()

	constructor(path: string) {
		this.path = path
	}

	/** Replaces the file where it says something else; else touches it. `now`: milliseconds since 1970. */
	write(says: T, now: number): Promise<void> {
		const text = `${JSON.stringify(says, null, '\t')}\n`
		return this.#writing.runExclusive(async () => {
			const isSame = text === this.#text
			// Until it is done, nothing is known of what the file says.
			this.#text = ''
			if (isSame) await lutimes(this.path, now / 1_000, now / 1_000)
			else await replaceFile(this.path, text)
			this.#text = text
		})
	}

	/** Changes the file's times only: no sync, and so no wear of the card. */
	touch(now: number): Promise<void> {
		return this.#writing.runExclusive(() => lutimes(this.path, now / 1_000, now / 1_000))
	}

	/** Moves aside a file that can't be used. */
	moveAside(): Promise<void> {
		return this.#writing.runExclusive(() => rename(this.path, `${this.path}.broken`))
	}

	remove(): Promise<void> {
		return this.#writing.runExclusive(() => rm(this.path, { force: true }))
	}
}
