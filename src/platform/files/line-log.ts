/**
 * A file of lines that only grows, with group commit: all lines that arrive while a sync is running share the
 * next one.
 *
 * INVARIANTS
 * - What `append` has resolved for is on the disk.
 * - Nothing that was ever in the file is deleted: a torn last line, left by a power cut, moves to quarantine.
 */
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppendFile, makeDirectory } from './durable.ts'
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

export class LineLog {
	readonly #file: AppendFile
	#waiting: Waiting[] = []
	#writing: Promise<void> | undefined
	#broken: { readonly error: unknown } | undefined

	readonly #appended: (bytes: Uint8Array) => void

	private constructor(file: AppendFile, appended: (bytes: Uint8Array) => void) {
		this.#file = file
		this.#appended = appended
	}

	/** Opens or makes the file, and moves a torn last line to `quarantine`. `appended` gets what came on the disk. */
	static async open(
		path: string,
		quarantine: string,
		appended: (bytes: Uint8Array) => void = () => {},
	): Promise<OpenedLog> {
		await makeDirectory(dirname(path))
		const tornBytes = await moveTornLine(path, quarantine)
		return { log: new LineLog(await AppendFile.open(path, largestBatchBytes), appended), tornBytes }
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
				await this.#file.append(bytes)
				this.#appended(bytes)
				for (const { done } of batch) done()
			} catch (error) {
				this.#broken = { error }
				for (const { failed } of [...batch, ...this.#waiting.splice(0)]) failed(error)
			}
		}
		this.#writing = undefined
	}
}

/** Gives the bytes that were moved. */
async function moveTornLine(path: string, quarantine: string): Promise<number> {
	const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
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
