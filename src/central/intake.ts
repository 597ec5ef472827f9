/**
 * Takes in what devices send, by whatever way it came, and gives the receipts that answer it.
 *
 * INVARIANTS
 * - A receipt is given only after the entries that it speaks of, and the receipt itself where it is kept, are
 *   synced; a file is called stored only after it is whole, hashed and synced.
 * - What a disowned device recorded after its last good entry is kept like anything else, and its receipt says that
 *   nobody answers for it.
 * - A duplicate or another rejected message changes nothing that is stored.
 */
import type { NewlyRevoked } from '../evidence/device-roll.ts'
import type { SignedEntry } from '../evidence/entry.ts'
import { openHead } from '../evidence/head.ts'
import type { Identity } from '../evidence/identity.ts'
import { longestJws } from '../evidence/jws.ts'
import { openReceipt, type SignedReceipt } from '../evidence/receipt.ts'
import type { LineLog } from '../platform/files/line-log.ts'
import { unreachable } from '../platform/result.ts'
import { type DeviceStatus, parseDeviceStatus } from '../protocol/device-status.ts'
import type { Topic } from '../protocol/topics.ts'
import type { HeldEntry } from './device-chain.ts'
import { entryOfReturned, entryVerdict } from './entry-verdict.ts'
import type { CentralLog } from './events.ts'
import type { Holdings } from './holdings.ts'
import type { ChunkOutcome, IncomingFiles } from './incoming-files.ts'
import type { ReceiptIssuer } from './receipt-issuer.ts'
import type { Registry } from './registry.ts'
import type { ResendCommand } from './resend-command.ts'

export interface IntakeParts {
	readonly ledger: LineLog
	readonly heads: LineLog
	readonly registry: Registry
	readonly holdings: Holdings
	readonly incoming: IncomingFiles
	readonly issuer: ReceiptIssuer
	readonly resendCommand: ResendCommand
	/** The id of the ledger. */
	readonly ledgerId: string
	/** Ourselves: whose receipts may come back. */
	readonly centre: Identity
	readonly log: CentralLog
	/** Called once for every entry, after it is on the disk. */
	readonly received: (entry: SignedEntry) => void
}

/** A reply to the device that sent something: on the topic of its kind, in this order. */
export interface Reply {
	readonly kind: 'receipt' | 'control'
	readonly text: string
}

export type Replies = readonly Reply[]

const nothing: Replies = []

export class Intake {
	readonly #parts: IntakeParts
	readonly #counts = new Map<string, number>()

	constructor(parts: IntakeParts) {
		this.#parts = parts
	}

	/** Rejects when the ledger can't be written or a receipt not signed: then nothing more may be promised. */
	async take(topic: Topic, payload: Buffer): Promise<Replies> {
		const looked = this.#parts.registry.refresh()
		if (looked !== undefined) this.#revoke(await looked)
		switch (topic.kind) {
			case 'entry':
				return this.#entry(topic, payload)
			case 'image':
				return this.#chunk(topic, payload)
			case 'head':
				return this.#head(topic.device, payload)
			case 'status':
				return this.#status(topic.device, payload)
			case 'returned':
				return this.#returned(topic.device, payload)
			case 'receipt':
			case 'control':
				return nothing
			default:
				return unreachable(topic)
		}
	}

	/** What is held gets another verdict: a revocation may come later than the entries. */
	#revoke(devices: NewlyRevoked): void {
		const { holdings, log } = this.#parts
		for (const revocation of devices) {
			holdings.revoke(revocation)
			const { device, last, reason } = revocation
			log({ event: 'revoked', device, last, reason, quarantined: holdings.chain(device)?.quarantined ?? 0 })
		}
	}

	async #entry({ device, seq }: { device: string; seq: number }, payload: Buffer): Promise<Replies> {
		const { registry, holdings, ledger, incoming, issuer, log, received } = this.#parts
		const identity = registry.known(device) ?? (await registry.look(device))
		const chain = identity === undefined ? undefined : holdings.begin(device)
		const verdict = entryVerdict({ device, seq, payload }, identity, chain)
		switch (verdict.kind) {
			case 'new': {
				const { entry, held } = verdict
				// First into the line for the disk, then known: what is said of it later comes after it on the disk.
				const written = ledger.append([entry.text])
				holdings.keep(device, entry.entry, held)
				const [, receipt] = await Promise.all([written, this.#keepReceipt(device, held)])
				received(entry)
				log({ event: 'entry', device, seq, id: held.id, conflict: held.conflict })
				return answer(receipt)
			}
			case 'duplicate': {
				for (const file of verdict.held.files) await incoming.settled(device, file)
				log({ event: 'duplicate', device, seq })
				const receipt = await issuer.duplicate(device, verdict.held)
				// The first one may still wait for the disk.
				await ledger.settled()
				return answer(receipt)
			}
			case 'foreign': {
				const { text, id } = verdict
				if (chain?.addForeign(id)) await ledger.append([text])
				return this.#reject(device, seq, id, 'unknown-version')
			}
			case 'rejected':
				return this.#reject(device, seq, verdict.id, verdict.reason)
			default:
				return unreachable(verdict)
		}
	}

	async #chunk(
		{ device, sha256, index }: { device: string; sha256: string; index: number },
		payload: Buffer,
	): Promise<Replies> {
		const { holdings, incoming, log } = this.#parts
		const wanted = holdings.chain(device)?.file(sha256)
		if (wanted === undefined) return this.drop(device, 'unwanted-file')
		const { file, entries } = wanted
		let outcome: ChunkOutcome
		try {
			outcome = await incoming.chunk(device, file, index, payload)
		} catch (error) {
			const fault = { code: 'disk', detail: error instanceof Error ? error.message : String(error) }
			log({ event: 'image-disk-fault', fault })
			return nothing
		}
		switch (outcome) {
			case 'whole':
				log({ event: 'file-whole', device, ...file })
				return (await Promise.all(entries.map((held) => this.#keepReceipt(device, held)))).flatMap(answer)
			case 'wrong-digest':
				log({ event: 'file-wrong-digest', device, sha256 })
				return nothing
			case 'kept':
			case 'useless':
				return nothing
			default:
				return unreachable(outcome)
		}
	}

	async #head(device: string, payload: Buffer): Promise<Replies> {
		const { registry, holdings, heads, log } = this.#parts
		const identity = registry.known(device)
		if (identity === undefined || payload.length > longestJws) return this.drop(device, 'head-refused')
		const opened = openHead(payload.toString('latin1'), identity)
		if (!opened.ok) return this.drop(device, 'head-refused')
		const { text, head } = opened.value
		// It would stand in the way of the good ones for ever.
		if (holdings.chain(device)?.isQuarantined(head.seq)) return this.drop(device, 'revoked')
		if (!holdings.noteHead(device, head)) return nothing
		await heads.append([text])
		log({ event: 'head', device, seq: head.seq })
		return nothing
	}

	async #status(device: string, payload: Buffer): Promise<Replies> {
		const { registry, holdings, log } = this.#parts
		const status = parseDeviceStatus(payload)
		// Only of devices that are known: a status is not signed, and this is memory.
		if (!status.ok || status.value.device !== device || registry.known(device) === undefined) {
			return this.drop(device, 'status-refused')
		}
		holdings.noteStatus(status.value)
		const { state, recorded } = status.value
		log({ event: 'status', device, state, recorded })
		return [...(await this.#rollbackNotice(status.value)), ...(await this.#resendCommand(status.value))]
	}

	/**
	 * A journal that is shorter than what we hold was rolled back, and its next entry would be another one with a seq
	 * that is taken: the device is shown what we hold before it comes to that.
	 */
	async #rollbackNotice({ device, state, recorded }: DeviceStatus): Promise<Replies> {
		const { holdings, issuer, ledger } = this.#parts
		const last = holdings.chain(device)?.last
		if (last === undefined || state !== 'online' || last.seq <= recorded) return nothing
		const receipt = await issuer.duplicate(device, last)
		await ledger.settled()
		return answer(receipt)
	}

	async #resendCommand(status: DeviceStatus): Promise<Replies> {
		const { holdings, resendCommand, log } = this.#parts
		const { device } = status
		if (!resendCommand.isNeeded(status, holdings.chain(device)?.upto?.seq ?? 0)) return nothing
		log({ event: 'resend-ordered', device })
		return [{ kind: 'control', text: await resendCommand.sign(device) }]
	}

	/** A receipt that was lost here is taken back when all that it speaks of is held. */
	async #returned(device: string, payload: Buffer): Promise<Replies> {
		const { holdings, incoming, issuer, ledger, log } = this.#parts
		const opened = openReceipt(payload.toString('latin1'), this.#parts.centre)
		if (!opened.ok || opened.value.receipt.device !== device) return this.drop(device, 'returned-refused')
		const { text, id, receipt } = opened.value
		const held = entryOfReturned(receipt, holdings.chain(device), (sha256) => incoming.isWhole(sha256))
		if (held === null) return this.drop(device, 'returned-unfounded')
		// What this ledger has issued and not kept, it does not keep now: it would grow without end.
		const kept = receipt.ledger !== this.#parts.ledgerId || receipt.status !== 'duplicate'
		if (kept && holdings.noteReceipt(id)) {
			await ledger.append([text])
			log({ event: 'receipt-returned', device, seq: receipt.seq })
		}
		const confirmation = await issuer.duplicate(device, held, id)
		await ledger.settled()
		return answer(confirmation)
	}

	/** Signs and keeps what is to be said of an entry that is held. */
	async #keepReceipt(device: string, held: HeldEntry): Promise<SignedReceipt> {
		const { holdings, issuer, ledger } = this.#parts
		const receipt = await issuer.held(device, held)
		holdings.noteReceipt(receipt.id)
		await ledger.append([receipt.text])
		return receipt
	}

	/** Not kept: anyone can send what is rejected, any number of times. */
	async #reject(device: string, seq: number, entry: string, reason: string): Promise<Replies> {
		this.drop(device, reason)
		const { issuer, ledger } = this.#parts
		const receipt = await issuer.rejected(device, seq, entry, reason)
		await ledger.settled()
		return answer(receipt)
	}

	/** Counts what comes to nothing. Anyone can cause these: each kind is logged at its 1st, 2nd, 4th, 8th … time. */
	drop(device: string, reason: string): Replies {
		const count = (this.#counts.get(reason) ?? 0) + 1
		this.#counts.set(reason, count)
		if (Number.isInteger(Math.log2(count))) this.#parts.log({ event: 'rejected', device, reason, count })
		return nothing
	}
}

function answer({ text }: SignedReceipt): Replies {
	return [{ kind: 'receipt', text }]
}
