/**
 * Goes through a file of one chain line by line: a device's entries, a station's answers, an officer's rulings. Each is
 * by the key beside them, of one signer, and follows from the one before.
 */
import type { KeyObject } from 'node:crypto'
import { type ChainKind, type ChainObject, checkLink } from '../evidence/chain.ts'
import type { Position } from '../evidence/fields.ts'
import { genesisOf } from '../evidence/identity.ts'
import { parseJws, verifyJws } from '../evidence/jws.ts'
import type { EvidenceLine } from '../journal/evidence-lines.ts'
import { CollectedFaults } from '../platform/collected-faults.ts'
import { type Fault, fail, type Result } from '../platform/result.ts'
import type { AuditFault } from './audit-fault.ts'
import { type PublishedAuthority, quarantineFault } from './published-authority.ts'

export interface ChainSigner {
	readonly publicKey: KeyObject
	/** To whom its certificate was given; null where there is none that the authority signed. */
	readonly certified: string | null
	readonly authority: PublishedAuthority | null
}

export class ChainLines<T extends ChainObject> {
	/** Lines, signatures or links that are at fault. */
	readonly faults = new CollectedFaults<AuditFault>()
	/** What comes after the last good one of a signer that is revoked: a fault each. */
	readonly quarantined = new CollectedFaults<AuditFault>()
	readonly #chain: ChainKind<T>
	readonly #by: ChainSigner
	readonly #genesis: string
	#signer: string | null = null
	#count = 0
	#head: Position | null = null
	/** The seq that the next line should have, and whether the one before it is known. */
	#expected = 1
	#linked = true

	constructor(chain: ChainKind<T>, by: ChainSigner) {
		this.#chain = chain
		this.#by = by
		this.#genesis = genesisOf(by.publicKey)
	}

	/** Null before the first that is well signed and well formed. */
	get signer(): string | null {
		return this.#signer
	}

	/** Those that are well signed and well formed. */
	get count(): number {
		return this.#count
	}

	/** The last of them. */
	get head(): Position | null {
		return this.#head
	}

	/** Gives what is well signed and well formed; null for any other line. */
	take(line: EvidenceLine): T | null {
		const opened = line.ok ? this.#open(line.text) : line
		if (!opened.ok) {
			this.#passOver(line.number, opened.fault)
			return null
		}
		const signed = opened.value
		this.#checkLink(line.number, signed)
		this.#signer = this.#chain.signerOf(signed)
		this.#count++
		const { seq } = this.#chain.linkOf(signed)
		if (this.#by.authority?.roll.isRevoked(this.#signer, seq)) {
			this.quarantined.add(quarantineFault(line.number, seq))
		}
		return signed
	}

	/** The id stands in the object itself; the key says whether to believe it. */
	#open(text: string): Result<T> {
		const { kind, role, read, signerOf } = this.#chain
		const signer = this.#signer ?? this.#by.certified
		const parsed = parseJws(text, kind)
		if (!parsed.ok) return parsed
		const verified = verifyJws(parsed.value, { id: parsed.value.kid, publicKey: this.#by.publicKey })
		if (!verified.ok) return verified
		const signed = read(verified.value)
		if (signed.ok && signer !== null && signerOf(signed.value) !== signer) {
			return fail(
				`wrong-${role}`,
				`the ${kind} is of ${signerOf(signed.value)}, those before it of ${signer}`,
			)
		}
		return signed
	}

	#passOver(line: number, fault: Fault): void {
		this.faults.add({ line, seq: this.#expected, ...fault })
		this.#expected++
		this.#linked = false
	}

	/** Behind a line that can't be read, what an object calls its predecessor has to be believed. */
	#checkLink(line: number, signed: T): void {
		const own = this.#chain.linkOf(signed)
		const { seq, id, prev } = own
		const previous = this.#linked ? this.#head : { seq: this.#expected - 1, id: prev }
		const link = checkLink(previous, own, this.#genesis)
		if (!link.ok) this.faults.add({ line, seq, ...link.fault })
		this.#head = { seq, id }
		this.#expected = seq + 1
		this.#linked = true
	}
}
