/**
 * Whether a checkpoint that is shown goes on from the one that was seen last. Where it does not, both are kept: signed by
 * the log, they are proof to anybody.
 */
import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { encodeBase64 } from '../evidence/base64.ts'
import { formatVerifierKey, type VerifierKey } from '../evidence/keys/verifier-key.ts'
import type { OpenedCheckpoint } from '../log/checkpoint.ts'
import { formatNote, type Note } from '../log/note.ts'
import { rootAt } from '../log/right-edge.ts'
import type { TileFault, TileReader } from '../log/tile-reader.ts'
import { isSameHash } from '../log/tree-hash.ts'
import { proveConsistency } from '../log/tree-proofs.ts'
import { verifyConsistency } from '../log/verify-proof.ts'
import { replaceFile } from '../platform/files/durable.ts'
import { makeOwnFolder } from '../platform/files/own-folder.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

/** Where the larger tree has another root at the size of the smaller one: that root, and what leads from it to the larger. */
interface ShownRoot {
	readonly root: Uint8Array
	readonly consistency: readonly Uint8Array[]
}

/**
 * `shrunk`: an old copy, or a log that was taken back. `forked`: two logs under one name. `not-consistent`: the tiles
 * that are shown are not those of the checkpoint; it says nothing of the log.
 */
export type ContinuationFault = TileFault | Fault<'not-consistent'> | Contradiction

export type Contradiction = Fault<'shrunk' | 'forked' | 'site-forked' | 'record-altered'> & {
	readonly proof: ForkProof
}

/** Two notes that the log has signed: checkpoints, or the notes of two sites. */
interface ForkProof {
	/** The log that has signed both. */
	readonly log: VerifierKey
	readonly seen: Note
	readonly shown: Note
	readonly shownRoot: ShownRoot | null
	/** Of sites: what leads from the signature to the files that differ. */
	readonly files?: { readonly seen: ProofFiles; readonly shown: ProofFiles }
}

/** Bytes by their paths in an archive. */
type ProofFiles = ReadonlyMap<string, Uint8Array>

/** `tiles` are those that are shown; `seenTiles` those of before, where they are kept. */
export async function verifyContinuation(
	seen: OpenedCheckpoint,
	shown: OpenedCheckpoint,
	tiles: TileReader,
	seenTiles: TileReader | null,
	log: VerifierKey,
): Promise<Result<null, ContinuationFault>> {
	const contradicts = (code: Contradiction['code'], detail: string, shownRoot: ShownRoot | null = null) => ({
		ok: false as const,
		fault: { code, detail, proof: { log, seen: seen.note, shown: shown.note, shownRoot } },
	})
	const sizes = `${shown.size} leaves are shown, and the log has signed ${seen.size}`
	if (shown.size === seen.size) {
		return isSameHash(shown.root, seen.root)
			? ok(null)
			: contradicts('forked', `the log ${seen.origin} has signed two trees of ${seen.size} leaves`)
	}
	if (shown.size < seen.size) {
		const before = seenTiles === null ? null : await rootAt(seenTiles, shown.size)
		const led = seenTiles === null ? null : await proveConsistency(seenTiles, shown.size, seen.size)
		return before?.ok === true && !isSameHash(before.value, shown.root)
			? contradicts(
					'forked',
					`the log ${seen.origin} has signed two trees: ${sizes}, which do not begin with them`,
					led?.ok === true ? { root: before.value, consistency: led.value } : null,
				)
			: contradicts('shrunk', `${sizes}: this is an old copy, or leaves were taken out`)
	}
	const proof = await proveConsistency(tiles, seen.size, shown.size)
	if (!proof.ok) {
		const { code, detail } = proof.fault
		return code === 'not-in-tree' ? fail('not-consistent', detail) : fail(code, detail)
	}
	const verified = verifyConsistency(seen, shown, proof.value)
	if (verified.ok) return ok(null)
	// The same proof from the root that these tiles give: where it holds, what is shown begins with another tree.
	const other = await rootAt(tiles, seen.size)
	if (!other.ok) return other
	const { size } = seen
	const isOther =
		!isSameHash(other.value, seen.root) &&
		verifyConsistency({ size, root: other.value }, shown, proof.value).ok
	return isOther
		? contradicts(
				'forked',
				`the log ${seen.origin} has signed two trees: the ${shown.size} leaves that are shown do not begin with the ${size} of before`,
				{
					...{ root: other.value, consistency: proof.value },
				},
			)
		: fail('not-consistent', verified.fault.detail)
}

/** Keeps both for ever; gives the folder. */
export async function keepProof(folder: string, { proof }: Contradiction): Promise<string> {
	await makeOwnFolder(dirname(folder), basename(folder))
	const { log, seen, shown, shownRoot, files } = proof
	const name = `${digestOf(seen)}-${digestOf(shown)}`
	const keep = (ending: string, bytes: Uint8Array | string) =>
		replaceFile(join(folder, `${name}.${ending}`), bytes)
	await keep('vkey', `${formatVerifierKey(log)}\n`)
	if (shownRoot !== null) {
		const lines = [shownRoot.root, ...shownRoot.consistency].map((hash) => `${encodeBase64(hash)}\n`)
		await keep('consistency', lines.join(''))
	}
	for (const of of ['seen', 'shown'] as const) {
		for (const [path, bytes] of files?.[of] ?? []) await keep(`${of}.${path.replaceAll('/', '+')}`, bytes)
	}
	await keep('shown', formatNote(shown))
	await keep('seen', formatNote(seen))
	return folder
}

function digestOf({ text }: Note): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
