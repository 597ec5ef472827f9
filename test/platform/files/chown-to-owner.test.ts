import { chown, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ImageFiles } from '#src/journal/image-files.js'
import { AppendFile, makeDirectory, makeFile, replaceFile } from '#src/platform/files/durable.js'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const root = process.getuid?.() === 0
const service = { uid: 1234, gid: 5678 }

async function folderOfService(): Promise<string> {
	const folder = await temporaryFolder()
	await chown(folder, service.uid, service.gid)
	return folder
}

describe.skipIf(!root)(`what root makes for a service${root ? '' : ': skipped, needs root'}`, () => {
	test('a file that is replaced stays its owner’s', async () => {
		const path = join(await temporaryFolder(), 'kiosk.json')
		await writeFile(path, 'old')
		await chown(path, service.uid, service.gid)
		await replaceFile(path, 'new')
		expect(await stat(path)).toMatchObject(service)
		expect(await readFile(path, 'utf8')).toBe('new')
	})

	test('new files and folders belong to whom their folder does', async () => {
		const folder = await folderOfService()
		const at = (name: string) => join(folder, name)
		await replaceFile(at('replaced'), 'new')
		await makeFile(at('made'), 'new')
		await makeDirectory(at('some/folders'))
		await (await AppendFile.open(at('appended'), 0)).close()
		const { sha256 } = await new ImageFiles(at('images')).put(Buffer.from('picture'))
		const names = ['replaced', 'made', 'some', 'some/folders', 'appended', 'images']
		for (const name of [...names, `images/${sha256.slice(0, 2)}/${sha256}`]) {
			expect(await stat(at(name)), name).toMatchObject(service)
		}
	})

	test('a file that was there, and one in a folder of root’s, keep their owner', async () => {
		const there = join(await folderOfService(), 'entries.jws')
		await writeFile(there, 'old')
		await (await AppendFile.open(there, 0)).close()
		const own = join(await temporaryFolder(), 'made')
		await makeFile(own, 'new')
		for (const path of [there, own]) expect(await stat(path), path).toMatchObject({ uid: 0, gid: 0 })
	})

	test('a link in place of the temporary file leads root nowhere', async () => {
		const folder = await folderOfService()
		const elsewhere = join(await temporaryFolder(), 'of-root')
		await writeFile(elsewhere, 'kept')
		await symlink(elsewhere, join(folder, 'head.jws.new'))
		await replaceFile(join(folder, 'head.jws'), 'new')
		expect(await readFile(elsewhere, 'utf8')).toBe('kept')
		expect(await stat(elsewhere)).toMatchObject({ uid: 0, gid: 0 })
	})
})
