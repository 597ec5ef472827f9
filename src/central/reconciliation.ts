/**
 * What a device and this centre say of how much each holds, and what follows where they differ: a journal that was
 * rolled back is shown what stands here, a ledger that lost something has it sent again, and takes back the receipts
 * that it had given. Rejects as `Intake.take` does.
 */
import type { SignedControl } from '../evidence/control.ts'
import { answersOf, type Receipt, type SignedReceipt } from '../evidence/receipt.ts'
import { type DeviceStatus, parseDeviceStatus } from '../protocol/device-status.ts'
import { quotaReason } from '../protocol/limits.ts'
import { openOwnReceipt } from '../receipts/verify-receipt.ts'
import type { Quotas } from './admission/quotas.ts'
import type { DeviceEvent } from './admission/thinned-log.ts'
import type { Registry } from './authority/registry.ts'
import { entryOfReturned, promisesMore } from './entry-verdict.ts'
import type { CentralLog } from './events.ts'
import type { Holdings } from './holdings.ts'
import type { IncomingFiles } from './incoming-files.ts'
import type { ChargedLog } from './ledger/charged-log.ts'
import type { LedgerIdentity } from './ledger/ledger-id.ts'
import type { ReceiptIssuer } from './receipt-issuer.ts'
import type { ResendCommand } from './resend-command.ts'
import type { Taken } from './taken.ts'

export interface ReconciliationParts {
	readonly ledger: ChargedLog
	readonly registry: Registry
	readonly holdings: Holdings
	readonly incoming: IncomingFiles
	readonly issuer: ReceiptIssuer
	readonly resendCommand: ResendCommand
	readonly ledgerId: LedgerIdentity
	readonly quotas: Quotas
	/** For what no device can cause. */
	readonly log: CentralLog
	readonly deviceLog: (event: DeviceEvent) => void
	/** Called for every status of a known device. */
	readonly statusHeard: (status: DeviceStatus) => void
}

export class Reconciliation {
	readonly #parts: ReconciliationParts

	constructor(parts: ReconciliationParts) {
		this.#parts = parts
	}

	/** Of a status, which nobody signs. */
	async status(device: string, payload: Buffer): Promise<Taken> {
		const { registry, holdings, deviceLog, statusHeard } = this.#parts
		const status = parseDeviceStatus(payload)
		// Only of devices that are known: a status is not signed, and this is memory.
		if (!status.ok || status.value.device !== device || registry.known(device) === undefined) {
			return this.#refused(device, 'status-refused')
		}
		const before = holdings.noteStatus(status.value)
		statusHeard(status.value)
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
	async returned(device: string, payload: Buffer): Promise<Taken> {
		const { holdings, incoming, issuer, ledger, quotas, registry, deviceLog } = this.#parts
		const opened = openOwnReceipt(payload.toString('latin1'), registry.centres, device)
		if (!opened.ok) return this.#refused(device, 'returned-refused')
		const { text, id, receipt } = opened.value
		const held = entryOfReturned(receipt, holdings.chain(device), (sha256) => incoming.isWhole(sha256))
		if (held === null) return await this.#returnedUnfounded(device, receipt)
		// What this ledger has issued and not kept, it does not keep now: it would grow without end.
		const isNews = answersOf(receipt).some(({ status }) => status !== 'duplicate')
		const kept = receipt.ledger !== this.#parts.ledgerId.id || isNews
		if (kept && !quotas.takesLine(device, text.length)) return this.#refused(device, quotaReason)
		if (kept && holdings.noteReceipt(id)) {
			await ledger.append(device, text, 'line')
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
		const taken = this.#refused(device, 'returned-unfounded')
		if (receipt.ledger !== ledgerId.id || !promisesMore(receipt, holdings.chain(device))) return taken
		log({ event: 'ledger-rolled-back', device, seq: receipt.upto?.seq ?? receipt.seq })
		await ledgerId.replace(receipt.ledger)
		deviceLog({ event: 'resend-ordered', device })
		return { ...taken, command: await resendCommand.sign(device) }
	}

	#refused(device: string, reason: string): Taken {
		this.#parts.deviceLog({ event: 'rejected', device, reason })
		return { outcome: 'refused', receipts: [] }
	}
}
