/** A centre without its connection, and what two devices send to it. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Room } from '#src/central/admission/disk-room.js'
import { DeviceLimits } from '#src/central/admission/limits.js'
import { Quotas } from '#src/central/admission/quotas.js'
import { ThinnedLog } from '#src/central/admission/thinned-log.js'
import { Registry } from '#src/central/authority/registry.js'
import { DeviceStatuses } from '#src/central/device-statuses.js'
import type { CentralEvent } from '#src/central/events.js'
import { Holdings } from '#src/central/holdings.js'
import { IncomingFiles } from '#src/central/incoming-files.js'
import { Intake } from '#src/central/intake.js'
import { ChargedLog } from '#src/central/ledger/charged-log.js'
import type { OpenedLedger } from '#src/central/ledger/ledger.js'
import { openRecords } from '#src/central/ledger/records.js'
import { ReceiptIssuer } from '#src/central/receipt-issuer.js'
import { Reconciliation } from '#src/central/reconciliation.js'
import { ResendCommand } from '#src/central/resend-command.js'
import type { Taken } from '#src/central/taken.js'
import type { SignedEntry } from '#src/evidence/entry.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { openReceipt, type SignedReceipt } from '#src/evidence/receipt.js'
import { ImageFiles } from '#src/journal/image-files.js'
import { systemClock } from '#src/platform/clock.js'
import { entryAfter } from '../support/journal-maker.ts'
import { gotten } from '../support/result.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { makeSigner } from '../support/test-identity.ts'

const centre = makeSigner('c-centre')
const devices = [makeSigner('k-one'), makeSigner('k-two')]
const ledgerId = 'A'.repeat(22)

/** Of each device a chain, and of some seqs a second entry. */
export async function entriesOfDevices() {
	const honest: SignedEntry[] = []
	const equivocations: SignedEntry[] = []
	for (const device of devices) {
		let last: SignedEntry | undefined
		for (let seq = 1; seq <= 5; seq++) {
			const previous = last === undefined ? null : { seq: seq - 1, id: last.id }
			if (seq > 2) equivocations.push(await entryAfter(previous, device, `121202007.0${seq}.1.0001!1,2!0!0`))
			last = await entryAfter(previous, device)
			honest.push(last)
		}
	}
	return { honest, equivocations }
}

export const usualLimits = DeviceLimits.parse({})

/** A centre without its connection, in a directory of its own. */
export class IntakeMaker {
	readonly directory: string
	intake: Intake | undefined
	readonly log: CentralEvent[] = []
	readonly clock = new SimulatedClock()
	limits = usualLimits
	room: Room = { pictures: 1e12, entries: 1e12 }
	#close: () => Promise<void> = async () => {}

	constructor(directory: string) {
		this.directory = directory
		mkdirSync(join(directory, 'devices'))
		writeFileSync(join(directory, 'centre.pem'), publicKeyPem(centre.publicKey))
		for (const { id, publicKey } of devices) {
			writeFileSync(join(directory, 'devices', `${id}.pem`), publicKeyPem(publicKey))
		}
	}

	async start(): Promise<this> {
		const { directory } = this
		const registry = new Registry(directory, systemClock, () => {}, centre)
		await registry.start()
		const statuses = new DeviceStatuses({ directory, clock: systemClock, failed: () => {} })
		const quotas = new Quotas({ limits: this.limits, room: () => this.room })
		const deviceLog = new ThinnedLog({
			log: (event) => this.log.push(event),
			isKnown: (device) => registry.known(device) !== undefined,
			counted: () => {},
		})
		const holdings = new Holdings(registry, statuses)
		const makeRoom = async () => false
		const parts = { self: centre, registry, holdings, quotas, makeRoom }
		const records = gotten(await openRecords(directory, parts))
		const charged = ({ log }: OpenedLedger) => new ChargedLog({ log, quotas, noteWritten: () => {} })
		const incoming = new IncomingFiles(
			join(directory, 'incoming'),
			new ImageFiles(join(directory, 'images')),
			usualLimits,
		)
		await incoming.start()
		const shared = {
			ledger: charged(records.ledger),
			...{ registry, holdings, incoming, quotas, deviceLog: deviceLog.log },
			log: (event: CentralEvent) => this.log.push(event),
			issuer: new ReceiptIssuer({
				holdings,
				incoming,
				signer: centre,
				clock: systemClock,
				randomBytes,
				ledger: { id: ledgerId },
			}),
		}
		this.intake = new Intake({
			...shared,
			...{ centre, heads: charged(records.heads), clock: this.clock },
			noteWritten: () => {},
			noteFormat: async () => {},
			received: () => {},
			reconciliation: new Reconciliation({
				...shared,
				resendCommand: new ResendCommand({
					ledger: { id: ledgerId, askAll: false },
					signer: centre,
					clock: systemClock,
				}),
				ledgerId: { id: ledgerId, askAll: false, replace: async () => {}, noteFormat: async () => {} },
				statusHeard: () => {},
			}),
		})
		this.#close = async () => {
			await records.ledger.close()
			await records.heads.close()
		}
		return this
	}

	async stop(): Promise<void> {
		await this.#close()
		this.intake = undefined
	}

	entry({ text, entry }: SignedEntry, device = entry.device, seq = entry.seq): Promise<Taken> {
		return this.#take({ kind: 'entry', device, seq }, text)
	}

	returned(device: string, text: string): Promise<Taken> {
		return this.#take({ kind: 'returned', device }, text)
	}

	head(device: string, text: string): Promise<Taken> {
		return this.#take({ kind: 'head', device }, text)
	}

	/** Of all that grows. */
	get bytes(): number {
		return ['ledger.jws', 'heads.jws'].reduce(
			(sum, name) => sum + readFileSync(join(this.directory, name)).length,
			0,
		)
	}

	get lines(): string[] {
		return readFileSync(join(this.directory, 'ledger.jws'), 'utf8').split('\n').slice(0, -1)
	}

	#take(topic: Parameters<Intake['take']>[0], text: string): Promise<Taken> {
		if (this.intake === undefined) throw new Error('not started')
		return this.intake.take(topic, Buffer.from(text))
	}
}

export function deviceOf({ entry }: SignedEntry) {
	const signer = devices.find(({ kid }) => kid === entry.device)
	if (signer === undefined) throw new Error('no such device')
	return signer
}

export function receiptsOf({ receipts }: Taken): SignedReceipt[] {
	return receipts.map(({ text }) => gotten(openReceipt(text, centre)))
}
