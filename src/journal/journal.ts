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
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { ActaIndex } from './acta-index.ts'
import { ImageStore } from './image-store.ts'
import { Lock, type LockFault } from './lock.ts'
import { type Quarantined, type RecoveryFault, recover } from './recovery.ts'

export type JournalFault = LockFault | RecoveryFault | Fault<'unwritable' | 'other-device'>

export type AppendFault = ChainFault | Fault<'unwritable' | 'lock-lost'>

/** Names inside a journal's directory (README, "What is on the disk"). */
export const entriesFile = 'entries.jws'
export const deviceFile = 'device.pem'
export const imagesDirectory = 'images'

export class Journal {
	readonly directory: string
	readonly device: Identity
	readonly images: ImageStore
	readonly actas = new ActaIndex()
	/** The id of every entry; that of seq n stands at n-1. */
	readonly #ids: string[] = []
	readonly #genesis: string
	#boot = 0
	#quarantined: Quarantined | null = null
	#lock: Lock | undefined
	#file: AppendFile | undefined

	private constructor(directory: string, device: Identity) {
		this.directory = directory
		this.device = device
		this.images = new ImageStore(join(directory, imagesDirectory))
		this.#genesis = genesisOf(device.publicKey)
	}

	/** Opens the journal in `directory`, or begins one there, and checks every entry in it. */
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
		this.#quarantined = recovered.value
		this.#file = await AppendFile.open(path)
		return ok(this)
	}

	/**
	 * Resolves with ok only when the entry is on the disk. The caller has put the entry's images there before.
	 * One append at a time.
	 */
	async append(signed: SignedEntry): Promise<Result<true, AppendFault>> {
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
		return ok(true)
	}

	/** The last entry; null before the first. */
	get tail(): Position | null {
		const id = this.#ids.at(-1)
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
		return this.#ids[seq - 1]
	}

	async close(): Promise<void> {
		await this.#file?.close()
		this.#file = undefined
		await this.#lock?.release()
		this.#lock = undefined
	}

	#take(signed: SignedEntry): void {
		this.#ids.push(signed.id)
		this.#boot = Math.max(this.#boot, signed.entry.boot)
		this.actas.add(signed)
	}
}

function codeOf(error: unknown): string {
	return (error as NodeJS.ErrnoException).code ?? String(error)
}
