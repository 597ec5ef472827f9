import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { IncomingFiles } from '#src/central/incoming-files.js'
import { ImageFiles } from '#src/journal/image-files.js'
import { chunkSize } from '#src/protocol/chunks.js'
import { largestFileBytes } from '#src/protocol/limits.js'
import { someBytes } from '../support/journal-maker.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const bytes = someBytes(3 * chunkSize + 100, 1)
const file = { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }

function chunk(index: number): Uint8Array {
	return bytes.subarray(index * chunkSize, (index + 1) * chunkSize)
}

let root: string
let store: ImageFiles
let incoming: IncomingFiles
beforeEach(async () => {
	root = await temporaryFolder()
	await begin()
})

async function begin(): Promise<void> {
	store = new ImageFiles(join(root, 'images'))
	incoming = new IncomingFiles(join(root, 'incoming'), store, { partialFiles: 3, partialBytes: 1 << 20 })
	await incoming.start()
}

function allAtOnce() {
	return Promise.all([0, 1, 2, 3].map((index) => incoming.chunk('k1', file, index, chunk(index))))
}

test('in any order, the file becomes whole with its last chunk', async () => {
	expect(incoming.missing('k1', file)).toEqual([[0, 3]])
	expect(await incoming.chunk('k1', file, 2, chunk(2))).toBe('kept')
	expect(await incoming.chunk('k1', file, 2, chunk(2))).toBe('useless')
	expect(await incoming.chunk('k1', file, 0, chunk(0))).toBe('kept')
	expect(incoming.missing('k1', file)).toEqual([
		[1, 1],
		[3, 3],
	])
	expect(incoming.missing('k2', file)).toEqual([[0, 3]])
	expect(await incoming.chunk('k1', file, 3, chunk(3))).toBe('kept')
	expect(incoming.isWhole(file.sha256)).toBe(false)
	expect(await incoming.chunk('k1', file, 1, chunk(1))).toBe('whole')
	expect(incoming.isWhole(file.sha256)).toBe(true)
	expect(incoming.missing('k2', file)).toEqual([])
	expect(readFileSync(store.path(file.sha256)).equals(bytes)).toBe(true)
	expect(readdirSync(join(root, 'incoming'))).toEqual([])
})

test('all at once', async () => {
	const outcomes = await allAtOnce()
	expect(outcomes).toEqual(['kept', 'kept', 'kept', 'whole'])
})

test('bytes that are not the file are all wanted again, and the right ones then taken', async () => {
	for (const index of [0, 1, 2]) await incoming.chunk('k1', file, index, chunk(index))
	expect(await incoming.chunk('k1', file, 3, Buffer.alloc(100))).toBe('wrong-digest')
	expect(incoming.missing('k1', file)).toEqual([[0, 3]])
	expect(await store.has(file.sha256)).toBe(false)
	for (const index of [0, 1, 2]) await incoming.chunk('k1', file, index, chunk(index))
	expect(await incoming.chunk('k1', file, 3, chunk(3))).toBe('whole')
})

test('another device can spoil only what it sends itself', async () => {
	await incoming.chunk('k2', file, 0, Buffer.alloc(chunkSize))
	const outcomes = await allAtOnce()
	expect(outcomes.at(-1)).toBe('whole')
})

test('one device that begins files without end displaces its own only: what another sends becomes whole', async () => {
	const begun = someBytes(chunkSize, 2)
	const other = (number: number) => ({
		sha256: createHash('sha256').update(String(number)).digest('hex'),
		size: 2 * chunkSize,
	})
	for (let index = 0; index < 3; index++) {
		await incoming.chunk('k1', file, index, chunk(index))
		// More than any centre ever took of all devices together.
		for (let number = 0; number < 600; number++) {
			await incoming.chunk('k2', other(1_000 * index + number), 0, begun)
		}
	}
	expect(await incoming.chunk('k1', file, 3, chunk(3))).toBe('whole')
	expect(incoming.partialBytes('k2')).toBe(3 * 2 * chunkSize)
	expect(incoming.missing('k2', other(2_599))).toEqual([[1, 1]])
	expect(incoming.missing('k2', other(2_596))).toEqual([[0, 1]])
})

test('half received bytes of one device are bounded too', async () => {
	const large = { sha256: 'b'.repeat(64), size: 1 << 20 }
	await incoming.chunk('k1', file, 0, chunk(0))
	expect(await incoming.chunk('k1', large, 0, someBytes(chunkSize, 3))).toBe('kept')
	expect(incoming.missing('k1', file)).toEqual([[0, 3]])
	const huge = { sha256: 'c'.repeat(64), size: (1 << 20) + 1 }
	expect(incoming.missing('k1', huge)).toEqual([])
	expect(await incoming.chunk('k1', huge, 0, someBytes(chunkSize, 3))).toBe('useless')
})

test.each([
	['too short', 0, 10],
	['too long', 0, chunkSize + 1],
	['beyond the end', 4, 100],
	['far beyond the end', 1e15, 100],
	['empty', 4, 0],
])('%s: useless', async (_, index, length) => {
	expect(await incoming.chunk('k1', file, index, Buffer.alloc(length))).toBe('useless')
	expect(readdirSync(join(root, 'incoming'))).toEqual([])
})

test('a file larger than any is not asked for', async () => {
	const huge = { sha256: 'a'.repeat(64), size: largestFileBytes + 1 }
	expect(incoming.missing('k1', huge)).toEqual([])
	expect(await incoming.chunk('k1', huge, 0, chunk(0))).toBe('useless')
})

test('after a restart whole files are known and half ones asked for from their beginning', async () => {
	const small = Buffer.from('small')
	const other = { sha256: createHash('sha256').update(small).digest('hex'), size: 5 }
	expect(await incoming.chunk('k1', other, 0, small)).toBe('whole')
	await incoming.chunk('k1', file, 0, chunk(0))
	await begin()
	expect(incoming.isWhole(other.sha256)).toBe(true)
	expect(incoming.missing('k1', file)).toEqual([[0, 3]])
	expect(readdirSync(join(root, 'incoming'))).toEqual([])
})
