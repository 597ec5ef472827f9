/**
 * What of somebody's own evidence is in a public log. Where the centre has promised to publish by a time, and a newer
 * checkpoint lacks it, its receipt is proof; it tells seconds, and is for auditors alone.
 */

import type { ArchivedFiles } from '../archive/archive-folder.ts'
import { readArchivedWords } from '../archive/check/words-audit.ts'
import { checkpointFile, latestFeedFile } from '../archive/layout.ts'
import { idOf, parseLeaf } from '../archive/leaf.ts'
import { leavesOf } from '../archive/leaf-records.ts'
import { logKey, witnessKeys } from '../evidence/authority/campaign.ts'
import { kindOfText, parseJws } from '../evidence/jws.ts'
import { answersOf, openReceipt } from '../evidence/receipt.ts'
import { openCheckpoint } from '../log/checkpoint.ts'
import { GrowingTree } from '../log/growing-tree.ts'
import { longestNote } from '../log/note.ts'
import { isSameHash } from '../log/tree-hash.ts'
import { witnessing } from '../log/witnesses.ts'
import { instant } from '../platform/clock.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { parseJson } from '../platform/strict-json.ts'

/**
 * `held`: the centre says that it has it, and it is not published yet. `overdue`: its promise is over. `absent`: no
 * receipt says that the centre has it.
 */
type InclusionState = 'in' | 'held' | 'overdue' | 'absent'

export interface IncludedObject {
	readonly kind: string
	readonly by: string
	readonly seq: number | null
	readonly id: string
	readonly state: InclusionState
	/** Its number; null where it is not in. */
	readonly leaf: number | null
	/** It is in the log by its place alone. */
	readonly isWithheld: boolean
	/** RFC 3339: the earliest promise. */
	readonly publishBy: string | null
}

export interface Inclusion {
	readonly origin: string
	readonly size: number
	/** RFC 3339: as new is what the archive shows; null where nothing tells. */
	readonly asOf: string | null
	readonly objects: readonly IncludedObject[]
	/** Receipts that were found. */
	readonly receipts: number
	/** Receipts that no centre signed that the authority lists. */
	readonly uncounted: number
}

/** `texts`: entries, heads, transcriptions, rulings and receipts, one each; others are left out. */
export async function findIncluded(
	archive: ArchivedFiles,
	texts: AsyncIterable<string>,
): Promise<Result<Inclusion, Fault>> {
	const words = await readArchivedWords(archive)
	if (!words.ok) return words
	const { campaigns, devices } = words.value
	const newest = campaigns.newest
	if (newest === null) return fail('no-campaign', `${archive.folder}: no campaign object`)
	const note = await archive.read(checkpointFile, longestNote)
	if (!note.ok) return note
	const checkpoint = openCheckpoint(note.value, logKey(newest.said), witnessKeys(newest.said))
	if (!checkpoint.ok) return checkpoint
	const { origin, size, root, cosignatures } = checkpoint.value
	const leaves = await leavesById(archive, size)
	if (!isSameHash(leaves.root, root))
		return fail('root-differs', `${archive.folder}: its leaves are not those of its checkpoint`)
	const own = new Map<string, Pick<IncludedObject, 'kind' | 'by' | 'seq' | 'id'>>()
	const promises = new Map<string, string | null>()
	let [receipts, uncounted] = [0, 0]
	for await (const text of texts) {
		const kind = kindOfText(text)
		if (kind === 'receipt') {
			receipts++
			const parsed = parseJws(text, kind)
			const centre = parsed.ok ? devices.authority?.centres.counted(parsed.value.kid) : undefined
			const receipt = centre?.ok === true ? openReceipt(text, centre.value) : null
			if (receipt?.ok !== true) uncounted++
			else {
				const { publishBy = null } = receipt.value.receipt
				for (const { entry, status } of answersOf(receipt.value.receipt)) {
					if (status === 'rejected') continue
					promises.set(entry, earlier(promises.get(entry) ?? null, publishBy))
				}
			}
		} else if (kind === 'entry' || kind === 'head' || kind === 'transcription' || kind === 'ruling') {
			const parsed = parseJws(text, kind)
			if (!parsed.ok) continue
			const { id, kid, payload } = parsed.value
			const { seq } = (payload ?? {}) as { readonly seq?: unknown }
			own.set(id, { kind, by: kid, seq: typeof seq === 'number' ? seq : null, id })
		}
	}
	const asOf = later(await timeOf(archive), witnessing(cosignatures, 0).newestSeconds)
	const objects = [...own.values()].map((one): IncludedObject => {
		const leaf = leaves.byId.get(one.id)
		const publishBy = promises.get(one.id) ?? null
		const isOverdue = publishBy !== null && asOf !== null && publishBy < asOf
		const state = leaf !== undefined ? 'in' : isOverdue ? 'overdue' : promises.has(one.id) ? 'held' : 'absent'
		return { ...one, state, leaf: leaf?.number ?? null, isWithheld: leaf?.isWithheld === true, publishBy }
	})
	return ok({ origin, size, asOf, objects, receipts, uncounted })
}

interface NumberedLeaf {
	readonly number: number
	readonly isWithheld: boolean
}

async function leavesById(archive: ArchivedFiles, size: number) {
	const tree = GrowingTree.empty()
	const byId = new Map<string, NumberedLeaf>()
	for await (const { leaf, bytes } of leavesOf(archive.tiles, size)) {
		tree.append(bytes)
		const parsed = parseLeaf(bytes)
		if (!parsed.ok) continue
		const isWithheld = parsed.value.kind === 'withheld'
		const id = idOf(parsed.value)
		if (!byId.has(id)) byId.set(id, { number: leaf, isWithheld })
	}
	return { byId, root: tree.root }
}

/** Of the newest publication. */
async function timeOf(archive: ArchivedFiles): Promise<string | null> {
	const record = await archive.read(latestFeedFile)
	const json = record.ok ? parseJson(record.value) : null
	const { time } = (json?.ok === true ? json.value : {}) as { readonly time?: unknown }
	return typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? instant(Date.parse(time)) : null
}

function later(time: string | null, seconds: number | null): string | null {
	const witnessed = seconds === null || seconds > latestSeconds ? null : instant(seconds * 1000)
	return (time ?? '') > (witnessed ?? '') ? time : witnessed
}

function earlier(one: string | null, other: string | null): string | null {
	if (one === null || other === null) return one ?? other
	return one < other ? one : other
}

/** Of the year 9999: no instant is later. */
const latestSeconds = 253_370_764_800
