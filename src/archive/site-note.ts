/** The note by which a log signs all that is no leaf, over `SHA256SUMS` (`provisioning/verify/ARCHIVE.md`). Pure. */
import { decodeBase64, encodeBase64 } from '../evidence/base64.ts'
import type { VerifierKey } from '../evidence/keys/verifier-key.ts'
import { parseDecimal } from '../log/decimal.ts'
import { formatNote, type NoteFault, type NoteSignatureFault, openNote } from '../log/note.ts'
import { type NoteSigner, signNote } from '../log/signing.ts'
import { hashLength, type TreeHead } from '../log/tree-hash.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

export interface Site extends TreeHead {
	/** Number of the publication, from 0. */
	readonly publication: number
	/** Of `SHA256SUMS`, lower-case hex. */
	readonly checksums: string
	/** Info-hash of a torrent of what `SHA256SUMS` covers; null where there is none. */
	readonly torrent: string | null
}

export type SiteFault = NoteFault | NoteSignatureFault | Fault<'bad-site'>

const notInForm = fail('bad-site', 'not the six lines of a site note')

/** What stands behind the origin in the first line. */
const ending = '/site'

export function signSite(site: Site, log: NoteSigner): string {
	const text = siteText(site, log.key.name)
	return formatNote({ text, signatures: [signNote(text, log)] })
}

export function openSite(bytes: Uint8Array, log: VerifierKey): Result<Site, SiteFault> {
	const note = openNote(bytes, log)
	if (!note.ok) return note
	const { text } = note.value
	const [, publication = '', size = '', root = '', checksums = '', torrent = ''] = text.split('\n')
	const [number, leaves, hash] = [parseDecimal(publication), parseDecimal(size), decodeBase64(root)]
	if (number === null || leaves === null || hash === null) return notInForm
	const site: Site = {
		...{ publication: number, size: leaves, root: hash },
		checksums,
		torrent: torrent === '-' ? null : torrent,
	}
	const isInForm =
		hash.length === hashLength &&
		/^[0-9a-f]{64}$/.test(checksums) &&
		/^(?:-|[0-9a-f]{40})$/.test(torrent) &&
		siteText(site, log.name) === text
	return isInForm ? ok(site) : notInForm
}

function siteText({ publication, size, root, checksums, torrent }: Site, origin: string): string {
	const lines = [`${origin}${ending}`, publication, size, encodeBase64(root), checksums, torrent ?? '-']
	return lines.map((line) => `${line}\n`).join('')
}
