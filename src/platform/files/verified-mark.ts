/**
 * How much of an append-only file of lines was verified, so that a start need only verify what came after, and
 * notices when what was there is there no more: `verified.json` beside it has so many bytes in so many lines, and
 * their SHA-256. Further fields are left to later versions, such as an index over those lines.
 *
 * Whoever can write the mark can write the file too: it stands against failing disks, wrong copies and hands that do
 * not know of it, and saves time. A mark that is lost, older or broken only makes a start slower.
 */
import { createHash, type Hash } from 'node:crypto'
import * as z from 'zod'
import { replaceFile } from './durable.ts'
import { readOwn } from './own-file.ts'
import { filePieces } from './plain-file.ts'

/** Its usual name, in the directory of the file. */
export const markFile = 'verified.json'

const Mark = z.looseObject({
	v: z.literal(1),
	bytes: z.int().min(1),
	/** Not in marks of earlier versions. */
	lines: z.int().min(1).optional(),
	sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

const lineFeed = 0x0a

/** A mark that grows with the file. */
export class VerifiedMark {
	readonly #hash: Hash = createHash('sha256')
	#bytes = 0
	#lines = 0

	get bytes(): number {
		return this.#bytes
	}

	get lines(): number {
		return this.#lines
	}

	/** Whole lines that were verified, with their line feeds, in whatever pieces. */
	add(piece: Uint8Array): void {
		this.#hash.update(piece)
		this.#bytes += piece.length
		for (let at = piece.indexOf(lineFeed); at >= 0; at = piece.indexOf(lineFeed, at + 1)) this.#lines++
	}

	get sha256(): string {
		return this.#hash.copy().digest('hex')
	}

	/** Rejects when the disk fails; then the mark before stands. */
	async keep(path: string): Promise<void> {
		const mark = { v: 1, bytes: this.#bytes, lines: this.#lines, sha256: this.sha256 } as const
		await replaceFile(path, `${JSON.stringify(mark satisfies z.infer<typeof Mark>)}\n`)
	}
}

export type FoundMark =
	/** Not there, or none that can be read. */
	| { readonly state: 'none' }
	/** The file begins with what was verified; `mark` goes on from there. */
	| { readonly state: 'fits'; readonly mark: VerifiedMark }
	/** What was verified does not stand in the file any more; `lines` is null where the mark does not say. */
	| { readonly state: 'differs'; readonly lines: number | null; readonly bytes: number }

/** Holds the mark at `markPath` against the file at `path`. Rejects when that can't be read. */
export async function findMark(markPath: string, path: string): Promise<FoundMark> {
	const found = await readMark(markPath)
	if (found === null) return { state: 'none' }
	const { bytes, lines = null, sha256 } = found
	const mark = new VerifiedMark()
	let last: number | undefined
	for await (const part of filePieces(path, { end: bytes })) {
		mark.add(part)
		last = part.at(-1)
	}
	const fits = mark.bytes === bytes && last === lineFeed && mark.sha256 === sha256
	return fits ? { state: 'fits', mark } : { state: 'differs', lines, bytes }
}

async function readMark(path: string): Promise<z.infer<typeof Mark> | null> {
	try {
		const read = Mark.safeParse(JSON.parse((await readOwn(path)).toString()))
		return read.success ? read.data : null
	} catch {
		return null
	}
}
