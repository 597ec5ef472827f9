/**
 * The files of a publication that follow from its leaves and words, made here so that they need not come over a line. They
 * count by their digests alone: what the source's publisher made otherwise, of another version, is fetched.
 */
import { createHash } from 'node:crypto'
import { addUpLeaves } from '../archive/added-up-leaves.ts'
import type { ArchivedFiles } from '../archive/archive-folder.ts'
import { auditInForce } from '../archive/check/words-audit.ts'
import { checksumFiles } from '../archive/checksums.ts'
import { tablesFile } from '../archive/tables-file.ts'
import type { Campaign } from '../evidence/authority/campaign.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { derivedFiles } from '../publishing/derived-files.ts'

interface MadeFile {
	readonly bytes: Buffer
	readonly digest: string
}

export class MadeHere {
	/** Of a source that costs nothing to ask. */
	static readonly nothing = new MadeHere(new Map())
	readonly #files: ReadonlyMap<string, MadeFile>

	private constructor(files: ReadonlyMap<string, MadeFile>) {
		this.#files = files
	}

	/** Of the first `size` leaves; `archive` has these, `keys/` and `campaign/`. Nothing where they add up to nothing. */
	static async from(archive: ArchivedFiles, size: number, campaign: Campaign): Promise<MadeHere> {
		const { election, register } = await auditInForce(archive, { said: campaign })
		if (election === null || register === null) return MadeHere.nothing
		const added = await addUpLeaves(archive, size, election, register)
		if (!added.ok) return MadeHere.nothing
		const { tally } = added.value
		const files = new Map<string, MadeFile>()
		const yieldIfDue = yieldToEventLoop()
		const tables = [...tablesFile(tally)].join('')
		for (const [path, text] of derivedFiles({ tally, changed: null, campaign, tables })) {
			files.set(path, madeOf(text))
			await yieldIfDue()
		}
		const digests = new Map([...files].map(([path, { digest }]) => [path, digest]))
		// That of a folder in which something else lies, as the one at the top, is another, and is fetched.
		for (const [path, text] of checksumFiles(digests)) files.set(path, madeOf(text))
		return new MadeHere(files)
	}

	/** The bytes of the file with this digest; null where another is made here, or none. */
	withDigest(path: string, digest: string): Buffer | null {
		const made = this.#files.get(path)
		return made?.digest === digest ? made.bytes : null
	}
}

function madeOf(text: string): MadeFile {
	const bytes = Buffer.from(text)
	return { bytes, digest: createHash('sha256').update(bytes).digest('hex') }
}
