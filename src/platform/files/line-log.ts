/**
 * A file of lines that only grows, with group commit: all lines that arrive while a sync is running share the
 * next one.
 *
 * INVARIANTS
 * - What `append` has resolved for is on the disk.
 * - Nothing that was ever in the file is deleted: a torn last line, left by a power cut, moves to quarantine.
 * - With a way to make room, a full disk is waited out: what was appended is neither lost nor promised meanwhile.
 */
import { dirname } from 'node:path'
import { AppendFile, makeDirectory } from './durable.ts'
import { openOwn } from './own-file.ts'
import { endOfLastLine, quarantineTail } from './torn-tail.ts'

export interface OpenedLog {
	readonly log: LineLog
	/** Bytes of a torn last line that were moved to quarantine; 0 normally. */
	readonly tornBytes: number
}

interface Waiting {
	readonly bytes: Buffer
	readonly done: () => void
	readonly failed: (error: unknown) => void
}

/** A batch of more bytes than this is split, so that a sync stays short; no single append has more. */
const largestBatchBytes = 4 * 1024 * 1024

/** Makes room on a full disk, or waits for some; false where the wait is over in vain. */
export type MakeRoom = () => Promise<boolean>

interface LineLogOptions {
	/** Asked each time that the disk is full; without it that is a failure as any other. */
	readonly makeRoom?: MakeRoom | undefined
	/** Gets what came on the disk. */
	readonly appended?: (bytes: Uint8Array) => void
}

export class LineLog {
	readonly #file: AppendFile
	readonly #makeRoom: MakeRoom
	readonly #appended: (bytes: Uint8Array) => void
	#wantsRoom = false
	#waiting: Waiting[] = []
	#writing: Promise<void> | undefined
	#broken: { readonly error: unknown } | undefined

	private constructor(
		file: AppendFile,
		{ makeRoom = async () => false, appended = () => {} }: LineLogOptions,
	) {
		this.#file = file
		this.#makeRoom = makeRoom
		this.#appended = appended
	}

	/** Opens or makes the file, and moves a torn last line to `quarantine`. */
	static async open(path: string, quarantine: string, options: LineLogOptions = {}): Promise<OpenedLog> {
		await makeDirectory(dirname(path))
		const tornBytes = await moveTornLine(path, quarantine)
		return { log: new LineLog(await AppendFile.open(path, largestBatchBytes), options), tornBytes }
	}

	/** The disk is full, and what was appended waits for room. */
	get wantsRoom(): boolean {
		return this.#wantsRoom
	}

	/** Bytes in the file that are known to be on the disk. */
	get size(): number {
		return this.#file.size
	}

	/** Appends `lines` together. Rejects when they could not be made durable; the log is then unusable. */
	append(lines: readonly string[]): Promise<void> {
		const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
		return new Promise((done, failed) => {
			this.#waiting.push({ bytes, done, failed })
			this.#writing ??= this.#write()
		})
	}

	/** Resolves when all that was appended before is on the disk; rejects when some of it is not. */
	settled(): Promise<void> {
		if (this.#writing !== undefined) return this.append([])
		return this.#broken === undefined ? Promise.resolve() : Promise.reject(this.#broken.error)
	}

	/** Waits for what was appended, then closes. */
	async close(): Promise<void> {
		await this.#writing
		await this.#file.close()
	}

	async #write(): Promise<void> {
		// All that is appended in this turn of the event loop goes into the first batch.
		await new Promise(setImmediate)
		while (this.#waiting.length > 0) {
			let size = 0
			let count = 0
			for (const { bytes } of this.#waiting) {
				if (count > 0 && size + bytes.length > largestBatchBytes) break
				size += bytes.length
				count++
			}
			const batch = this.#waiting.splice(0, count)
			try {
				const bytes = Buffer.concat(batch.map((one) => one.bytes))
				await this.#append(bytes)
				this.#appended(bytes)
				for (const { done } of batch) done()
			} catch (error) {
				this.#broken = { error }
				for (const { failed } of [...batch, ...this.#waiting.splice(0)]) failed(error)
			}
		}
		this.#writing = undefined
	}

	async #append(bytes: Buffer): Promise<void> {
		// Who only asks whether all before is on the disk needs no sync of its own.
		if (bytes.length === 0) return
		try {
			await this.#file.append(bytes)
			return
		} catch (error) {
			if (!isFull(error)) throw error
		}
		this.#wantsRoom = true
		try {
			for (;;) {
				if (!(await this.#makeRoom())) throw new Error('the disk is full')
				const tried = await this.#file.appendAgain(bytes).catch((error: unknown) => error)
				if (tried === undefined) return
				if (!isFull(tried)) throw tried
			}
		} finally {
			this.#wantsRoom = false
		}
	}
}

function isFull(error: unknown): boolean {
	const { code } = error as NodeJS.ErrnoException
	return code === 'ENOSPC' || code === 'EDQUOT'
}

/** Gives the bytes that were moved. */
async function moveTornLine(path: string, quarantine: string): Promise<number> {
	const handle = await openOwn(path, 'read').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return null
		throw error
	})
	if (handle === null) return 0
	try {
		const { size } = await handle.stat()
		const whole = await endOfLastLine(handle, size)
		if (whole === size) return 0
		return (await quarantineTail(path, whole, quarantine, (digest) => `${whole}-${digest}`)).bytes
	} finally {
		await handle.close()
	}
}
