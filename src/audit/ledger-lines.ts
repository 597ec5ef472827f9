/**
 * Goes through a ledger line by line: entries as received, receipts as issued, in the order in which they came.
 *
 * What is awaited is no fault: an image that no receipt claims. What a receipt claims must be there.
 */
import type { KeyObject } from 'node:crypto'
import { type Entry, readEntry } from '../evidence/entry.ts'
import { genesisOf } from '../evidence/identity.ts'
import { type Jws, parseJws, verifyJws } from '../evidence/jws.ts'
import { readPayload } from '../evidence/open.ts'
import { Receipt } from '../evidence/receipt.ts'
import type { RevokedDevice } from '../evidence/revocation.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { checkStoredImage, type StoredImage, storedImagesOf } from '../journal/stored-image.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import type { Result } from '../platform/result.ts'
import type { AuditProgress } from './audit-progress.ts'
import { AuditedChain } from './audited-chain.ts'
import { AuditFaults } from './collected-faults.ts'
import { type HeadLine, headFault } from './ledger-heads.ts'
import type { DeviceAudit, LedgerImageCount, LedgerReport } from './ledger-report.ts'
import { type PublishedAuthority, reportOf, revokedReport } from './published-authority.ts'

/** Who may have signed entries. */
export interface AuditedDevices {
	/** The key of a device, or why there is none. */
	key(device: string): Promise<Result<KeyObject>>
	revocationOf(device: string): RevokedDevice | undefined
	readonly authority: PublishedAuthority | null
}

/** Audits the bytes of a ledger; `images` is the folder of images, or null. */
export async function auditLedgerBytes(
	bytes: AsyncIterable<Uint8Array>,
	centreKey: KeyObject,
	devices: AuditedDevices,
	images: string | null,
	progress: AuditProgress = () => {},
	heads: readonly HeadLine[] = [],
): Promise<LedgerReport> {
	const audit = new LedgerAudit(centreKey, devices)
	const yieldIfDue = yieldToEventLoop()
	for await (const line of evidenceLines(bytes)) {
		await yieldIfDue()
		if (line.ok) await audit.take(line.number, line.text)
		else audit.faults.add({ line: line.number, ...line.fault })
	}
	return audit.report(heads, images, progress)
}

interface NamedImage extends StoredImage {
	readonly line: number
	readonly device: string
	readonly seq: number
}

class LedgerAudit {
	readonly faults = new AuditFaults()
	readonly #centreKey: KeyObject
	readonly #devices: AuditedDevices
	readonly #chains = new Map<string, AuditedChain>()
	readonly #codes = new Set<string>()
	readonly #named = new Map<string, NamedImage>()
	/** Digests that a receipt says are stored. */
	readonly #claimed = new Set<string>()
	#centre: string | null = null
	#receipts = 0

	constructor(centreKey: KeyObject, devices: AuditedDevices) {
		this.#centreKey = centreKey
		this.#devices = devices
		if (devices.authority !== null) this.faults.include(devices.authority.faults)
	}

	async take(line: number, text: string): Promise<void> {
		const entry = parseJws(text, 'entry')
		if (entry.ok) return this.#takeEntry(line, entry.value)
		const receipt = entry.fault.code === 'foreign-typ' ? parseJws(text, 'receipt') : entry
		if (receipt.ok) return this.#takeReceipt(line, receipt.value)
		this.faults.add({ line, ...receipt.fault })
	}

	async #takeEntry(line: number, jws: Jws): Promise<void> {
		const device = jws.kid
		const key = await this.#devices.key(device)
		if (!key.ok) {
			this.faults.add({ line, device, code: 'unknown-device', detail: key.fault.detail })
			return
		}
		const verified = verifyJws(jws, { id: device, publicKey: key.value })
		const read = verified.ok ? readEntry(verified.value) : verified
		if (!read.ok) {
			this.faults.add({ line, device, ...read.fault })
			return
		}
		const { entry, id } = read.value
		const chain =
			this.#chains.get(device) ?? new AuditedChain(genesisOf(key.value), this.#devices.revocationOf(device))
		this.#chains.set(device, chain)
		chain.add({ line, seq: entry.seq, id, prev: entry.prev })
		this.#noteContent(line, entry)
	}

	#noteContent(line: number, entry: Entry): void {
		if (entry.kind === 'acta' && entry.reading.code !== null) this.#codes.add(entry.reading.code)
		for (const image of storedImagesOf(entry)) {
			const { device, seq } = entry
			const key = `${image.sha256} ${image.size}`
			if (!this.#named.has(key)) this.#named.set(key, { ...image, line, device, seq })
		}
	}

	#takeReceipt(line: number, jws: Jws): void {
		const verified = verifyJws(jws, { id: jws.kid, publicKey: this.#centreKey })
		const read = verified.ok ? readPayload(verified.value, Receipt) : verified
		if (!read.ok) {
			this.faults.add({ line, ...read.fault })
			return
		}
		this.#centre ??= jws.kid
		if (jws.kid !== this.#centre) {
			this.faults.add({
				line,
				code: 'wrong-centre',
				detail: `the receipt is by ${jws.kid}, those before it by ${this.#centre}`,
			})
			return
		}
		this.#receipts++
		const receipt = read.value
		for (const image of receipt.images) if (image.status === 'stored') this.#claimed.add(image.sha256)
		const unfounded = this.#unfounded(receipt)
		if (unfounded !== null) {
			const { device, seq } = receipt
			this.faults.add({ line, device, seq, code: 'receipt-unfounded', detail: unfounded })
		}
	}

	/** What a receipt says and the ledger above it does not bear out. */
	#unfounded({ device, seq, entry, status, upto }: Receipt): string | null {
		const chain = this.#chains.get(device)
		if (status !== 'rejected' && chain?.has(seq, entry) !== true) {
			return `the receipt says ${status} of an entry that does not stand above it`
		}
		if (upto === null) return null
		if (chain?.has(upto.seq, upto.id) !== true || upto.seq > chain.contiguous) {
			return `the receipt says all is held up to seq ${upto.seq}, and it is not`
		}
		return null
	}

	async report(
		heads: readonly HeadLine[],
		images: string | null,
		progress: AuditProgress,
	): Promise<LedgerReport> {
		const devices: DeviceAudit[] = []
		for (const [device, chain] of this.#chains) {
			for (const fault of chain.faults()) this.faults.add({ device, ...fault })
			devices.push({
				device,
				entries: chain.entries,
				upto: chain.upto,
				gaps: chain.gaps(),
				equivocations: chain.equivocations(),
				revoked: revokedReport(chain.revocation),
				quarantined: chain.quarantined,
			})
		}
		for (const line of heads) {
			const fault = headFault(line, ({ device, seq }) => ({
				highest: this.#chains.get(device)?.highest ?? 0,
				isRevoked: seq > (this.#devices.revocationOf(device)?.last ?? seq),
				ids: this.#chains.get(device)?.idsAt(seq) ?? [],
			}))
			if (fault !== null) this.faults.add(fault)
		}
		const count = images === null ? null : await this.#countImages(images, progress)
		return {
			centre: this.#centre,
			entries: devices.reduce((sum, { entries }) => sum + entries, 0),
			actas: this.#codes.size,
			devices,
			receipts: this.#receipts,
			authority: this.#devices.authority === null ? null : reportOf(this.#devices.authority),
			heads: heads.filter(({ read }) => read.ok).length,
			proofs: [],
			images: count,
			faults: this.faults.kept,
			faultCount: this.faults.count,
		}
	}

	async #countImages(folder: string, progress: AuditProgress): Promise<LedgerImageCount> {
		const count = { named: this.#named.size, present: 0, awaited: 0, missing: 0, altered: 0 }
		let looked = 0
		for (const image of this.#named.values()) {
			const checked = await checkStoredImage(folder, image)
			progress('images', ++looked, this.#named.size)
			if (checked.ok) {
				count.present++
			} else if (checked.fault.code === 'image-missing' && !this.#claimed.has(image.sha256)) {
				count.awaited++
			} else {
				const { line, device, seq } = image
				this.faults.add({ line, device, seq, ...checked.fault })
				if (checked.fault.code === 'image-altered') count.altered++
				else count.missing++
			}
		}
		return count
	}
}
