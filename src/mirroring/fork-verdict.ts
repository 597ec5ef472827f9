/** What a folder of proofs shows (`fork-proof.ts`), to anybody who has the key of the log: whether it has signed both. */
import { ArchiveFolder } from '../archive/archive-folder.ts'
import { publicationOfFeed } from '../archive/layout.ts'
import { readListedFiles } from '../archive/listed-files.ts'
import { openSite, type Site } from '../archive/site-note.ts'
import { decodeBase64 } from '../evidence/base64.ts'
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../evidence/keys/verifier-key.ts'
import { type OpenedCheckpoint, openCheckpoint } from '../log/checkpoint.ts'
import { longestNote } from '../log/note.ts'
import { hashLength, isSameHash } from '../log/tree-hash.ts'
import { verifyConsistency } from '../log/verify-proof.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

const seenForm = /^([0-9a-f]{16}-[0-9a-f]{16})\.seen$/
/** Of one folder; more are left out. */
const mostProofs = 1_000
const longestConsistency = 64 * 1024
const longestSums = 16 * 1024 * 1024

export interface ForkVerdict {
	/** What its files begin with. */
	readonly name: string
	/** Verifier key under which both were verified. */
	readonly log: string
	/** `shrunk`: both are the log's, and may be an old copy and a newer one: no proof. */
	readonly what: 'forked' | 'site-forked' | 'record-altered' | 'shrunk'
	readonly detail: string
}

/** The names of the proofs in a folder; none where it is no folder of proofs. */
export async function forkProofsIn(folder: string): Promise<readonly string[]> {
	const names = await new ArchiveFolder(folder).names('')
	return names.flatMap((name) => seenForm.exec(name)?.[1] ?? []).slice(0, mostProofs)
}

/** `log` null takes the key that lies beside it, which is to be compared. */
export async function verifyForkProof(
	folder: string,
	name: string,
	log: VerifierKey | null,
): Promise<Result<ForkVerdict, Fault>> {
	const files = new ArchiveFolder(folder)
	const beside = log === null ? await files.read(`${name}.vkey`, longestNote) : null
	if (beside?.ok === false)
		return fail('no-key', `${name}: names no key of a log (--log, --keys): ${beside.fault.detail}`)
	const key = log === null ? parseVerifierKey(beside?.value.toString().trimEnd() ?? '') : ok(log)
	if (!key.ok) return key
	const [seen, shown] = [
		await files.read(`${name}.seen`, longestNote),
		await files.read(`${name}.shown`, longestNote),
	]
	if (!seen.ok) return seen
	if (!shown.ok) return shown
	const verdict = (what: ForkVerdict['what'], detail: string) =>
		ok({ name, log: formatVerifierKey(key.value), what, detail })
	const checkpoints = [openCheckpoint(seen.value, key.value), openCheckpoint(shown.value, key.value)]
	const [first, second] = checkpoints
	if (first?.ok === true && second?.ok === true) {
		const [smaller, larger] =
			first.value.size < second.value.size ? [first.value, second.value] : [second.value, first.value]
		const sizes = `${smaller.size} and ${larger.size} leaves`
		return (await areTwoTrees(files, name, smaller, larger))
			? verdict('forked', `the log has signed two trees, of ${sizes}: one does not begin with the other`)
			: verdict('shrunk', `the log has signed trees of ${sizes}; nothing here says that they contradict`)
	}
	const [before, after] = [openSite(seen.value, key.value), openSite(shown.value, key.value)]
	if (!before.ok || !after.ok) {
		const { detail } = before.ok ? (after.ok ? { detail: '' } : after.fault) : before.fault
		return fail('not-signed', `${name}: not two checkpoints, nor two sites, of this log: ${detail}`)
	}
	const [one, other] = [before.value.publication, after.value.publication]
	if (one === other)
		return Buffer.compare(textOf(seen.value), textOf(shown.value)) === 0
			? verdict('shrunk', `both are the site of publication no. ${one}`)
			: verdict('site-forked', `the log has signed two publications no. ${one}`)
	const altered = await alteredRecord(files, name, before.value, after.value)
	return altered === null
		? verdict(
				'shrunk',
				`the log has signed publications no. ${one} and ${other}; they do not contradict here`,
			)
		: verdict('record-altered', `publications no. ${one} and ${other} have two texts of ${altered}`)
}

/** A note without its signatures. */
function textOf(note: Buffer): Buffer {
	return note.subarray(0, note.lastIndexOf('\n\n') + 1)
}

async function areTwoTrees(
	files: ArchiveFolder,
	name: string,
	smaller: OpenedCheckpoint,
	larger: OpenedCheckpoint,
): Promise<boolean> {
	if (smaller.size === larger.size) return !isSameHash(smaller.root, larger.root)
	const bytes = await files.read(`${name}.consistency`, longestConsistency)
	if (!bytes.ok) return false
	const hashes = bytes.value.toString().split('\n').slice(0, -1).map(decodeBase64)
	const [root, ...consistency] = hashes.filter((hash) => hash?.length === hashLength)
	if (root == null || consistency.length + 1 !== hashes.length) return false
	const proof = consistency.filter((hash) => hash !== null)
	const { size } = smaller
	return !isSameHash(root, smaller.root) && verifyConsistency({ size, root }, larger, proof).ok
}

/** The path of a record that two signed lists name by two digests; null where there is none. */
async function alteredRecord(
	files: ArchiveFolder,
	name: string,
	seen: Site,
	shown: Site,
): Promise<string | null> {
	const listed = async (of: 'seen' | 'shown', { checksums }: Site) =>
		await readListedFiles(
			(path) => files.read(`${name}.${of}.${path.replaceAll('/', '+')}`, longestSums),
			checksums,
		)
	const [before, after] = [await listed('seen', seen), await listed('shown', shown)]
	if (![...after.checksums.keys()].some((path) => path.startsWith('feed/'))) return null
	const [earlier, later] = seen.publication < shown.publication ? [before, after] : [after, before]
	for (const [path, digest] of earlier.files)
		if (publicationOfFeed(path) !== null && later.files.get(path) !== digest) return path
	return null
}
