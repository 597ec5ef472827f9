/** What a centre holds, in memory: a chain for each device. The ledger is the truth behind it. */
import type { RevokedDevice } from '../evidence/authority/revocation.ts'
import type { Entry } from '../evidence/entry.ts'
import type { Position } from '../evidence/fields.ts'
import { formats } from '../evidence/format.ts'
import { genesisOf } from '../evidence/identity.ts'
import type { SentFile } from '../protocol/chunks.ts'
import type { DeviceStatus } from '../protocol/device-status.ts'
import type { KnownDevices } from './authority/registry.ts'
import { DeviceChain, type HeldEntry } from './device-chain.ts'
import type { DeviceStatuses } from './device-statuses.ts'
import { heldEntry } from './entry-verdict.ts'
import type { LedgerRecord } from './ledger/ledger.ts'
import { type KnownPeople, PeopleHoldings } from './people/people-holdings.ts'

/** Chains of devices, each in what is known of it. */
export interface HeldDevice {
	readonly device: string
	readonly entries: number
	/** Of entries, receipts, heads and images. */
	readonly bytes: number
	/** The seq up to which all is held. */
	readonly upto: number
	/** The highest head that the device published: a higher seq than is held means that a tail is missing. */
	readonly head: number
	/** Entries after the last good one of a device that is revoked. */
	readonly quarantined: number
	readonly status: DeviceStatus | null
	/** When that status came, by the centre's clock. */
	readonly heard: string | null
}

export class Holdings {
	/** Of reading stations and officers. */
	readonly people: PeopleHoldings
	readonly #devices: KnownDevices
	readonly #chains = new Map<string, DeviceChain>()
	readonly #heads = new Map<string, Position>()
	readonly #statuses: DeviceStatuses
	/** Ids of the receipts in the ledger. */
	readonly #receipts = new Set<string>()
	#newestFormat = 1

	constructor(devices: KnownDevices & KnownPeople, statuses: DeviceStatuses) {
		this.people = new PeopleHoldings(devices)
		this.#devices = devices
		this.#statuses = statuses
	}

	/** Takes in a line of the ledger, or of the heads. */
	recall(record: LedgerRecord): void {
		switch (record.kind) {
			case 'entry': {
				const { device, id, entry } = record
				const chain = this.begin(device)
				if (entry === null) chain.addForeign(id)
				else {
					const conflict = chain.conflictOf(entry.seq, entry.prev, id)
					this.keep(device, entry, heldEntry({ id, entry }, conflict))
				}
				break
			}
			case 'head':
				this.#heads.set(record.device, { seq: record.seq, id: record.id })
				break
			case 'receipt':
				this.#receipts.add(record.id)
				break
			case 'transcription': {
				const { device, id, transcription } = record
				this.#noteFormat(formats.people)
				if (transcription === null) this.people.begin(device).addForeign(id)
				else this.people.keep(device, id, { kind: 'transcription', transcription })
				break
			}
			case 'ruling': {
				const { device, id, ruling } = record
				this.#noteFormat(formats.people)
				if (ruling === null) this.people.begin(device).addForeign(id)
				else this.people.keep(device, id, { kind: 'ruling', ruling })
				break
			}
		}
	}

	/** False when the ledger holds it already. */
	noteReceipt(id: string): boolean {
		if (this.#receipts.has(id)) return false
		this.#receipts.add(id)
		return true
	}

	keep(device: string, entry: Entry, held: HeldEntry): void {
		this.begin(device).add(held)
		this.#noteFormat(entry.v)
	}

	chain(device: string): DeviceChain | undefined {
		return this.#chains.get(device)
	}

	/** The device's chain, which begins here where there was none. */
	begin(device: string): DeviceChain {
		const begun = this.#chains.get(device)
		if (begun !== undefined) return begun
		const identity = this.#devices.known(device)
		const revocation = this.#devices.revocationOf(device)
		const chain = new DeviceChain(identity === undefined ? null : genesisOf(identity.publicKey))
		if (revocation !== undefined) chain.revoke(revocation.last)
		this.#chains.set(device, chain)
		return chain
	}

	/** Gives another verdict on what is held of a device, a station or an officer. */
	revoke(revoked: RevokedDevice): void {
		this.#chains.get(revoked.device)?.revoke(revoked.last)
		this.people.revoke(revoked)
	}

	/** The plain SHA-256 of each picture that the entry of this id names; undefined where it is not held. */
	picturesOf(entry: string): readonly string[] | undefined {
		for (const chain of this.#chains.values()) {
			const held = chain.find(entry)
			if (held !== undefined) return held.pictures
		}
		return undefined
	}

	/** The highest head known of a device; 0 for none. */
	headOf(device: string): number {
		return this.#heads.get(device)?.seq ?? 0
	}

	noteHead(device: string, { seq, id }: Position): void {
		this.#heads.set(device, { seq, id })
	}

	/** Gives the one before it; undefined for the first. */
	noteStatus(status: DeviceStatus): DeviceStatus | undefined {
		const before = this.#statuses.of(status.device)?.status
		this.#statuses.note(status)
		return before
	}

	/** Of what was understood, and of people's lines. */
	get newestFormat(): number {
		return this.#newestFormat
	}

	#noteFormat(format: number): void {
		this.#newestFormat = Math.max(this.#newestFormat, format)
	}

	/** The files that each device's entries name. */
	*files(): Iterable<readonly [device: string, file: SentFile]> {
		for (const [device, chain] of this.#chains) for (const file of chain.files) yield [device, file]
	}

	get deviceCount(): number {
		return this.#chains.size
	}

	/** `bytesOf`: what is kept of a device. */
	devices(bytesOf: (device: string) => number): HeldDevice[] {
		return [...this.#chains].map(([device, chain]) => {
			const said = this.#statuses.of(device)
			return {
				device,
				entries: chain.size,
				bytes: bytesOf(device),
				upto: chain.upto?.seq ?? 0,
				head: this.headOf(device),
				quarantined: chain.quarantined,
				status: said?.status ?? null,
				heard: said?.heard ?? null,
			}
		})
	}
}
