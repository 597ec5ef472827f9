/** Hashes, tiles, growing and proofs: against the vectors of Certificate Transparency and RFC 6962's own recursion. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatBundle, parseBundle } from '#src/log/bundle.js'
import { GrowingTree } from '#src/log/growing-tree.js'
import { rootAt } from '#src/log/right-edge.js'
import { parseTilePath, type StoredTile, type Tile, tilePath, tilesOf } from '#src/log/tile.js'
import { readBundle, readHashes } from '#src/log/tile-reader.js'
import { emptyRoot, leafHash, nodeHash } from '#src/log/tree-hash.js'
import { proveConsistency, proveInclusion } from '#src/log/tree-proofs.js'
import { verifyConsistency, verifyInclusion } from '#src/log/verify-proof.js'
import { codeOf, gotten } from '../support/result.ts'
import { numberedLeaf, numberedTree, TilesInMemory } from './tiles-in-memory.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** Of certificate-transparency (`merkle_tree_test`, `reference`), which everybody's tests have. */
const published = {
	leaves: [
		'',
		'00',
		'10',
		'2021',
		'3031',
		'40414243',
		'5051525354555657',
		'606162636465666768696a6b6c6d6e6f',
	],
	roots: [
		'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
		'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
		'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
		'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
		'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
		'4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
		'76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
		'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
		'5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
	],
	inclusion: [
		[0, 1, []],
		[
			...[0, 8],
			[
				'96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
				'5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
				'6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
			],
		],
		[
			...[5, 8],
			[
				'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
				'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
				'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
			],
		],
		[2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
		[
			...[1, 5],
			[
				'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
				'5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
				'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
			],
		],
	] as [number, number, string[]][],
	consistency: [
		[1, 1, []],
		[
			...[1, 8],
			[
				'96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
				'5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
				'6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
			],
		],
		[
			...[6, 8],
			[
				'0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
				'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
				'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
			],
		],
		[
			...[2, 5],
			[
				'5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
				'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
			],
		],
	] as [number, number, string[]][],
}

test('the published roots and proofs come out, and verify', async () => {
	const leaves = published.leaves.map((leaf) => Buffer.from(leaf, 'hex'))
	const { tiles } = numberedTree(8, (number) => leaves[number] ?? Buffer.alloc(0))
	const head = (size: number) => ({ size, root: Buffer.from(published.roots[size] ?? '', 'hex') })
	for (const [size, root] of published.roots.entries())
		expect(hex(gotten(await rootAt(tiles, size)))).toBe(root)
	for (const [index, size, proof] of published.inclusion) {
		expect(gotten(await proveInclusion(tiles, index, size)).map(hex)).toEqual(proof)
		const hashes = proof.map((hash) => Buffer.from(hash, 'hex'))
		const leaf = leafHash(leaves[index] ?? Buffer.alloc(1))
		expect(codeOf(verifyInclusion(head(size), index, leaf, hashes))).toBe('ok')
	}
	for (const [older, newer, proof] of published.consistency) {
		expect(gotten(await proveConsistency(tiles, older, newer)).map(hex)).toEqual(proof)
		const hashes = proof.map((hash) => Buffer.from(hash, 'hex'))
		expect(codeOf(verifyConsistency(head(older), head(newer), hashes))).toBe('ok')
	}
})

/** RFC 6962, section 2.1, to the letter: MTH, PATH and PROOF over numbered leaves. */
class Recursion {
	readonly #known = new Map<number, Buffer>()

	root(first: number, end: number): Buffer {
		if (first === end) return createHash('sha256').digest()
		const key = first * 1_000 + end
		const known = this.#known.get(key)
		if (known !== undefined) return known
		const half = first + halfOf(end - first)
		const root =
			end - first === 1
				? createHash('sha256').update('\0').update(numberedLeaf(first)).digest()
				: createHash('sha256')
						.update('\x01')
						.update(this.root(first, half))
						.update(this.root(half, end))
						.digest()
		this.#known.set(key, root)
		return root
	}

	path(index: number, first: number, end: number): Buffer[] {
		if (end - first === 1) return []
		const half = first + halfOf(end - first)
		return index < half
			? [...this.path(index, first, half), this.root(half, end)]
			: [...this.path(index, half, end), this.root(first, half)]
	}

	proof(older: number, first: number, end: number, whole: boolean): Buffer[] {
		if (older === end) return whole ? [] : [this.root(first, end)]
		const half = first + halfOf(end - first)
		return older <= half
			? [...this.proof(older, first, half, whole), this.root(half, end)]
			: [...this.proof(older, half, end, false), this.root(first, half)]
	}
}

function halfOf(count: number): number {
	return 2 ** Math.ceil(Math.log2(count) - 1)
}

const most = 600
const recursion = new Recursion()
const head = (size: number) => ({ size, root: recursion.root(0, size) })

test('trees of 0 to 600 leaves have the roots and the proofs of the recursion, from tiles of a later size too', async () => {
	const { tiles } = numberedTree(most)
	const tree = GrowingTree.empty()
	for (let size = 0; size <= most; size++) {
		expect(hex(tree.root)).toBe(hex(recursion.root(0, size)))
		expect(hex(gotten(await rootAt(tiles, size)))).toBe(hex(tree.root))
		const some = size % 8 === 0 ? [0, size - 1] : []
		for (const index of size === 0 ? [] : new Set([(size * 7 + 3) % size, ...some])) {
			const proof = gotten(await proveInclusion(tiles, index, size))
			expect(proof.map(hex)).toEqual(recursion.path(index, 0, size).map(hex))
			expect(codeOf(verifyInclusion(head(size), index, leafHash(numberedLeaf(index)), proof))).toBe('ok')
		}
		for (const older of size === 0 ? [] : new Set([(size * 5 + 2) % size, ...some.map((at) => at + 1)])) {
			const proof = gotten(await proveConsistency(tiles, older, size))
			expect(proof.map(hex)).toEqual(older === 0 ? [] : recursion.proof(older, 0, size, true).map(hex))
			expect(codeOf(verifyConsistency(head(older), head(size), proof))).toBe('ok')
		}
		gotten(tree.append(numberedLeaf(size)))
	}
})

const sizes = fc.integer({ min: 1, max: most })

test('a proof in which one bit is another, or which is longer or shorter, verifies nothing', () => {
	const flipped = (bytes: Uint8Array, bit: number) => {
		const other = Buffer.from(bytes)
		other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7))
		return other
	}
	const some = fc.tuple(sizes, fc.nat(), fc.nat(), fc.nat({ max: 255 }))
	fc.assert(
		fc.property(some, ([size, chosen, where, bit]) => {
			const index = chosen % size
			const leaf = leafHash(numberedLeaf(index))
			const { root } = head(size)
			const proof = recursion.path(index, 0, size)
			const with_ = (hashes: readonly Uint8Array[], at = index, of = leaf, whole: Uint8Array = root) =>
				codeOf(verifyInclusion({ size, root: whole }, at, of, hashes))
			const at = where % (proof.length || 1)
			expect(with_(proof)).toBe('ok')
			if (proof.length > 0)
				expect(with_(proof.map((hash, n) => (n === at ? flipped(hash, bit) : hash)))).toBe('not-included')
			expect(with_(proof, index, flipped(leaf, bit))).toBe('not-included')
			expect(with_(proof, index, leaf, flipped(root, bit))).toBe('not-included')
			expect(with_(proof, index ^ (1 << (bit % 12)))).toBe('not-included')
			expect(with_([...proof, leaf])).toBe('not-included')
			if (proof.length > 0) expect(with_(proof.slice(1))).toBe('not-included')

			const older = head(1 + (chosen % size))
			const going = recursion.proof(older.size, 0, size, true)
			const on = (hashes: readonly Uint8Array[], from = older, to = head(size)) =>
				codeOf(verifyConsistency(from, to, hashes))
			expect(on(going)).toBe('ok')
			const differs = older.size === size ? 'forked' : 'not-consistent'
			expect(on(going, { ...older, root: flipped(older.root, bit) })).toBe(differs)
			expect(on(going, older, { size, root: flipped(root, bit) })).toBe(differs)
			const spot = where % (going.length || 1)
			if (going.length > 0)
				expect(on(going.map((hash, n) => (n === spot ? flipped(hash, bit) : hash)))).toBe('not-consistent')
			expect(on([...going, leaf])).toBe('not-consistent')
			if (going.length > 0) expect(on(going.slice(1))).toBe('not-consistent')
		}),
		{ numRuns: 600 },
	)
})

test('what is no tree and no proof has its codes', async () => {
	const { tiles } = numberedTree(5)
	expect(codeOf(await proveInclusion(tiles, 5, 5))).toBe('not-in-tree')
	expect(codeOf(await proveInclusion(tiles, -1, 5))).toBe('not-in-tree')
	expect(codeOf(await proveConsistency(tiles, 6, 5))).toBe('not-in-tree')
	expect(codeOf(verifyInclusion(head(5), 5, leafHash(numberedLeaf(5)), []))).toBe('not-included')
	expect(codeOf(verifyInclusion(head(5), 0.5, leafHash(numberedLeaf(0)), []))).toBe('not-included')
	expect(codeOf(verifyInclusion(head(2), 0, leafHash(numberedLeaf(0)), [Buffer.alloc(31)]))).toBe(
		'not-included',
	)
	expect(codeOf(verifyConsistency(head(5), head(4), []))).toBe('shrunk')
	expect(codeOf(verifyConsistency(head(5), { ...head(5), root: emptyRoot() }, []))).toBe('forked')
	expect(codeOf(verifyConsistency(head(0), head(4), []))).toBe('ok')
	expect(codeOf(verifyConsistency({ size: 0, root: head(1).root }, head(4), []))).toBe('not-consistent')
	expect(codeOf(verifyConsistency(head(0), head(4), [emptyRoot()]))).toBe('not-consistent')
	expect(codeOf(verifyConsistency(head(3), head(4), [Buffer.alloc(33)]))).toBe('not-consistent')
})

test('a tree goes on from its tiles at any size as if it had never stopped, and reads its right edge alone', async () => {
	const { tiles: whole } = numberedTree(most)
	const stops = fc
		.uniqueArray(fc.nat({ max: most }), { maxLength: 6 })
		.map((sizes) => sizes.sort((a, b) => a - b))
	await fc.assert(
		fc.asyncProperty(stops, async (at) => {
			const tiles = new TilesInMemory()
			let tree = GrowingTree.empty()
			for (const size of [...at, most]) {
				tiles.asked.length = 0
				tree = gotten(await GrowingTree.open(tiles, tree.head))
				expect(tiles.asked.length).toBeLessThanOrEqual(4)
				while (tree.size < size) tiles.keep(gotten(tree.append(numberedLeaf(tree.size))))
				tiles.keep(tree.partials())
			}
			for (const [path, { bytes }] of whole.files)
				expect(hex(tiles.files.get(path)?.bytes ?? Buffer.alloc(0))).toBe(hex(bytes))
		}),
		{ numRuns: 15 },
	)
})

test('tiles of another tree, altered or missing ones are not gone on with', async () => {
	const { tiles, tree } = numberedTree(300)
	const altered = (path: string, at: number) => {
		const other = new TilesInMemory()
		other.keep([...tiles.files.values()])
		const tile = tiles.files.get(path)
		if (tile === undefined) throw new Error(path)
		const bytes = Buffer.from(tile.bytes)
		bytes[at] = (bytes[at] ?? 0) ^ 1
		other.files.set(path, { ...tile, bytes })
		return other
	}
	expect(codeOf(await GrowingTree.open(tiles, tree.head))).toBe('ok')
	expect(codeOf(await GrowingTree.open(tiles, { ...tree.head, root: emptyRoot() }))).toBe('root-differs')
	expect(codeOf(await GrowingTree.open(altered('tile/0/001.p/44', 0), tree.head))).toBe('root-differs')
	expect(codeOf(await GrowingTree.open(altered('tile/1/000.p/1', 31), tree.head))).toBe('root-differs')
	expect(codeOf(await GrowingTree.open(altered('tile/entries/001.p/44', 5), tree.head))).toBe('root-differs')
	expect(codeOf(await GrowingTree.open(altered('tile/entries/001.p/44', 1), tree.head))).toBe('bad-tile')
	// What is not at the edge shows in proofs alone.
	const deep = altered('tile/0/000', 32)
	expect(hex(gotten(await rootAt(deep, 300)))).toBe(hex(tree.root))
	const proof = gotten(await proveInclusion(deep, 0, 300))
	expect(codeOf(verifyInclusion(tree.head, 0, leafHash(numberedLeaf(0)), proof))).toBe('not-included')
	tiles.files.delete('tile/1/000.p/1')
	expect(codeOf(await GrowingTree.open(tiles, tree.head))).toBe('tile-missing')
})

test('the tiles of a size are those that the specification names', () => {
	const paths = (size: number, since?: number) => [...tilesOf(size, since)].map(tilePath)
	expect(paths(0)).toEqual([])
	expect(paths(256)).toEqual(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1'])
	// Its own example: 273 full tiles of level 0 and one of 112, one full and one of 17, and one of width 1.
	const large = paths(70_000).filter((path) => !path.startsWith('tile/entries/'))
	expect(large.filter((path) => path.startsWith('tile/0/'))).toHaveLength(274)
	expect(large.filter((path) => path.includes('.p/') || !path.startsWith('tile/0/'))).toEqual([
		...['tile/0/273.p/112', 'tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1'],
	])
	expect(paths(513, 300)).toEqual([
		...['tile/entries/001', 'tile/entries/002.p/1', 'tile/0/001', 'tile/0/002.p/1', 'tile/1/000.p/2'],
	])
	expect(paths(301, 300)).toEqual(['tile/entries/001.p/45', 'tile/0/001.p/45'])
	expect(paths(300, 300)).toEqual([])
})

test('what a growing tree gives to write is what a size has', () => {
	fc.assert(
		fc.property(fc.nat({ max: most }), fc.nat({ max: most }), (one, other) => {
			const [since, size] = [Math.min(one, other), Math.max(one, other)]
			const { tree } = numberedTree(since)
			const written: StoredTile[] = []
			while (tree.size < size) written.push(...gotten(tree.append(numberedLeaf(tree.size))))
			const partials = tree.partials().map(tilePath)
			const named = [...tilesOf(size, since)].map(tilePath)
			const all = [...written.map(tilePath), ...partials]
			// A partial tile of an earlier size that has not grown since is given again.
			expect(all.filter((path) => named.includes(path)).toSorted()).toEqual(named.toSorted())
			expect(all.filter((path) => !named.includes(path)).every((path) => path.includes('.p/'))).toBe(true)
		}),
		{ numRuns: 40 },
	)
})

test('a leaf of 65,535 bytes is held, and none longer', async () => {
	const tree = GrowingTree.empty()
	expect(codeOf(tree.append(Buffer.alloc(65_536)))).toBe('leaf-too-long')
	expect(tree.size).toBe(0)
	gotten(tree.append(Buffer.alloc(65_535, 'x')))
	gotten(tree.append(Buffer.alloc(0)))
	const tiles = new TilesInMemory()
	tiles.keep(tree.partials())
	const leaves = gotten(await readBundle(tiles, { level: 'entries', index: 0, width: 2 }))
	expect(leaves.map((leaf) => leaf.length)).toEqual([65_535, 0])
	expect(hex(tree.root)).toBe(hex(nodeHash(leafHash(Buffer.alloc(65_535, 'x')), leafHash(Buffer.alloc(0)))))
})

test('bundles are read as they are written, and nothing else is one', () => {
	const leaves = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 })
	fc.assert(
		fc.property(leaves, (written) => {
			const bytes = formatBundle(written)
			expect(gotten(parseBundle(bytes, written.length)).map(hex)).toEqual(written.map(hex))
			expect(codeOf(parseBundle(bytes, written.length + 1))).toBe('bad-tile')
			if (written.length > 0) expect(codeOf(parseBundle(bytes, written.length - 1))).toBe('bad-tile')
			const last = written.at(-1)
			if (last !== undefined && last.length > 0)
				expect(codeOf(parseBundle(bytes.subarray(0, -1), written.length))).toBe('bad-tile')
			expect(codeOf(parseBundle(Buffer.concat([bytes, Buffer.of(0)]), written.length + 1))).toBe('bad-tile')
		}),
		{ numRuns: 50 },
	)
})

test('a tile is taken where it is wider, and refused where it is narrower or no row of hashes', async () => {
	const as = (width: number, bytes: Uint8Array) => ({
		read: async (tile: Tile) => ({ ok: true, value: { ...tile, width, bytes } }) as const,
	})
	const tile = { level: 0, index: 0, width: 3 }
	const hashes = (count: number) => Buffer.alloc(count * 32, 7)
	expect(gotten(await readHashes(as(256, hashes(256)), tile))).toHaveLength(3)
	expect(codeOf(await readHashes(as(2, hashes(2)), tile))).toBe('bad-tile')
	expect(codeOf(await readHashes(as(4, hashes(3)), tile))).toBe('bad-tile')
	expect(codeOf(await readHashes(as(3, hashes(3).subarray(1)), tile))).toBe('bad-tile')
	const bundle = { level: 'entries', index: 0, width: 2 } as const
	const leaves = formatBundle([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')])
	expect(gotten(await readBundle(as(3, leaves), bundle)).map(String)).toEqual(['a', 'b'])
	expect(codeOf(await readBundle(as(1, leaves), bundle))).toBe('bad-tile')
	expect(codeOf(await readBundle(as(2, leaves), bundle))).toBe('bad-tile')
})

test('a path of a tile is spelled in one way', () => {
	expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067')
	const tiles = fc.record({
		level: fc.oneof(fc.constant('entries' as const), fc.nat({ max: 63 })),
		index: fc.oneof(fc.nat({ max: 3_000 }), fc.maxSafeNat()),
		width: fc.integer({ min: 1, max: 256 }),
	})
	fc.assert(fc.property(tiles, (tile) => void expect(gotten(parseTilePath(tilePath(tile)))).toEqual(tile)))
	for (const path of [
		...[
			'',
			'tile',
			'tile/0',
			'tile/0/0',
			'tile/0/00',
			'tile/0/0000',
			'tile/00/000',
			'tile/64/000',
			'tile/-1/000',
		],
		...[
			'tile/0/000.p/0',
			'tile/0/000.p/256',
			'tile/0/000.p/01',
			'tile/0/000.p/',
			'tile/0/000/',
			'/tile/0/000',
		],
		...['tile/0/x000/001', 'tile/0/001/001', 'tile/0/x001', 'tile/8/0/000', 'tile/data/000', 'tile/0/000\n'],
		...['tile/0/x009/x999/x999/x999/x999/999', 'TILE/0/000', 'tile/0/../000', 'tile/0/٠٠٠'],
	])
		expect(codeOf(parseTilePath(path)), path).toBe('not-a-tile-path')
})
