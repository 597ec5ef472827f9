/** What is sealed here is opened by the age program, which shares no code with ours, and the other way round. */
import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ImageFiles } from '#src/journal/image-files.js'
import { makeCustodian, readCustodian } from '#src/sealing/custodian-file.js'
import { openBytes } from '#src/sealing/open-sealed.js'
import { Sealer } from '#src/sealing/sealer.js'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const without = spawnSync('age', ['--version']).error === undefined ? null : 'skipped, needs age'

test.skipIf(without !== null)(`age opens what was sealed here ${without ?? ''}`, async () => {
	const folder = await temporaryFolder()
	const key = join(folder, 'custodian.key')
	const sealer = new Sealer([gotten(await makeCustodian(key, 0))])
	onTestFinished(() => sealer.stop())
	await sealer.start()
	const store = new ImageFiles(join(folder, 'images'))
	for (const size of [1, 65_536, 1_000_000]) {
		const plain = randomBytes(size)
		const { sealed } = gotten(await sealer.seal(plain, (parts) => store.put(parts)))
		const opened = execFileSync('age', ['-d', '-i', key, store.path(sealed.sha256)])
		expect(opened.equals(plain)).toBe(true)
	}
})

test.skipIf(without !== null)(
	`keys of age-keygen and files of age are taken here ${without ?? ''}`,
	async () => {
		const folder = await temporaryFolder()
		const [key, plain, sealed] = [join(folder, 'key'), join(folder, 'plain'), join(folder, 'sealed')]
		execFileSync('age-keygen', ['-o', key], { stdio: 'ignore' })
		const recipient = /age1\S+/.exec(await readFile(key, 'utf8'))?.[0] ?? ''
		const bytes = randomBytes(200_000)
		await writeFile(plain, bytes)
		execFileSync('age', ['-r', recipient, '-o', sealed, plain])
		const opened = gotten(await openBytes(await readFile(sealed), gotten(await readCustodian(key)).decrypter))
		expect(Buffer.from(opened).equals(bytes)).toBe(true)
		const sealer = new Sealer([recipient])
		onTestFinished(() => sealer.stop())
		expect(await sealer.start()).toEqual({ ok: true, value: true })
	},
)
