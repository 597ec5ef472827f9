/** Whether tiles and leaves are those that the log's key has signed, at this size and at all before. */
import { GrowingTree } from '../../log/growing-tree.ts'
import { fullWidth, type StoredTile, tileAt, tilePath } from '../../log/tile.ts'
import { readBundle, readHashes, type TileReader } from '../../log/tile-reader.ts'
import { isSameHash, type TreeHead } from '../../log/tree-hash.ts'
import { CollectedFaults } from '../../platform/collected-faults.ts'
import { yieldToEventLoop } from '../../platform/process/yield-to-event-loop.ts'
import type { ArchiveFaults } from './archive-report.ts'

export interface TreeAudit {
	readonly faults: ArchiveFaults
	/** All leaves were there. */
	readonly isWhole: boolean
	/** The roots at the sizes that were asked for, as far as leaves were there. */
	readonly roots: ReadonlyMap<number, Uint8Array>
}

/** `take` gets each leaf in its turn; `sizes`: of which trees the roots are asked for. */
export async function auditTree(
	reader: TileReader,
	{ size, root }: TreeHead,
	sizes: ReadonlySet<number>,
	take: (leaf: number, bytes: Uint8Array) => Promise<void>,
	progress: (done: number, total: number) => void,
): Promise<TreeAudit> {
	const faults: ArchiveFaults = new CollectedFaults()
	const tree = GrowingTree.empty()
	const roots = new Map<number, Uint8Array>([[0, tree.root]])
	const yieldIfDue = yieldToEventLoop()
	for (let index = 0; index * fullWidth < size; index++) {
		const tile = tileAt('entries', index, size)
		if (tile === null) break
		const leaves = await readBundle(reader, tile)
		if (!leaves.ok) {
			const { code, detail } = leaves.fault
			faults.add({ code, path: tilePath(tile), detail })
			return { faults, isWhole: false, roots }
		}
		for (const leaf of leaves.value) {
			const at = tree.size
			const filled = tree.append(leaf)
			if (filled.ok) for (const hashes of filled.value) await compare(reader, hashes, faults)
			if (sizes.has(tree.size)) roots.set(tree.size, tree.root)
			await take(at, leaf)
			await yieldIfDue()
		}
		progress(tree.size, size)
	}
	for (const hashes of tree.partials()) await compare(reader, hashes, faults)
	if (!isSameHash(tree.root, root))
		faults.add({ code: 'root-differs', path: '', detail: 'the leaves are not those of the checkpoint' })
	return { faults, isWhole: true, roots }
}

/** A tile of hashes beside what its leaves give. */
async function compare(reader: TileReader, right: StoredTile, faults: ArchiveFaults): Promise<void> {
	if (right.level === 'entries') return
	const path = tilePath(right)
	const found = await readHashes(reader, right)
	if (!found.ok) faults.add({ code: found.fault.code, path, detail: found.fault.detail })
	else if (Buffer.compare(Buffer.concat(found.value), right.bytes) !== 0)
		faults.add({ code: 'tile-differs', path, detail: 'not the hashes of the leaves below it' })
}
