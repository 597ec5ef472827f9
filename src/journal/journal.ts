/**
 * The kiosk's evidence on disk: `entries.jws`, one signed entry a line.
 *
 * INVARIANTS
 * - Only what is synced is told as appended; only what is appended is in the index.
 * - One writer, held by a lock. Entries form one chain; nothing is rewritten, nothing deleted.
 * - After a failed write or sync this object appends no more: open the journal anew, which recovers.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ChainFault, checkLink } from '../evidence/chain.ts'
import type { SignedEntry } from '../evidence/entry.ts'
import type { Position } from '../evidence/fields.ts'
import { genesisOf, type Identity, publicKeyPem } from '../evidence/identity.ts'
import { AppendFile, makeDirectory, replaceFile } from '../platform/durable.ts'
import { Records } from '../platform/records.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { ActaIndex } from './acta-index.ts'
import { ImageStore } from './image-store.ts'
import { Lock, type LockFault } from './lock.ts'
import { type Quarantined, type RecoveryFault, recover, verifyOn } from './recovery.ts'
import { entriesPerMark, VerifiedPrefix } from './verified-prefix.ts'

export type JournalFault = LockFault | RecoveryFault | Fault<'unwritable' | 'other-device'>

export type AppendFault = ChainFault | RecoveryFault | Fault<'unwritable' | 'lock-lost'>

/** Names inside a journal's directory (README, "What is on the disk"). */
export const entriesFile = 'entries.jws'
export const deviceFile = 'device.pem'
export const imagesDirectory = 'images'

export class Journal {
	readonly directory: string
	readonly device: Identity
	readonly images: ImageStore
	readonly actas = new ActaIndex()
	/** The id of every entry, 32 bytes; that of seq n stands at n-1. */
	readonly #ids = new Records(32)
	readonly #genesis: string
	#boot = 0
	#quarantined: Quarantined | null = null
	#verified: VerifiedPrefix
	#verifying: Promise<void> | undefined
	/** Why this object appends no more. */
	#broken: AppendFault | null = null
	#lock: Lock | undefined
	#file: AppendFile | undefined

	private constructor(directory: string, device: Identity) {
		this.directory = directory
		this.device = device
		this.images = new ImageStore(join(directory, imagesDirectory))
		this.#genesis = genesisOf(device.publicKey)
		this.#verified = new VerifiedPrefix(device)
	}

	/** Opens the journal in `directory`, or begins one there, and checks what is in it (`verified-prefix.ts`). */
	static async open(directory: string, device: Identity): Promise<Result<Journal, JournalFault>> {
		const journal = new Journal(directory, device)
		try {
			const opened = await journal.#open()
			if (!opened.ok) await journal.close()
			return opened
		} catch (error) {
			await journal.close()
			return fail('unwritable', `${directory}: can't keep a journal here (${codeOf(error)})`)
		}
	}

	async #open(): Promise<Result<Journal, JournalFault>> {
		await makeDirectory(this.directory)
		const lock = await Lock.take(join(this.directory, 'lock'))
		if (!lock.ok) return lock
		this.#lock = lock.value

		const own = publicKeyPem(this.device.publicKey)
		const owner = join(this.directory, deviceFile)
		const found = await readFile(owner, 'utf8').catch(() => null)
		if (found === null) await replaceFile(owner, own)
		else if (found !== own) {
			return fail(
				'other-device',
				`${owner}: this journal was begun with another key; give this device its own`,
			)
		}

		const path = join(this.directory, entriesFile)
		const recovered = await recover(path, this.device, (signed) => this.#take(signed))
		if (!recovered.ok) return recovered
		this.#quarantined = recovered.value.quarantined
		this.#verified = recovered.value.verified
		this.#file = await AppendFile.open(path)
		return ok(this)
	}

	/**
	 * Resolves with ok only when the entry is on the disk. The caller has put the entry's images there before.
	 * One append at a time.
	 */
	async append(signed: SignedEntry): Promise<Result<true, AppendFault>> {
		if (this.#broken !== null) return { ok: false, fault: this.#broken }
		const link = checkLink(this.tail, signed, this.#genesis)
		if (!link.ok) return link
		if (this.#lock === undefined || this.#lock.lost || this.#file === undefined) {
			return fail('lock-lost', `${this.directory}: no longer ours to write; the kiosk must start again`)
		}
		try {
			await this.#file.append(Buffer.from(`${signed.text}\n`))
		} catch (error) {
			return fail('unwritable', `${this.#file.path}: not written (${codeOf(error)})`)
		}
		this.#take(signed)
		if (this.#ids.length - this.#verified.entries >= entriesPerMark) this.#verifyOn(this.#file)
		return ok(true)
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

	/** What the start set aside. */
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
		this.#verifying ??= verifyOn(this.#verified, path, size)
			.then(
				(done) => {
					if (!done.ok) this.#broken = done.fault
				},
				(error: unknown) => {
					this.#broken = fail('unwritable', `${path}: can't be read back (${codeOf(error)})`).fault
				},
			)
			.finally(() => {
				this.#verifying = undefined
			})
	}

	#take(signed: SignedEntry): void {
		this.#ids.push().write(signed.id, 'base64url')
		this.#boot = Math.max(this.#boot, signed.entry.boot)
		this.actas.add(signed)
	}
}

function codeOf(error: unknown): string {
	return (error as NodeJS.ErrnoException).code ?? String(error)
}
