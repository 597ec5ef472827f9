/**
 * Takes in what reading stations and officers signed; sticks bring it. Nobody is answered: they have no network.
 *
 * INVARIANTS
 * - What was said to be stored is synced; and before it `ledger.json`, by which no earlier program gets the ledger.
 * - Kept is what one listed in that role has signed, in whatever order it comes, also where it does not go together
 *   with what came before. Refused is an answer to an entry that is held and names no such picture.
 */
import { formats } from '../../evidence/format.ts'
import type { Identity } from '../../evidence/identity.ts'
import { type Jws, type JwsFault, parseJws, verifyJws } from '../../evidence/jws.ts'
import { type RulingFault, readRuling } from '../../evidence/ruling.ts'
import { readTranscription, type TranscriptionFault } from '../../evidence/transcription.ts'
import { ok, type Result } from '../../platform/result.ts'
import { quotaReason } from '../../protocol/limits.ts'
import type { Quotas } from '../admission/quotas.ts'
import type { DeviceEvent } from '../admission/thinned-log.ts'
import type { Registry } from '../authority/registry.ts'
import type { Holdings } from '../holdings.ts'
import type { ChargedLog } from '../ledger/charged-log.ts'
import type { PersonSaid } from './people-holdings.ts'

/** `transcription`: by a reading station; `ruling`: by an officer. */
export type PersonKind = PersonSaid['kind']

export type PersonRefusal =
	| 'unknown-station'
	| 'unknown-officer'
	| 'wrong-role'
	| 'other-image'
	| typeof quotaReason
	| JwsFault['code']
	| TranscriptionFault['code']
	| RulingFault['code']

/** `foreign`: kept, of a version that is not understood here. `quarantined`: kept, and counts nowhere. */
export interface TakenFromPerson {
	readonly outcome: 'stored' | 'conflict' | 'duplicate' | 'quarantined' | 'foreign' | 'rejected'
	/** Why it was rejected; empty otherwise. */
	readonly reason: PersonRefusal | ''
	/** Kept; but the station said something else of the same entry before, and did not take it back. */
	readonly isChanged: boolean
}

export interface PeopleIntakeParts {
	readonly ledger: ChargedLog
	readonly registry: Registry
	readonly holdings: Holdings
	readonly quotas: Quotas
	readonly deviceLog: (event: DeviceEvent) => void
	/** Records of this number (`evidence/format.ts`) are about to be held. */
	readonly noteFormat: (format: number) => Promise<void>
	/** Looks for newer words of the authority. */
	readonly refreshRegistry: () => Promise<void>
}

export class PeopleIntake {
	readonly #parts: PeopleIntakeParts

	constructor(parts: PeopleIntakeParts) {
		this.#parts = parts
	}

	/** Rejects when the ledger can't be written: then nothing more may be promised. */
	async take(kind: PersonKind, text: string): Promise<TakenFromPerson> {
		const { holdings, ledger, quotas, deviceLog, noteFormat, refreshRegistry } = this.#parts
		await refreshRegistry()
		const parsed = parseJws(text, kind)
		if (!parsed.ok) return rejected(parsed.fault.code)
		const { kid: signer, id } = parsed.value
		const role = this.#inRole(kind, signer)
		if (typeof role === 'string') return this.#drop(signer, role)
		const chain = holdings.people.begin(signer)
		// Before anything is verified. What is held already costs nothing.
		if (!chain.holds(id) && !quotas.takesEntry(signer, text.length)) return this.#drop(signer, quotaReason)
		const verified = verifyJws(parsed.value, role)
		const read = verified.ok ? saidIn(kind, verified.value) : verified
		if (!read.ok && read.fault.code !== 'unknown-version') return this.#drop(signer, read.fault.code)
		await noteFormat(formats.people)
		if (chain.holds(id)) {
			await ledger.settled()
			return taken('duplicate', read.ok && this.#isChanged(signer, id, read.value))
		}
		if (!read.ok) {
			chain.addForeign(id)
			await ledger.append(signer, text, 'entry')
			return taken('foreign')
		}
		const said = read.value
		if (this.#isOfOtherImage(said)) return this.#drop(signer, 'other-image')
		// First into the line for the disk, then known.
		const written = ledger.append(signer, text, 'entry')
		const conflict = holdings.people.keep(signer, id, said)
		await written
		const { seq } = said.kind === 'transcription' ? said.transcription : said.ruling
		deviceLog({ event: kind, device: signer, seq, id, conflict })
		if (chain.isQuarantined(seq)) return taken('quarantined')
		return taken(conflict === null ? 'stored' : 'conflict', this.#isChanged(signer, id, said))
	}

	/** The key of who is listed in this role, or why nobody is. */
	#inRole(kind: PersonKind, signer: string): Identity | PersonRefusal {
		const { registry } = this.#parts
		const isReading = kind === 'transcription'
		const listed = isReading ? registry.station(signer) : registry.officer(signer)
		if (listed !== undefined) return listed
		if (registry.roleOf(signer) !== null) return 'wrong-role'
		return isReading ? 'unknown-station' : 'unknown-officer'
	}

	/** An answer whose entry is not held yet may be to any. */
	#isOfOtherImage(said: PersonSaid): boolean {
		if (said.kind !== 'transcription') return false
		const { entry, image } = said.transcription
		return this.#parts.holdings.picturesOf(entry)?.includes(image) === false
	}

	#isChanged(signer: string, id: string, said: PersonSaid): boolean {
		if (said.kind !== 'transcription') return false
		const { holdings } = this.#parts
		const { entry } = said.transcription
		return holdings.people.isChanged(signer, { entry, id }, holdings.picturesOf(entry))
	}

	#drop(signer: string, reason: PersonRefusal): TakenFromPerson {
		this.#parts.deviceLog({ event: 'rejected', device: signer, reason })
		return rejected(reason)
	}
}

function saidIn(kind: PersonKind, jws: Jws): Result<PersonSaid, TranscriptionFault | RulingFault> {
	if (kind === 'transcription') {
		const read = readTranscription(jws)
		return read.ok ? ok({ kind, transcription: read.value.transcription }) : read
	}
	const read = readRuling(jws)
	return read.ok ? ok({ kind, ruling: read.value.ruling }) : read
}

function taken(outcome: Exclude<TakenFromPerson['outcome'], 'rejected'>, isChanged = false): TakenFromPerson {
	return { outcome, reason: '', isChanged }
}

function rejected(reason: PersonRefusal): TakenFromPerson {
	return { outcome: 'rejected', reason, isChanged: false }
}
