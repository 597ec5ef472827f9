/**
 * Logs that we write, read by Go's sumdb, which shares no line with ours; logs that it makes, read by ours; and what is
 * altered, judged by both.
 */
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatVerifierKey, parseVerifierKey } from '#src/evidence/keys/verifier-key.js'
import { openCheckpoint, parseCheckpoint, signCheckpoint } from '#src/log/checkpoint.js'
import { cosign } from '#src/log/cosignature.js'
import { GrowingTree } from '#src/log/growing-tree.js'
import { LogFolder } from '#src/log/log-folder.js'
import { formatNote, openNote, parseNote } from '#src/log/note.js'
import { logSigner, signNote, witnessSigner } from '#src/log/signing.js'
import { type StoredTile, tilePath } from '#src/log/tile.js'
import { formatTlogProof } from '#src/log/tlog-proof.js'
import { leafHash, type TreeHead } from '#src/log/tree-hash.js'
import { proveConsistency, proveInclusion } from '#src/log/tree-proofs.js'
import { verifyConsistency, verifyInclusion } from '#src/log/verify-proof.js'
import { Random } from '#src/simulator/random.js'
import { GoLogPeer, type Question, withoutGo } from '../../support/go-log-peer.ts'
import { gotten } from '../../support/result.ts'
import { temporaryFolderOf } from '../../support/temporary-folder.ts'

/** 24,533: a table of 2024 each, and the campaign object. */
const sizes = [0, 1, 255, 256, 257, 24_533, 65_536] as const
const largest = sizes[6]
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const numbered = (number: number) => Buffer.from(`leaf ${number}`)
const newKey = () => generateKeyPairSync('ed25519').privateKey

describe.skipIf(withoutGo !== null)(`beside Go's sumdb ${withoutGo ?? ''}`, () => {
	const log = logSigner('log.example.org/actas', newKey())
	const witness = witnessSigner('witness.example.org', newKey())
	const heads = new Map<number, TreeHead>()
	const key = formatVerifierKey(log.key)
	const others = [formatVerifierKey(witness.key)]
	let peer: GoLogPeer
	let folder: string
	let tiles: LogFolder
	const clear: (() => Promise<void>)[] = []

	beforeAll(async () => {
		folder = await temporaryFolderOf((then) => clear.push(then))
		peer = await GoLogPeer.build(await temporaryFolderOf((then) => clear.push(then)))
		tiles = new LogFolder(folder)
		let tree = GrowingTree.empty()
		for (const size of sizes) {
			// As publications do: each goes on from the files of the one before.
			tree = gotten(await GrowingTree.open(tiles, tree.head))
			const full: StoredTile[] = []
			while (tree.size < size) full.push(...gotten(tree.append(numbered(tree.size))))
			for (const tile of [...full, ...tree.partials()]) await put(tilePath(tile), tile.bytes)
			heads.set(size, tree.head)
			const note = gotten(parseNote(Buffer.from(signCheckpoint(tree.head, log))))
			const line = cosign(note.text, witness, 1_800_000_000 + size)
			const cosigned = { text: note.text, signatures: [...note.signatures, line] }
			await put(`checkpoints/${size}`, formatNote(cosigned))
		}
	})
	afterAll(async () => {
		for (const then of clear) await then()
	})

	async function put(path: string, bytes: Uint8Array | string): Promise<void> {
		await mkdir(dirname(join(folder, path)), { recursive: true })
		await writeFile(join(folder, path), bytes)
	}

	function headOf(size: number): TreeHead {
		const head = heads.get(size)
		if (head === undefined) throw new Error(`no tree of ${size}`)
		return head
	}

	const asked = ({ size, root }: TreeHead) => ({ size, root: base64(root) })

	test('Go reads checkpoints, cosignatures, every tile and bundle, and proves from them', async () => {
		const answer = await peer.one({ do: 'archive', folder, key, others, sizes })
		expect(answer).toMatchObject({ good: true })
		expect(answer.given).toBeGreaterThan(150)
	})

	test('Go refuses each file that is altered in one bit', async () => {
		const random = new Random('files')
		const archive = { do: 'archive', folder, key, others, sizes: [257] }
		for (const path of [
			...['checkpoints/257', 'tile/0/000', 'tile/0/001.p/1', 'tile/1/000.p/1'],
			...['tile/entries/000', 'tile/entries/001.p/1'],
		]) {
			const bytes = await readFile(join(folder, path))
			const other = Buffer.from(bytes)
			const at = random.whole(0, other.length - 1)
			other[at] = (other[at] ?? 0) ^ (1 << random.whole(0, 7))
			await put(path, other)
			expect((await peer.one(archive)).good, `${path}, byte ${at}`).toBe(false)
			await put(path, bytes)
		}
		expect((await peer.one(archive)).good).toBe(true)
	})

	test('Go verifies our proofs, and judges altered ones as we do', async () => {
		const random = new Random('proofs')
		const flip = (bytes: Uint8Array) => {
			const other = Buffer.from(bytes)
			const at = random.whole(0, other.length - 1)
			other[at] = (other[at] ?? 0) ^ (1 << random.whole(0, 7))
			return other
		}
		const alteredList = (proof: readonly Uint8Array[]) => {
			const list = [...proof]
			const at = random.whole(0, list.length)
			const way = random.whole(0, 3)
			if (way === 0) list.splice(at, 1)
			else if (way === 1) list.splice(at, 0, leafHash(numbered(at)))
			else if (way === 2) list.reverse()
			else if (list[at] !== undefined) list[at] = flip(list[at])
			return list
		}
		const questions: Question[] = []
		const ours: boolean[] = []
		const inclusion = (head: TreeHead, index: number, leaf: Uint8Array, proof: readonly Uint8Array[]) => {
			const hashes = proof.map(base64)
			questions.push({ do: 'inclusion', newer: asked(head), index, leaf: base64(leaf), proof: hashes })
			ours.push(verifyInclusion(head, index, leaf, proof).ok)
		}
		const consistency = (older: TreeHead, newer: TreeHead, proof: readonly Uint8Array[]) => {
			questions.push({
				do: 'consistency',
				older: asked(older),
				newer: asked(newer),
				proof: proof.map(base64),
			})
			ours.push(verifyConsistency(older, newer, proof).ok)
		}
		for (let round = 0; round < 120; round++) {
			const head = headOf(sizes[random.whole(1, 6)] ?? 1)
			const index = random.whole(0, head.size - 1)
			const leaf = leafHash(numbered(index))
			const proof = gotten(await proveInclusion(tiles, index, head.size))
			inclusion(head, index, leaf, proof)
			inclusion(head, index, leaf, alteredList(proof))
			inclusion(head, random.whole(0, head.size), leaf, proof)
			inclusion({ ...head, size: head.size + random.whole(-1, 1) }, index, leaf, proof)
			inclusion({ ...head, root: flip(head.root) }, index, flip(leaf), proof)
			const older = headOf(sizes[random.whole(1, 6)] ?? 1)
			if (older.size > head.size) continue
			const on = gotten(await proveConsistency(tiles, older.size, head.size))
			consistency(older, head, on)
			consistency(older, head, alteredList(on))
			consistency({ ...older, size: Math.max(1, older.size + random.whole(-1, 1)) }, head, on)
			consistency({ ...older, root: flip(older.root) }, head, on)
			consistency(older, { ...head, size: Math.max(older.size, head.size + random.whole(-1, 1)) }, on)
		}
		const theirs = (await peer.ask(questions)).map(({ good }) => good)
		const apart = questions.filter((_, at) => theirs[at] !== ours[at])
		expect(apart).toEqual([])
		expect(theirs.filter(Boolean).length).toBeGreaterThan(150)
		expect(theirs.filter((good) => !good).length).toBeGreaterThan(300)
	})

	test('Go reads a proof to be forwarded, of a leaf in each size', async () => {
		const questions: Question[] = []
		for (const size of sizes.slice(1)) {
			const index = size - 1
			const checkpoint = gotten(await tiles.note(`checkpoints/${size}`))
			const hashes = gotten(await proveInclusion(tiles, index, size))
			const note = base64(Buffer.from(formatTlogProof({ index, hashes, checkpoint, extra: numbered(index) })))
			questions.push({ do: 'proof', note, key, others, leaf: base64(numbered(index)) })
			questions.push({ do: 'proof', note, key, others, leaf: base64(numbered(index + 1)) })
		}
		const answers = await peer.ask(questions)
		expect(answers.map(({ good }) => good)).toEqual(sizes.slice(1).flatMap(() => [true, false]))
	})

	test('what Go signs and proves is accepted', async () => {
		const count = 40
		const { given } = await peer.one({ do: 'make', count })
		const made = given as Readonly<Record<'checkpoints', string[]>> & {
			readonly key: string
			readonly inclusion: readonly (readonly string[])[]
			readonly consistency: readonly (readonly string[])[]
		}
		const signer = gotten(parseVerifierKey(made.key))
		expect(formatVerifierKey(signer)).toBe(made.key)
		const theirs = made.checkpoints.map((note) => gotten(openCheckpoint(Buffer.from(note), signer)))
		const tree = GrowingTree.empty()
		for (const { size, root } of theirs) {
			gotten(tree.append(numbered(size - 1)))
			expect(base64(tree.root)).toBe(base64(root))
		}
		const hashes = (proof: readonly string[]) => proof.map((hash) => Buffer.from(hash, 'base64'))
		const at = (size: string | undefined) => theirs[Number(size) - 1] as TreeHead
		for (const [size, index, ...proof] of made.inclusion) {
			const leaf = leafHash(numbered(Number(index)))
			gotten(verifyInclusion(at(size), Number(index), leaf, hashes(proof)))
		}
		for (const [size, older, ...proof] of made.consistency)
			gotten(verifyConsistency(at(older), at(size), hashes(proof)))
		expect(made.inclusion.length + made.consistency.length).toBe(count * (count + 1))
	})

	test('of altered notes Go takes none that we refuse for its signature, and we none that Go refuses', async () => {
		const random = new Random('notes')
		const text = 'log.example.org/actas/site\n7\nñandú — —\n\nlast\n'
		const note = Buffer.from(formatNote({ text, signatures: [signNote(text, log)] }))
		const altered = [note, Buffer.from(gotten(await tiles.note('checkpoints/257')))].flatMap((whole) =>
			Array.from({ length: 400 }, (_, round) => {
				const other = Buffer.from(whole)
				const at = random.whole(0, other.length - 1)
				if (round % 4 === 0) other[at] = random.whole(0, 255)
				else if (round % 4 === 1) return Buffer.concat([other.subarray(0, at), other.subarray(at + 1)])
				else if (round % 4 === 2) return Buffer.concat([other.subarray(0, at), other.subarray(at - 1)])
				else if (round > 3) other[at] = (other[at] ?? 0) ^ (1 << random.whole(0, 7))
				return other
			}),
		)
		const answers = await peer.ask(
			altered.map((bytes) => ({ do: 'note', note: base64(bytes), key, others: [] })),
		)
		const codes = altered.map((bytes) => {
			const opened = openNote(bytes, log.key)
			return opened.ok ? 'ok' : opened.fault.code
		})
		// We take one spelling of base64, and fewer names; that is all in which we are stricter.
		for (const [at, { good }] of answers.entries())
			expect(good ? ['ok', 'bad-note'] : ['bad-note', 'foreign-key', 'bad-signature']).toContain(codes[at])
		expect(codes.filter((code) => code === 'ok').length).toBeGreaterThan(1)
		expect(
			gotten(
				parseCheckpoint(gotten(openNote(gotten(await tiles.note(`checkpoints/${largest}`)), log.key)).text),
			).size,
		).toBe(largest)
	})
})
