/**
 * The tree of a log and the files in which it lies (FORMAT.md, "The tree", "Tiles"): whether leaves and hashes are those
 * that the log's key has signed.
 */
import { concat, isSameBytes, sha256 } from './bytes.js'
import { codeOf, refuse } from './faults.js'

const fullWidth = 256
/** Bytes. */
const longestBundle = fullWidth * (2 + 65_535)
const hashLength = 32

export const leafHash = (leaf) => sha256(concat([0], leaf))
export const nodeHash = (left, right) => sha256(concat([1], left, right))

/** The root over hashes of equal subtrees, of which the last one may be smaller. */
async function rootOver(hashes) {
	let level = hashes
	while (level.length > 1) {
		const pairs = Array.from({ length: Math.ceil(level.length / 2) }, (_, at) =>
			level.slice(2 * at, 2 * at + 2),
		)
		level = await Promise.all(
			pairs.map(([left, right]) => (right === undefined ? left : nodeHash(left, right))),
		)
	}
	return level[0]
}

/** Three digits a folder: 1234067 is x001/x234/067. */
function tilePath(level, index, width) {
	let name = String(index % 1000).padStart(3, '0')
	for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
		name = `x${String(rest % 1000).padStart(3, '0')}/${name}`
	return `tile/${level}/${name}${width === fullWidth ? '' : `.p/${width}`}`
}

const form = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/

/** Whether it is spelled as one, and a tree of this size has a hash or leaf for it. */
export function isTilePath(path, size) {
	const [, level, digits, decimal] = form.exec(path) ?? []
	if (level === undefined) return false
	const [index, width] = [Number(digits.replaceAll(/[x/]/g, '')), Number(decimal ?? fullWidth)]
	const count = level === 'entries' ? size : Math.floor(size / fullWidth ** Number(level))
	const isSpelled = width <= fullWidth && tilePath(level, index, width) === path
	return isSpelled && index * fullWidth < count
}

/** A tree that grows by bundles. It holds of each level the hashes of the tile that is not full. */
class GrowingTree {
	size = 0
	/** By level, from 0; in level 0 the last bundle, where it is not full. */
	edge = [[]]

	/** The full tiles that it makes, as level, index and hashes. `hashes`: of the leaves of the next bundle. */
	async append(hashes) {
		const full = []
		this.size += hashes.length
		this.edge[0] = hashes
		for (let level = 0; this.edge[level].length === fullWidth; level++) {
			full.push({ level, index: this.size / fullWidth ** (level + 1) - 1, hashes: this.edge[level] })
			this.edge[level + 1] ??= []
			this.edge[level + 1].push(await rootOver(this.edge[level]))
			this.edge[level] = []
		}
		return full
	}

	partials() {
		return this.edge.flatMap((hashes, level) =>
			hashes.length === 0 ? [] : [{ level, index: Math.floor(this.size / fullWidth ** (level + 1)), hashes }],
		)
	}

	/** The root of what it holds and these `leaves` more, fewer than a bundle. */
	async rootWith(leaves) {
		let below = leaves
		for (const hashes of [[], ...this.edge.slice(1)]) {
			const level = [...hashes, ...below]
			below = level.length === 0 ? [] : [await rootOver(level)]
		}
		return below[0] ?? sha256(new Uint8Array())
	}
}

/** The file of this width, else the full one, else the next wider. */
async function findTile(archive, level, index, width) {
	const cap = level === 'entries' ? longestBundle : fullWidth * hashLength
	const wider = Array.from({ length: Math.max(0, fullWidth - width - 1) }, (_, more) => width + 1 + more)
	for (const found of new Set([width, fullWidth, ...wider])) {
		try {
			return { found, bytes: await archive.read(tilePath(level, index, found), cap) }
		} catch (error) {
			const code = codeOf(error)
			if (code !== 'file-missing') refuse(code === 'too-large' ? 'bad-tile' : 'tile-unreadable')
		}
	}
	return refuse('tile-missing')
}

async function hashesAt(archive, level, index, width) {
	const { found, bytes } = await findTile(archive, level, index, width)
	return bytes.length === found * hashLength ? bytes.subarray(0, width * hashLength) : refuse('bad-tile')
}

async function leavesAt(archive, index, width) {
	const { found, bytes } = await findTile(archive, 'entries', index, width)
	const leaves = []
	for (let at = 0; at < bytes.length; ) {
		const end = at + 2 + bytes[at] * 256 + bytes[at + 1]
		if (leaves.length === found || !(end <= bytes.length)) refuse('bad-tile')
		leaves.push(bytes.subarray(at + 2, end))
		at = end
	}
	return leaves.length === found ? leaves.slice(0, width) : refuse('bad-tile')
}

/**
 * Gives `take` each bundle in its turn: the number of its first leaf, and its leaves. Whether all were there, and the roots
 * at the `sizes` that were asked for, as far as leaves were there.
 */
export async function checkTree(archive, { size, root }, sizes, { take, faults, progress }) {
	const tree = new GrowingTree()
	const roots = new Map([[0, await tree.rootWith([])]])
	const compare = async ({ level, index, hashes }) => {
		try {
			const shown = await hashesAt(archive, level, index, hashes.length)
			if (!isSameBytes(shown, concat(...hashes))) refuse('tile-differs')
		} catch (error) {
			faults.add(codeOf(error), { path: tilePath(level, index, hashes.length) })
		}
	}
	while (tree.size < size) {
		const first = tree.size
		const [index, width] = [first / fullWidth, Math.min(fullWidth, size - first)]
		let leaves
		try {
			leaves = await leavesAt(archive, index, width)
		} catch (error) {
			faults.add(codeOf(error), { path: tilePath('entries', index, width) })
			return { isThere: false, roots }
		}
		const hashes = await Promise.all(leaves.map(leafHash))
		for (const one of sizes)
			if (first < one && one < first + width)
				roots.set(one, await tree.rootWith(hashes.slice(0, one - first)))
		for (const tile of await tree.append(hashes)) await compare(tile)
		roots.set(tree.size, await tree.rootWith(tree.edge[0]))
		await take(first, leaves)
		progress(tree.size / size)
	}
	for (const tile of tree.partials()) await compare(tile)
	if (!isSameBytes(roots.get(size), root)) faults.add('root-differs', { path: '' })
	return { isThere: true, roots }
}
