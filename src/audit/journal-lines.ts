/**
 * Goes through a journal entry by entry. Streams, so that a journal of any length takes the same memory but for
 * the digests it names, and lets others have their turn.
 */
import type { KeyObject } from 'node:crypto'
import { authorityFile } from '../evidence/authority/centres.ts'
import { entryChain, type SignedEntry } from '../evidence/entry.ts'
import type { Eviction } from '../journal/evicted-images.ts'
import { type EvidenceLine, evidenceLines } from '../journal/evidence-lines.ts'
import { deviceFile } from '../journal/journal.ts'
import { CollectedFaults } from '../platform/collected-faults.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { type AuditFault, nothingToCheck } from './audit-fault.ts'
import type { AuditProgress } from './audit-progress.ts'
import { ChainLines } from './chain-lines.ts'
import { HeadAudit } from './journal-head.ts'
import type { EvictedImage, JournalImageCount, JournalReport } from './journal-report.ts'
import { type NamedImage, NamedImages } from './named-images.ts'
import { type PublishedAuthority, reportOf, revokedReport } from './published-authority.ts'
import { type RestsOn, restsOn } from './rests-on.ts'

/** What lies beside the entries and is held against them. */
export interface Beside {
	/** The file that holds the device's key. */
	readonly keyFile: string
	readonly authority: PublishedAuthority | null
	/** To whom the device's certificate was given; null where there is none that the authority signed. */
	readonly certified: string | null
	/** The line of the head beside the entries, of which nothing is known; null without one. */
	readonly headText: string | null
	/** Images that are not there since a centre holds them, by digest. */
	readonly evictions: ReadonlyMap<string, Eviction>
}

export const nothingBeside: Beside = {
	keyFile: deviceFile,
	authority: null,
	certified: null,
	headText: null,
	evictions: new Map(),
}

/** Audits the bytes of a journal, with what lies beside it; `images` is the folder of images, or null. */
export async function auditEntries(
	bytes: AsyncIterable<Uint8Array>,
	publicKey: KeyObject,
	images: string | null,
	progress: AuditProgress = () => {},
	beside: Beside = nothingBeside,
): Promise<JournalReport> {
	const audit = new JournalAudit(publicKey, beside)
	const yieldIfDue = yieldToEventLoop()
	for await (const line of evidenceLines(bytes)) {
		await yieldIfDue()
		audit.take(line)
	}
	return audit.report(images, progress)
}

class JournalAudit {
	readonly #publicKey: KeyObject
	readonly #beside: Beside
	readonly #closing: HeadAudit | null
	readonly #faults = new CollectedFaults<AuditFault>()
	readonly #lines: ChainLines<SignedEntry>
	readonly #byKind: Record<string, number> = {}
	readonly #codes = new Set<string>()
	readonly #images = new NamedImages()

	constructor(publicKey: KeyObject, beside: Beside) {
		this.#publicKey = publicKey
		this.#beside = beside
		this.#lines = new ChainLines(entryChain, { publicKey, ...beside })
		this.#closing = beside.headText === null ? null : new HeadAudit(beside.headText, publicKey)
		if (beside.authority !== null) this.#faults.include(beside.authority.faults)
	}

	take(line: EvidenceLine): void {
		const signed = this.#lines.take(line)
		if (signed === null) return
		const { entry, id } = signed
		this.#byKind[entry.kind] = (this.#byKind[entry.kind] ?? 0) + 1
		if (entry.kind === 'acta' && entry.reading.code !== null) this.#codes.add(entry.reading.code)
		this.#images.note(line.number, signed)
		this.#closing?.see({ seq: entry.seq, id })
	}

	async report(images: string | null, progress: AuditProgress): Promise<JournalReport> {
		const { authority } = this.#beside
		this.#faults.include(this.#lines.faults)
		this.#faults.include(this.#lines.quarantined)
		this.#checkRegistry()
		this.#checkHead()
		const counted = images === null ? null : await this.#countImages(images, progress)
		const { signer: device, count, head } = this.#lines
		if (count === 0 && this.#faults.count === 0) this.#faults.add(nothingToCheck('entries.jws'))
		const closed = this.#closing?.head
		return {
			device,
			entries: count,
			byKind: this.#byKind,
			actas: this.#codes.size,
			head,
			chainWhole: this.#lines.faults.count === 0,
			closed: closed == null ? null : { seq: closed.seq, id: closed.id },
			restsOn: this.#restsOn(counted?.givenAway ?? []),
			authority: authority === null ? null : reportOf(authority),
			revoked: revokedReport(authority?.roll.revocationOf(device ?? '')),
			quarantined: this.#lines.quarantined.count,
			images: counted,
			faults: this.#faults.kept,
			faultCount: this.#faults.count,
		}
	}

	#restsOn(givenAway: readonly EvictedImage[]): RestsOn[] {
		const { authority, certified, keyFile, evictions } = this.#beside
		const isVouchedFor = certified !== null || this.#isListed() === true
		const byFile = new Map(
			givenAway.flatMap(({ sha256 }) => {
				const key = evictions.get(sha256)?.key
				return key === undefined || key.file === null ? [] : [[key.file, key.publicKey] as const]
			}),
		)
		return [
			...(authority === null ? [] : [restsOn(authorityFile, authority.authority.publicKey)]),
			...(isVouchedFor ? [] : [restsOn(keyFile, this.#publicKey)]),
			...[...byFile].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, key]) => restsOn(file, key)),
		]
	}

	/** Null where no authority has listed any. */
	#isListed(): boolean | null {
		const id = this.#lines.signer
		const roll = this.#beside.authority?.roll
		return id === null ? null : (roll?.lists({ id, publicKey: this.#publicKey }, 'device') ?? null)
	}

	#checkRegistry(): void {
		const { certified } = this.#beside
		const device = this.#lines.signer
		if (certified !== null || this.#isListed() !== false) return
		const detail = `the authority's registry does not list this key for ${device}`
		this.#faults.add({ file: 'device.pem', line: 1, code: 'unknown-device', detail })
	}

	#checkHead(): void {
		const closing = this.#closing
		if (closing === null) return
		// Whoever stole a key can sign a head of what never was.
		const roll = this.#beside.authority?.roll
		if (roll?.isRevoked(this.#lines.signer ?? '', closing.head?.seq ?? 0)) return
		const fault = closing.fault(this.#lines.signer, this.#lines.head)
		if (fault !== null) this.#faults.add(fault)
	}

	async #countImages(folder: string, progress: AuditProgress): Promise<JournalImageCount> {
		const evictionOf = ({ sha256, id }: NamedImage) => {
			const eviction = this.#beside.evictions.get(sha256)
			return eviction?.entry === id ? eviction : undefined
		}
		const { named, present, excused, missing, altered } = await this.#images.audit(
			folder,
			progress,
			(image) => evictionOf(image) !== undefined,
			({ line, seq }, fault) => this.#faults.add({ line, seq, ...fault }),
		)
		const givenAway = excused.flatMap((image) => {
			const eviction = evictionOf(image)
			if (eviction === undefined) return []
			const { receipt, centre } = eviction
			return [{ seq: image.seq, sha256: image.sha256, receipt, centre }]
		})
		return { named, present, givenAway, missing, altered }
	}
}
