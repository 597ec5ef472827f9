/**
 * The kiosk's evidence on disk: `entries.jws`, one signed entry a line.
 *
 * INVARIANTS
 * - Only what is synced is reported as appended; only what is appended is in the index.
 * - One writer, held by a lock. Entries form one chain; nothing is rewritten, nothing deleted.
 * - After a failed write or sync nothing is appended until `reopen` has succeeded. The entry of the append that
 *   failed is in doubt: its bytes may be on the disk in full, in part or not at all, a reader such as the uplink
 *   may have seen them and sent them, and after a failed sync the page cache may show what the disk never got.
 *   So it keeps its seq for good: either opening finds it, whole and written again (`AppendFile.open`), or the
 *   very same bytes are appended. No other entry with that seq leaves this process; two would be proof of a
 *   cloned device. If the process dies before, the next start decides by what the file then holds, as after a
 *   power cut. The entry was never reported as appended, so nobody was shown anything of it.
 * - What was reported as appended must be there after `reopen`: a disk that holds less, or something else (an older
 *   copy, another card), is refused and waited for, never written on.
 */
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { type ChainFault, checkLink } from '../evidence/chain.ts'
import { entryChain, type SignedEntry } from '../evidence/entry.ts'
import type { Position } from '../evidence/fields.ts'
import { genesisOf, type Identity, publicKeyPem } from '../evidence/identity.ts'
import { longestJws } from '../evidence/jws.ts'
import { readPublicKey } from '../evidence/keys/key-file.ts'
import { AppendFile, makeDirectory, replaceFile } from '../platform/files/durable.ts'
import { readOwn } from '../platform/files/own-file.ts'
import type { Quarantined } from '../platform/files/torn-tail.ts'
import { Records } from '../platform/records.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { ActaIndex } from './acta-index.ts'
import { type DiskFault, diskFault } from './disk-fault.ts'
import { checkFreeSpace } from './free-space.ts'
import { ImageFiles } from './image-files.ts'
import { Lock, type LockFault } from './lock.ts'
import { type RecoveryFault, recover, verifyFrom } from './recovery.ts'
import { entriesPerMark, VerifiedPrefix } from './verified-prefix.ts'

export type JournalFault = LockFault | RecoveryFault | DiskFault | Fault<'other-device' | 'rolled-back'>

export type AppendFault = ChainFault | RecoveryFault | DiskFault | Fault<'lock-lost'>

/** Names inside a journal's directory (src/README.md, "What is on the disk"). */
export const entriesFile = 'entries.jws'
export const deviceFile = 'device.pem'
export const imagesDirectory = 'images'
export const reserveDirectory = 'reserve'

/** The most bytes of one append: an entry and its line feed. */
const longestAppend = longestJws + 1

/** Whose journal it is. */
export interface JournalOwner extends Identity {
	/** PEM of its certificate and of the one above, which then stand in `device.pem` instead of the key alone. */
	readonly certificate?: string | null
}

export class Journal {
	readonly directory: string
	readonly device: JournalOwner
	#images: ImageFiles
	#actas = new ActaIndex()
	/** The id of every entry, 32 bytes; that of seq n stands at n-1. */
	#ids = new Records(32)
	readonly #genesis: string
	#boot = 0
	#closed: Position | null = null
	#quarantined: Quarantined | null = null
	#verified: VerifiedPrefix<SignedEntry>
	#verifying: Promise<void> | undefined
	/** What reading back has found: nothing is appended before the journal is opened anew. */
	#broken: AppendFault | null = null
	#lock: Lock | undefined
	#file: AppendFile | undefined
	/** The entry whose append failed, whatever became of it: it was signed, and its number is never signed again. */
	#inDoubt: SignedEntry | undefined

	private constructor(directory: string, device: JournalOwner) {
		this.directory = directory
		this.device = device
		this.#images = new ImageFiles(join(directory, imagesDirectory))
		this.#genesis = genesisOf(device.publicKey)
		this.#verified = new VerifiedPrefix(entryChain, device)
	}

	/** Opens the journal in `directory`, or begins one there, and checks what is in it (`verified-prefix.ts`). */
	static async open(directory: string, device: JournalOwner): Promise<Result<Journal, JournalFault>> {
		const journal = new Journal(directory, device)
		try {
			const opened = await journal.#open()
			if (!opened.ok) await journal.close()
			return opened
		} catch (error) {
			await journal.close()
			return { ok: false, fault: diskFault(error, `${directory}: can't keep a journal here`) }
		}
	}

	async #open(): Promise<Result<Journal, JournalFault>> {
		await makeDirectory(this.directory)
		const writable = await checkFreeSpace(this.directory, { bytes: 0, inodes: 0 })
		if (!writable.ok) return writable
		const lock = await Lock.take(join(this.directory, 'lock'))
		if (!lock.ok) return lock
		this.#lock = lock.value

		const owner = await this.#own(join(this.directory, deviceFile))
		if (!owner.ok) return owner

		const path = join(this.directory, entriesFile)
		const recovered = await recover(path, entryChain, this.device, (signed) => this.#take(signed))
		if (!recovered.ok) return recovered
		this.#quarantined = recovered.value.quarantined
		this.#verified = recovered.value.verified
		await this.#images.clearUnfinished()
		this.#file = await AppendFile.open(path, longestAppend)
		return ok(this)
	}

	/** The key that the journal was begun with stays; its certificate may come, and be renewed. */
	async #own(path: string): Promise<Result<true, JournalFault>> {
		const { publicKey, certificate } = this.device
		const found = await readIfThere(path)
		const key = found === null ? null : readPublicKey(found)
		if (key !== null && !(key.ok && key.value.equals(publicKey))) {
			return fail(
				'other-device',
				`${path}: this journal was begun with another key; give this device its own`,
			)
		}
		if (found === null || (certificate && found !== certificate)) {
			await replaceFile(path, certificate ?? publicKeyPem(publicKey))
		}
		return ok(true)
	}

	/** Opens the journal anew after a failure, and settles the entry in doubt. May be tried as often as needed. */
	async reopen(): Promise<Result<true, JournalFault | AppendFault>> {
		await this.close()
		const path = join(this.directory, entriesFile)
		try {
			// Where the disk was taken out, no journal is begun in the folder that it was mounted on.
			if (this.tail !== null) await access(path)
		} catch (error) {
			return { ok: false, fault: diskFault(error, `${path}: not there to go on with`) }
		}
		const opened = await Journal.open(this.directory, this.device)
		if (!opened.ok) return opened
		const fresh = opened.value
		const settled = await this.#settle(fresh)
		if (!settled.ok) {
			await fresh.close()
			return settled
		}
		// One reading back at a time goes on from one prefix.
		await fresh.#verifying
		this.#images = fresh.#images
		this.#actas = fresh.#actas
		this.#ids = fresh.#ids
		this.#boot = fresh.#boot
		this.#closed = fresh.#closed
		this.#quarantined = fresh.#quarantined
		this.#verified = fresh.#verified
		this.#lock = fresh.#lock
		this.#file = fresh.#file
		this.#broken = fresh.#broken
		this.#inDoubt = undefined
		return ok(true)
	}

	/** Makes sure that what was appended here is in `fresh`, and the entry in doubt too. */
	async #settle(fresh: Journal): Promise<Result<true, JournalFault | AppendFault>> {
		const { tail } = this
		if (tail !== null && fresh.idAt(tail.seq) !== tail.id) {
			return fail(
				'rolled-back',
				`${this.directory}: lacks entry ${tail.seq}, which was recorded; is it the same disk?`,
			)
		}
		const inDoubt = this.#inDoubt
		if (inDoubt === undefined || fresh.idAt(inDoubt.entry.seq) === inDoubt.id) return ok(true)
		return await fresh.append(inDoubt)
	}

	/**
	 * Resolves with ok only when the entry is on the disk. The caller has put the entry's images there before.
	 * One append at a time.
	 */
	async append(signed: SignedEntry): Promise<Result<true, AppendFault>> {
		const link = checkLink(this.tail, entryChain.linkOf(signed), this.#genesis)
		if (!link.ok) return link
		const written = await this.#write(signed)
		if (!written.ok) {
			this.#inDoubt ??= signed
			return written
		}
		this.#take(signed)
		if (this.#ids.length - this.#verified.length >= entriesPerMark) this.#verifyOn(written.value)
		return ok(true)
	}

	async #write(signed: SignedEntry): Promise<Result<AppendFile, AppendFault>> {
		if (this.#broken !== null) return { ok: false, fault: this.#broken }
		const file = this.#file
		if (this.#lock === undefined || file === undefined) {
			return fail('lock-lost', `${this.directory}: not ours to write before it is opened again`)
		}
		try {
			await file.append(Buffer.from(`${signed.text}\n`))
			return ok(file)
		} catch (error) {
			return { ok: false, fault: diskFault(error, `${file.path}: not written`) }
		}
	}

	/** True when nothing is appended before `reopen`. */
	get broken(): boolean {
		return this.#broken !== null || this.#lock === undefined || (this.#file?.broken ?? true)
	}

	get images(): ImageFiles {
		return this.#images
	}

	get actas(): ActaIndex {
		return this.#actas
	}

	/** The last entry; null before the first. */
	get tail(): Position | null {
		const id = this.idAt(this.#ids.length)
		return id === undefined ? null : { seq: this.#ids.length, id }
	}

	/** The highest start number in the entries; 0 before the first. */
	get boot(): number {
		return this.#boot
	}

	/** The close of the day, when nothing but starts and jumps of the clock were recorded since. */
	get closed(): Position | null {
		return this.#closed
	}

	/** What the latest opening set aside. */
	get quarantined(): Quarantined | null {
		return this.#quarantined
	}

	/** The id of the entry at `seq`, undefined where there is none. */
	idAt(seq: number): string | undefined {
		if (!Number.isInteger(seq) || seq < 1 || seq > this.#ids.length) return undefined
		return this.#ids.at(seq - 1).toString('base64url')
	}

	async close(): Promise<void> {
		await this.#verifying
		await this.#file?.close()
		this.#file = undefined
		await this.#lock?.release()
		this.#lock = undefined
	}

	/** Beside the work; what it finds stops the next append. */
	#verifyOn({ path, size }: AppendFile): void {
		this.#verifying ??= verifyFrom(this.#verified, path, size)
			.then(
				(done) => {
					if (!done.ok) this.#broken = done.fault
				},
				(error: unknown) => {
					this.#broken = diskFault(error, `${path}: can't be read back`)
				},
			)
			.finally(() => {
				this.#verifying = undefined
			})
	}

	#take(signed: SignedEntry): void {
		this.#ids.push().write(signed.id, 'base64url')
		this.#boot = Math.max(this.#boot, signed.entry.boot)
		this.#actas.add(signed)
		const { kind, seq } = signed.entry
		if (kind === 'close') this.#closed = { seq, id: signed.id }
		else if (kind !== 'boot' && kind !== 'clock') this.#closed = null
	}
}

/** Null when there is none; throws when the disk does not say. */
async function readIfThere(path: string): Promise<string | null> {
	const read = readOwn(path).then((bytes) => bytes.toString())
	return await read.catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return null
		throw error
	})
}
