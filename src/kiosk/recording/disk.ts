/**
 * What the disk can take now, and getting it back after trouble.
 *
 * Before each scan there must be room for the largest one, with a margin, and the reserve must be whole; so a
 * disk that fills up stops the scanning while nothing is at risk. What was begun is finished all the same, at
 * the cost of the reserve. The session (`session.ts`) asks, and asks again with growing delays, as long as there
 * is trouble: nobody has to press anything when the disk is back.
 */

import { statfs } from 'node:fs/promises'
import { Mutex } from 'async-mutex'
import { type DiskFault, diskFault } from '../../journal/disk-fault.ts'
import { checkFreeSpace, type FreeSpace } from '../../journal/free-space.ts'
import type { Journal } from '../../journal/journal.ts'
import type { Reserve } from '../../platform/files/reserve.ts'
import type { Fault, Result } from '../../platform/result.ts'
import type { KioskLog } from '../events.ts'
import type { DiskState } from '../session/session-types.ts'
import type { ImageEviction } from './image-eviction.ts'

export interface DiskParts {
	readonly journal: Journal
	readonly reserve: Reserve
	/** What must be free for a scan to begin, beside the reserve. */
	readonly need: FreeSpace
	/** What makes room where there is too little. */
	readonly eviction?: Pick<ImageEviction, 'begin'>
	readonly log: KioskLog
}

export class Disk {
	readonly #parts: DiskParts
	/** One thing at a time: two that made the reserve at once would undo each other's work. */
	readonly #mutex = new Mutex()

	constructor(parts: DiskParts) {
		this.#parts = parts
	}

	/** Whether a scan may begin. Cheap, but for making the reserve when it is missing and there is room for it. */
	check(): Promise<DiskState> {
		return this.#mutex.runExclusive(() => this.#look())
	}

	/** Bytes that are free (null where the disk does not say), and that the reserve lacks. */
	async room(): Promise<{ readonly free: number | null; readonly reserveMissing: number }> {
		const { journal, reserve } = this.#parts
		const stats = await statfs(journal.directory).catch(() => null)
		const missing = await this.#mutex.runExclusive(() => reserve.missing())
		return { free: stats === null ? null : stats.bavail * stats.bsize, reserveMissing: missing.bytes }
	}

	/**
	 * Tries to get the disk back after `fault`. With `unfinished` something begun waits to be recorded: a disk
	 * without room gives up a step of the reserve for it, and makes it again only when it is recorded. So it is with
	 * an entry in doubt. A disk that is not merely full is let go of, so that it can be taken out, and the journal
	 * is opened anew on whatever is there then.
	 */
	mend(fault: Fault, unfinished: boolean): Promise<DiskState> {
		return this.#mutex.runExclusive(() => this.#mend(fault, unfinished))
	}

	async #look(): Promise<DiskState> {
		const { journal, reserve, need, eviction } = this.#parts
		if (journal.broken) {
			return broken({ code: 'disk-error', detail: `${journal.directory}: the last write failed` })
		}
		const missing = await reserve.missing()
		const room = await checkFreeSpace(journal.directory, {
			bytes: need.bytes + missing.bytes,
			inodes: need.inodes + missing.inodes,
		})
		if (!room.ok) {
			if (!isShort(room.fault)) return broken(room.fault)
			// More than is needed now, so that not every scan waits for it.
			eviction?.begin(async () => (await checkFreeSpace(journal.directory, twice(need, missing))).ok)
			return { at: 'short', fault: room.fault }
		}
		try {
			await reserve.make()
			return { at: 'ready' }
		} catch (error) {
			return { at: 'short', fault: diskFault(error, "the disk's reserve can't be made") }
		}
	}

	async #mend(fault: Fault, unfinished: boolean): Promise<DiskState> {
		const { journal, reserve } = this.#parts
		if (isShort(fault) && (unfinished || journal.broken)) {
			try {
				await reserve.giveUp()
			} catch (error) {
				return broken(diskFault(error, "the disk's reserve can't be given up"))
			}
		}
		if (journal.broken || !isShort(fault)) {
			const reopened = await this.#reopen()
			if (!reopened.ok) return broken(reopened.fault)
		}
		return unfinished ? { at: 'short', fault } : await this.#look()
	}

	async #reopen(): Promise<Result<true>> {
		const { journal, reserve, log } = this.#parts
		// Another disk may have been put in.
		reserve.forget()
		const reopened = await journal.reopen()
		if (!reopened.ok) return reopened
		log({ event: 'journal-opened', entries: journal.tail?.seq ?? 0, actas: journal.actas.count })
		if (journal.quarantined !== null) log({ event: 'journal-tail-quarantined', ...journal.quarantined })
		return reopened
	}
}

function twice(need: FreeSpace, missing: FreeSpace): FreeSpace {
	return { bytes: 2 * need.bytes + missing.bytes, inodes: 2 * need.inodes + missing.inodes }
}

function isShort({ code }: Fault): boolean {
	return (
		code === ('disk-full' satisfies DiskFault['code']) || code === ('no-inodes' satisfies DiskFault['code'])
	)
}

function broken(fault: Fault): DiskState {
	return { at: 'broken', fault }
}
