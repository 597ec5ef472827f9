/**
 * How an archive stands that is to be continued: its log read whole and held against what the log's key has signed. The
 * last checkpoint is kept beside the key too: a key never signs what does not extend it, whatever became of the archive.
 *
 * INVARIANT: what a checkpoint beside the key covers lies durably in the archive, with all that goes before `site`: a
 * publication that was cut off after it was signed is completed, never made anew.
 */
import { join } from 'node:path'
import { ArchiveFolder } from '../archive/archive-folder.ts'
import { checkpointFile, checkpointsFolder } from '../archive/layout.ts'
import { parseLeaf } from '../archive/leaf.ts'
import { lastCheckpointFile } from '../enrolment/log-identity.ts'
import type { VerifierKey } from '../evidence/keys/verifier-key.ts'
import { openCheckpoint } from '../log/checkpoint.ts'
import { GrowingTree } from '../log/growing-tree.ts'
import { LogFolder } from '../log/log-folder.ts'
import { fullWidth, tileAt } from '../log/tile.ts'
import { readBundle } from '../log/tile-reader.ts'
import { isSameHash, type TreeHead } from '../log/tree-hash.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { BroughtBy } from './brought-by.ts'
import { codeRead } from './named-tables.ts'

/**
 * `forked`: archive and key do not tell of one log. `archive-behind`: the key has signed more than the archive has.
 * `unreadable`: tiles or checkpoints that can't be read, or are not in form. `foreign-log`: the archive is of another key.
 * `no-last-checkpoint`, `last-checkpoint-behind`: nobody knows what this key has signed, as nothing lies beside it, or what
 * is older than what the archive shows.
 */
export type StandingFault = Fault<
	'forked' | 'archive-behind' | 'unreadable' | 'foreign-log' | 'no-last-checkpoint' | 'last-checkpoint-behind'
>

export interface Standing {
	readonly tree: GrowingTree
	/** Of every leaf, withheld ones too. */
	readonly ids: Set<string>
	/** By the id of an entry the acta code that its machine read. */
	readonly codes: Map<string, string>
	/** Its publications are told apart by the checkpoints that the archive keeps. */
	readonly broughtBy: BroughtBy
	/** Size of the checkpoint that the archive shows; null before the first. */
	readonly shownSize: number | null
	/** The tree has leaves that are signed and not shown yet, or the first checkpoint is not. */
	readonly isCutOff: boolean
}

/** `keyFolder` holds the log's key. */
export async function readStanding(
	archive: string,
	keyFolder: string,
	key: VerifierKey,
): Promise<Result<Standing, StandingFault>> {
	const shown = await headIn(archive, checkpointFile, key)
	if (!shown.ok) return shown
	const signed = await signedHead(keyFolder, key)
	if (!signed.ok) return signed
	const lastCheckpoint = join(keyFolder, lastCheckpointFile)
	if (signed.value === null) {
		return fail(
			'no-last-checkpoint',
			`${lastCheckpoint}: there is none, so nobody knows what this key has signed: bring it back from the backup, or from the newest copy of the archive (its file "checkpoint"); where no copy is left, begin another log`,
		)
	}
	if (shown.value !== null && shown.value.size > signed.value.size) {
		return fail(
			'last-checkpoint-behind',
			`${lastCheckpoint}: is an older one, of ${signed.value.size} leaves, and the archive shows ${shown.value.size}: bring the newest back, or the file "checkpoint" of the newest copy of the archive`,
		)
	}
	const heads = [...(shown.value === null ? [] : [shown.value]), signed.value]
	const size = Math.max(0, ...heads.map((head) => head.size))
	const read = await readLeaves(archive, size, heads)
	if (!read.ok) return read
	const shownSize = shown.value?.size ?? null
	return ok({ ...read.value, shownSize, isCutOff: shownSize !== size })
}

/** What the key has signed last; null where nothing is kept beside it. */
export function signedHead(
	keyFolder: string,
	key: VerifierKey,
): Promise<Result<TreeHead | null, StandingFault>> {
	return headIn(keyFolder, lastCheckpointFile, key)
}

async function headIn(
	folder: string,
	name: string,
	key: VerifierKey,
): Promise<Result<TreeHead | null, StandingFault>> {
	const bytes = await new LogFolder(folder).note(name)
	if (!bytes.ok) {
		return bytes.fault.code === 'file-missing' ? ok(null) : fail('unreadable', bytes.fault.detail)
	}
	const opened = openCheckpoint(bytes.value, key)
	if (opened.ok) return opened
	const { code, detail } = opened.fault
	const path = join(folder, name)
	return code === 'wrong-origin' || code === 'foreign-key'
		? fail(
				'foreign-log',
				`${path}: ${detail}: another key's log goes into another folder, and this one stays as it is`,
			)
		: fail('unreadable', `${path}: ${detail}`)
}

/** Every leaf is read and hashed: a tile that was damaged is never built upon. */
async function readLeaves(
	archive: string,
	size: number,
	heads: readonly TreeHead[],
): Promise<Result<Pick<Standing, 'tree' | 'ids' | 'codes' | 'broughtBy'>, StandingFault>> {
	const reader = new LogFolder(archive)
	const tree = GrowingTree.empty()
	const ids = new Set<string>()
	const codes = new Map<string, string>()
	const yieldIfDue = yieldToEventLoop()
	const roots = new Map<number, Uint8Array>([[0, tree.root]])
	const asked = new Set(heads.map((head) => head.size))
	const shown = new Set((await new ArchiveFolder(archive).names(checkpointsFolder)).map(Number))
	const broughtBy = new BroughtBy()
	let bringing = new Set<string>()
	for (let index = 0; index * fullWidth < size; index++) {
		const tile = tileAt('entries', index, size)
		if (tile === null) break
		const leaves = await readBundle(reader, tile)
		if (!leaves.ok) {
			const isGone = leaves.fault.code === 'tile-missing'
			const what = `the log's key has signed ${size} leaves: ${leaves.fault.detail}`
			return fail(
				isGone ? 'archive-behind' : 'unreadable',
				`${what}; bring the newest copy of the archive back, from a mirror if need be`,
			)
		}
		for (const leaf of leaves.value) {
			const device = noteLeaf(leaf, ids, codes)
			if (device !== null) bringing.add(device)
			tree.append(leaf)
			if (shown.has(tree.size) || asked.has(tree.size)) {
				broughtBy.note(bringing, tree.size)
				bringing = new Set()
			}
			if (asked.has(tree.size)) roots.set(tree.size, tree.root)
			await yieldIfDue()
		}
	}
	for (const head of heads) {
		const root = roots.get(head.size)
		if (root === undefined || !isSameHash(root, head.root)) {
			return fail(
				'forked',
				`the archive's ${head.size} leaves are not those that were signed; nothing may be published after them: bring the newest copies of the archive and of ${lastCheckpointFile} back`,
			)
		}
	}
	return ok({ tree, ids, codes, broughtBy })
}

/** Gives the device that signed it; null where none did. */
function noteLeaf(bytes: Uint8Array, ids: Set<string>, codes: Map<string, string>): string | null {
	const leaf = parseLeaf(bytes)
	if (!leaf.ok) return null
	const { kind, by, id, payload } =
		leaf.value.kind === 'withheld'
			? { ...leaf.value.withheld, kind: leaf.value.withheld.withheld, payload: null }
			: {
					kind: leaf.value.kind,
					by: leaf.value.jws.kid,
					id: leaf.value.jws.id,
					payload: leaf.value.jws.payload,
				}
	ids.add(id)
	const code = kind === 'entry' ? codeRead(payload) : null
	if (code !== null) codes.set(id, code)
	return kind === 'entry' || kind === 'head' ? by : null
}
