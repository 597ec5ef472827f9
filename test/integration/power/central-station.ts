/**
 * A centre to which a device sends without end. Outside its disk stand the broker, the device's journal, its
 * uplink, and every receipt that came home: what a receipt says is held must be held after the cut.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { auditLedgerBytes } from '#src/audit/ledger-lines.js'
import { openIdentity } from '#src/enrolment/device-identity.js'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import { openEntry } from '#src/evidence/entry.js'
import { type Identity, publicKeyPem } from '#src/evidence/identity.js'
import { openReceipt } from '#src/evidence/receipt.js'
import { checkStoredImage } from '#src/journal/stored-image.js'
import { systemClock } from '#src/platform/clock.js'
import { makeDirectory, makeFile } from '#src/platform/files/durable.js'
import { Broker } from '#src/platform/mqtt/broker.js'
import { connectionDelays } from '#src/platform/mqtt/mqtt-connection.js'
import { ok } from '#src/platform/result.js'
import { EmbeddedBroker } from '#src/simulator/embedded-broker.js'
import { Uplink } from '#src/uplink/uplink.js'
import { actaText, JournalMaker, someBytes } from '../../support/journal-maker.ts'
import { testigo } from '../../support/processes.ts'
import { gotten } from '../../support/result.ts'
import { makeSigner } from '../../support/test-identity.ts'
import { Life, type RemovedSyncs } from './life.ts'
import { type Findings, noFindings, note, oneBlock, type Station, wholeLinesIn } from './station.ts'

/** Milliseconds between two entries, and how many may wait for their receipts before more are written. */
const every = 5
const mostWaiting = 100

export class CentralStation implements Station {
	readonly counts = { receipts: 0, filesPromised: 0, entries: 0, tornTails: 0 }
	readonly #outside: string
	readonly #centre: Identity
	readonly #broker: EmbeddedBroker
	#disks = 0
	#journal: JournalMaker
	/** Bytes of each file of the journal, by digest. */
	#files = new Map<string, number>()
	#receipts: string[] = []
	#heardBytes = 0
	#promisedBefore = 0
	#entriesBefore = 0
	#uplink: Uplink | undefined
	#growing: { readonly stop: AbortController; readonly done: Promise<void> } | undefined

	private constructor(outside: string, centre: Identity, broker: EmbeddedBroker) {
		this.#outside = outside
		this.#centre = centre
		this.#broker = broker
		this.#journal = this.#newJournal()
	}

	static async make(outside: string): Promise<CentralStation> {
		await testigo('enrol', 'centre', '--dir', join(outside, 'centre'))
		const { kid, publicKey } = gotten(await openIdentity(join(outside, 'centre'))).signer
		// The disk whose power is cut is small.
		const mebibyte = 1 << 20
		const disk = { pictures: 4 * mebibyte, entries: 2 * mebibyte, reserve: 2 * mebibyte }
		await writeFile(configIn(outside), JSON.stringify({ disk }))
		const broker = new EmbeddedBroker()
		await broker.start()
		return new CentralStation(outside, { id: kid, publicKey }, broker)
	}

	async furnish(directory: string): Promise<void> {
		this.#disks++
		this.#journal = this.#newJournal()
		this.#files = new Map()
		this.#receipts = []
		this.#heardBytes = 0
		this.#promisedBefore = 0
		this.#entriesBefore = 0
		const { id, publicKey } = this.#journal.identity
		await makeDirectory(join(directory, 'central', 'devices'))
		await makeFile(join(directory, 'central', 'devices', `${id}.pem`), publicKeyPem(publicKey))
	}

	async start(directory: string, removed: RemovedSyncs): Promise<Life> {
		const { url } = this.#broker
		const life = new Life(
			[
				...['central', '--config', configIn(this.#outside), '--identity', join(this.#outside, 'centre')],
				...['--directory', join(directory, 'central'), '--broker', url, '--protocol', '3.1.1'],
			],
			removed,
			join(this.#outside, 'central.log'),
		)
		const uplink = new Uplink({
			journal: this.#journal.directory,
			directory: this.#uplinkDirectory,
			centres: onlyCentre(this.#centre),
			broker: Broker.parse({ url, protocol: '3.1.1' }),
			pollMs: 50,
			software: 'testigo test',
			clock: systemClock,
			random: Math.random,
			connectionDelays: { ...connectionDelays, reconnect: { firstMs: 20, mostMs: 100 } },
			retryPolicy: { receipt: { firstMs: 300, mostMs: 1_000 }, parked: { firstMs: 200, mostMs: 500 } },
			log: () => {},
		})
		this.#uplink = uplink
		await uplink.start()
		const stop = new AbortController()
		this.#growing = { stop, done: this.#grow(uplink, stop.signal) }
		return life
	}

	get shown(): string {
		return join(this.#uplinkDirectory, 'receipts.jws')
	}

	async kill(life: Life, shownBytes: number): Promise<void> {
		await life.kill()
		await this.#rest()
		await this.#hear(shownBytes)
	}

	async check(directory: string): Promise<Findings> {
		const found = noFindings()
		const central = join(directory, 'central')
		const images = join(central, 'images')
		const whole = await wholeLinesIn(join(central, 'ledger.jws'), this.counts)

		const { id, publicKey } = this.#journal.identity
		const report = await auditLedgerBytes(
			oneBlock(whole),
			{ publicKey: this.#centre.publicKey, certified: false },
			{
				signer: async () => ok(publicKey),
				restsOn: () => null,
				revocationOf: () => undefined,
				authority: null,
			},
			images,
		)
		for (const { code, line, detail } of report.faults) {
			// Sent before the centre listened; the uplink asks for its receipt in vain and sends it again.
			if (code !== 'gap') note(found, code, `line ${line}: ${detail}`)
		}
		for (const { equivocations } of report.devices) {
			for (const seq of equivocations) found.reused.push(`seq ${seq} of two entries`)
		}
		const held = new Set<string>()
		for (const line of whole.toString('latin1').split('\n')) {
			const opened = openEntry(line, { id, publicKey })
			if (opened.ok) held.add(opened.value.id)
		}
		this.counts.entries += held.size - this.#entriesBefore
		this.#entriesBefore = held.size
		await this.#checkReceipts(held, images, found)
		return found
	}

	async stop(): Promise<void> {
		await this.#rest()
		await this.#broker.stop()
	}

	/** Takes note of the receipts that came home before the cut; those behind them came from a centre without power. */
	async #hear(shownBytes: number): Promise<void> {
		const bytes = await readFile(this.shown).catch(() => Buffer.alloc(0))
		const receipts = bytes.toString('latin1', this.#heardBytes, shownBytes).split('\n').slice(0, -1)
		this.#heardBytes = bytes.length
		this.#receipts.push(...receipts)
		this.counts.receipts += receipts.length
	}

	async #checkReceipts(held: ReadonlySet<string>, images: string, found: Findings): Promise<void> {
		const lost = new Set<string>()
		const promised = new Set<string>()
		let upto = 0
		for (const line of this.#receipts) {
			const { receipt } = gotten(openReceipt(line, this.#centre))
			if (receipt.status !== 'rejected' && !held.has(receipt.entry)) lost.add(`entry ${receipt.seq}`)
			upto = Math.max(upto, receipt.upto?.seq ?? 0)
			for (const image of receipt.images) if (image.status === 'stored') promised.add(image.sha256)
		}
		for (const { id, entry } of this.#journal.entries.slice(0, upto)) {
			if (!held.has(id)) lost.add(`entry ${entry.seq}`)
		}
		this.counts.filesPromised += promised.size - this.#promisedBefore
		this.#promisedBefore = promised.size
		for (const sha256 of promised) {
			const checked = await checkStoredImage(images, { sha256, size: this.#files.get(sha256) ?? 0 })
			if (checked.ok) continue
			if (checked.fault.code === 'image-missing') lost.add(`file ${sha256}`)
			else found.unreadable.push(checked.fault.detail)
		}
		found.lost.push(...lost)
	}

	async #rest(): Promise<void> {
		this.#growing?.stop.abort()
		await this.#growing?.done
		this.#growing = undefined
		await this.#uplink?.stop()
		this.#uplink = undefined
	}

	/** Every tenth file is of several chunks. */
	async #grow(uplink: Uplink, signal: AbortSignal): Promise<void> {
		while (!signal.aborted) {
			const journal = this.#journal
			const number = journal.entries.length + 1
			if (number - uplink.complete <= mostWaiting) {
				const file = someBytes(number % 10 === 9 ? 150_000 : 3_000, number)
				await journal.acta(actaText(number), [file])
				const sha256 = journal.files.at(-1)
				if (sha256 !== undefined) this.#files.set(sha256, file.length)
			}
			await after(every)
		}
	}

	#newJournal(): JournalMaker {
		const directory = join(this.#outside, `journal-${this.#disks}`)
		return new JournalMaker(directory, makeSigner('kiosk-1'))
	}

	get #uplinkDirectory(): string {
		return join(this.#outside, `uplink-${this.#disks}`)
	}
}

function configIn(outside: string): string {
	return join(outside, 'central.json')
}
