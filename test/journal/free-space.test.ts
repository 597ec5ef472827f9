import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkFreeSpace } from '#src/journal/free-space.js'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('room is there, or not enough of it', async () => {
	const folder = await temporaryFolder()
	const { files } = statfsSync(folder)
	expect(await checkFreeSpace(folder, { bytes: 1, inodes: 1 })).toEqual({ ok: true, value: true })
	expect(await checkFreeSpace(folder, { bytes: 2 ** 60, inodes: 1 })).toMatchObject({
		fault: { code: 'disk-full' },
	})
	const crowd = await checkFreeSpace(folder, { bytes: 1, inodes: 2 ** 50 })
	// A file system that counts no inodes has always enough.
	expect(crowd.ok ? 'ok' : crowd.fault.code).toBe(files === 0 ? 'ok' : 'no-inodes')
})

test('a folder that is not there can not be written', async () => {
	const gone = join(await temporaryFolder(), 'gone')
	expect(await checkFreeSpace(gone, { bytes: 0, inodes: 0 })).toMatchObject({ fault: { code: 'unwritable' } })
})
