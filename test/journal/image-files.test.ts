import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { ImageFiles } from '#src/journal/image-files.js'
import { temporaryFolder } from '../support/temporary-folder.ts'

let root: string
let store: ImageFiles
beforeEach(async () => {
	root = await temporaryFolder()
	store = new ImageFiles(join(root, 'images'))
})

function digest(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex')
}

async function listed(): Promise<string[]> {
	const found: string[] = []
	for await (const sha256 of store.list()) found.push(sha256)
	return found
}

test.each([0, 1, 3_000_001])('%i bytes are found under their digest', async (size) => {
	const bytes = Buffer.alloc(size, 7)
	const stored = await store.put(bytes)
	expect(stored).toEqual({ sha256: digest(bytes), size })
	expect(store.path(stored.sha256)).toBe(join(root, 'images', stored.sha256.slice(0, 2), stored.sha256))
	expect(readFileSync(store.path(stored.sha256)).equals(bytes)).toBe(true)
	expect(await store.has(stored.sha256)).toBe(true)
	expect(await listed()).toEqual([stored.sha256])
})

test('a stream, and the same again, and all at once', async () => {
	async function* parts() {
		yield Buffer.from('he')
		yield Buffer.from('llo')
	}
	const all = await Promise.all([store.put(parts()), store.put(Buffer.from('hello')), store.put(parts())])
	expect(new Set(all.map(({ sha256 }) => sha256))).toEqual(new Set([digest(Buffer.from('hello'))]))
	expect(await listed()).toHaveLength(1)
	expect(readdirSync(join(root, 'images', 'new'))).toEqual([])
})

test('a stream that fails leaves nothing', async () => {
	async function* broken() {
		yield Buffer.from('half')
		throw new Error('gone')
	}
	await expect(store.put(broken())).rejects.toThrow('gone')
	expect(await listed()).toEqual([])
	expect(readdirSync(join(root, 'images', 'new'))).toEqual([])
})

test('adopts a file with the right digest, and only such a one', async () => {
	const bytes = Buffer.alloc(2_500_000, 3)
	const path = join(root, 'come')
	writeFileSync(path, bytes)
	expect(await store.adopt(path, digest(Buffer.from('other')))).toBe(false)
	expect(readFileSync(path).equals(bytes)).toBe(true)
	expect(await store.adopt(path, digest(bytes))).toBe(true)
	expect(readFileSync(store.path(digest(bytes))).equals(bytes)).toBe(true)
	expect(readdirSync(root)).toEqual(['images'])
})

test('lists nothing before there is anything', async () => {
	expect(await listed()).toEqual([])
	expect(await store.has('0'.repeat(64))).toBe(false)
	await store.clearUnfinished()
})
