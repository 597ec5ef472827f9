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
import type { CentreListFault } from '../evidence/authority/centre-list.ts'
import type { SignedEntry } from '../evidence/entry.ts'
import { openHead } from '../evidence/head.ts'
import type { Identity } from '../evidence/identity.ts'
import { idOfText, longestJws } from '../evidence/jws.ts'
import type { SignedReceipt } from '../evidence/receipt.ts'
import type { Clock } from '../platform/clock.ts'
import { type Result, unreachable } from '../platform/result.ts'
import { quotaReason } from '../protocol/limits.ts'
import type { Topic } from '../protocol/topics.ts'
import type { Quotas } from './admission/quotas.ts'
import type { DeviceEvent } from './admission/thinned-log.ts'
import type { Registry } from './authority/registry.ts'
import type { HeldEntry } from './device-chain.ts'
import { type ClaimedEntry, entryVerdict } from './entry-verdict.ts'
import type { CentralLog } from './events.ts'
import type { Holdings } from './holdings.ts'
import type { ChunkOutcome, IncomingFiles } from './incoming-files.ts'
import type { ChargedLog } from './ledger/charged-log.ts'
import { PeopleIntake } from './people/people-intake.ts'
import type { ReceiptIssuer } from './receipt-issuer.ts'
import type { Reconciliation } from './reconciliation.ts'
import type { Taken, TakenChunk, TakenEntry, TakenHead } from './taken.ts'

export interface IntakeParts {
	readonly ledger: ChargedLog
	readonly heads: ChargedLog
	readonly registry: Registry
	readonly holdings: Holdings
	readonly incoming: IncomingFiles
	readonly issuer: ReceiptIssuer
	readonly reconciliation: Reconciliation
	/** Ourselves. */
	readonly centre: Identity
	readonly quotas: Quotas
	/** So many bytes of an image are about to be written. */
	readonly noteWritten: (bytes: number) => void
	readonly clock: Clock
	/** For what no device can cause. */
	readonly log: CentralLog
	readonly deviceLog: (event: DeviceEvent) => void
	/** Records of this number (`evidence/format.ts`) are about to be held. */
	readonly noteFormat: (format: number) => Promise<void>
	/** Called once for every entry, after it is on the disk. */
	readonly received: (entry: SignedEntry) => void
}

/** Entries that name one file and are answered when it is whole; others ask, and are answered as duplicates. */
export const mostAnswered = 16

export class Intake {
	readonly #parts: IntakeParts

	/** For what reading stations and officers signed. */
	readonly people: PeopleIntake

	constructor(parts: IntakeParts) {
		this.#parts = parts
		const refreshRegistry = () => this.refreshRegistry()
		this.people = new PeopleIntake({ ...parts, refreshRegistry })
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
				await this.refreshRegistry()
				return this.#parts.reconciliation.status(topic.device, payload)
			case 'returned':
				await this.refreshRegistry()
				return this.#parts.reconciliation.returned(topic.device, payload)
			case 'receipt':
			case 'centres':
			case 'control':
				return ignored
			default:
				return unreachable(topic)
		}
	}

	/**
	 * What is held gets another verdict: a revocation may come later than the entries. Looks once a second at most, and
	 * rejects as `take` does.
	 */
	async refreshRegistry(): Promise<void> {
		const { registry, holdings, log } = this.#parts
		const { issue } = registry.centres
		for (const revocation of (await registry.refresh()) ?? []) {
			holdings.revoke(revocation)
			const { device, last, reason } = revocation
			const held = holdings.chain(device) ?? holdings.people.chain(device)
			log({ event: 'revoked', device, last, reason, quarantined: held?.quarantined ?? 0 })
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
		await this.refreshRegistry()
		const { registry, holdings, ledger, incoming, issuer, deviceLog, received, quotas } = this.#parts
		const identity = registry.known(device) ?? (await registry.look(device))
		const role = registry.roleOf(device)
		const chain = identity === undefined ? undefined : holdings.begin(device)
		// Before anything is parsed, verified or signed. An id tells what is held already, whoever signed these bytes.
		if (chain !== undefined && !quotas.takesEntry(device, payload.length)) {
			const id = payload.length > longestJws ? null : idOfText(payload.toString('latin1'))
			if (id === null || !chain.holds(id)) return this.#overQuota({ device, seq }, id)
		}
		const verdict = entryVerdict({ device, seq, payload }, identity, chain, role)
		switch (verdict.kind) {
			case 'new': {
				const { entry, held } = verdict
				// First into the line for the disk, then known: what is said of it later comes after it on the disk.
				const written = ledger.append(device, entry.text, 'entry')
				holdings.keep(device, entry.entry, held)
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
				if (chain?.addForeign(id)) await ledger.append(device, text, 'entry')
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
		await this.refreshRegistry()
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
		if (outcome === 'useless' && incoming.isWhole(sha256)) return { outcome: 'held', receipts: [] }
		if (outcome !== 'useless') noteWritten(payload.length)
		if (outcome === 'wrong-digest') deviceLog({ event: 'file-wrong-digest', device, sha256 })
		if (outcome !== 'whole') return { outcome, receipts: [] }
		quotas.addFile(device, file.size)
		deviceLog({ event: 'file-whole', device, ...file })
		const answered = entries.slice(-mostAnswered)
		return { outcome, receipts: await Promise.all(answered.map((held) => this.#keepReceipt(device, held))) }
	}

	async takeHead(device: string, payload: Buffer): Promise<TakenHead> {
		await this.refreshRegistry()
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
		if (!quotas.takesLine(device, text.length)) return this.#dropped('refused', device, quotaReason)
		holdings.noteHead(device, head)
		await heads.append(device, text, 'line')
		deviceLog({ event: 'head', device, seq: head.seq })
		return { outcome: 'stored', receipts: [] }
	}

	/** Signs and keeps what is to be said of an entry that is held. */
	async #keepReceipt(device: string, held: HeldEntry): Promise<SignedReceipt> {
		const { holdings, issuer, ledger } = this.#parts
		const receipt = await issuer.held(device, held)
		holdings.noteReceipt(receipt.id)
		await ledger.append(device, receipt.text, 'line')
		return receipt
	}

	/** Not kept; `id` is null for bytes that no receipt need name. */
	async #overQuota({ device, seq }: Omit<ClaimedEntry, 'payload'>, id: string | null): Promise<TakenEntry> {
		this.drop(device, quotaReason)
		const receipts = id === null || seq === null ? [] : await this.#refusal(device, seq, id)
		return { outcome: 'rejected', receipts, held: null, reason: quotaReason }
	}

	/** The entries are held, and no more than that: their device is told not to send their files. */
	async #noRoomFor(device: string, entries: readonly HeldEntry[]): Promise<TakenChunk> {
		this.drop(device, 'quota-images')
		const last = entries.at(-1)
		const receipts = last === undefined ? [] : await this.#refusal(device, last.seq, last.id)
		return { outcome: 'no-room', receipts }
	}

	/** Signed now and then only. */
	async #refusal(device: string, seq: number, id: string): Promise<SignedReceipt[]> {
		const { quotas, issuer, clock } = this.#parts
		if (!quotas.mayRefuse(device, clock.monotonic())) return []
		return [await issuer.rejected(device, seq, id, quotaReason)]
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
