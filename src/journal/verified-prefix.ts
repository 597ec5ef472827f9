/**
 * How much of a chain's file, as `entries.jws`, was verified, signature by signature, so that a start need only verify what came
 * after. `verified.json` beside it keeps that (`platform/files/verified-mark.ts`).
 *
 * What the mark is trusted with is little, since whoever can write it can write the journal too. A start
 * checks the form of every entry, computes every id anew and follows the whole chain, mark or not. Ids hang
 * together by SHA-256 and the last entry's signature is always verified, so all that was ever signed over is
 * proven without the mark. The mark stands only for the signatures inside the prefix, which no id covers:
 * somebody who spoils one and forges the mark gets a kiosk that starts, and an entry that `testigo verify` and
 * the centre refuse; nobody gets an entry in that this device did not sign. Bytes that changed on a failing
 * disk don't have the SHA-256 of the mark, and are verified and refused as ever.
 */
import { join } from 'node:path'
import { type ChainKind, type ChainObject, checkLink } from '../evidence/chain.ts'
import type { Position } from '../evidence/fields.ts'
import { genesisOf, type Identity } from '../evidence/identity.ts'
import { type Jws, type Kind, parseJws, verifyJws } from '../evidence/jws.ts'
import type { Line } from '../platform/files/line-reader.ts'
import { findMark, markFile, VerifiedMark } from '../platform/files/verified-mark.ts'
import { ok, type Result } from '../platform/result.ts'

/** A new mark is worth its sync when this many entries lie behind the old one. */
export const entriesPerMark = 1_000

/** Takes the lines of a chain from its first on, and knows how far all is well. */
export class VerifiedPrefix<T extends ChainObject> {
	readonly #chain: ChainKind<T>
	readonly #signer: Identity
	readonly #genesis: string
	readonly #mark = new VerifiedMark()
	#tail: Position | null = null
	/** The last one, while only its form and its place in the chain are known to be right. */
	#unproven: Jws | null = null

	constructor(chain: ChainKind<T>, signer: Identity) {
		this.#chain = chain
		this.#signer = signer
		this.#genesis = genesisOf(signer.publicKey)
	}

	get kind(): Kind {
		return this.#chain.kind
	}

	/** Bytes of the file, and how many of the chain stand in them. */
	get bytes(): number {
		return this.#mark.bytes
	}

	get length(): number {
		return this.#tail?.seq ?? 0
	}

	/** `marked`: an earlier run verified this line. After the last line comes `prove`. */
	take({ bytes }: Line, marked = false): Result<T> {
		const parsed = parseJws(bytes.toString('latin1'), this.#chain.kind)
		if (!parsed.ok) return parsed
		if (!marked) {
			const verified = verifyJws(parsed.value, this.#signer)
			if (!verified.ok) return verified
		}
		const read = this.#chain.read(parsed.value)
		if (!read.ok) return read
		const own = this.#chain.linkOf(read.value)
		const link = checkLink(this.#tail, own, this.#genesis)
		if (!link.ok) return link
		this.#unproven = marked ? parsed.value : null
		this.#tail = { seq: own.seq, id: own.id }
		this.#mark.add(bytes)
		this.#mark.add(lineFeed)
		return read
	}

	/** The last one's signature proves, by the chain, all that was signed before it. */
	prove(): Result<true> {
		if (this.#unproven === null) return ok(true)
		const verified = verifyJws(this.#unproven, this.#signer)
		if (!verified.ok) return verified
		this.#unproven = null
		return ok(true)
	}

	/** Keeps the mark in the file's directory. Throws when the disk fails. */
	async mark(directory: string): Promise<void> {
		await this.#mark.keep(join(directory, markFile))
	}
}

const lineFeed = Buffer.from('\n')

/** Bytes of the file at `path` that the mark in `directory` vouches for; 0 without a mark that fits them. */
export async function markedBytes(directory: string, path: string): Promise<number> {
	const found = await findMark(join(directory, markFile), path)
	return found.state === 'fits' ? found.mark.bytes : 0
}
