/**
 * lowdb for small state that a loss would only make re-done. lowdb's own adapter renames without a sync and
 * throws on an empty file, so this one stands in for it (seen with lowdb 7).
 */

import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Mutex } from 'async-mutex'
import { type Adapter, Low } from 'lowdb'
import type * as z from 'zod'
import { makeDirectory, replaceFile } from './durable.ts'
import { readOwn } from './own-file.ts'

export interface OpenedJson<T> {
	readonly db: Low<T>
	/** `moved-aside`: the file was empty, broken or of another shape, and now bears the suffix `.broken`. */
	readonly found: 'there' | 'absent' | 'moved-aside'
}

/** Reads the file at `path`, or takes `initial` where there is none that fits `schema`. */
export async function openDurableJson<T>(
	path: string,
	schema: z.ZodType<T>,
	initial: T,
): Promise<OpenedJson<T>> {
	await makeDirectory(dirname(path))
	const adapter = new DurableJson(path, schema)
	const db = new Low<T>(adapter, initial)
	await db.read()
	return { db, found: adapter.found }
}

class DurableJson<T> implements Adapter<T> {
	found: OpenedJson<T>['found'] = 'absent'
	readonly #path: string
	readonly #schema: z.ZodType<T>
	readonly #writing = new Mutex()

	constructor(path: string, schema: z.ZodType<T>) {
		this.#path = path
		this.#schema = schema
	}

	async read(): Promise<T | null> {
		let text: string
		try {
			text = (await readOwn(this.#path)).toString()
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
			this.found = 'absent'
			return null
		}
		const read = this.#schema.safeParse(parse(text))
		if (read.success) {
			this.found = 'there'
			return read.data
		}
		await rename(this.#path, `${this.#path}.broken`)
		this.found = 'moved-aside'
		return null
	}

	/** One write at a time: two would share the temporary file. */
	write(data: T): Promise<void> {
		const text = `${JSON.stringify(data, null, '\t')}\n`
		return this.#writing.runExclusive(() => replaceFile(this.#path, text))
	}
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		return undefined
	}
}
