/** A log in a folder that anybody may have filled; and the keys of logs in files. */
import { generateKeyPairSync } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { ed25519KeyObject } from '#src/evidence/ed25519.js'
import { keyFingerprint } from '#src/evidence/keys/key-fingerprint.js'
import { openCheckpoint, signCheckpoint } from '#src/log/checkpoint.js'
import { makeEd25519KeyFile, openEd25519KeyFile } from '#src/log/ed25519-key-file.js'
import { GrowingTree } from '#src/log/growing-tree.js'
import { LogFolder } from '#src/log/log-folder.js'
import { logSigner } from '#src/log/signing.js'
import { type StoredTile, tilePath } from '#src/log/tile.js'
import { readBundle, readHashes } from '#src/log/tile-reader.js'
import { codeOf, gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { numberedLeaf, numberedTree } from './tiles-in-memory.ts'

async function writeTiles(folder: string, tiles: Iterable<StoredTile>): Promise<void> {
	for (const tile of tiles) {
		const path = join(folder, tilePath(tile))
		await mkdir(dirname(path), { recursive: true })
		await writeFile(path, tile.bytes)
	}
}

async function logOf(size: number) {
	const folder = await temporaryFolder()
	const { tree, tiles } = numberedTree(size)
	await writeTiles(folder, tiles.files.values())
	return { folder, tree, log: new LogFolder(folder) }
}

const partial = { level: 0, index: 1, width: 44 } as const

test('a tree is gone on with from its folder, with a checkpoint by a key file', async () => {
	const { folder, tree, log } = await logOf(300)
	const file = join(folder, 'log.pem')
	const signer = logSigner('log.example.org', await makeEd25519KeyFile(file))
	expect((await stat(file)).mode & 0o777).toBe(0o600)
	await writeFile(join(folder, 'checkpoint'), signCheckpoint(tree.head, signer))
	const again = logSigner('log.example.org', gotten(await openEd25519KeyFile(file)))
	const checkpoint = gotten(openCheckpoint(gotten(await log.note()), again.key))
	const opened = gotten(await GrowingTree.open(log, checkpoint))
	gotten(opened.append(numberedLeaf(300)))
	expect(Buffer.compare(opened.root, numberedTree(301).tree.root)).toBe(0)
	expect(codeOf(await log.note('checkpoints/300'))).toBe('file-missing')
	// What people compare: as of any other key.
	expect(keyFingerprint(ed25519KeyObject(again.key.publicKey)).es.split(' ')).toHaveLength(8)
})

test('a partial tile that has grown is taken as it is: full, or the next wider one', async () => {
	const { folder, log } = await logOf(300)
	const whole = gotten(await readHashes(log, partial))
	const at = join(folder, 'tile/0/001.p')
	await rename(join(at, '44'), join(at, '44.old'))
	expect(codeOf(await readHashes(log, partial))).toBe('tile-missing')
	const grown = numberedTree(600).tiles.files
	await writeFile(join(at, '47'), grown.get('tile/0/001')?.bytes.subarray(0, 47 * 32) ?? '')
	expect(gotten(await readHashes(log, partial))).toEqual(whole)
	await writeFile(join(folder, 'tile/0/001'), grown.get('tile/0/001')?.bytes ?? '')
	await rm(join(at, '47'))
	expect(gotten(await readHashes(log, partial))).toEqual(whole)
	const bundle = { level: 'entries', index: 1, width: 43 } as const
	expect(gotten(await readBundle(log, bundle)).map(String)).toContain('leaf 298')
})

test('a file that is not what its name says is refused, and nothing is read through links', async () => {
	const { folder, log } = await logOf(300)
	const at = join(folder, 'tile/0/001.p/44')
	const bytes = await readFile(at)
	const code = async () => codeOf(await readHashes(log, partial))
	for (const wrong of [bytes.subarray(32), Buffer.concat([bytes, bytes.subarray(0, 32)]), Buffer.alloc(0)]) {
		await writeFile(at, wrong)
		expect(await code()).toBe('bad-tile')
	}
	await writeFile(at, Buffer.alloc(8_193))
	expect(await code()).toBe('bad-tile')
	const outside = await temporaryFolder()
	await writeFile(join(outside, '44'), bytes)
	await rm(at)
	await symlink(join(outside, '44'), at)
	expect(await code()).toBe('tile-unreadable')
	// A folder on the way, the last or another one.
	for (const way of ['tile/0/001.p', 'tile']) {
		const elsewhere = join(await temporaryFolder(), 'moved')
		await rm(at, { force: true })
		await writeFile(at, bytes)
		expect(await code()).toBe('ok')
		await rename(join(folder, way), elsewhere)
		await symlink(elsewhere, join(folder, way))
		expect(await code(), way).toBe('tile-unreadable')
		await rm(join(folder, way))
		await rename(elsewhere, join(folder, way))
	}
	// The folder itself is named by a person: a link to it is theirs.
	const link = join(outside, 'archive')
	await symlink(folder, link)
	expect(codeOf(await readHashes(new LogFolder(link), partial))).toBe('ok')
	expect(codeOf(await log.note('../checkpoint'))).toBe('file-unreadable')
	expect(codeOf(await new LogFolder(join(outside, 'nowhere')).note())).toBe('file-missing')
})

test('a key file that others can read, or of another kind, signs nothing', async () => {
	const folder = await temporaryFolder()
	const file = join(folder, 'log.pem')
	expect(codeOf(await openEd25519KeyFile(file))).toBe('key-missing')
	await makeEd25519KeyFile(file)
	await expect(makeEd25519KeyFile(file)).rejects.toMatchObject({ code: 'EEXIST' })
	await chmod(file, 0o644)
	expect(codeOf(await openEd25519KeyFile(file))).toBe('key-exposed')
	const write = async (text: string | Buffer) => {
		await writeFile(file, text)
		await chmod(file, 0o600)
		return codeOf(await openEd25519KeyFile(file))
	}
	const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
	expect(await write(privateKey.export({ type: 'pkcs8', format: 'pem' }))).toBe('not-ed25519')
	expect(await write('no key')).toBe('not-a-key')
})
