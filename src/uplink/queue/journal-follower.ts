/**
 * Follows a journal that another process writes, reading only: where its lines are, and what stands on one.
 *
 * INVARIANTS
 * - A last line without its line feed is still being written, or torn: it is not there yet.
 * - What is reported as there was synced, by this side too: a line that the writer is still syncing could be gone after
 *   a power cut, and its number given to another entry when the centre has the first one already.
 * - Who writes it may be captured: only a plain file is read (`openPlain`), and of it no more lines than a device
 *   records in its life.
 * - Line n is entry n (the journal's chain has no gaps), so the place of each line is all that is kept: 8 bytes
 *   an entry. Lines are read and checked in form when they are needed; what they prove is the centre's business.
 */
import { type FSWatcher, watch } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { type Entry, readEntry } from '../../evidence/entry.ts'
import { longestJws, parseJws } from '../../evidence/jws.ts'
import { type Clock, pause } from '../../platform/clock.ts'
import { addressOf } from '../../platform/files/durable.ts'
import { LineSplitter } from '../../platform/files/line-reader.ts'
import { openPlain, type PlainFile } from '../../platform/files/plain-file.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { chunkSize } from '../../protocol/chunks.ts'

/**
 * `bad-entry`: the line is no entry with this seq. `line-too-long`, `too-many-lines`, `replaced`: see `failed`.
 */
export type FollowerFault = Fault<
	'unreadable' | 'no-such-entry' | 'bad-entry' | 'replaced' | (typeof noJournalCodes)[number]
>

export interface JournalEntry {
	readonly text: string
	readonly id: string
	/** Null when it is of a version that this program does not know: it is sent all the same. */
	readonly entry: Entry | null
	readonly device: string
}

export interface FollowerOptions {
	/** The journal's directory. It need not be there yet. */
	readonly journal: string
	readonly clock: Clock
	/** Milliseconds between looks at the file; changes seen by the operating system come sooner. */
	readonly pollMs: number
	/** The journal holds entries 1 to `last`. */
	grew(last: number): void
	/**
	 * Called when the journal can't be followed further. `unreadable` is tried again, all others end the following.
	 */
	failed(fault: FollowerFault): void
}

const block = 1 << 18

/** What no journal of a kiosk has. */
export const noJournalCodes = ['line-too-long', 'too-many-lines'] as const

/** Ten times what a centre takes of a device: 8 bytes of memory each. */
const mostEntries = 1_000_000

export class JournalFollower {
	readonly #options: FollowerOptions
	readonly #path: string
	/** `#ends[n]`: where line n + 1 begins and line n ends; `#ends[0]` is 0. */
	#ends = new Float64Array(1024)
	#last = 0
	#stopping: AbortController | undefined
	#running: Promise<void> | undefined
	#look: (() => void) | undefined
	#inode: number | undefined
	#lookedAt = 0

	constructor(options: FollowerOptions) {
		this.#options = options
		this.#path = join(options.journal, 'entries.jws')
	}

	/** Resolves after the first look: what is in the journal by now is known. */
	start(): Promise<void> {
		if (this.#stopping !== undefined) return Promise.resolve()
		const stopping = new AbortController()
		this.#stopping = stopping
		return new Promise((looked) => {
			this.#running = this.#run(stopping.signal, looked)
		})
	}

	async stop(): Promise<void> {
		this.#stopping?.abort()
		this.#look?.()
		await this.#running
		this.#stopping = undefined
	}

	/** The last entry that is there; 0 for none. */
	get last(): number {
		return this.#last
	}

	/** When the last look at the file came to its end, by the monotonic clock. */
	get lookedAt(): number {
		return this.#lookedAt
	}

	async entry(seq: number): Promise<Result<JournalEntry, FollowerFault>> {
		const start = this.#ends[seq - 1]
		const end = this.#ends[seq]
		if (seq < 1 || seq > this.#last || start === undefined || end === undefined) {
			return fail('no-such-entry', `the journal has no entry ${seq}`)
		}
		const read = await readAt(this.#path, start, end - start - 1)
		if (!read.ok) return read
		const text = read.value.toString('utf8')
		const jws = parseJws(text, 'entry')
		if (!jws.ok) return fail('bad-entry', `entry ${seq}: ${jws.fault.detail}`)
		const meaning = readEntry(jws.value)
		if (!meaning.ok && meaning.fault.code !== 'unknown-version') {
			return fail('bad-entry', `entry ${seq}: ${meaning.fault.detail}`)
		}
		if (meaning.ok && meaning.value.entry.seq !== seq) {
			return fail('bad-entry', `line ${seq} of the journal holds entry ${meaning.value.entry.seq}`)
		}
		const { id, kid } = jws.value
		return ok({ text, id, device: kid, entry: meaning.ok ? meaning.value.entry : null })
	}

	/** Chunk `index` of a file that an entry names. */
	async chunk(sha256: string, index: number): Promise<Result<Uint8Array, FollowerFault>> {
		const path = addressOf(join(this.#options.journal, 'images'), sha256)
		const read = await readAt(path, index * chunkSize, chunkSize)
		if (read.ok && read.value.length === 0) return fail('unreadable', `${path} ends before chunk ${index}`)
		return read
	}

	async #run(stop: AbortSignal, looked: () => void): Promise<void> {
		const { clock, pollMs, failed } = this.#options
		let watcher: FSWatcher | undefined
		try {
			while (!stop.aborted) {
				// Set before looking, so that a change during the look is not missed.
				let changed = false
				const woken = new Promise<void>((resolve) => {
					this.#look = () => {
						changed = true
						resolve()
					}
				})
				watcher ??= this.#watch(() => {
					watcher = undefined
				})
				const fault = await this.#readOn()
				this.#lookedAt = clock.monotonic()
				looked()
				if (fault !== null) {
					failed(fault)
					if (fault.code !== 'unreadable') return
				}
				if (changed || stop.aborted) continue
				const waiting = new AbortController()
				await Promise.race([woken, pause(clock, pollMs, waiting.signal)])
				waiting.abort()
			}
		} finally {
			watcher?.close()
			this.#look = undefined
			looked()
		}
	}

	/** A hint only: network and overlay file systems notify of nothing. */
	#watch(lost: () => void): FSWatcher | undefined {
		try {
			const watcher = watch(this.#options.journal, (_, name) => {
				if (name === null || name === 'entries.jws') this.#look?.()
			})
			watcher.on('error', () => {
				watcher.close()
				lost()
			})
			return watcher
		} catch {
			return undefined
		}
	}

	async #readOn(): Promise<FollowerFault | null> {
		const opened = await openToRead(this.#path)
		if (!opened.ok) return opened.fault.isMissing && this.#last === 0 ? null : opened.fault
		const { handle, seen } = opened.value
		try {
			const { size, ino } = seen
			const known = this.#ends[this.#last] ?? 0
			if (size < known || (this.#inode !== undefined && this.#inode !== ino)) {
				return { code: 'replaced', detail: `${this.#path} is not the file that it was` }
			}
			this.#inode = ino
			if (size === known) return null
			// fsync(2) needs no right to write.
			await handle.datasync()
			return await this.#indexLines(handle, known, size)
		} catch (error) {
			return unreadable(this.#path, error).fault
		} finally {
			await handle.close()
		}
	}

	/** `end` is where the file ended before it was synced. */
	async #indexLines(handle: FileHandle, from: number, end: number): Promise<FollowerFault | null> {
		const buffer = Buffer.alloc(block)
		const splitter = new LineSplitter(longestJws, from)
		let reported = this.#last
		let position = from
		while (position < end) {
			const { bytesRead } = await handle.read(buffer, 0, Math.min(block, end - position), position)
			if (bytesRead === 0) break
			for (const { offset, length } of splitter.push(buffer.subarray(0, bytesRead))) {
				if (this.#last === mostEntries) {
					return { code: 'too-many-lines', detail: `the journal has more than ${mostEntries} lines` }
				}
				this.#push(offset + length + 1)
			}
			position += bytesRead
			// Reported block by block: sending begins while a long journal is still being read.
			if (this.#last > reported) this.#options.grew(this.#last)
			reported = this.#last
			if (splitter.pending > longestJws) {
				return { code: 'line-too-long', detail: `line ${this.#last + 1} of the journal is no entry` }
			}
		}
		return null
	}

	#push(end: number): void {
		this.#last++
		if (this.#last >= this.#ends.length) {
			const longer = new Float64Array(this.#ends.length * 2)
			longer.set(this.#ends)
			this.#ends = longer
		}
		this.#ends[this.#last] = end
	}
}

async function readAt(
	path: string,
	position: number,
	length: number,
): Promise<Result<Buffer, FollowerFault>> {
	const opened = await openToRead(path)
	if (!opened.ok) return opened
	const { handle } = opened.value
	try {
		try {
			const bytes = Buffer.allocUnsafeSlow(length)
			let done = 0
			while (done < length) {
				const { bytesRead } = await handle.read(bytes, done, length - done, position + done)
				if (bytesRead === 0) break
				done += bytesRead
			}
			return ok(bytes.subarray(0, done))
		} finally {
			await handle.close()
		}
	} catch (error) {
		return unreadable(path, error)
	}
}

async function openToRead(
	path: string,
): Promise<Result<PlainFile, Fault<'unreadable'> & { readonly isMissing: boolean }>> {
	try {
		const opened = await openPlain(path)
		if (opened.ok) return opened
		const isMissing = opened.fault.code === 'missing'
		return { ok: false, fault: { code: 'unreadable', detail: `${path}: ${opened.fault.detail}`, isMissing } }
	} catch (error) {
		return { ok: false, fault: { ...unreadable(path, error).fault, isMissing: false } }
	}
}

function unreadable(
	path: string,
	error: unknown,
): { readonly ok: false; readonly fault: Fault<'unreadable'> } {
	return fail('unreadable', `${path}: can't be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`)
}
