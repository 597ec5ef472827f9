/**
 * Goes through a journal entry by entry. Streams, so that a journal of any length takes the same memory but for
 * the digests it names, and lets others have their turn.
 */
import type { KeyObject } from 'node:crypto'
import { authorityFile } from '../evidence/authority/centres.ts'
import { checkLink } from '../evidence/chain.ts'
import { type EntryFault, entryChain, readEntry, type SignedEntry } from '../evidence/entry.ts'
import type { Position } from '../evidence/fields.ts'
import { genesisOf } from '../evidence/identity.ts'
import { parseJws, verifyJws } from '../evidence/jws.ts'
import type { Eviction } from '../journal/evicted-images.ts'
import { type EvidenceLine, evidenceLines } from '../journal/evidence-lines.ts'
import { deviceFile } from '../journal/journal.ts'
import { CollectedFaults } from '../platform/collected-faults.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { type Fault, fail, type Result } from '../platform/result.ts'
import { type AuditFault, nothingToCheck } from './audit-fault.ts'
import type { AuditProgress } from './audit-progress.ts'
import { HeadAudit } from './journal-head.ts'
import type { EvictedImage, JournalImageCount, JournalReport } from './journal-report.ts'
import { type NamedImage, NamedImages } from './named-images.ts'
import { type PublishedAuthority, quarantineFault, reportOf, revokedReport } from './published-authority.ts'
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
	readonly #genesis: string
	readonly #beside: Beside
	readonly #closing: HeadAudit | null
	readonly #faults = new CollectedFaults<AuditFault>()
	readonly #chainFaults = new CollectedFaults<AuditFault>()
	readonly #quarantined = new CollectedFaults<AuditFault>()
	readonly #byKind: Record<string, number> = {}
	readonly #codes = new Set<string>()
	readonly #images = new NamedImages()
	#device: string | null = null
	#entries = 0
	#head: Position | null = null
	/** The seq that the next line should have, and whether the entry before it is known. */
	#expected = 1
	#linked = true

	constructor(publicKey: KeyObject, beside: Beside) {
		this.#publicKey = publicKey
		this.#genesis = genesisOf(publicKey)
		this.#beside = beside
		this.#closing = beside.headText === null ? null : new HeadAudit(beside.headText, publicKey)
		if (beside.authority !== null) this.#faults.include(beside.authority.faults)
	}

	take(line: EvidenceLine): void {
		const opened = line.ok ? this.#open(line.text) : line
		if (!opened.ok) {
			this.#passOver(line.number, opened.fault)
			return
		}
		this.#checkLink(line.number, opened.value)
		this.#checkRevocation(line.number, opened.value)
		this.#note(line.number, opened.value)
	}

	/** The id stands in the entry itself; the key says whether to believe it. */
	#open(text: string): Result<SignedEntry, EntryFault> {
		const device = this.#device ?? this.#beside.certified
		const parsed = parseJws(text, 'entry')
		if (!parsed.ok) return parsed
		const verified = verifyJws(parsed.value, { id: parsed.value.kid, publicKey: this.#publicKey })
		if (!verified.ok) return verified
		const read = readEntry(verified.value)
		if (read.ok && device !== null && read.value.entry.device !== device) {
			return fail('wrong-device', `the entry is of ${read.value.entry.device}, those before it of ${device}`)
		}
		return read
	}

	#passOver(line: number, fault: Fault): void {
		this.#chainFaults.add({ line, seq: this.#expected, ...fault })
		this.#expected++
		this.#linked = false
	}

	/** Behind a line that can't be read, what an entry calls its predecessor has to be believed. */
	#checkLink(line: number, signed: SignedEntry): void {
		const { seq, prev } = signed.entry
		const previous = this.#linked ? this.#head : { seq: this.#expected - 1, id: prev }
		const link = checkLink(previous, entryChain.linkOf(signed), this.#genesis)
		if (!link.ok) this.#chainFaults.add({ line, seq, ...link.fault })
		this.#head = { seq, id: signed.id }
		this.#expected = seq + 1
		this.#linked = true
	}

	#checkRevocation(line: number, { entry: { device, seq } }: SignedEntry): void {
		if (this.#beside.authority?.roll.isRevoked(device, seq)) this.#quarantined.add(quarantineFault(line, seq))
	}

	#note(line: number, signed: SignedEntry): void {
		const { entry, id } = signed
		this.#device = entry.device
		this.#entries++
		this.#byKind[entry.kind] = (this.#byKind[entry.kind] ?? 0) + 1
		if (entry.kind === 'acta' && entry.reading.code !== null) this.#codes.add(entry.reading.code)
		this.#images.note(line, signed)
		this.#closing?.see({ seq: entry.seq, id })
	}

	async report(images: string | null, progress: AuditProgress): Promise<JournalReport> {
		const { authority } = this.#beside
		this.#faults.include(this.#chainFaults)
		this.#faults.include(this.#quarantined)
		this.#checkRegistry()
		this.#checkHead()
		const counted = images === null ? null : await this.#countImages(images, progress)
		if (this.#entries === 0 && this.#faults.count === 0) this.#faults.add(nothingToCheck('entries.jws'))
		const closed = this.#closing?.head
		return {
			device: this.#device,
			entries: this.#entries,
			byKind: this.#byKind,
			actas: this.#codes.size,
			head: this.#head,
			chainWhole: this.#chainFaults.count === 0,
			closed: closed == null ? null : { seq: closed.seq, id: closed.id },
			restsOn: this.#restsOn(counted?.givenAway ?? []),
			authority: authority === null ? null : reportOf(authority),
			revoked: revokedReport(authority?.roll.revocationOf(this.#device ?? '')),
			quarantined: this.#quarantined.count,
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
		const id = this.#device
		const roll = this.#beside.authority?.roll
		return id === null ? null : (roll?.lists({ id, publicKey: this.#publicKey }) ?? null)
	}

	#checkRegistry(): void {
		const { certified } = this.#beside
		const device = this.#device
		if (certified !== null || this.#isListed() !== false) return
		const detail = `the authority's registry does not list this key for ${device}`
		this.#faults.add({ file: 'device.pem', line: 1, code: 'unknown-device', detail })
	}

	#checkHead(): void {
		const closing = this.#closing
		if (closing === null) return
		// Whoever stole a key can sign a head of what never was.
		const roll = this.#beside.authority?.roll
		if (roll?.isRevoked(this.#device ?? '', closing.head?.seq ?? 0)) return
		const fault = closing.fault(this.#device, this.#head)
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
