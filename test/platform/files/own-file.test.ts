/** What bears the name of a file of ours and is none: refused by whoever keeps files there, and left as it is. */
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, chownSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { IncomingFiles } from '#src/central/incoming-files.js'
import { makeSpares } from '#src/enrolment/device-identity.js'
import { entryChain } from '#src/evidence/entry.js'
import { openEvictions } from '#src/journal/evicted-images.js'
import { ImageFiles } from '#src/journal/image-files.js'
import { Lock } from '#src/journal/lock.js'
import { recover } from '#src/journal/recovery.js'
import { HighWaterMark } from '#src/kiosk/recording/high-water-mark.js'
import { AppendFile, makeFile, replaceFile } from '#src/platform/files/durable.js'
import { openDurableJson } from '#src/platform/files/durable-json.js'
import { LineLog } from '#src/platform/files/line-log.js'
import { Reserve } from '#src/platform/files/reserve.js'
import { quarantineTail } from '#src/platform/files/torn-tail.js'
import { gotten } from '../../support/result.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { makeSigner } from '../../support/test-identity.ts'

const secret = 'whole\nand half a li'

const evils: Readonly<Record<string, (path: string, victim: string) => void>> = {
	'a link': (path, victim) => symlinkSync(victim, path),
	'a link to nothing': (path, victim) => symlinkSync(`${victim}-to-be`, path),
	'a second name': (path, victim) => linkSync(victim, path),
	'a FIFO': (path) => execFileSync('mkfifo', [path]),
	'a folder': (path) => mkdirSync(path),
	...(process.getuid?.() === 0
		? {
				"a file of another user's": (path) => {
					writeFileSync(path, secret, { mode: 0o666 })
					chownSync(path, 64_101, 64_101)
				},
			}
		: {}),
}

const device = makeSigner('k-own')

const isRoot = process.getuid?.() === 0

const sha256 = createHash('sha256').update('picture').digest('hex')

function incoming(home: string): IncomingFiles {
	const store = new ImageFiles(join(home, 'store'))
	return new IncomingFiles(join(home, 'incoming'), store, { partialFiles: 1, partialBytes: 1 })
}

/** What keeps a file at `path`, in a folder of its own; each opens it in its usual way. */
const keepers: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
	lock: async (path) => gotten(await Lock.take(path)),
	'append-only file': (path) => AppendFile.open(path, 100),
	'log of lines': (path) => LineLog.open(path, join(dirname(path), 'quarantine')),
	'torn tail': (path) => quarantineTail(path, 2, join(dirname(path), 'quarantine'), (digest) => digest),
	journal: async (path) =>
		gotten(await recover(path, entryChain, { id: device.kid, publicKey: device.publicKey }, () => {})),
	state: (path) => openDurableJson(path, z.object({}), {}),
	'high-water mark': (path) => HighWaterMark.open(dirname(path), 'kept', () => {}),
	'whole image': (path) => new ImageFiles(join(dirname(path), 'images')).adopt(path, 'f'.repeat(64)),
	'new file': (path) => makeFile(path, 'new'),
}

for (const [what, plant] of Object.entries(evils)) {
	test(`${what} is opened by nobody`, async () => {
		for (const [keeper, open] of Object.entries(keepers)) {
			const folder = await temporaryFolder()
			const victim = join(await temporaryFolder(), 'victim')
			writeFileSync(victim, secret)
			const path = join(folder, 'kept')
			plant(path, victim)
			const before = await lstat(path)
			await expect(open(path), keeper).rejects.toThrow()
			expect(readFileSync(victim, 'utf8'), keeper).toBe(secret)
			expect((await lstat(path)).ino, keeper).toBe(before.ino)
			expect(await readdir(dirname(victim)), keeper).toEqual(['victim'])
			expect(await readdir(join(folder, 'quarantine')).catch(() => []), keeper).toEqual([])
		}
	})
}

test.each(['a link', 'a link to nothing', 'a second name', 'a FIFO'])(
	'%s in place of a temporary file or of a part of the reserve makes room for ours',
	async (what) => {
		const folder = await temporaryFolder()
		const victim = join(await temporaryFolder(), 'victim')
		writeFileSync(victim, secret)
		mkdirSync(join(folder, 'reserve'))
		for (const name of ['head.jws.new', 'reserve/0']) evils[what]?.(join(folder, name), victim)
		await replaceFile(join(folder, 'head.jws'), 'new')
		await new Reserve(join(folder, 'reserve'), 1 << 16).make()
		expect(readFileSync(victim, 'utf8')).toBe(secret)
		expect(readFileSync(join(folder, 'head.jws'), 'utf8')).toBe('new')
		expect(await readdir(dirname(victim))).toEqual(['victim'])
		expect((await lstat(join(folder, 'reserve', '0'))).isFile()).toBe(true)
	},
)

/** What keeps files in folders below `home`, and the folder that it needs first. */
const folders: Readonly<Record<string, (home: string) => Promise<unknown>>> = {
	images: (home) => new ImageFiles(join(home, 'images')).put(Buffer.from('picture')),
	'images/new': (home) => new ImageFiles(join(home, 'images')).put(Buffer.from('picture')),
	[`images/${sha256.slice(0, 2)}`]: (home) =>
		new ImageFiles(join(home, 'images')).put(Buffer.from('picture')),
	incoming: (home) => incoming(home).start(),
	reserve: (home) => new Reserve(join(home, 'reserve'), 1 << 16).make(),
	quarantine: async (home) => {
		writeFileSync(join(home, 'kept'), secret)
		await LineLog.open(join(home, 'kept'), join(home, 'quarantine'))
	},
	signed: (home) => HighWaterMark.open(join(home, 'signed'), device.kid, () => {}),
	'given-away': (home) => openEvictions(home, { id: device.kid, publicKey: device.publicKey }),
	spares: async (home) => gotten(await makeSpares(home, 1, randomBytes)),
}

test.each([
	'a link',
	'a link to nothing',
	'a FIFO',
	'a file',
	...(isRoot ? ["another user's", 'open to others'] : []),
])('a folder below a directory of ours that is %s gets no file', async (what) => {
	for (const [name, keep] of Object.entries(folders)) {
		const home = await temporaryFolder()
		const target = join(await temporaryFolder(), 'target')
		const path = join(home, name)
		mkdirSync(dirname(path), { recursive: true })
		if (what !== 'a link to nothing') mkdirSync(target)
		if (what === 'a FIFO') execFileSync('mkfifo', [path])
		else if (what === 'a file') writeFileSync(path, '')
		else if (what.startsWith('a link')) symlinkSync(target, path)
		else {
			mkdirSync(path)
			if (what === 'open to others') chmodSync(path, 0o777)
			else chownSync(path, 64_101, 64_101)
		}
		await expect(keep(home), name).rejects.toThrow(`${path}: `)
		for (const where of [target, path])
			expect(await readdir(where).catch(() => []), `${name}: ${where}`).toEqual([])
		if (name === 'quarantine') expect(readFileSync(join(home, 'kept'), 'utf8')).toBe(secret)
	}
})

test('nothing is deleted through a folder that is a link', async () => {
	const home = await temporaryFolder()
	const target = await temporaryFolder()
	writeFileSync(join(target, '0'), Buffer.alloc(1 << 12))
	writeFileSync(join(target, sha256), 'picture')
	for (const name of ['reserve', 'images', 'incoming']) symlinkSync(target, join(home, name))
	expect(await new Reserve(join(home, 'reserve'), 1 << 16).giveUp()).toBe(false)
	const images = new ImageFiles(join(home, 'images'))
	expect(await images.has(sha256)).toBe(false)
	await expect(images.remove(sha256)).rejects.toThrow('it is a link')
	await expect(images.clearUnfinished()).rejects.toThrow('it is a link')
	await expect(incoming(home).start()).rejects.toThrow('it is a link')
	expect((await readdir(target)).length).toBe(2)
})

test('what is ours is opened, and opened again', async () => {
	const path = join(await temporaryFolder(), 'kept')
	for (const keep of [keepers['lock'], keepers['append-only file'], keepers['log of lines']])
		await keep?.(path)
	for (const keep of [keepers['append-only file'], keepers['torn tail']]) await keep?.(path)
})
