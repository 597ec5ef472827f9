/**
 * Space and inodes put aside, so that what was begun can be finished on a disk that has become full under it.
 *
 * A kiosk looks for room before each scan and a centre before each entry, with a margin; but others write on the same
 * disk between the look and the last sync. Then the reserve is given up: files, in a folder of their own, of zeros
 * that are really on the disk. Deleting a file frees blocks and an inode at once on every file system, which the other ways do not:
 * `fallocate` beyond the end of a file keeps blocks of one file and no inodes, and the blocks that ext4 keeps for
 * root help only root. (Where a file system compresses, zeros take no room and the reserve is of inodes only;
 * kiosks have ext4.)
 *
 * It is given up in two steps: first what a scan's images need, or a batch of a ledger; the last part only when that
 * was not enough, so that entries (a kilobyte each) can still be written when images can't. No scan begins, and
 * nothing new is taken in, while a part is missing.
 */
import { lstat, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncDirectory, writeSlices } from './durable.ts'
import { makeOwn } from './own-file.ts'
import { isOwnFolder, makeOwnFolder } from './own-folder.ts'

/** Files: each frees an inode too. A scan makes a file and perhaps a folder an image, and a quarantine two. */
const parts = 16

export class Reserve {
	readonly #directory: string
	/** Bytes of a part. */
	readonly #part: number
	/** Which parts are on the disk; the first of them is given up last. Undefined before the first look. */
	#held: boolean[] | undefined

	/** `bytes` in all. */
	constructor(directory: string, bytes: number) {
		this.#directory = directory
		this.#part = Math.ceil(bytes / parts)
	}

	/** What is missing of it, in bytes and files. */
	async missing(): Promise<{ readonly bytes: number; readonly inodes: number }> {
		// What lies in a folder that is not ours is none of it: `make` says so, and nothing there is deleted.
		const isOurs = this.#held !== undefined || (await isOwnFolder(...this.#place).catch(() => false))
		const look = (index: number) => isOurs && this.#isWhole(index)
		this.#held ??= await Promise.all(Array.from({ length: parts }, (_, index) => look(index)))
		const missing = this.#held.filter((held) => !held).length
		return { bytes: missing * this.#part, inodes: missing }
	}

	/** Makes what is missing. Throws when the disk does not take it; what was made by then stays. */
	async make(): Promise<void> {
		if ((await this.missing()).inodes === 0) return
		await makeOwnFolder(...this.#place)
		for (const [index, held] of this.#held?.entries() ?? []) {
			if (held) continue
			await this.#make(index)
			this.#held?.splice(index, 1, true)
		}
		await syncDirectory(this.#directory)
	}

	/** Gives up a step of it; false when there was nothing left. Throws when the disk refuses even that. */
	async giveUp(): Promise<boolean> {
		await this.missing()
		const held = this.#held ?? []
		const [last = false, ...others] = held
		const step = others.includes(true) ? others.flatMap((there, index) => (there ? [index + 1] : [])) : [0]
		if (!last && !others.includes(true)) return false
		for (const index of step) {
			await rm(this.#path(index), { force: true })
			held[index] = false
		}
		// Blocks are free for others only when the file system has committed that they are.
		await syncDirectory(this.#directory)
		return true
	}

	/** Looks anew next time at what is there. */
	forget(): void {
		this.#held = undefined
	}

	get #place(): readonly [string, string] {
		return [dirname(this.#directory), basename(this.#directory)]
	}

	async #make(index: number): Promise<void> {
		const path = this.#path(index)
		try {
			await rm(path, { force: true })
			const handle = await makeOwn(path)
			try {
				await writeSlices(handle, Buffer.alloc(this.#part))
				await handle.sync()
			} finally {
				await handle.close()
			}
		} catch (error) {
			await rm(path, { force: true }).catch(() => {})
			throw error
		}
	}

	async #isWhole(index: number): Promise<boolean> {
		return (await lstat(this.#path(index)).catch(() => null))?.size === this.#part
	}

	#path(index: number): string {
		return join(this.#directory, String(index))
	}
}
