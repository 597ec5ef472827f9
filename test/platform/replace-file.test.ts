import { chown, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { replaceFile } from '#src/platform/durable.js'
import { temporaryFolder } from '../temporary-folder.ts'

const root = process.getuid?.() === 0

test.skipIf(!root)(
	`root leaves a file that it replaces to its owner${root ? '' : ': skipped, needs root'}`,
	async () => {
		const path = join(await temporaryFolder(), 'kiosk.json')
		await writeFile(path, 'old')
		await chown(path, 1234, 5678)
		await replaceFile(path, 'new')
		expect(await stat(path)).toMatchObject({ uid: 1234, gid: 5678 })
		expect(await readFile(path, 'utf8')).toBe('new')
	},
)
