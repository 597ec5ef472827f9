/** Leaves a second that a log's tree takes, with its tiles and bundles, beside Go's own, and what a proof costs. */
import { createHash } from 'node:crypto'
import { GrowingTree } from '#src/log/growing-tree.js'
import { type StoredTile, type Tile, tilePath } from '#src/log/tile.js'
import type { TileReader } from '#src/log/tile-reader.js'
import { leafHash } from '#src/log/tree-hash.js'
import { proveConsistency, proveInclusion } from '#src/log/tree-proofs.js'
import { verifyConsistency, verifyInclusion } from '#src/log/verify-proof.js'
import { Random } from '#src/simulator/random.js'
import { GoLogPeer, withoutGo } from '../support/go-log-peer.ts'
import { gotten } from '../support/result.ts'
import type { Bench } from './part.ts'
import { type Cell, spreadOf, type Table } from './table.ts'

/** Bytes: an entry's JWS. */
const leafLength = 1_200

export async function benchLog({ directory, short, say }: Bench): Promise<Table[]> {
	const counts = short ? [3_000] : [30_000, 600_000]
	const peer = withoutGo === null ? await GoLogPeer.build(directory) : null
	const rows: Cell[][] = []
	const tables: Table[] = []
	for (const count of counts) {
		say(`${count} leaves`)
		const bare = bareHashes(count)
		const theirs = peer === null ? null : await builtByGo(peer, count)
		const { seconds, tree, tiles } = build(count)
		if (theirs !== null && theirs.root !== Buffer.from(tree.root).toString('base64'))
			throw new Error('Go has another root')
		const own = count / seconds
		const beside = theirs === null ? null : count / theirs.seconds
		rows.push([count, own, beside, beside === null ? null : own / beside, bare, own / bare])
		if (count === counts.at(-1)) tables.push(await proofs(tiles, tree, short ? 50 : 1_000))
	}
	const notes = [
		"Go's keeps all hashes of the tree in memory, ours the right edge; both give the bytes of tiles and bundles.",
		'Bare: node:crypto over the same leaves, and once more 65 bytes for each.',
		...(withoutGo === null ? [] : [`Go: ${withoutGo}.`]),
	]
	const title = `A tree of leaves of ${leafLength} bytes, a second, one core`
	const columns = ['leaves', 'ours', "Go's tlog", 'ratio', 'bare SHA-256', 'ratio']
	return [{ title, columns, rows, notes }, ...tables]
}

function leafOf(number: number): Buffer {
	const leaf = Buffer.alloc(leafLength)
	leaf.writeBigUInt64BE(BigInt(number))
	return leaf
}

/** Hash tiles are kept for the proofs; bundles are counted and let go. */
class HashTiles implements TileReader {
	readonly #tiles = new Map<string, StoredTile>()

	keep(tiles: readonly StoredTile[]): void {
		for (const tile of tiles) if (tile.level !== 'entries') this.#tiles.set(tilePath(tile), tile)
	}

	async read(tile: Tile) {
		const found = this.#tiles.get(tilePath(tile)) ?? this.#tiles.get(tilePath({ ...tile, width: 256 }))
		if (found === undefined) throw new Error(tilePath(tile))
		return { ok: true, value: found } as const
	}
}

function build(count: number) {
	const tiles = new HashTiles()
	const begun = performance.now()
	const tree = GrowingTree.empty()
	for (let number = 0; number < count; number++) tiles.keep(gotten(tree.append(leafOf(number))))
	tiles.keep(tree.partials())
	const seconds = (performance.now() - begun) / 1_000
	return { seconds, tree, tiles }
}

async function builtByGo(peer: GoLogPeer, count: number) {
	const { given } = await peer.one({ do: 'build', count, length: leafLength })
	return given as { readonly seconds: number; readonly root: string }
}

/** Leaves a second of nothing but the hashes of a tree. */
function bareHashes(count: number): number {
	const node = Buffer.alloc(65)
	const begun = performance.now()
	for (let number = 0; number < count; number++) {
		createHash('sha256').update(leafOf(number)).digest()
		createHash('sha256').update(node).digest()
	}
	return count / ((performance.now() - begun) / 1_000)
}

async function proofs(tiles: HashTiles, tree: GrowingTree, rounds: number): Promise<Table> {
	const random = new Random('proofs')
	const [made, verified, on]: [number[], number[], number[]] = [[], [], []]
	const { head } = tree
	for (let round = 0; round < rounds; round++) {
		const index = random.whole(0, head.size - 1)
		const begun = performance.now()
		const proof = gotten(await proveInclusion(tiles, index, head.size))
		made.push(performance.now() - begun)
		const again = performance.now()
		gotten(verifyInclusion(head, index, leafHash(leafOf(index)), proof))
		verified.push(performance.now() - again)
		const older = random.whole(1, head.size - 1)
		const last = performance.now()
		const consistency = gotten(await proveConsistency(tiles, older, head.size))
		on.push(performance.now() - last)
		const { ok } = verifyConsistency({ size: older, root: head.root }, head, consistency)
		if (ok) throw new Error('another root was taken')
	}
	const row = (name: string, values: readonly number[]): Cell[] => {
		const { median, p95 } = spreadOf(values)
		return [name, median, p95]
	}
	return {
		title: `Proofs in a tree of ${head.size} leaves, tiles in memory`,
		columns: ['', 'ms, median', 'p95'],
		rows: [
			row('an inclusion proof made', made),
			row('verified, the leaf hashed', verified),
			row('a consistency proof made', on),
		],
	}
}
