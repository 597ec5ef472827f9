/**
 * Goes through a ledger line by line: entries, transcriptions and rulings as received, receipts as issued, in the
 * order in which they came.
 *
 * What is awaited is no fault: an image that no receipt claims. What a receipt claims must be there.
 */
import type { KeyObject } from 'node:crypto'
import type { UncountedCentre } from '../evidence/authority/centre-list.ts'
import { authorityFile } from '../evidence/authority/centres.ts'
import type { ListedRole } from '../evidence/authority/device-list.ts'
import type { RevokedDevice } from '../evidence/authority/revocation.ts'
import type { ChainKind, ChainObject } from '../evidence/chain.ts'
import { entryChain } from '../evidence/entry.ts'
import { genesisOf, type Identity } from '../evidence/identity.ts'
import { type Jws, kindOfText, parseJws, verifyJws } from '../evidence/jws.ts'
import { readPayload } from '../evidence/open.ts'
import { type Answer, answersOf, Receipt } from '../evidence/receipt.ts'
import { rulingChain } from '../evidence/ruling.ts'
import { transcriptionChain } from '../evidence/transcription.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { CollectedFaults } from '../platform/collected-faults.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { fail, ok, type Result } from '../platform/result.ts'
import { type AuditFault, nothingToCheck } from './audit-fault.ts'
import type { AuditProgress } from './audit-progress.ts'
import { AuditedChain } from './audited-chain.ts'
import { GivenAnswers } from './given-answers.ts'
import { type HeadLine, headFault } from './ledger-heads.ts'
import type { DeviceAudit, LedgerImageCount, LedgerReport } from './ledger-report.ts'
import { NamedImages } from './named-images.ts'
import { type PublishedAuthority, reportOf, revokedReport } from './published-authority.ts'
import { type RestsOn, restsOn } from './rests-on.ts'

export const centreKeyFile = 'centre.pem'

/** Who may have signed what stands in a ledger, by role. */
export interface AuditedDevices {
	/** The key of one in this role, or why there is none; `wrong-role`: the registry lists it in another. */
	signer(role: ListedRole, id: string): Promise<Result<KeyObject>>
	/** The key of a device, where nothing else in the directory vouches for it; null where something does. */
	restsOn(device: string): RestsOn | null
	revocationOf(device: string): RevokedDevice | undefined
	readonly authority: PublishedAuthority | null
}

/** Who should have signed the receipts. */
export interface AuditedCentre {
	readonly publicKey: KeyObject
	/** The authority's certificate says so. */
	readonly certified: boolean
}

/**
 * Audits the bytes of a ledger; `images` is the folder of images, or null. `centre` is the pinned one, null where the
 * authority lists the centres.
 */
export async function auditLedgerBytes(
	bytes: AsyncIterable<Uint8Array>,
	centre: AuditedCentre | null,
	devices: AuditedDevices,
	images: string | null,
	progress: AuditProgress = () => {},
	heads: readonly HeadLine[] = [],
): Promise<LedgerReport> {
	const audit = new LedgerAudit(centre, devices)
	const yieldIfDue = yieldToEventLoop()
	for await (const line of evidenceLines(bytes)) {
		await yieldIfDue()
		if (line.ok) await audit.take(line.number, line.text)
		else audit.faults.add({ line: line.number, ...line.fault })
	}
	return audit.report(heads, images, progress)
}

/** What a line may be; of anything else the fault is that it is no entry. */
const lineKinds = ['entry', 'receipt', 'transcription', 'ruling'] as const

class LedgerAudit {
	readonly faults = new CollectedFaults<AuditFault>()
	readonly #pinned: AuditedCentre | null
	readonly #devices: AuditedDevices
	/** By id, in the order in which they first appeared. */
	readonly #chains: Readonly<Record<ListedRole, Map<string, AuditedChain>>> = {
		device: new Map(),
		station: new Map(),
		officer: new Map(),
	}
	readonly #answers = new GivenAnswers()
	readonly #codes = new Set<string>()
	readonly #images = new NamedImages()
	/** Digests that a receipt says are stored. */
	readonly #claimed = new Set<string>()
	#centre: string | null = null
	#receipts = 0
	#revokedReceipts = 0

	constructor(pinned: AuditedCentre | null, devices: AuditedDevices) {
		this.#pinned = pinned
		this.#devices = devices
		if (devices.authority !== null) this.faults.include(devices.authority.faults)
	}

	async take(line: number, text: string): Promise<void> {
		const said = kindOfText(text)
		const kind = lineKinds.find((one) => one === said) ?? 'entry'
		const parsed = parseJws(text, kind)
		if (!parsed.ok) {
			this.faults.add({ line, ...parsed.fault })
			return
		}
		switch (kind) {
			case 'entry':
				return await this.#takeEntry(line, parsed.value)
			case 'receipt':
				return this.#takeReceipt(line, parsed.value)
			case 'transcription':
				return await this.#takeTranscription(line, parsed.value)
			case 'ruling':
				await this.#takeSigned(line, rulingChain, parsed.value)
		}
	}

	async #takeEntry(line: number, jws: Jws): Promise<void> {
		const signed = await this.#takeSigned(line, entryChain, jws)
		if (signed === null) return
		const { entry } = signed
		if (entry.kind === 'acta' && entry.reading.code !== null) this.#codes.add(entry.reading.code)
		this.#images.note(line, signed)
		this.#answers.noteEntry(signed)
	}

	async #takeTranscription(line: number, jws: Jws): Promise<void> {
		const signed = await this.#takeSigned(line, transcriptionChain, jws)
		if (signed === null) return
		const { station, seq } = signed.transcription
		if (!this.#isRevoked(station, seq)) this.#answers.note(line, signed)
	}

	/** What somebody signed who is known in the role of this chain; null for anything else, which is a fault. */
	async #takeSigned<T extends ChainObject>(line: number, chain: ChainKind<T>, jws: Jws): Promise<T | null> {
		const signer = jws.kid
		const key = await this.#keyOf(signer, chain.role)
		const verified = key.ok ? verifyJws(jws, { id: signer, publicKey: key.value }) : key
		const read = verified.ok ? chain.read(verified.value) : verified
		if (!read.ok || !key.ok) {
			if (!read.ok) this.faults.add({ line, device: signer, ...read.fault })
			return null
		}
		const chains = this.#chains[chain.role]
		const audited =
			chains.get(signer) ?? new AuditedChain(genesisOf(key.value), this.#devices.revocationOf(signer))
		chains.set(signer, audited)
		audited.add({ line, ...chain.linkOf(read.value) })
		return read.value
	}

	#isRevoked(signer: string, seq: number): boolean {
		return this.#devices.authority?.roll.isRevoked(signer, seq) === true
	}

	async #keyOf(id: string, role: ListedRole): Promise<Result<KeyObject>> {
		const key = await this.#devices.signer(role, id)
		const isNamed = key.ok || key.fault.code === 'wrong-role'
		return isNamed ? key : fail(`unknown-${role}`, key.fault.detail)
	}

	#takeReceipt(line: number, jws: Jws): void {
		const centres = this.#devices.authority?.centres
		// The honest ledger of a centre that was robbed of its key holds them for ever: they count nowhere.
		if (centres?.revocationOf(jws.kid) !== undefined) {
			this.#revokedReceipts++
			return
		}
		const by = this.#signerOf(jws.kid)
		const verified = by.ok ? verifyJws(jws, by.value) : by
		const read = verified.ok ? readPayload(verified.value, Receipt) : verified
		if (!read.ok) {
			this.faults.add({ line, ...read.fault })
			return
		}
		this.#centre ??= jws.kid
		if (this.#pinned !== null && jws.kid !== this.#centre) {
			this.faults.add({
				line,
				code: 'wrong-centre',
				detail: `the receipt is by ${jws.kid}, those before it by ${this.#centre}`,
			})
			return
		}
		this.#receipts++
		const receipt = read.value
		for (const { images } of answersOf(receipt)) {
			for (const image of images) if (image.status === 'stored') this.#claimed.add(image.sha256)
		}
		const unfounded = this.#unfounded(receipt)
		if (unfounded !== null) {
			const { device, seq } = receipt
			this.faults.add({ line, device, seq, code: 'receipt-unfounded', detail: unfounded })
		}
	}

	#signerOf(centre: string): Result<Identity, UncountedCentre> {
		if (this.#pinned !== null) return ok({ id: centre, publicKey: this.#pinned.publicKey })
		const listed = this.#devices.authority?.centres.counted(centre)
		return listed ?? fail('wrong-centre', `no centre is known here that could be ${centre}`)
	}

	/** What a receipt says and the ledger above it does not bear out. */
	#unfounded(receipt: Receipt): string | null {
		const { device, upto } = receipt
		const chain = this.#chains.device.get(device)
		const stands = ({ seq, entry, status }: Answer) =>
			status === 'rejected' || chain?.has(seq, entry) === true
		const other = answersOf(receipt).find((answer) => !stands(answer))
		if (other !== undefined) {
			return `the receipt says ${other.status} of an entry ${other.seq} that does not stand above it`
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
		this.#checkChains()
		for (const fault of this.#answers.faults()) this.faults.add(fault)
		this.#checkHeads(heads)
		const counted = images === null ? null : await this.#countImages(images, progress)
		const { device, station, officer } = this.#chains
		const [devices, stations, officers] = [device, station, officer].map((chains) =>
			[...chains].map(deviceAudit),
		) as [DeviceAudit[], DeviceAudit[], DeviceAudit[]]
		const isEmpty = devices.length + stations.length + officers.length === 0
		if (isEmpty && this.faults.count === 0) this.faults.add(nothingToCheck('ledger.jws'))
		const { authority } = this.#devices
		return {
			centre: this.#centre,
			entries: devices.reduce((sum, { entries }) => sum + entries, 0),
			actas: this.#codes.size,
			devices,
			stations,
			officers,
			receipts: this.#receipts,
			revokedReceipts: this.#revokedReceipts,
			restsOn: this.#restsOn(),
			authority: authority === null ? null : reportOf(authority),
			heads: heads.filter(({ read }) => read.ok).length,
			proofs: [],
			images: counted,
			faults: this.faults.kept,
			faultCount: this.faults.count,
		}
	}

	#restsOn(): RestsOn[] {
		const pinned = this.#pinned
		const { authority } = this.#devices
		const ofDevices = [...this.#chains.device.keys()].map((device) => this.#devices.restsOn(device))
		return [
			...(authority === null ? [] : [restsOn(authorityFile, authority.authority.publicKey)]),
			...(pinned === null || pinned.certified ? [] : [restsOn(centreKeyFile, pinned.publicKey)]),
			...ofDevices.filter((one) => one !== null),
		]
	}

	#checkChains(): void {
		for (const chains of Object.values(this.#chains)) {
			for (const [device, chain] of chains) {
				for (const fault of chain.faults()) this.faults.add({ device, ...fault })
			}
		}
	}

	#checkHeads(heads: readonly HeadLine[]): void {
		for (const line of heads) {
			const fault = headFault(line, ({ device, seq }) => ({
				highest: this.#chains.device.get(device)?.highest ?? 0,
				isRevoked: this.#isRevoked(device, seq),
				ids: this.#chains.device.get(device)?.idsAt(seq) ?? [],
			}))
			if (fault !== null) this.faults.add(fault)
		}
	}

	async #countImages(folder: string, progress: AuditProgress): Promise<LedgerImageCount> {
		const { named, present, excused, missing, altered } = await this.#images.audit(
			folder,
			progress,
			({ sha256 }) => !this.#claimed.has(sha256),
			({ line, device, seq }, fault) => this.faults.add({ line, device, seq, ...fault }),
		)
		return { named, present, awaited: excused.length, missing, altered }
	}
}

function deviceAudit([device, chain]: readonly [string, AuditedChain]): DeviceAudit {
	return {
		device,
		entries: chain.entries,
		upto: chain.upto,
		gaps: chain.gaps(),
		equivocations: chain.equivocations(),
		revoked: revokedReport(chain.revocation),
		quarantined: chain.quarantined,
	}
}
