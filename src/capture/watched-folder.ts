/**
 * A folder that document scanners save into, seen as a stack of finished files (`sightings.ts`).
 *
 * `fs.watch` is a hint that saves waiting; polling finds everything, also on network shares
 * that never send a hint (Node.js documentation, fs.watch, "Availability").
 *
 * INVARIANTS
 * - Only plain files directly in the folder are looked at; links in it are not followed.
 * - A file is cleared away only while it still is the file that was read.
 * - A file that was done with is never taken again, even when it can't be cleared away.
 */

import { type FSWatcher, watch } from 'node:fs'
import { stat, unlink } from 'node:fs/promises'
import { Mutex } from 'async-mutex'
import { type Clock, pause, systemClock } from '../platform/clock.ts'
import { syncDirectory } from '../platform/files/durable.ts'
import { printable } from '../platform/printable.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { largestFrameBytes } from '../protocol/limits.ts'
import type { CameraFault } from './camera.ts'
import {
	errorCode,
	type FileIdentity,
	identify,
	pathIn,
	readSame,
	sameFile,
	shownName,
} from './folder-file.ts'
import { isTmpfs } from './is-tmpfs.ts'
import { setAside } from './set-aside.ts'
import { type Clearing, Sightings } from './sightings.ts'

export interface WatchedFolderOptions {
	readonly clock?: Clock
	/** Milliseconds for which size and time must stay before a file counts as finished. */
	readonly settleMs?: number
	/** Milliseconds between looks when nothing is heard. */
	readonly pollMs?: number
	/** False to rely on polling alone, as it is on network shares. */
	readonly hints?: boolean
	/** Most bytes of a file. */
	readonly largestBytes?: number
	/** True to take nothing from a folder on a disk, which would keep plain pictures, also deleted ones. */
	readonly onlyInMemory?: boolean
	/** Called when something is wrong with the folder, when that changes, and with null when all is well again. */
	readonly onTrouble?: (trouble: FolderTrouble | null) => void
}

/** `no-folder`: it is not there or may not be read. `on-disk`: it has to be in memory. `stuck`: a file that was done with can't be cleared away. */
export type FolderTrouble = Fault<'no-folder' | 'on-disk' | 'stuck'>

/** A file taken from the folder into memory. */
export interface TakenFile {
	readonly name: string
	readonly identity: FileIdentity
	readonly bytes: Uint8Array
}

/** Hints come in swarms while a file is written: one look for all that come within so many milliseconds. */
const hintMs = 25

/** Milliseconds for which a stop waits for what is under way: a network share may never answer. */
const stopsWithinMs = 5_000

export class WatchedFolder {
	readonly path: string
	readonly #clock: Clock
	readonly #pollMs: number
	readonly #hints: boolean
	readonly #largest: number
	readonly #onlyInMemory: boolean
	readonly #onTrouble: (trouble: FolderTrouble | null) => void
	readonly #listeners = new Set<() => void>()
	readonly #sightings: Sightings
	#missing: FolderTrouble | undefined
	#reported: FolderTrouble | null = null
	#held = false
	#turns = 0
	#running = false
	/** One thing at a time: looks, takes and clearings. */
	readonly #mutex = new Mutex()
	/** The look that has not begun. */
	#waiting: Promise<void> | undefined
	#cancelNext = () => {}
	#nextAt = Number.POSITIVE_INFINITY
	#watcher: { readonly inode: bigint; readonly hints: FSWatcher } | undefined

	constructor(path: string, options: WatchedFolderOptions = {}) {
		this.path = path
		this.#clock = options.clock ?? systemClock
		this.#sightings = new Sightings(path, options.settleMs ?? 400)
		this.#pollMs = options.pollMs ?? 500
		this.#hints = options.hints ?? true
		this.#largest = options.largestBytes ?? largestFrameBytes
		this.#onlyInMemory = options.onlyInMemory ?? false
		this.#onTrouble = options.onTrouble ?? (() => {})
	}

	/** Begins to look. A missing folder is waited for; the answer says how things stand now. */
	async start(): Promise<Result<true, CameraFault>> {
		this.#running = true
		await this.look()
		return this.#missing === undefined ? ok(true) : fail('device', this.#missing.detail)
	}

	async stop(): Promise<void> {
		this.#running = false
		this.#cancelNext()
		this.#nextAt = Number.POSITIVE_INFINITY
		const ended = new AbortController()
		await Promise.race([this.#mutex.waitForUnlock(), pause(this.#clock, stopsWithinMs, ended.signal)])
		ended.abort()
		this.#watcher?.hints.close()
		this.#watcher = undefined
	}

	/** Calls back after every look; the returned function ends it. */
	afterLook(listener: () => void): () => void {
		this.#listeners.add(listener)
		return () => this.#listeners.delete(listener)
	}

	/** True when a finished file waits, or one was taken and not yet cleared away. */
	get holdsFile(): boolean {
		return this.#held || this.#sightings.oldest() !== undefined
	}

	/** True when at the last look the folder was not there, or may not be used. */
	get isMissing(): boolean {
		return this.#missing !== undefined
	}

	/** How many files have had their turn: grows with each one cleared away, and each time nothing could be taken. */
	get turns(): number {
		return this.#turns
	}

	/** Looks at the folder now; joins a look that has not begun, not one that may have passed by already. */
	look(): Promise<void> {
		this.#waiting ??= this.#mutex.runExclusive(() => {
			this.#waiting = undefined
			return this.#look()
		})
		return this.#waiting
	}

	/**
	 * Reads the oldest finished file: by time of change, then by name. It stays in the folder until `clear`. One
	 * that can't be taken (`too-large`, `unreadable`) is set aside.
	 */
	take(): Promise<Result<TakenFile, CameraFault>> {
		return this.#mutex.runExclusive(async () => {
			await this.#survey()
			if (this.#missing !== undefined) return fail('device', this.#missing.detail)
			for (let oldest = this.#sightings.oldest(); oldest !== undefined; oldest = this.#sightings.oldest()) {
				const taken = await this.#take(...oldest)
				if (taken === undefined) continue
				if (taken.ok) this.#held = true
				else this.#turns++
				return taken
			}
			this.#turns++
			return fail('nothing-there', 'no finished file lies in the folder')
		})
	}

	/**
	 * Deletes a file, or moves it to `set-aside/`, durably. One that was replaced meanwhile stays: it is another
	 * paper. One that can't be cleared away is reported as trouble and tried again at each look.
	 */
	clear(file: Pick<TakenFile, 'name' | 'identity'>, how: Clearing): Promise<void> {
		return this.#mutex.runExclusive(async () => {
			await this.#clear(file.name, file.identity, how)
			this.#held = false
			this.#turns++
		})
	}

	async #look(): Promise<void> {
		this.#cancelNext()
		this.#nextAt = Number.POSITIVE_INFINITY
		await this.#survey()
		for (const { name, identity, how } of this.#sightings.done()) await this.#clear(name, identity, how)
		this.#report()
		for (const listener of this.#listeners) listener()
		if (this.#running) this.#lookAfter(this.#untilNextLook())
	}

	async #survey(): Promise<void> {
		try {
			this.#listen((await stat(this.path, { bigint: true })).ino)
			if (this.#onlyInMemory && !(await isTmpfs(this.path))) {
				this.#sightings.forgetAll()
				this.#missing = onDisk(this.path)
				return
			}
			await this.#sightings.look(this.#clock.monotonic())
			this.#missing = undefined
		} catch (error) {
			this.#sightings.forgetAll()
			this.#missing = whyMissing(this.path, errorCode(error))
		}
	}

	/** Undefined when the file went or is being changed: then it is not finished after all. */
	async #take(name: string, identity: FileIdentity): Promise<Result<TakenFile, CameraFault> | undefined> {
		const shown = `"${shownName(name)}"`
		if (identity.size > this.#largest) {
			await this.#clear(name, identity, 'set-aside')
			const most = Math.floor(this.#largest / (1 << 20))
			return fail('too-large', `${shown} is over ${most} MB and was set aside: scan with fewer dots per inch`)
		}
		try {
			const bytes = await readSame(pathIn(this.path, name), identity)
			if (bytes !== undefined) return ok({ name, identity, bytes })
		} catch (error) {
			const code = errorCode(error)
			if (code !== 'ENOENT' && code !== 'ELOOP') {
				await this.#clear(name, identity, 'set-aside')
				return fail('unreadable', `${shown} can't be read (${code}) and was set aside`)
			}
		}
		this.#sightings.forget(name)
		return undefined
	}

	async #clear(name: string, identity: FileIdentity, how: Clearing): Promise<void> {
		const path = pathIn(this.path, name)
		try {
			const now = await identify(path)
			// Between this check and the next call lies a moment that no file system closes.
			if (now !== undefined && sameFile(now, identity)) {
				if (how === 'set-aside') {
					await setAside(this.path, name)
				} else {
					await unlink(path)
					await syncDirectory(this.path)
				}
			}
			this.#sightings.forget(name)
		} catch {
			this.#sightings.keepDone(name, identity, this.#clock.monotonic(), how)
		}
	}

	#untilNextLook(): number {
		const settles = this.#sightings.untilNextSettles(this.#clock.monotonic()) ?? this.#pollMs
		return Math.max(hintMs, Math.min(this.#pollMs, settles))
	}

	#lookAfter(milliseconds: number): void {
		const at = this.#clock.monotonic() + milliseconds
		if (at >= this.#nextAt) return
		this.#cancelNext()
		this.#nextAt = at
		this.#cancelNext = this.#clock.after(milliseconds, () => void this.look())
	}

	/** Listens for hints; a folder that was removed and made again is another folder. */
	#listen(inode: bigint): void {
		if (!this.#running || !this.#hints || this.#watcher?.inode === inode) return
		this.#watcher?.hints.close()
		this.#watcher = undefined
		try {
			const hints = watch(this.path, { persistent: false }, () => {
				if (this.#running) this.#lookAfter(hintMs)
			})
			hints.on('error', () => {
				hints.close()
				if (this.#watcher?.hints === hints) this.#watcher = undefined
			})
			this.#watcher = { inode, hints }
		} catch {
			// No hints to be had (a limit of the system, a network share): polling finds it all, a little later.
		}
	}

	#report(): void {
		const trouble = this.#missing ?? this.#stuck()
		if (trouble?.detail === this.#reported?.detail) return
		this.#reported = trouble
		this.#onTrouble(trouble)
	}

	#stuck(): FolderTrouble | null {
		const [first, ...more] = this.#sightings.done()
		if (first === undefined) return null
		const which = more.length === 0 ? '' : ` and ${more.length} more`
		return fail(
			'stuck',
			`"${shownName(first.name)}"${which} can't be cleared out of the folder: give the kiosk's user write access`,
		).fault
	}
}

function onDisk(path: string): FolderTrouble {
	const where = `the watched folder ${printable(path, 200)}`
	return fail(
		'on-disk',
		`${where} is on a disk, which would keep plain pictures: let the scanner save into a folder on tmpfs, such as /run/testigo/inbox`,
	).fault
}

function whyMissing(path: string, code: string): FolderTrouble {
	const where = `the watched folder ${printable(path, 200)}`
	switch (code) {
		case 'ENOENT':
			return fail('no-folder', `${where} is not there: make it, or connect the scanner's share`).fault
		case 'ENOTDIR':
			return fail('no-folder', `${where} is not a folder: name another`).fault
		case 'EACCES':
		case 'EPERM':
			return fail('no-folder', `${where} may not be read: give the kiosk's user access`).fault
		default:
			return fail('no-folder', `${where} can't be read (${code})`).fault
	}
}
