/**
 * Takes in what devices send, by whatever way it came, and gives the receipts that answer it.
 *
 * INVARIANTS
 * - A receipt is given only after the entries that it speaks of, and the receipt itself where it is kept, are
 *   synced; a file is called stored only after it is whole, hashed and synced.
 * - What a revoked device recorded after its last good entry is kept like anything else, and its receipt says that
 *   nobody answers for it.
 * - A duplicate or another rejected message changes nothing that is stored.
 * - Over a quota nothing is kept and, but for one refusal a minute, nothing signed. What is held already costs nothing.
 */
import type { CentreListFault } from '../evidence/centre-list.ts'
import type { SignedControl } from '../evidence/control.ts'
import type { SignedEntry } from '../evidence/entry.ts'
import { openHead } from '../evidence/head.ts'
import type { Identity } from '../evidence/identity.ts'
import { idOfText, longestJws } from '../evidence/jws.ts'
import { answersOf, type Receipt, type SignedReceipt } from '../evidence/receipt.ts'
import type { Clock } from '../platform/clock.ts'
import type { LineLog } from '../platform/files/line-log.ts'
import { type Fault, type Result, unreachable } from '../platform/result.ts'
import { type DeviceStatus, parseDeviceStatus } from '../protocol/device-status.ts'
import type { Topic } from '../protocol/topics.ts'
import { openOwnReceipt } from '../receipts/verify-receipt.ts'
import type { HeldEntry } from './device-chain.ts'
import { type ClaimedEntry, entryOfReturned, entryVerdict, promisesMore } from './entry-verdict.ts'
import type { CentralLog } from './events.ts'
import type { Holdings } from './holdings.ts'
import type { ChunkOutcome, IncomingFiles } from './incoming-files.ts'
import type { LedgerIdentity } from './ledger-id.ts'
import type { Quotas } from './quotas.ts'
import type { ReceiptIssuer } from './receipt-issuer.ts'
import type { Registry } from './registry.ts'
import type { ResendCommand } from './resend-command.ts'
import type { DeviceEvent } from './thinned-log.ts'

export interface IntakeParts {
	readonly ledger: LineLog
	readonly heads: LineLog
	readonly registry: Registry
	readonly holdings: Holdings
	readonly incoming: IncomingFiles
	readonly issuer: ReceiptIssuer
	readonly resendCommand: ResendCommand
	readonly ledgerId: LedgerIdentity
	/** Ourselves. */
	readonly centre: Identity
	readonly quotas: Quotas
	/** So many bytes are about to be written. */
	readonly noteWritten: (bytes: number) => void
	readonly clock: Clock
	/** For what no device can cause. */
	readonly log: CentralLog
	readonly deviceLog: (event: DeviceEvent) => void
	/** Called once for every entry, after it is on the disk. */
	readonly received: (entry: SignedEntry) => void
	/** Called for every status of a known device. */
	readonly statusHeard: (status: DeviceStatus) => void
}

/** What became of a message, and the replies to its device: receipts in this order, then the command. */
export interface Taken<O extends string = string> {
	readonly outcome: O
	readonly receipts: readonly SignedReceipt[]
	readonly command?: SignedControl
	/** The list of centres, for a device that has an older one or none. */
	readonly centres?: string
}

/** `foreign`: kept, of a version that is not understood here. `quarantined`: kept, and nobody answers for it. */
export interface TakenEntry
	extends Taken<'stored' | 'conflict' | 'duplicate' | 'quarantined' | 'foreign' | 'rejected'> {
	/** Null for one that is not held by its seq. */
	readonly held: HeldEntry | null
	/** Why it is not; empty otherwise. */
	readonly reason: string
}

/**
 * `unwanted`: no entry of the device names the file. `disk-fault`: the chunk counts as not received. `no-room`: over
 * the device's quota, or more than the disk takes.
 */
export interface TakenChunk extends Taken<ChunkOutcome | 'unwanted' | 'disk-fault' | 'no-room'> {
	/** Of the disk. */
	readonly fault?: Fault
}

/** `known`: one that is as high was held before. */
export type TakenHead = Taken<'stored' | 'known' | 'refused'>

/** Milliseconds between two refusals of one device for its quota. */
const refuseEveryMs = 60_000

/** Entries that name one file and are answered when it is whole; others ask, and are answered as duplicates. */
const mostAnswered = 16

export class Intake {
	readonly #parts: IntakeParts
	/** When the last refusal for its quota was signed, by device. */
	readonly #refused = new Map<string, number>()

	constructor(parts: IntakeParts) {
		this.#parts = parts
	}

	/** Rejects when the ledger can't be written or a receipt not signed: then nothing more may be promised. */
	async take(topic: Topic, payload: Buffer): Promise<Taken> {
		switch (topic.kind) {
			case 'entry':
				return this.takeEntry(topic, payload)
			case 'image':
				return this.takeChunk(topic, payload)
			case 'head':
				return this.takeHead(topic.device, payload)
			case 'status':
				return this.#status(topic.device, payload)
			case 'returned':
				return this.#returned(topic.device, payload)
			case 'receipt':
			case 'centres':
			case 'control':
				return ignored
			default:
				return unreachable(topic)
		}
	}

	/** What is held gets another verdict: a revocation may come later than the entries. */
	async #refreshRegistry(): Promise<void> {
		const { registry, holdings, log } = this.#parts
		const { issue } = registry.centres
		for (const revocation of (await registry.refresh()) ?? []) {
			holdings.revoke(revocation)
			const { device, last, reason } = revocation
			log({ event: 'revoked', device, last, reason, quarantined: holdings.chain(device)?.quarantined ?? 0 })
		}
		this.#logCentres(issue)
	}

	/** Takes in a list of centres that a stick brought. Rejects as `take` does. */
	async takeCentres(text: string): Promise<Result<boolean, CentreListFault>> {
		const { issue } = this.#parts.registry.centres
		const taken = await this.#parts.registry.takeCentres(text)
		this.#logCentres(issue)
		return taken
	}

	/** What the list of centres says where it was `issue` before. */
	#logCentres(issue: number): void {
		const { registry, centre, log } = this.#parts
		const { issue: newest } = registry.centres
		if (newest === issue) return
		log({ event: 'centres', issue: newest })
		if (!registry.isListed) log({ event: 'not-listed', id: centre.id, issue: newest })
	}

	/** Rejects as `take` does; so do those below. */
	async takeEntry({ device, seq }: Omit<ClaimedEntry, 'payload'>, payload: Buffer): Promise<TakenEntry> {
		await this.#refreshRegistry()
		const { registry, holdings, ledger, incoming, issuer, deviceLog, received, quotas } = this.#parts
		const identity = registry.known(device) ?? (await registry.look(device))
		const chain = identity === undefined ? undefined : holdings.begin(device)
		// Before anything is parsed, verified or signed. An id tells what is held already, whoever signed these bytes.
		if (chain !== undefined && !quotas.takesEntry(device, payload.length)) {
			const id = payload.length > longestJws ? null : idOfText(payload.toString('latin1'))
			if (id === null || !chain.holds(id)) return this.#overQuota({ device, seq }, id)
		}
		const verdict = entryVerdict({ device, seq, payload }, identity, chain)
		switch (verdict.kind) {
			case 'new': {
				const { entry, held } = verdict
				// First into the line for the disk, then known: what is said of it later comes after it on the disk.
				const written = ledger.append([entry.text])
				holdings.keep(device, entry.entry, held)
				this.#charge(device, entry.text, 'entry')
				const [, receipt] = await Promise.all([written, this.#keepReceipt(device, held)])
				received(entry)
				deviceLog({ event: 'entry', device, seq: held.seq, id: held.id, conflict: held.conflict })
				return takenEntry(held, receipt)
			}
			case 'duplicate': {
				const { held } = verdict
				for (const file of held.files) await incoming.settled(device, file)
				deviceLog({ event: 'duplicate', device, seq: held.seq })
				const receipt = await issuer.duplicate(device, held)
				// The first one may still wait for the disk.
				await ledger.settled()
				return takenEntry(held, receipt)
			}
			case 'foreign': {
				const { text, id } = verdict
				if (chain?.addForeign(id)) {
					this.#charge(device, text, 'entry')
					await ledger.append([text])
				}
				const receipts = await this.#rejectEntry({ device, seq }, id, 'unknown-version')
				return { outcome: 'foreign', receipts, held: null, reason: 'unknown-version' }
			}
			case 'rejected': {
				const { id, reason } = verdict
				const receipts = await this.#rejectEntry({ device, seq }, id, reason)
				return { outcome: 'rejected', receipts, held: null, reason }
			}
			default:
				return unreachable(verdict)
		}
	}

	async takeChunk(
		{ device, sha256, index }: { device: string; sha256: string; index: number },
		payload: Buffer,
	): Promise<TakenChunk> {
		await this.#refreshRegistry()
		const { holdings, incoming, deviceLog, quotas, noteWritten } = this.#parts
		const wanted = holdings.chain(device)?.file(sha256)
		if (wanted === undefined) return this.#dropped('unwanted', device, 'unwanted-file')
		const { file, entries } = wanted
		const isNew = !incoming.isWhole(sha256) && !incoming.isBegun(device, file)
		if (isNew && !quotas.takesFile(device, file.size, incoming.partialBytes(device))) {
			return this.#noRoomFor(device, entries)
		}
		let outcome: ChunkOutcome
		try {
			outcome = await incoming.chunk(device, file, index, payload)
		} catch (error) {
			const fault = { code: 'disk', detail: error instanceof Error ? error.message : String(error) }
			deviceLog({ event: 'image-disk-fault', device, fault })
			return { outcome: 'disk-fault', receipts: [], fault }
		}
		if (outcome !== 'useless') noteWritten(payload.length)
		if (outcome === 'wrong-digest') deviceLog({ event: 'file-wrong-digest', device, sha256 })
		if (outcome !== 'whole') return { outcome, receipts: [] }
		quotas.addFile(device, file.size)
		deviceLog({ event: 'file-whole', device, ...file })
		const answered = entries.slice(-mostAnswered)
		return { outcome, receipts: await Promise.all(answered.map((held) => this.#keepReceipt(device, held))) }
	}

	async takeHead(device: string, payload: Buffer): Promise<TakenHead> {
		await this.#refreshRegistry()
		const { registry, holdings, heads, quotas, deviceLog } = this.#parts
		const identity = registry.known(device)
		const opened =
			identity === undefined || payload.length > longestJws
				? undefined
				: openHead(payload.toString('latin1'), identity)
		if (!opened?.ok) return this.#dropped('refused', device, 'head-refused')
		const { text, head } = opened.value
		if (holdings.headOf(device) >= head.seq) return { outcome: 'known', receipts: [] }
		// It would stand in the way of the good ones for ever.
		if (holdings.chain(device)?.isQuarantined(head.seq)) return this.#dropped('refused', device, 'revoked')
		if (!quotas.takesLine(device, text.length)) return this.#dropped('refused', device, 'quota')
		holdings.noteHead(device, head)
		this.#charge(device, text, 'line')
		await heads.append([text])
		deviceLog({ event: 'head', device, seq: head.seq })
		return { outcome: 'stored', receipts: [] }
	}

	async #status(device: string, payload: Buffer): Promise<Taken> {
		await this.#refreshRegistry()
		const { registry, holdings, deviceLog } = this.#parts
		const status = parseDeviceStatus(payload)
		// Only of devices that are known: a status is not signed, and this is memory.
		if (!status.ok || status.value.device !== device || registry.known(device) === undefined) {
			return this.#dropped('refused', device, 'status-refused')
		}
		const before = holdings.noteStatus(status.value)
		this.#parts.statusHeard(status.value)
		const { state, recorded } = status.value
		if (before?.state !== state) deviceLog({ event: 'status', device, state, recorded })
		const receipts = await this.#rollbackNotice(status.value)
		const command = await this.#resendCommand(status.value)
		const { centres: known } = status.value
		const { issue, text } = registry.centres
		const centres = known !== null && known < issue && text !== null ? { centres: text } : {}
		return { outcome: 'noted', receipts, ...(command === null ? {} : { command }), ...centres }
	}

	/**
	 * A journal that is shorter than what we hold was rolled back, and its next entry would be another one with a seq
	 * that is taken: the device is shown what we hold before it comes to that.
	 */
	async #rollbackNotice({ device, state, recorded }: DeviceStatus): Promise<SignedReceipt[]> {
		const { holdings, issuer, ledger } = this.#parts
		const last = holdings.chain(device)?.last
		if (last === undefined || state !== 'online' || last.seq <= recorded) return []
		const receipt = await issuer.duplicate(device, last)
		await ledger.settled()
		return [receipt]
	}

	async #resendCommand(status: DeviceStatus): Promise<SignedControl | null> {
		const { holdings, resendCommand, deviceLog } = this.#parts
		const { device } = status
		if (!resendCommand.isNeeded(status, holdings.chain(device)?.upto?.seq ?? 0)) return null
		deviceLog({ event: 'resend-ordered', device })
		return await resendCommand.sign(device)
	}

	/** A receipt that was lost here is taken back when all that it speaks of is held. */
	async #returned(device: string, payload: Buffer): Promise<Taken> {
		await this.#refreshRegistry()
		const { holdings, incoming, issuer, ledger, quotas, registry, deviceLog } = this.#parts
		const opened = openOwnReceipt(payload.toString('latin1'), registry.centres, device)
		if (!opened.ok) return this.#dropped('refused', device, 'returned-refused')
		const { text, id, receipt } = opened.value
		const held = entryOfReturned(receipt, holdings.chain(device), (sha256) => incoming.isWhole(sha256))
		if (held === null) return await this.#returnedUnfounded(device, receipt)
		// What this ledger has issued and not kept, it does not keep now: it would grow without end.
		const isNews = answersOf(receipt).some(({ status }) => status !== 'duplicate')
		const kept = receipt.ledger !== this.#parts.ledgerId.id || isNews
		if (kept && !quotas.takesLine(device, text.length)) return this.#dropped('refused', device, 'quota')
		if (kept && holdings.noteReceipt(id)) {
			this.#charge(device, text, 'line')
			await ledger.append([text])
			deviceLog({ event: 'receipt-returned', device, seq: receipt.seq })
		}
		const confirmation = await issuer.duplicate(device, held, id)
		await ledger.settled()
		return { outcome: 'held', receipts: [confirmation] }
	}

	/**
	 * Signed by us: where it names this very ledger, the ledger held more than it does now. It was restored from an older
	 * copy, or cut; a device that has sent it everything before would not do so again.
	 */
	async #returnedUnfounded(device: string, receipt: Receipt): Promise<Taken> {
		const { holdings, resendCommand, ledgerId, log, deviceLog } = this.#parts
		const taken = this.#dropped('refused', device, 'returned-unfounded')
		if (receipt.ledger !== ledgerId.id || !promisesMore(receipt, holdings.chain(device))) return taken
		log({ event: 'ledger-rolled-back', device, seq: receipt.upto?.seq ?? receipt.seq })
		await ledgerId.replace(receipt.ledger)
		deviceLog({ event: 'resend-ordered', device })
		return { ...taken, command: await resendCommand.sign(device) }
	}

	/** Signs and keeps what is to be said of an entry that is held. */
	async #keepReceipt(device: string, held: HeldEntry): Promise<SignedReceipt> {
		const { holdings, issuer, ledger } = this.#parts
		const receipt = await issuer.held(device, held)
		holdings.noteReceipt(receipt.id)
		this.#charge(device, receipt.text, 'line')
		await ledger.append([receipt.text])
		return receipt
	}

	#charge(device: string, text: string, as: 'entry' | 'line'): void {
		const { quotas, noteWritten } = this.#parts
		const bytes = text.length + 1
		if (as === 'entry') quotas.addEntry(device, bytes)
		else quotas.addLine(device, bytes)
		noteWritten(bytes)
	}

	/** Not kept; `id` is null for bytes that no receipt need name. */
	async #overQuota({ device, seq }: Omit<ClaimedEntry, 'payload'>, id: string | null): Promise<TakenEntry> {
		this.drop(device, 'quota')
		const receipts =
			id === null || seq === null || !this.#mayRefuse(device)
				? []
				: [await this.#parts.issuer.rejected(device, seq, id, 'quota')]
		return { outcome: 'rejected', receipts, held: null, reason: 'quota' }
	}

	/** The entries are held, and no more than that: their device is told not to send their files. */
	async #noRoomFor(device: string, entries: readonly HeldEntry[]): Promise<TakenChunk> {
		this.drop(device, 'quota-images')
		const last = entries.at(-1)
		const receipts =
			last === undefined || !this.#mayRefuse(device)
				? []
				: [await this.#parts.issuer.rejected(device, last.seq, last.id, 'quota')]
		return { outcome: 'no-room', receipts }
	}

	#mayRefuse(device: string): boolean {
		const now = this.#parts.clock.monotonic()
		if (now - (this.#refused.get(device) ?? Number.NEGATIVE_INFINITY) < refuseEveryMs) return false
		this.#refused.set(device, now)
		return true
	}

	/** Not kept: anyone can send what is rejected, any number of times. No receipt where no seq is claimed. */
	async #rejectEntry(
		{ device, seq }: Omit<ClaimedEntry, 'payload'>,
		id: string,
		reason: string,
	): Promise<SignedReceipt[]> {
		this.drop(device, reason)
		if (seq === null) return []
		const { issuer, ledger } = this.#parts
		const receipt = await issuer.rejected(device, seq, id, reason)
		await ledger.settled()
		return [receipt]
	}

	#dropped<O extends string>(outcome: O, device: string, reason: string): Taken<O> {
		this.drop(device, reason)
		return { outcome, receipts: [] }
	}

	/** Counts what comes to nothing. */
	drop(device: string, reason: string): void {
		this.#parts.deviceLog({ event: 'rejected', device, reason })
	}
}

const ignored: Taken<'ignored'> = { outcome: 'ignored', receipts: [] }

/** What is held and rejected all the same is in quarantine. */
function takenEntry(held: HeldEntry, receipt: SignedReceipt): TakenEntry {
	const { status } = receipt.receipt
	return {
		outcome: status === 'rejected' ? 'quarantined' : status,
		receipts: [receipt],
		held,
		reason: '',
	}
}
