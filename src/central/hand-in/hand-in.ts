/** What the bearer of a stick asks of a centre: of one in this process, or of one that runs in another. */
import type { Identity } from '../../evidence/identity.ts'
import type { SignedReceipt } from '../../evidence/receipt.ts'
import type { Result } from '../../platform/result.ts'
import type { Registry } from '../authority/registry.ts'
import type { HeldEntry } from '../device-chain.ts'
import type { Intake } from '../intake.ts'
import type { PersonKind, TakenFromPerson } from '../people/people-intake.ts'
import type { TakenChunk, TakenEntry, TakenHead } from '../taken.ts'

/** Where a piece of a file belongs. */
export interface ChunkPlace {
	readonly device: string
	readonly sha256: string
	readonly index: number
}

/** How the centre itself stands. */
export interface CentreStanding {
	/** The newest list of centres, as it was signed; null before the first. */
	readonly centres: string | null
	/** False: by that list its receipts count nowhere. */
	readonly isListed: boolean
}

/** What became of an entry; `held` and `reason` as of a `TakenEntry`. */
export interface HandedEntry extends Pick<TakenEntry, 'outcome' | 'reason'> {
	readonly held: Pick<HeldEntry, 'id' | 'files'> | null
	readonly receipts: readonly SignedReceipt[]
}

export type HandedChunk = Pick<TakenChunk, 'outcome' | 'receipts' | 'fault'>
export type HandedHead = Pick<TakenHead, 'outcome'>
/** As a `TakenFromPerson`. */
export interface HandedByPerson extends Pick<TakenFromPerson, 'outcome' | 'isChanged'> {
	readonly reason: string
}
/** True: newer than the list before. */
export type HandedCentres = Result<boolean>

/** Each fails once the centre can't go on, or is gone: what it has answered by then stays. */
export interface HandIn {
	/** Who signs the receipts. */
	readonly centre: Identity
	/** Ids of the devices, stations and officers that may have signed something. */
	knownSigners(): Promise<Result<ReadonlySet<string>>>
	standing(): Promise<Result<CentreStanding>>
	takeCentres(text: string): Promise<Result<HandedCentres>>
	takeEntry(device: string, text: string): Promise<Result<HandedEntry>>
	takeHead(device: string, text: string): Promise<Result<HandedHead>>
	takeChunk(place: ChunkPlace, bytes: Uint8Array): Promise<Result<HandedChunk>>
	/** What a reading station or an officer signed. */
	takeFromPerson(kind: PersonKind, text: string): Promise<Result<HandedByPerson>>
}

export interface LedgerHandInParts {
	readonly centre: Identity
	readonly registry: Pick<Registry, 'ids' | 'people' | 'centres' | 'isListed'>
	readonly takeIn: <T>(take: (intake: Intake) => Promise<T>) => Promise<Result<T>>
}

/** Of the centre whose ledger this process writes. */
export class LedgerHandIn implements HandIn {
	readonly #parts: LedgerHandInParts

	constructor(parts: LedgerHandInParts) {
		this.#parts = parts
	}

	get centre(): Identity {
		return this.#parts.centre
	}

	knownSigners(): Promise<Result<ReadonlySet<string>>> {
		return this.#parts.takeIn(async () => {
			const { registry } = this.#parts
			return new Set([...registry.ids(), ...registry.people()])
		})
	}

	standing(): Promise<Result<CentreStanding>> {
		const { registry } = this.#parts
		return this.#parts.takeIn(async () => {
			return { centres: registry.centres.text, isListed: registry.isListed }
		})
	}

	takeCentres(text: string): Promise<Result<HandedCentres>> {
		return this.#parts.takeIn((intake) => intake.takeCentres(text))
	}

	takeEntry(device: string, text: string): Promise<Result<HandedEntry>> {
		return this.#parts.takeIn((intake) => intake.takeEntry({ device, seq: null }, Buffer.from(text)))
	}

	takeHead(device: string, text: string): Promise<Result<HandedHead>> {
		return this.#parts.takeIn((intake) => intake.takeHead(device, Buffer.from(text)))
	}

	takeChunk(place: ChunkPlace, bytes: Uint8Array): Promise<Result<HandedChunk>> {
		return this.#parts.takeIn((intake) => intake.takeChunk(place, Buffer.from(bytes)))
	}

	takeFromPerson(kind: PersonKind, text: string): Promise<Result<HandedByPerson>> {
		return this.#parts.takeIn((intake) => intake.people.take(kind, text))
	}
}
