/**
 * How much of `entries.jws` was verified, signature by signature, so that a start need only verify what came
 * after. `verified.json` beside the journal keeps it: so many bytes, and their SHA-256.
 *
 * What the mark is trusted with is little, since whoever can write it can write the journal too. A start
 * checks the form of every entry, computes every id anew and follows the whole chain, mark or not. Ids hang
 * together by SHA-256 and the last entry's signature is always verified, so all that was ever signed over is
 * proven without the mark. The mark stands only for the signatures inside the prefix, which no id covers:
 * somebody who spoils one and forges the mark gets a kiosk that starts, and an entry that `testigo verify` and
 * the centre refuse; nobody gets an entry in that this device did not sign. Bytes that changed on a failing
 * disk don't have the SHA-256 of the mark, and are verified and refused as ever.
 *
 * A mark that is lost, older or broken only makes a start slower.
 */
import { createHash, type Hash } from 'node:crypto'
import { join } from 'node:path'
import * as z from 'zod'
import { type ChainFault, checkLink } from '../evidence/chain.ts'
import { type EntryFault, readEntry, type SignedEntry } from '../evidence/entry.ts'
import { FileDigest, type Position } from '../evidence/fields.ts'
import { genesisOf, type Identity } from '../evidence/identity.ts'
import { type Jws, parseJws, verifyJws } from '../evidence/jws.ts'
import { replaceFile } from '../platform/files/durable.ts'
import type { Line } from '../platform/files/line-reader.ts'
import { readOwn } from '../platform/files/own-file.ts'
import { filePieces } from '../platform/files/plain-file.ts'
import { ok, type Result } from '../platform/result.ts'

/** Its name in the journal's directory. */
const markFile = 'verified.json'

/** A new mark is worth its sync when this many entries lie behind the old one. */
export const entriesPerMark = 1_000

const Mark = z.object({ v: z.literal(1), bytes: z.int().min(1), sha256: FileDigest })

/** Takes the lines of a journal from its first on, and knows how far all is well. */
export class VerifiedPrefix {
	readonly #device: Identity
	readonly #genesis: string
	readonly #hash: Hash = createHash('sha256')
	#bytes = 0
	#tail: Position | null = null
	/** The last entry, while only its form and its place in the chain are known to be right. */
	#unproven: Jws | null = null

	constructor(device: Identity) {
		this.#device = device
		this.#genesis = genesisOf(device.publicKey)
	}

	/** Bytes of the file, and entries in them. */
	get bytes(): number {
		return this.#bytes
	}

	get entries(): number {
		return this.#tail?.seq ?? 0
	}

	/** `marked`: an earlier run verified this line. After the last line comes `prove`. */
	take({ bytes }: Line, marked = false): Result<SignedEntry, EntryFault | ChainFault> {
		const parsed = parseJws(bytes.toString('latin1'), 'entry')
		if (!parsed.ok) return parsed
		if (!marked) {
			const verified = verifyJws(parsed.value, this.#device)
			if (!verified.ok) return verified
		}
		const read = readEntry(parsed.value)
		if (!read.ok) return read
		const link = checkLink(this.#tail, read.value, this.#genesis)
		if (!link.ok) return link
		this.#unproven = marked ? parsed.value : null
		this.#tail = { seq: read.value.entry.seq, id: read.value.id }
		this.#hash.update(bytes).update('\n')
		this.#bytes += bytes.length + 1
		return read
	}

	/** The last entry's signature proves, by the chain, all that was signed before it. */
	prove(): Result<true, EntryFault> {
		if (this.#unproven === null) return ok(true)
		const verified = verifyJws(this.#unproven, this.#device)
		if (!verified.ok) return verified
		this.#unproven = null
		return ok(true)
	}

	/** Keeps the mark in the journal's directory. Throws when the disk fails. */
	async mark(directory: string): Promise<void> {
		const sha256 = this.#hash.copy().digest('hex')
		await replaceFile(
			join(directory, markFile),
			`${JSON.stringify({ v: 1, bytes: this.#bytes, sha256 } satisfies z.infer<typeof Mark>)}\n`,
		)
	}
}

/** Bytes of the file at `path` that the mark in `directory` vouches for; 0 without a mark that fits them. */
export async function markedBytes(directory: string, path: string): Promise<number> {
	const mark = await readMark(directory)
	if (mark === null) return 0
	const hash = createHash('sha256')
	for await (const part of filePieces(path, { end: mark.bytes })) hash.update(part)
	return hash.digest('hex') === mark.sha256 ? mark.bytes : 0
}

async function readMark(directory: string): Promise<z.infer<typeof Mark> | null> {
	try {
		const read = Mark.safeParse(JSON.parse((await readOwn(join(directory, markFile))).toString()))
		return read.success ? read.data : null
	} catch {
		return null
	}
}
