/** One pass through a centre's records, from the first on: each object verified, and what verifies added to a tally. */
import type { KeyObject } from 'node:crypto'
import { Equivocations } from '../audit/equivocations.ts'
import type { PublishedDevices } from '../audit/published-devices.ts'
import type { ListedRole } from '../evidence/authority/device-list.ts'
import { readEntry } from '../evidence/entry.ts'
import { type Jws, verifyJws } from '../evidence/jws.ts'
import { readRuling } from '../evidence/ruling.ts'
import { readTranscription } from '../evidence/transcription.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import type { Result } from '../platform/result.ts'
import {
	type CentreRecord,
	type CentreRecords,
	firstPosition,
	type RecordPosition,
} from '../records/centre-records.ts'
import type { Tally } from './tally.ts'

/** Records by signers whom nobody lists that are kept for a later registry; with more of them it begins anew. */
const mostWaiting = 10_000

type SignedKind = Exclude<CentreRecord['kind'], 'receipt'>

const roles: Readonly<Record<SignedKind, ListedRole>> = {
	entry: 'device',
	transcription: 'station',
	ruling: 'officer',
}

interface SignedRecord {
	readonly kind: SignedKind
	readonly jws: Jws
}

interface Signer {
	readonly role: ListedRole
	readonly id: string
	/** Null while nobody lists it in this role. */
	key: KeyObject | null
	waiting: SignedRecord[]
}

export class TallyPass {
	readonly tally: Tally
	readonly equivocations = new Equivocations()
	readonly #records: CentreRecords
	readonly #signers = new Map<string, Signer>()
	readonly #yieldIfDue = yieldToEventLoop()
	#devices: PublishedDevices
	/** Another list than the waiting ones were looked up in. */
	#isListNew = false
	#position: RecordPosition = firstPosition
	#verified = 0
	#faulty = 0
	#waiting = 0
	/** Of those by unlisted signers the ones that were not kept. */
	#notKept = 0

	constructor(tally: Tally, records: CentreRecords, devices: PublishedDevices) {
		this.tally = tally
		this.#records = records
		this.#devices = devices
		this.#revoke()
	}

	/** There was nothing to add up. */
	get isEmpty(): boolean {
		return this.#verified + this.leftOut === 0
	}

	/** Lines that are no records, do not verify, or whose signer nobody lists. */
	get leftOut(): number {
		return this.#faulty + this.#waiting + this.#notKept
	}

	/** Whether all that was added would be added under this list too, and what would be can be. */
	async fits(devices: PublishedDevices): Promise<boolean> {
		if (this.#notKept > 0) return false
		// What is disowned stays so in this tally.
		for (const { device, last } of this.#devices.authority?.roll.revocations() ?? []) {
			const now = devices.revocationOf(device)
			if (now === undefined || now.last > last) return false
		}
		for (const { role, id, key } of this.#signers.values()) {
			if (key === null) continue
			const now = await devices.signer(role, id)
			if (!now.ok || !now.value.equals(key)) return false
		}
		return true
	}

	/** Only a list that fits. */
	adopt(devices: PublishedDevices): void {
		this.#devices = devices
		this.#isListNew = true
		this.#revoke()
	}

	/** To the end as it is now. Rejects when the disk fails; what was taken in stays so. */
	async takeIn(): Promise<void> {
		if (this.#isListNew) {
			for (const signer of this.#signers.values()) if (signer.key === null) await this.#lookAgain(signer)
			this.#isListNew = false
			await this.tally.settleInTurns(this.#yieldIfDue)
		}
		for await (const { records, unreadable, next } of this.#records.read(this.#position)) {
			for (const { kind, jws } of records) {
				if (kind !== 'receipt') await this.#take({ kind, jws })
				await this.#yieldIfDue()
			}
			this.#faulty += unreadable
			this.#position = next
			await this.tally.settleInTurns(this.#yieldIfDue)
		}
	}

	#revoke(): void {
		for (const { device, last } of this.#devices.authority?.roll.revocations() ?? []) {
			this.tally.revoke(device, last)
		}
	}

	async #take(record: SignedRecord): Promise<void> {
		const signer = await this.#signerOf(record)
		if (signer.key !== null) this.#verify(record, signer.key)
		else if (this.#waiting < mostWaiting) {
			signer.waiting.push(record)
			this.#waiting++
		} else this.#notKept++
	}

	async #signerOf({ kind, jws }: SignedRecord): Promise<Signer> {
		const role = roles[kind]
		const name = `${role}/${jws.kid}`
		const known = this.#signers.get(name)
		if (known !== undefined) return known
		const key = await this.#devices.signer(role, jws.kid)
		const signer: Signer = { role, id: jws.kid, key: key.ok ? key.value : null, waiting: [] }
		this.#signers.set(name, signer)
		return signer
	}

	async #lookAgain(signer: Signer): Promise<void> {
		const key = await this.#devices.signer(signer.role, signer.id)
		if (!key.ok) return
		signer.key = key.value
		const { waiting } = signer
		signer.waiting = []
		for (const record of waiting) {
			this.#waiting--
			this.#verify(record, key.value)
			await this.#yieldIfDue()
		}
	}

	#verify({ kind, jws }: SignedRecord, publicKey: KeyObject): void {
		const verified = verifyJws(jws, { id: jws.kid, publicKey })
		const added = verified.ok && this.#add(kind, verified.value)
		if (added) this.#verified++
		else this.#faulty++
	}

	/** False for what means nothing here. */
	#add(kind: SignedKind, jws: Jws): boolean {
		switch (kind) {
			case 'entry': {
				const read = readEntry(jws)
				if (!read.ok) return false
				const { id, entry } = read.value
				this.tally.addEntry(read.value)
				this.equivocations.note(entry.device, entry.seq, id)
				return true
			}
			case 'transcription':
				return isAdded(readTranscription(jws), (signed) => this.tally.addTranscription(signed))
			case 'ruling':
				return isAdded(readRuling(jws), (signed) => this.tally.addRuling(signed))
		}
	}
}

function isAdded<T>(read: Result<T>, add: (value: T) => void): boolean {
	if (read.ok) add(read.value)
	return read.ok
}
