/**
 * Puts what was seen into the journal: the images first, then the entry that names them, each synced before
 * the next. Whatever resolves as ok here is on the disk.
 */
import { Mutex } from 'async-mutex'
import type { ElectionDefinition } from '../../acta/election.ts'
import type { Frame } from '../../capture/camera.ts'
import { type Image, type NewEntry, signEntry, type VoidReason } from '../../evidence/entry.ts'
import type { Position } from '../../evidence/fields.ts'
import { type SignedHead, signHead } from '../../evidence/head.ts'
import { genesisOf } from '../../evidence/identity.ts'
import type { Signer } from '../../evidence/signer.ts'
import type { RecordedActa } from '../../journal/acta-index.ts'
import { diskFault } from '../../journal/disk-fault.ts'
import { storeHead } from '../../journal/head-file.ts'
import type { Journal } from '../../journal/journal.ts'
import type { Device } from '../../panel/status.ts'
import { type Clock, daysIn } from '../../platform/clock.ts'
import type { ClockSource } from '../../platform/clock-source.ts'
import { forgetTimes } from '../../platform/files/forget-times.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import type { ActaReading } from '../../reading/reading.ts'
import type { ImageStorage, ImageStorageFault } from './image-storage.ts'
import { type TimeClaim, TimeOfDay } from './time-of-day.ts'

export interface RecorderParts {
	readonly journal: Journal
	/** Puts the images into it. */
	readonly imageStorage: ImageStorage
	readonly signer: Signer
	readonly clock: Clock
	readonly clockSource: () => Promise<ClockSource>
	/** The id of the last verified receipt. */
	readonly anchor: () => string | null
	/** Why this device may record nothing any more; null while it may. */
	readonly refusal?: () => Fault | null
	/** Called with each entry that is on the disk. */
	readonly appended?: (entry: Position) => void
	/** By verified receipts it is at least this time; without it nothing is known from receipts. */
	readonly notBefore?: () => number | null
	/** When this program was built, in milliseconds since 1970; without it any time may be right. */
	readonly floor?: number
	readonly election: Pick<ElectionDefinition, 'id' | 'zone'>
	/** Name and version, e.g. `testigo/0.1.0`. */
	readonly software: string
	/** The number of this start. */
	readonly boot: number
}

export interface RecordingFault extends ImageStorageFault {
	/** The entry that was signed and may be on the disk or not: see `Journal`. */
	readonly inDoubt?: Position
}

type What =
	| Pick<Extract<NewEntry, { kind: 'acta' }>, 'kind' | 'reading' | 'images'>
	| { readonly kind: 'void'; readonly voids: Position; readonly reason: VoidReason }
	| { readonly kind: 'boot' | 'close' | 'clock' }

export class Recorder {
	readonly #parts: RecorderParts
	/** In the election's zone. */
	readonly #dayOf: (milliseconds: number) => string
	readonly #wall: TimeOfDay
	readonly #recording = new Mutex()
	/** What was being recorded when the append of its entry failed, and that entry. */
	#unfinished: { readonly frames: readonly Frame[]; readonly entry: Position } | undefined

	constructor(parts: RecorderParts) {
		this.#parts = parts
		const { clock, clockSource, election, notBefore = () => null, floor = 0 } = parts
		this.#dayOf = daysIn(election.zone ?? 'UTC')
		this.#wall = new TimeOfDay({ clock, clockSource, notBefore, floor })
	}

	/** Why nothing may be recorded with this identity any more. To be asked while nothing is being appended. */
	get refusal(): Fault | null {
		return this.#parts.refusal?.() ?? null
	}

	/** Marks this start in the chain, once. */
	recordBoot(): Promise<Result<true, RecordingFault>> {
		const { journal, boot } = this.#parts
		return this.#inTurn(async () => (journal.boot >= boot ? ok(true) : await this.#append({ kind: 'boot' })))
	}

	/**
	 * Records `frames` as one acta, with what was read or null; `codeAlone` is the acta code where only that was read. One that stands in the journal to the letter is
	 * not recorded again: the earlier one is given back. So it is when the same `frames` come again after a
	 * failure, and the entry made of them turned out to be on the disk when the journal was opened anew.
	 */
	record(
		frames: readonly Frame[],
		reading: ActaReading | null,
		codeAlone: string | null = null,
	): Promise<Result<RecordedActa, RecordingFault>> {
		return this.#inTurn(async () => {
			const { journal } = this.#parts
			const text = reading?.text ?? null
			const code = reading?.acta.code ?? codeAlone
			const known = reading === null ? [] : journal.actas.find(reading.acta.code, reading.text)
			const earlier = known.find(({ same }) => same)
			if (earlier !== undefined) return ok({ seq: earlier.seq, number: earlier.number })
			const finished = this.#finished(frames)
			if (finished !== null) return ok({ seq: finished, number: journal.actas.countUpTo(finished) })
			const images: Image[] = []
			for (const frame of frames) {
				const kept = await this.#parts.imageStorage.store(frame)
				if (!kept.ok) return kept
				images.push(...kept.value)
			}
			const method = reading === null ? 'none' : 'qr'
			const appended = await this.#append({ kind: 'acta', reading: { method, text, code }, images })
			if (!appended.ok) {
				const { inDoubt } = appended.fault
				this.#unfinished = inDoubt === undefined ? undefined : { frames, entry: inDoubt }
				return appended
			}
			return ok({ seq: journal.tail?.seq ?? 0, number: journal.actas.count })
		})
	}

	/**
	 * Closes the day: its entry, then the head that names it, each on the disk before the next. Of a chain that ends
	 * with a close already only the head is made anew. The journal's files then say nothing of when any of it was. `receipts` is the last seq that a verified receipt covers.
	 */
	close(receipts: number): Promise<Result<SignedHead, RecordingFault>> {
		return this.#inTurn(async () => {
			const { journal, signer } = this.#parts
			if (journal.closed === null || journal.closed.seq !== journal.tail?.seq) {
				const appended = await this.#append({ kind: 'close' })
				if (!appended.ok) return appended
			}
			if (journal.closed === null) throw new Error('the close is not in the journal')
			const { seq, id } = journal.closed
			const day = this.#dayOf((await this.#wall.now()).wall)
			const head = { v: 2 as const, device: signer.kid, seq, id, receipts: Math.min(receipts, seq), day }
			const signed = await signHead(head, signer).catch((error: unknown) => error as Error)
			if (signed instanceof Error) return notSigned(signed)
			try {
				await storeHead(journal.directory, signed)
			} catch (error) {
				return trouble('storage', diskFault(error, "can't keep the head of the closed day"))
			}
			await forgetTimes(journal.directory)
			return ok(signed)
		})
	}

	/** Marks the entry at `voids` as a mistake. */
	recordVoid(voids: Position, reason: VoidReason): Promise<Result<true, RecordingFault>> {
		return this.#inTurn(() => this.#append({ kind: 'void', voids, reason }))
	}

	/** The seq under which `frames` stand in the journal after all; null when they don't. */
	#finished(frames: readonly Frame[]): number | null {
		const { entry } = this.#unfinished?.frames === frames ? this.#unfinished : { entry: null }
		return entry !== null && this.#parts.journal.idAt(entry.seq) === entry.id ? entry.seq : null
	}

	/** Where the time of day has jumped, the chain records that first. */
	async #append(what: What): Promise<Result<true, RecordingFault>> {
		const claim = await this.#wall.now()
		if (this.#wall.hasJumped(claim)) {
			const clocked = await this.#write({ kind: 'clock' }, claim)
			// It is that entry which is in doubt, and not what comes after it.
			if (!clocked.ok) return trouble(clocked.fault.device, clocked.fault)
			this.#wall.renew(claim)
		}
		const written = await this.#write(what, claim)
		if (written.ok) this.#wall.begin(claim)
		return written
	}

	async #write(what: What, claim: TimeClaim): Promise<Result<true, RecordingFault>> {
		const { journal, signer, anchor, election, software, boot, appended: onAppended } = this.#parts
		// Nothing is signed for a seq that an entry in doubt may have.
		if (journal.broken) return trouble('storage', fail('disk-error', 'the journal must be opened anew').fault)
		const { tail, device } = journal
		const entry = {
			v: 2 as const,
			election: election.id,
			device: device.id,
			boot,
			seq: (tail?.seq ?? 0) + 1,
			prev: tail?.id ?? genesisOf(device.publicKey),
			time: { day: this.#dayOf(claim.wall), source: claim.source },
			anchor: anchor(),
			software,
			...what,
		}
		const signed = await signEntry(entry, signer).catch((error: unknown) => error as Error)
		if (signed instanceof Error) return notSigned(signed)
		const appended = await journal.append(signed)
		if (appended.ok) {
			onAppended?.({ seq: entry.seq, id: signed.id })
			return appended
		}
		return {
			ok: false,
			fault: { ...appended.fault, device: 'storage', inDoubt: { seq: entry.seq, id: signed.id } },
		}
	}

	/** One recording at a time, in the order of asking. */
	#inTurn<T>(work: () => Promise<Result<T, RecordingFault>>): Promise<Result<T, RecordingFault>> {
		return this.#recording.runExclusive(() => {
			const { refusal } = this
			return refusal === null ? work() : trouble('journal', refusal)
		})
	}
}

function notSigned(error: Error): Result<never, RecordingFault> {
	return trouble('key', fail('not-signed', `the key did not sign (${error.message})`).fault)
}

function trouble(device: Device | 'storage', { code, detail }: Fault): Result<never, RecordingFault> {
	return { ok: false, fault: { code, detail, device } }
}
