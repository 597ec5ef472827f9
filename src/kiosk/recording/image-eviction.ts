/**
 * Makes room on a disk that is short, by deleting sealed images that the centre holds: the oldest first, and no
 * more than is needed. Entries stay for ever, and so do images that anybody may look at.
 *
 * INVARIANTS
 * - An image goes only when the last thing that the centre has said of its entry, in a receipt that verifies with
 *   the key of one that counts, is that it holds every file of it, in enough copies, in the ledger of the newest receipt: what
 *   a lost ledger held may be lost.
 * - While a newer list of centres is awaited nothing goes: nobody knows which of them count.
 * - The receipt is on the disk, beside the journal, before the image goes.
 * - A pass in which a file of receipts could not be read to its end evicts nothing: the uplink, or who captured it,
 *   could have put what ends the reading before the receipt that takes back what an earlier one says. (Who holds the
 *   file can leave that receipt out as well; then the proofs are still words of the centre, and the last that are
 *   here.)
 */
import { join } from 'node:path'
import type { CentreList } from '../../evidence/authority/centre-list.ts'
import { type Entry, readEntry } from '../../evidence/entry.ts'
import { idOfText, longestJws, parseJws } from '../../evidence/jws.ts'
import { type Answer, answersOf, type Receipt, type SignedReceipt } from '../../evidence/receipt.ts'
import { diskFault } from '../../journal/disk-fault.ts'
import { openEvictions } from '../../journal/evicted-images.ts'
import { entriesFile, type Journal } from '../../journal/journal.ts'
import { storedImagesOf } from '../../journal/stored-image.ts'
import type { Clock } from '../../platform/clock.ts'
import { ForeignFiles } from '../../platform/files/foreign-file.ts'
import type { LineLog } from '../../platform/files/line-log.ts'
import { wholeLines } from '../../platform/files/line-reader.ts'
import { LogLimiter, logIntervalMs } from '../../platform/process/log-limiter.ts'
import { yieldToEventLoop } from '../../platform/process/yield-to-event-loop.ts'
import { type Fault, fail } from '../../platform/result.ts'
import { carriedFile } from '../../receipts/carried-receipts.ts'
import { keptReceiptsFile, receiptLines } from '../../receipts/receipt-files.ts'
import { checkByJournal, openOwnReceipt } from '../../receipts/verify-receipt.ts'
import type { KioskLog } from '../events.ts'

export interface ImageEvictionParts {
	readonly journal: Journal
	readonly centres: CentreList
	/** The uplink's own directory, with its receipts and those that came home on a stick. */
	readonly uplink: string
	/** Independent stores that hold it, at least, as the receipt says. */
	readonly copies: number
	readonly clock: Clock
	readonly log: KioskLog
}

/** Entries whose images are looked at in one go: a bound for memory. */
const mostAtOnce = 1_000

/** Lines of a file that do not verify: a signature takes half a millisecond to check, and honest files have few. */
const mostRefused = 10_000

/**
 * After a pass that evicted nothing the next one waits this many times as long as that one took, so that whoever
 * changes the files over and over takes little of the processor; an honest pass takes milliseconds.
 */
const restFactor = 20
const longestRestMs = 600_000

/** A receipt, and what it says of the entry that it is kept for. */
interface Proof {
	readonly signed: SignedReceipt
	readonly answer: Answer
}

export class ImageEviction {
	readonly #parts: ImageEvictionParts
	#running: Promise<void> | undefined
	/** The state of the receipts by which nothing more could be evicted. */
	#tried: string | undefined
	/** By the monotonic clock. */
	#restsUntilMs = Number.NEGATIVE_INFINITY
	/** By path, why it was last not read, or not all of it. */
	readonly #unreadable = new Map<string, string | undefined>()
	/** In this pass every file of receipts was read to its end. */
	#isWhole = true
	readonly #repeated: LogLimiter
	readonly #files = new ForeignFiles()
	readonly #stop = new AbortController()

	constructor(parts: ImageEvictionParts) {
		this.#parts = parts
		this.#repeated = new LogLimiter(parts.clock, logIntervalMs)
	}

	/** Begins, beside the work, unless it is under way. Ends when there is `enough` or nothing more to give. */
	begin(enough: () => Promise<boolean>): void {
		this.#running ??= this.#run(enough).finally(() => {
			this.#running = undefined
		})
	}

	/** Resolves when nothing is under way. */
	async settled(): Promise<void> {
		await this.#running
	}

	async stop(): Promise<void> {
		this.#stop.abort()
		await this.#running
		this.#repeated.stop()
	}

	async #run(enough: () => Promise<boolean>): Promise<void> {
		const { log, clock, centres } = this.#parts
		try {
			const begunMs = clock.monotonic()
			if (begunMs < this.#restsUntilMs || centres.awaited !== null) return
			const read = await Promise.race([this.#read(), aborted(this.#stop.signal)])
			if (read === null) return
			const { state, proofs } = read
			const files = proofs.size === 0 ? 0 : await this.#evict(proofs, enough)
			if (files > 0) return log({ event: 'images-evicted', files })
			const isSilent = [...this.#unreadable.values()].includes('no-answer')
			this.#tried = isSilent ? undefined : state
			const nowMs = clock.monotonic()
			this.#restsUntilMs = nowMs + Math.min(restFactor * (nowMs - begunMs), longestRestMs)
		} catch (error) {
			const fault = diskFault(error, "images can't be evicted")
			log({ event: 'trouble', device: 'storage', fault })
		}
	}

	/** Null where nothing changed since the last pass that evicted nothing. */
	async #read(): Promise<{ readonly state: string; readonly proofs: Map<number, Proof> } | null> {
		const states = this.#paths.map((path) => this.#files.stateOf(path))
		const state = [this.#parts.centres.issue, ...(await Promise.all(states))].join()
		return state === this.#tried ? null : { state, proofs: await this.#proofs() }
	}

	/** By seq, the receipts that prove an entry's files to be held, of entries that still have some here. */
	async #proofs(): Promise<Map<number, Proof>> {
		const { journal, copies } = this.#parts
		const idAt = async (seq: number) => journal.idAt(seq) ?? null
		const proofs = new Map<number, Proof>()
		/** By centre. */
		const newest = new Map<string, Pick<Receipt, 'time' | 'ledger'>>()
		for await (const signed of this.#receipts()) {
			if (this.#stop.signal.aborted) return new Map()
			const { receipt, centre } = signed
			const last = newest.get(centre)
			if (last === undefined || receipt.time >= last.time) {
				if (last !== undefined && last.ledger !== receipt.ledger) deleteOf(centre, proofs)
				newest.set(centre, { time: receipt.time, ledger: receipt.ledger })
			}
			if (newest.get(centre)?.ledger !== receipt.ledger) continue
			for (const { seq } of answersOf(receipt)) {
				if (proofs.get(seq)?.signed.centre === centre) proofs.delete(seq)
			}
			if (!answersOf(receipt).some((answer) => provesAll(answer, receipt, copies))) continue
			const checked = await checkByJournal(signed, idAt)
			for (const answer of checked.ok ? checked.value.answers : []) {
				if (proofs.size >= mostAtOnce || !provesAll(answer, receipt, copies)) continue
				if (await this.#hasAny(answer)) proofs.set(answer.seq, { signed, answer })
			}
		}
		return this.#isWhole ? proofs : new Map()
	}

	/** As they came, those of the stick first, of each file once. What can't be read is logged, once for each change. */
	async *#receipts(): AsyncGenerator<SignedReceipt> {
		this.#isWhole = true
		for (const path of this.#paths) {
			let last: Fault | undefined
			const failed = (fault: Fault) => {
				last = fault
				if (fault.code !== 'line-too-long') this.#isWhole = false
			}
			yield* this.#receiptsIn(path, failed)
			if (this.#stop.signal.aborted) return
			if (last !== undefined && last.code !== this.#unreadable.get(path)) this.#logFault(path, last)
			this.#unreadable.set(path, last?.code)
		}
	}

	#logFault(path: string, fault: Fault): void {
		this.#repeated.log(`${path} ${fault.code}`, () =>
			this.#parts.log({ event: 'trouble', device: 'uplink', fault }),
		)
	}

	async *#receiptsIn(path: string, failed: (fault: Fault) => void): AsyncGenerator<SignedReceipt> {
		const { centres, journal } = this.#parts
		const yieldIfDue = yieldToEventLoop()
		const seen = new Set<string>()
		let refused = 0
		for await (const { text } of receiptLines(path, { failed, files: this.#files })) {
			await yieldIfDue()
			if (this.#stop.signal.aborted) return
			if (seen.has(idOfText(text))) continue
			const opened = openOwnReceipt(text, centres, journal.device.id)
			if (opened.ok) {
				seen.add(opened.value.id)
				yield opened.value
			} else if (++refused > mostRefused) {
				const { code, detail } = opened.fault
				return failed(fail(code, `${path}: ${refused} lines prove nothing, the last: ${detail}`).fault)
			}
		}
	}

	get #paths(): readonly string[] {
		return [carriedFile, keptReceiptsFile].map((name) => join(this.#parts.uplink, name))
	}

	/** Says how many files went. */
	async #evict(proofs: ReadonlyMap<number, Proof>, enough: () => Promise<boolean>): Promise<number> {
		const { journal, centres } = this.#parts
		const evictions = new Map<string, LineLog>()
		/** Receipts that are in it by this run. */
		const kept = new Set<string>()
		let files = 0
		try {
			for await (const { number, text } of wholeLines(join(journal.directory, entriesFile), longestJws)) {
				const proof = proofs.get(number)
				if (proof === undefined) continue
				if (this.#stop.signal.aborted || (await enough())) break
				const { signed, answer } = proof
				const sealed = sealedFilesOf(text, answer)
				if (sealed.length === 0) continue
				const centre = centres.counted(signed.centre)
				if (!centre.ok) continue
				const opened = evictions.get(signed.centre) ?? (await openEvictions(journal.directory, centre.value))
				evictions.set(signed.centre, opened)
				if (!kept.has(signed.id)) await opened.append([signed.text])
				kept.add(signed.id)
				for (const sha256 of sealed) if (await journal.images.remove(sha256)) files++
			}
			return files
		} finally {
			for (const opened of evictions.values()) await opened.close()
		}
	}

	async #hasAny({ images }: Answer): Promise<boolean> {
		for (const { sha256 } of images) if (await this.#parts.journal.images.has(sha256)) return true
		return false
	}
}

/** Whoever waits for files of others stops at once. */
function aborted(signal: AbortSignal): Promise<null> {
	return new Promise((resolve) => {
		if (signal.aborted) resolve(null)
		else signal.addEventListener('abort', () => resolve(null), { once: true })
	})
}

function deleteOf(centre: string, proofs: Map<number, Proof>): void {
	for (const [seq, { signed }] of proofs) if (signed.centre === centre) proofs.delete(seq)
}

function provesAll({ status, images }: Answer, { copies: held }: Receipt, copies: number): boolean {
	const isHeld = status === 'stored' || status === 'duplicate'
	return isHeld && held >= copies && images.every((image) => image.status === 'stored')
}

/** The sealed files that the entry itself names, when the answer is to it and speaks of all that it names. */
function sealedFilesOf(text: string, answer: Answer): readonly string[] {
	const jws = parseJws(text, 'entry')
	const read = jws.ok ? readEntry(jws.value) : jws
	if (!read.ok || read.value.id !== answer.entry) return []
	const { entry } = read.value
	const held = new Set(answer.images.map(({ sha256 }) => sha256))
	if (!storedImagesOf(entry).every(({ sha256 }) => held.has(sha256))) return []
	return sealedOf(entry)
}

function sealedOf(entry: Entry): string[] {
	if (entry.kind !== 'acta') return []
	return entry.images.flatMap(({ sealed }) => (sealed === undefined ? [] : [sealed.sha256]))
}
