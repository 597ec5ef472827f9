/**
 * Copies a kiosk's journal to a stick, and takes home the receipts that lie on it. The kiosk may be recording
 * meanwhile, the stick may be pulled at any instant: what is on it stays usable, and the next run completes it.
 * Several kiosks share a stick, a folder each (`layout.ts`).
 */
import { join } from 'node:path'
import { authorityFile } from '../evidence/authority/centres.ts'
import { readEvictions } from '../journal/evicted-images.ts'
import { headFile } from '../journal/head-file.ts'
import { deviceFile, imagesDirectory } from '../journal/journal.ts'
import { type CappedFileFault, readCapped } from '../platform/files/capped-file.ts'
import { syncFileSystem } from '../platform/files/sync-file-system.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { exchangeCentres } from './centres-exchange.ts'
import { ChainUnreadable, copyLines } from './chain-copy.ts'
import { chainFolderFor } from './chain-folder.ts'
import type { StickFolder } from './folder.ts'
import { copyImage } from './image-copy.ts'
import { type JournalSnapshot, type JournalSnapshotFault, openJournalSnapshot } from './journal-snapshot.ts'
import { largestSmall, readmeFile, stickFolder } from './layout.ts'
import { mountedFolder, refusedOnStick, type StickPlace, stickFault } from './mounted.ts'
import type { ReadFrom } from './read-back.ts'
import { readme } from './readme.ts'
import { type ReceiptsHome, type ReceiptsTarget, takeHome } from './receipts-home.ts'
import { putSmall } from './small-file.ts'

export interface ExportOptions extends StickPlace {
	/** The kiosk's journal; read only. */
	readonly journal: string
	/** Null where no centre is known. */
	readonly home: ReceiptsTarget | null
	readonly progress?: (done: number, total: number) => void
}

export interface ExportReport {
	readonly device: string
	/** Its folder's name on the stick. */
	readonly folder: string
	/** Lines of the journal, all of them on the stick; how many of them are no entries. */
	readonly lines: number
	readonly unreadable: number
	/** Bytes of lines that were written now; 0 when they were there. */
	readonly appended: number
	readonly images: { readonly named: number; readonly copied: number; readonly there: number }
	/** Whether reading back went past the page cache. */
	readonly readFrom: ReadFrom
	/** Null where no centre is known. */
	readonly receipts: ReceiptsHome | null
	/** What is not as it should be, in the journal or on the stick: the rest was copied all the same. */
	readonly faults: readonly Fault[]
}

/**
 * `no-stick`: the folder is not there, or on the journal's own disk. `stick-failed`: it was pulled, is read-only
 * or broken. `refused`: what lies on the stick is not what its name says. What was written stays in each case.
 */
export type ExportFault =
	| JournalSnapshotFault
	| Fault<'no-stick' | 'stick-full' | 'stick-failed' | 'refused' | 'not-read-back'>

export async function exportJournal(options: ExportOptions): Promise<Result<ExportReport, ExportFault>> {
	// Before the entries: one signed while they are read would name an entry that the stick does not get yet.
	const head = await readCapped(join(options.journal, headFile), largestSmall)
	const snapshot = await openJournalSnapshot(options.journal)
	if (!snapshot.ok) return snapshot
	const run = new Export(options, snapshot.value, head)
	try {
		return await run.run()
	} catch (error) {
		return run.failure(error)
	} finally {
		await run.close()
		await snapshot.value.close()
	}
}

/** One run, and how far it came. */
class Export {
	readonly #options: ExportOptions
	readonly #snapshot: JournalSnapshot
	readonly #head: Result<Buffer, CappedFileFault>
	readonly #open: StickFolder[] = []
	readonly #faults: Fault[] = []
	/** Images dealt with, in the journal's order. */
	#done = 0
	#copied = 0
	#linesThere = false
	#readFrom: ReadFrom = 'stick'

	constructor(options: ExportOptions, snapshot: JournalSnapshot, head: Result<Buffer, CappedFileFault>) {
		this.#options = options
		this.#snapshot = snapshot
		this.#head = head
	}

	async run(): Promise<Result<ExportReport, ExportFault>> {
		const { journal } = this.#options
		const mount = await mountedFolder(this.#options, journal, (folder) => this.#open.push(folder))
		if (!mount.ok) return mount
		const root = await mount.value.folder(stickFolder, { make: true })
		if (!root.ok) return refusedOnStick(root.fault)
		this.#open.push(root.value)
		const explained = await putSmall(root.value, readmeFile, Buffer.from(readme))
		if (!explained.ok) this.#faults.push(explained.fault)

		const chosen = await chainFolderFor(root.value, this.#snapshot)
		if (!chosen.ok) return chosen
		const { name, folder, standing, passed } = chosen.value
		this.#open.push(folder)
		this.#faults.push(...passed)

		const receipts = await this.#takeHome(folder)
		const key = await putSmall(folder, deviceFile, this.#snapshot.deviceKey)
		if (!key.ok) return refusedOnStick(key.fault)
		const lines = await copyLines(folder, this.#snapshot, standing)
		if (!lines.ok) return lines
		this.#linesThere = true
		this.#note(lines.value)
		await this.#copyHead(folder)
		const images = await this.#copyImages(folder)
		if (!images.ok) return images
		await syncFileSystem(mount.value.fd)

		const { signer, lines: count, unreadable } = this.#snapshot
		const { length: named } = this.#snapshot.images
		return ok({
			device: signer.id,
			folder: name,
			lines: count,
			unreadable,
			appended: this.#snapshot.size - standing.common,
			images: { named, copied: this.#copied, there: images.value },
			readFrom: this.#readFrom,
			receipts,
			faults: this.#faults,
		})
	}

	/** What a throw means: the stick is full, or failed; or the journal's disk did. */
	failure(error: unknown): Result<never, ExportFault> {
		if (error instanceof ChainUnreadable) {
			return fail('journal-unreadable', `${this.#snapshot.directory}: ${error.message}`)
		}
		return stickFault(error, this.#options.stick, () => {
			const waiting = this.#snapshot.images.slice(this.#done)
			const bytes = waiting.reduce((sum, { size }) => sum + size, 0)
			const lines = this.#linesThere ? 'all entries are on it' : 'not all entries are on it'
			const images = `${this.#done} of ${this.#snapshot.images.length} images were dealt with`
			return `${lines}, ${images}; make room for up to ${megabytes(bytes)} more for the rest`
		})
	}

	async close(): Promise<void> {
		for (const folder of this.#open) await folder.close().catch(() => {})
	}

	async #takeHome(folder: StickFolder): Promise<ReceiptsHome | null> {
		const { home } = this.#options
		if (home === null) return null
		this.#faults.push(
			...(await exchangeCentres(folder, home.centres, this.#snapshot.directory, home.directory)),
		)
		const authority = await readCapped(join(this.#snapshot.directory, authorityFile), largestSmall)
		if (authority.ok) {
			const put = await putSmall(folder, authorityFile, authority.value)
			if (!put.ok) this.#faults.push(put.fault)
		}
		const taken = await takeHome(folder, this.#snapshot, home)
		if (taken.ok) return taken.value
		this.#faults.push(taken.fault)
		return null
	}

	async #copyHead(folder: StickFolder): Promise<void> {
		const head = this.#head
		if (!head.ok) {
			if (head.fault.code !== 'file-missing') this.#faults.push(head.fault)
			return
		}
		const put = await putSmall(folder, headFile, head.value)
		if (!put.ok) this.#faults.push(put.fault)
	}

	/** How many were there already. */
	async #copyImages(chain: StickFolder): Promise<Result<number, Fault<'refused' | 'not-read-back'>>> {
		const folder = await chain.folder(imagesDirectory, { make: true })
		if (!folder.ok) return refusedOnStick(folder.fault)
		this.#open.push(folder.value)
		const evictions = await readEvictions(this.#snapshot.directory)
		let [there, givenAway] = [0, 0]
		for (const image of this.#snapshot.images) {
			const copied = await copyImage(this.#snapshot.directory, folder.value, image)
			if (copied.ok) {
				if (copied.value.written === 0) there++
				else this.#copied++
				this.#note(copied.value.from)
			} else if (copied.fault.code === 'not-read-back') {
				// A stick that gives back something else will do so again.
				return fail('not-read-back', copied.fault.detail)
			} else if (copied.fault.code === 'image-missing' && evictions.has(image.sha256)) {
				givenAway++
			} else {
				this.#faults.push(copied.fault)
			}
			this.#done++
			this.#options.progress?.(this.#done, this.#snapshot.images.length)
		}
		if (givenAway > 0) this.#faults.push(notHere(givenAway))
		return ok(there)
	}

	#note(from: ReadFrom): void {
		if (from === 'cache') this.#readFrom = 'cache'
	}
}

function notHere(images: number): Fault {
	const detail = `${images} images were evicted when the disk was full (a centre holds them), and are not on the stick`
	return fail('images-given-away', detail).fault
}

function megabytes(bytes: number): string {
	return `${(bytes / 1e6).toFixed(1)} MB`
}
