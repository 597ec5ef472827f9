/**
 * Reads what another process of this machine wrote, which may be captured, or stand on a disk that hangs. Beside the
 * rules of `openPlain`:
 *
 * INVARIANTS
 * - The directory is no link either, and a file in it is its owner's, ours, or root's.
 * - Memory is what the caller asks for, whatever the file's size says, and however it changes meanwhile.
 * - Every answer comes within a deadline. While one does not come, nothing more is asked: each that hangs takes one
 *   of Node's four threads, which are needed to record.
 */
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Clock, systemClock } from '../clock.ts'
import { type Fault, fail, ok, type Result } from '../result.ts'
import { holdDirectory, type NotPlain, openBelow, openPlain, type PlainFile } from './plain-file.ts'

/** `no-answer`: not within the deadline. */
export type ForeignFileFault = Fault<'file-missing' | 'file-unreadable' | 'no-answer'>

/** Milliseconds: far over what a card takes, and under what makes who waits seem dead. */
const answersWithinMs = 10_000

export interface ForeignBytes {
	readonly bytes: Buffer
	/** When the file was touched last, milliseconds since 1970. */
	readonly touchedMs: number
}

export interface ForeignFile {
	/** Bytes, when it was opened. */
	readonly size: number
	/** When it was touched last, milliseconds since 1970. */
	readonly touchedMs: number
	/** Bytes that were read into `buffer`, from byte `at` of the file on: fewer at its end. */
	read(buffer: Buffer, at: number): Promise<Result<number, ForeignFileFault>>
	/** Never waits, never rejects. */
	close(): void
}

/** One for each process that reads, or for each of its parts. */
export class ForeignFiles {
	readonly #clock: Clock
	readonly #withinMs: number
	#hanging = 0

	/** The clock is that of the disk, which no simulation makes faster. */
	constructor(clock: Clock = systemClock, withinMs: number = answersWithinMs) {
		this.#clock = clock
		this.#withinMs = withinMs
	}

	/** The caller caps what it reads, and closes. */
	open(path: string): Promise<Result<ForeignFile, ForeignFileFault>> {
		return this.#open(path, () => openIn(path))
	}

	async #open(
		path: string,
		ask: () => Promise<Result<PlainFile, NotPlain>>,
	): Promise<Result<ForeignFile, ForeignFileFault>> {
		const opened = await this.#within(path, ask, (late) => {
			if (late.ok) close(late.value.handle)
		})
		if (!opened.ok) return opened
		if (!opened.value.ok) {
			const { code, detail } = opened.value.fault
			return fail(code === 'missing' ? 'file-missing' : 'file-unreadable', `${path}: ${detail}`)
		}
		const { handle, seen } = opened.value.value
		return ok({
			size: seen.size,
			touchedMs: seen.mtimeMs,
			read: (buffer, at) => this.#within(path, () => readAt(handle, buffer, at)),
			close: () => close(handle),
		})
	}

	/** A whole file of at most `cap` bytes. */
	async read(
		path: string,
		cap: number,
	): Promise<Result<ForeignBytes, ForeignFileFault | Fault<'too-large'>>> {
		return await readWhole(path, cap, await this.open(path))
	}

	/**
	 * The same of a file below a folder that a person named and anybody may have filled, `names` the folders on the way
	 * and the file: single names, no link among them.
	 */
	async readBelow(
		folder: string,
		names: readonly string[],
		cap: number,
	): Promise<Result<ForeignBytes, ForeignFileFault | Fault<'too-large'>>> {
		const path = join(folder, ...names)
		return await readWhole(path, cap, await this.#open(path, () => openBelow(folder, names)))
	}

	/** What distinguishes one state of the file from another; the code of the fault where it can't be read. */
	async stateOf(path: string): Promise<string> {
		const looked = await this.#within(
			path,
			() => openIn(path),
			(late) => {
				if (late.ok) close(late.value.handle)
			},
		)
		if (!looked.ok) return looked.fault.code
		if (!looked.value.ok) return looked.value.fault.code
		const { handle, seen } = looked.value.value
		close(handle)
		return `${seen.ino} ${seen.size} ${seen.mtimeMs}`
	}

	/** `ask` is not called while something hangs; `late` gets what comes when nobody waits for it any more. */
	async #within<T>(
		path: string,
		ask: () => Promise<T>,
		late: (value: T) => void = () => {},
	): Promise<Result<T, ForeignFileFault>> {
		const silence = () => fail('no-answer', `${path}: the disk does not answer`)
		if (this.#hanging > 0) return silence()
		let isLate = false
		let cancel = () => {}
		const deadline = new Promise<null>((resolve) => {
			cancel = this.#clock.after(this.#withinMs, () => {
				isLate = true
				this.#hanging++
				resolve(null)
			})
		})
		const answer = ask().then(
			(value) => ({ value }),
			({ code = 'unknown' }: NodeJS.ErrnoException) => ({ code }),
		)
		void answer.then((came) => {
			cancel()
			if (!isLate) return
			this.#hanging--
			if ('value' in came) late(came.value)
		})
		const came = await Promise.race([answer, deadline])
		if (came === null) return silence()
		return 'value' in came ? ok(came.value) : fail('file-unreadable', `${path}: can't be read (${came.code})`)
	}
}

async function readWhole(
	path: string,
	cap: number,
	opened: Result<ForeignFile, ForeignFileFault>,
): Promise<Result<ForeignBytes, ForeignFileFault | Fault<'too-large'>>> {
	if (!opened.ok) return opened
	const file = opened.value
	try {
		if (file.size > cap) return fail('too-large', `${path}: over ${cap} bytes`)
		const bytes = Buffer.alloc(file.size)
		const read = await file.read(bytes, 0)
		return read.ok ? ok({ bytes: bytes.subarray(0, read.value), touchedMs: file.touchedMs }) : read
	} finally {
		file.close()
	}
}

async function openIn(path: string): Promise<Result<PlainFile, NotPlain>> {
	const directory = await holdDirectory(dirname(path))
	if (!directory.ok) return directory
	const { handle, seen } = directory.value
	try {
		const owners = [seen.uid, 0, process.geteuid?.() ?? seen.uid]
		return await openPlain(`/proc/self/fd/${handle.fd}/${basename(path)}`, { owners })
	} finally {
		await handle.close()
	}
}

async function readAt(handle: FileHandle, buffer: Buffer, at: number): Promise<number> {
	let done = 0
	while (done < buffer.length) {
		const { bytesRead } = await handle.read(buffer, done, buffer.length - done, at + done)
		if (bytesRead === 0) break
		done += bytesRead
	}
	return done
}

function close(handle: FileHandle): void {
	handle.close().catch(() => {})
}
