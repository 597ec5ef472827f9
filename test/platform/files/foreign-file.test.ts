import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { chown, readFile, rename, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ForeignFiles } from '#src/platform/files/foreign-file.js'
import { without } from '../../integration/stick/mounted.ts'
import { evils } from '../../support/evils.ts'
import { gotten } from '../../support/result.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { until } from '../../support/until.ts'

const megabyte = 1 << 20
const root = process.getuid?.() === 0

async function place() {
	const home = await temporaryFolder()
	const [directory, folder] = [join(home, 'foreign'), join(home, 'outside')]
	for (const path of [directory, folder]) mkdirSync(path)
	const file = join(folder, 'secret')
	writeFileSync(file, 'a secret of this machine')
	return { directory, folder, file, path: join(directory, 'state.json') }
}

test('a plain file is read whole, with when it was touched', async () => {
	const { path } = await place()
	writeFileSync(path, 'words')
	await utimes(path, 5, 5)
	const { bytes, touchedMs } = gotten(await new ForeignFiles().read(path, 5))
	expect([bytes.toString(), touchedMs]).toEqual(['words', 5_000])
	expect(await new ForeignFiles().read(path, 4)).toMatchObject({ fault: { code: 'too-large' } })
})

test.each(Object.entries(evils))(
	'%s is read as what it is, in no more memory than was asked for',
	async (name, evil) => {
		const { directory, folder, file, path } = await place()
		evil(path, { folder, file })
		const files = new ForeignFiles()
		const before = process.memoryUsage().rss
		const read = await files.read(path, megabyte)
		const opened = await files.open(path)
		if (opened.ok) {
			const buffer = Buffer.alloc(megabyte)
			expect(gotten(await opened.value.read(buffer, 0))).toBeLessThanOrEqual(megabyte)
			opened.value.close()
		}
		expect(process.memoryUsage().rss - before).toBeLessThan(64 * megabyte)
		const readable = ['an empty file', 'lines of nonsense', ...(root ? ['what nobody may read'] : [])]
		const large = ['a terabyte of nothing', 'hundreds of megabytes of nothing']
		const code = large.includes(name) ? 'too-large' : 'file-unreadable'
		if (readable.includes(name)) expect(read.ok).toBe(true)
		else expect(read).toMatchObject({ ok: false, fault: { code, detail: expect.stringContaining(path) } })
		expect(await readFile(file, 'utf8')).toBe('a secret of this machine')
		expect(directory).toBeDefined()
	},
)

test.each(Object.entries(evils))('%s in the place of the directory', async (_, evil) => {
	const { directory, folder, file } = await place()
	writeFileSync(join(folder, 'state.json'), 'of another directory')
	const planted = join(directory, 'inner')
	evil(planted, { folder, file })
	const read = await new ForeignFiles().read(join(planted, 'state.json'), megabyte)
	expect(read).toMatchObject({ ok: false })
})

test('a file that grows, shrinks or is replaced while it is read gives what it was opened with, or less', async () => {
	const { path, directory } = await place()
	writeFileSync(path, 'a'.repeat(100))
	const { size, read, close } = gotten(await new ForeignFiles().open(path))
	appendFileSync(path, 'b'.repeat(megabyte))
	const buffer = Buffer.alloc(size)
	expect(gotten(await read(buffer, 0))).toBe(100)
	truncateSync(path, 10)
	expect(gotten(await read(buffer, 0))).toBe(10)
	writeFileSync(join(directory, 'other'), 'c'.repeat(100))
	await rename(join(directory, 'other'), path)
	expect(gotten(await read(buffer, 0))).toBe(10)
	expect(buffer.subarray(0, 10).toString()).toBe('aaaaaaaaaa')
	close()
})

test('a file is not waited for whose owner holds off who opens it', async () => {
	const { path } = await place()
	writeFileSync(path, 'words')
	const script = `import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
fd = os.open(sys.argv[1], os.O_RDWR)
fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print('held', flush=True)
sys.stdin.read()`
	const holder = spawn('python3', ['-c', script, path], { stdio: ['pipe', 'pipe', 'inherit'] })
	onTestFinished(() => void holder.kill('SIGKILL'))
	await new Promise((held) => holder.stdout.once('data', held))
	expect(await new ForeignFiles().read(path, 100)).toMatchObject({ fault: { code: 'file-unreadable' } })
})

describe.skipIf(!root)(`whose it is${root ? '' : ': skipped, needs root'}`, () => {
	test('a file of its directory’s owner, or of root’s, is read, and no other', async () => {
		const { directory, path } = await place()
		await chown(directory, 1234, 1234)
		for (const [owner, isRead] of [
			[1234, true],
			[0, true],
			[4321, false],
		] as const) {
			writeFileSync(path, 'words')
			await chown(path, owner, owner)
			expect((await new ForeignFiles().read(path, 100)).ok, `${owner}`).toBe(isRead)
		}
	})
})

const withoutFuse = without('exfat')

test.skipIf(withoutFuse !== null)(
	`a disk that hangs is given up after a while, asked nothing more, and used again when it answers${withoutFuse === null ? '' : `: ${withoutFuse}`}`,
	async () => {
		const home = await temporaryFolder()
		const [image, disk] = [join(home, 'image'), join(home, 'disk')]
		writeFileSync(image, '')
		truncateSync(image, 4 * megabyte)
		execFileSync('mkfs.exfat', [image], { stdio: 'ignore' })
		mkdirSync(disk)
		const loop = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim()
		const server = spawn('mount.exfat-fuse', ['-d', loop, disk], { stdio: 'ignore' })
		const ended = once(server, 'exit')
		onTestFinished(async () => {
			server.kill('SIGCONT')
			// What answers late is closed late; another test's copy of the mounts keeps the server at work.
			await until(() => spawnSync('umount', [disk]).status === 0, { timeoutMs: 60_000 })
			server.kill()
			await ended
			execFileSync('losetup', ['--detach', loop])
		})
		await expect.poll(() => readFile('/proc/mounts', 'utf8'), { timeout: 60_000 }).toContain(disk)
		const path = join(disk, 'state.json')
		writeFileSync(path, 'words')
		const clock = new SimulatedClock()
		const files = new ForeignFiles(clock, 10_000)
		expect((await files.read(path, 100)).ok).toBe(true)
		server.kill('SIGSTOP')
		try {
			const hangs = files.read(path, 100)
			await clock.advance(10_000)
			expect(await hangs).toMatchObject({ fault: { code: 'no-answer' } })
			expect(await files.read(path, 100)).toMatchObject({ fault: { code: 'no-answer' } })
			expect(await files.stateOf(path)).toBe('no-answer')
		} finally {
			server.kill('SIGCONT')
		}
		await expect.poll(async () => (await files.read(path, 100)).ok, { timeout: 60_000 }).toBe(true)
	},
)
