/**
 * A tally of a centre's records, which follows them: each object is verified by the keys that the campaign's authority
 * has published, and counts from then on. What nobody known has signed counts when a later registry lists who did.
 *
 * INVARIANT: after `update` the tally is what one begun anew would be. Where that can't be had by adding (the records
 * begin anew, a key that counted does not any more, or what was revoked is not any more) one is begun anew, and takes the place of the one before when it
 * is whole.
 */
import type { ElectionDefinition } from '../acta/election.ts'
import type { Register } from '../acta/register/register.ts'
import type { PinnedAuthorityFault } from '../audit/published-authority.ts'
import type { PublishedDevices } from '../audit/published-devices.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { CentreRecords } from '../records/centre-records.ts'
import { Tally } from './tally.ts'
import { TallyPass } from './tally-pass.ts'

/** Who may sign; null where nothing has changed since the last look. The first gives something. */
interface SignerSource {
	look(): Promise<Result<PublishedDevices | null, PinnedAuthorityFault>>
}

export interface RecordTallyParts {
	readonly records: CentreRecords
	readonly signers: SignerSource
	readonly election: ElectionDefinition
	/** Null without one. */
	readonly register: Register | null
}

/** What was added up. */
export type AddedUp = Pick<TallyPass, 'tally' | 'isEmpty' | 'leftOut' | 'equivocations'>

const noLedger = 'there is no ledger.jws: name the directory of a centre, or a copy of it'

export class RecordTally {
	readonly #parts: RecordTallyParts
	#devices: PublishedDevices | null = null
	#origin: string | null = null
	/** That goes on; not whole yet where an update failed or runs. */
	#pass: TallyPass | null = null
	#whole: TallyPass | null = null
	#updating: Promise<Result<AddedUp, Fault<'unreadable'>>> | null = null

	constructor(parts: RecordTallyParts) {
		this.#parts = parts
	}

	/** As of the last update that went well; null before the first. */
	get addedUp(): AddedUp | null {
		return this.#whole
	}

	/** By whose keys it was verified; null before the first update. */
	get devices(): PublishedDevices | null {
		return this.#devices
	}

	/** Takes in what is new; asked for again meanwhile it is the same. */
	update(): Promise<Result<AddedUp, Fault<'unreadable'>>> {
		this.#updating ??= this.#update().finally(() => {
			this.#updating = null
		})
		return this.#updating
	}

	async #update(): Promise<Result<AddedUp, Fault<'unreadable'>>> {
		try {
			// Asked first: it may throw, and what a look has given it does not give again.
			const origin = await this.#parts.records.origin()
			const looked = await this.#parts.signers.look()
			if (!looked.ok) return fail('unreadable', looked.fault.detail)
			if (origin !== this.#origin) this.#pass = null
			this.#origin = origin
			const pass = await this.#passFor(looked.value)
			this.#pass = pass
			await pass.takeIn()
			this.#whole = pass
			return ok(pass)
		} catch (error) {
			const { code, message } = error as NodeJS.ErrnoException
			if (code === undefined) throw error
			return fail('unreadable', code === 'ENOENT' || code === 'ENOTDIR' ? noLedger : message)
		}
	}

	/** The one that goes on, or one that begins; `list` is null where it is the same as before. */
	async #passFor(list: PublishedDevices | null): Promise<TallyPass> {
		const before = this.#pass
		const devices = list ?? this.#devices
		if (devices === null) throw new Error('a first look gives something')
		this.#devices = devices
		if (before !== null && list === null) return before
		if (before !== null && (await before.fits(devices))) {
			before.adopt(devices)
			return before
		}
		const { election, register, records } = this.#parts
		return new TallyPass(new Tally(election, register), records, devices)
	}
}
