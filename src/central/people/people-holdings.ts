/** What a centre holds of reading stations and officers, in memory: a chain for each. The ledger is the truth behind it. */
import type { RevokedDevice } from '../../evidence/authority/revocation.ts'
import { changedAnswers, type SaidAnswer, saidAnswer } from '../../evidence/changed-answers.ts'
import { genesisOf, type Identity } from '../../evidence/identity.ts'
import type { Ruling } from '../../evidence/ruling.ts'
import type { Transcription } from '../../evidence/transcription.ts'
import { type ConflictReason, DeviceChain } from '../device-chain.ts'

/** What a person signed, understood. */
export type PersonSaid =
	| { readonly kind: 'transcription'; readonly transcription: Transcription }
	| { readonly kind: 'ruling'; readonly ruling: Ruling }

/** Who may have signed, and up to which. */
export interface KnownPeople {
	station(id: string): Identity | undefined
	officer(id: string): Identity | undefined
	revocationOf(id: string): RevokedDevice | undefined
}

interface HeldAnswer extends SaidAnswer {
	readonly seq: number
	/** The plain SHA-256 of the picture that was looked at. */
	readonly image: string
}

export class PeopleHoldings {
	readonly #people: KnownPeople
	readonly #chains = new Map<string, DeviceChain>()
	/** By station and entry, in the order in which they came. */
	readonly #answers = new Map<string, HeldAnswer[]>()

	constructor(people: KnownPeople) {
		this.#people = people
	}

	chain(id: string): DeviceChain | undefined {
		return this.#chains.get(id)
	}

	/** The chain of a station or an officer, which begins here where there was none. */
	begin(id: string): DeviceChain {
		const begun = this.#chains.get(id)
		if (begun !== undefined) return begun
		const identity = this.#people.station(id) ?? this.#people.officer(id)
		const revocation = this.#people.revocationOf(id)
		const chain = new DeviceChain(identity === undefined ? null : genesisOf(identity.publicKey))
		if (revocation !== undefined) chain.revoke(revocation.last)
		this.#chains.set(id, chain)
		return chain
	}

	/** Gives how it stands with what is held of the same signer. */
	keep(signer: string, id: string, said: PersonSaid): ConflictReason | null {
		const { seq, prev } = said.kind === 'transcription' ? said.transcription : said.ruling
		const chain = this.begin(signer)
		const conflict = chain.conflictOf(seq, prev, id)
		chain.add({ seq, id, prev, files: [], pictures: [], conflict })
		if (said.kind === 'transcription') this.#note(signer, id, said.transcription)
		return conflict
	}

	#note(station: string, id: string, transcription: Transcription): void {
		const key = `${station} ${transcription.entry}`
		const answers = this.#answers.get(key)
		const { seq, image } = transcription
		const answer = { ...saidAnswer({ id, transcription }), seq, image }
		if (answers === undefined) this.#answers.set(key, [answer])
		else answers.push(answer)
	}

	/**
	 * Whether this answer is another than the station gave before to the same entry, and did not take back. What counts
	 * nowhere is left out: answers after the last good one, and to other pictures than the entry's (undefined while it is
	 * not held).
	 */
	isChanged(
		station: string,
		{ entry, id }: { readonly entry: string; readonly id: string },
		pictures: readonly string[] | undefined,
	): boolean {
		const chain = this.#chains.get(station)
		const answers = (this.#answers.get(`${station} ${entry}`) ?? []).filter(
			({ seq, image }) => chain?.isQuarantined(seq) !== true && pictures?.includes(image) !== false,
		)
		return changedAnswers(answers).some((answer) => answer.id === id)
	}

	/** Gives another verdict on what is held of one; nothing where it is a device. */
	revoke({ device: id, last }: RevokedDevice): void {
		this.#chains.get(id)?.revoke(last)
	}
}
