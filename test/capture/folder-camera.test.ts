import { execFileSync } from 'node:child_process'
import {
	appendFile,
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	rename,
	rm,
	symlink,
	truncate,
	utimes,
	writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Frame } from '#src/capture/camera.js'
import { FolderCamera } from '#src/capture/folder-camera.js'
import { FolderTray } from '#src/capture/folder-tray.js'
import { isTmpfs } from '#src/capture/is-tmpfs.js'
import type { TrayEvent } from '#src/capture/tray.js'
import { type FolderTrouble, WatchedFolder, type WatchedFolderOptions } from '#src/capture/watched-folder.js'
import { gotten } from '../support/result.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const settleMs = 400

async function rig(options: WatchedFolderOptions = {}, path?: string) {
	const directory = path ?? (await temporaryFolder())
	const clock = new SimulatedClock()
	const troubles: (FolderTrouble | null)[] = []
	const onTrouble = (trouble: FolderTrouble | null) => troubles.push(trouble)
	const folder = new WatchedFolder(directory, { clock, settleMs, onTrouble, ...options })
	const camera = new FolderCamera(folder)
	const tray = new FolderTray(folder)
	const events: TrayEvent[] = []
	await tray.start((event) => events.push(event))
	const started = await camera.start()
	onTestFinished(async () => {
		await tray.stop()
		await camera.stop()
	})
	/** Lets what lies there settle. */
	const settle = async () => {
		await folder.look()
		await clock.advance(settleMs)
		await folder.look()
	}
	return { directory, clock, folder, camera, tray, events, troubles, started, settle }
}

async function put(
	directory: string,
	name: string,
	bytes: string | Uint8Array = name,
	age = 0,
): Promise<string> {
	const path = join(directory, name)
	await writeFile(path, bytes)
	const when = 1_700_000_000 - age
	await utimes(path, when, when)
	return path
}

async function captured(camera: FolderCamera): Promise<Frame> {
	const [frame] = gotten(await camera.capture())
	return frame ?? expect.fail('no frame')
}

const said = (frame: Frame) => Buffer.from(frame.bytes).toString()

test('a file that stays as it is becomes a paper, and its bytes a frame; it stays until it is released', async () => {
	const { directory, camera, events, settle } = await rig()
	expect(events).toEqual([])
	await put(directory, 'acta.jpg', 'the bytes')
	await settle()
	expect(events).toEqual(['paper'])
	const frame = await captured(camera)
	expect(frame).toMatchObject({ role: 'full', origin: 'acta.jpg' })
	expect(said(frame)).toBe('the bytes')
	expect(await readdir(directory)).toEqual(['acta.jpg'])
	expect(said(await captured(camera))).toBe('the bytes')
	await camera.release('recorded')
	await camera.release('recorded')
	expect(await readdir(directory)).toEqual([])
})

test('a slow writer is waited for', async () => {
	const { directory, clock, folder, camera, events } = await rig()
	const path = join(directory, 'slow.tif')
	await writeFile(path, 'one')
	await folder.look()
	for (const part of [' two', ' three', ' four']) {
		await clock.advance(settleMs - 1)
		await appendFile(path, part)
		await folder.look()
	}
	await clock.advance(settleMs - 1)
	await folder.look()
	expect(events).toEqual([])
	expect(await camera.capture()).toMatchObject({ ok: false, fault: { code: 'nothing-there' } })
	await clock.advance(1)
	await folder.look()
	expect(events).toEqual(['paper'])
	expect(said(await captured(camera))).toBe('one two three four')
})

test('files that were there before the start are taken, the oldest first, then by name', async () => {
	const directory = await temporaryFolder()
	await put(directory, 'c.jpg', 'third', 10)
	await put(directory, 'z.jpg', 'first', 30)
	await put(directory, 'b.jpg', 'second', 10)
	const { camera, events, settle } = await rig({}, directory)
	await settle()
	const order: string[] = []
	for (let number = 0; number < 3; number++) {
		order.push(said(await captured(camera)))
		await camera.release('recorded')
	}
	expect(order).toEqual(['first', 'second', 'third'])
	expect(events).toEqual(['paper', 'no-paper', 'paper', 'no-paper', 'paper', 'no-paper'])
	expect(await camera.capture()).toMatchObject({ fault: { code: 'nothing-there' } })
	expect(await readdir(directory)).toEqual([])
})

test('what is set aside keeps its name and overwrites nothing', async () => {
	const { directory, camera, settle } = await rig()
	const aside = join(directory, 'set-aside')
	for (const text of ['one', 'two', 'three']) {
		await put(directory, 'scan.jpg', text)
		await settle()
		await captured(camera)
		await camera.release('set-aside')
	}
	expect((await readdir(aside)).sort()).toEqual(['scan (2).jpg', 'scan (3).jpg', 'scan.jpg'])
	expect(await readFile(join(aside, 'scan.jpg'), 'utf8')).toBe('one')
	expect(await readFile(join(aside, 'scan (2).jpg'), 'utf8')).toBe('two')
	expect(await readFile(join(aside, 'scan (3).jpg'), 'utf8')).toBe('three')
	await settle()
	expect(await camera.capture()).toMatchObject({ fault: { code: 'nothing-there' } })
})

test('a name as long as names may be is set aside twice', async () => {
	const { directory, camera, settle } = await rig()
	for (const text of ['one', 'two']) {
		await put(directory, `${'n'.repeat(251)}.jpg`, text)
		await settle()
		await captured(camera)
		await camera.release('set-aside')
	}
	expect(await readdir(join(directory, 'set-aside'))).toHaveLength(2)
})

test('set-aside that is a link is not followed, and the file is not taken again', async () => {
	const { directory, camera, troubles, settle } = await rig()
	const elsewhere = await temporaryFolder()
	await symlink(elsewhere, join(directory, 'set-aside'))
	await put(directory, 'scan.jpg')
	await settle()
	await captured(camera)
	await camera.release('set-aside')
	await settle()
	expect(await readdir(elsewhere)).toEqual([])
	expect(troubles).toMatchObject([{ code: 'stuck', detail: expect.stringContaining('"scan.jpg"') }])
	expect(await camera.capture()).toMatchObject({ fault: { code: 'nothing-there' } })
	// As soon as it can be cleared away, it is, and all is well.
	await rm(join(directory, 'set-aside'))
	await settle()
	expect(await readdir(join(directory, 'set-aside'))).toEqual(['scan.jpg'])
	expect(troubles.at(-1)).toBeNull()
})

test('links, pipes, folders, hidden and unfinished files are no papers', async () => {
	const { directory, camera, events, settle } = await rig()
	const elsewhere = await put(await temporaryFolder(), 'secret.jpg')
	await symlink(elsewhere, join(directory, 'link.jpg'))
	await symlink('/nowhere', join(directory, 'dangling.jpg'))
	execFileSync('mkfifo', [join(directory, 'pipe.jpg')])
	await mkdir(join(directory, 'folder.jpg'))
	for (const name of ['.hidden.jpg', 'acta.jpg.part', 'acta.TMP', '~acta.jpg', 'acta.jpg~']) {
		await put(directory, name)
	}
	await settle()
	await settle()
	expect(events).toEqual([])
	expect(await camera.capture()).toMatchObject({ fault: { code: 'nothing-there' } })
})

test('a file swapped for a link after it was seen is not followed', async () => {
	const { directory, camera, settle } = await rig()
	const elsewhere = await put(await temporaryFolder(), 'secret.jpg', 'secret')
	const path = await put(directory, 'acta.jpg')
	await settle()
	await rm(path)
	await symlink(elsewhere, path)
	expect(await camera.capture()).toMatchObject({ ok: false })
	expect(await readFile(elsewhere, 'utf8')).toBe('secret')
})

test('a file written under a temporary name appears when it is renamed', async () => {
	const { directory, camera, events, settle } = await rig()
	const path = await put(directory, 'acta.jpg.part', 'whole')
	await settle()
	expect(events).toEqual([])
	await rename(path, join(directory, 'acta.jpg'))
	await settle()
	expect(said(await captured(camera))).toBe('whole')
})

test('a file that goes before it is taken is a paper taken away', async () => {
	const { directory, folder, camera, events, settle } = await rig()
	const path = await put(directory, 'acta.jpg')
	await settle()
	await rm(path)
	expect(await camera.capture()).toMatchObject({ fault: { code: 'nothing-there' } })
	await folder.look()
	expect(events).toEqual(['paper', 'no-paper'])
})

test('a waiting file that is written again is waited for again', async () => {
	const { directory, camera, events, settle } = await rig()
	const path = await put(directory, 'acta.jpg', 'old and long')
	await settle()
	await truncate(path)
	expect(await camera.capture()).toMatchObject({ fault: { code: 'nothing-there' } })
	await writeFile(path, 'new')
	await settle()
	expect(events).toEqual(['paper', 'no-paper', 'paper'])
	expect(said(await captured(camera))).toBe('new')
})

test('a scanner that uses the same name again loses nothing', async () => {
	const { directory, camera, settle } = await rig()
	const path = await put(directory, 'scan.jpg', 'first acta')
	await settle()
	await captured(camera)
	await writeFile(path, 'second acta')
	await camera.release('recorded')
	expect(await readFile(path, 'utf8')).toBe('second acta')
	await settle()
	expect(said(await captured(camera))).toBe('second acta')
})

test('a file that goes while it is held changes nothing on the tray until it is released', async () => {
	const { directory, folder, camera, events, settle } = await rig()
	const path = await put(directory, 'acta.jpg')
	await settle()
	await captured(camera)
	await rm(path)
	await folder.look()
	expect(events).toEqual(['paper'])
	await camera.release('recorded')
	expect(events).toEqual(['paper', 'no-paper'])
})

test('a file that is too large is set aside unread, and the next one has its turn', async () => {
	const { directory, folder, camera, events, settle } = await rig({ largestBytes: 1 << 20 })
	await put(directory, 'large.tif', new Uint8Array((1 << 20) + 1), 10)
	await put(directory, 'acta.jpg', 'acta')
	await settle()
	const refused = await camera.capture()
	expect(refused).toMatchObject({
		fault: { code: 'too-large', detail: expect.stringContaining('over 1 MB') },
	})
	await camera.release('set-aside')
	await folder.look()
	expect(events).toEqual(['paper', 'no-paper', 'paper'])
	expect(await readdir(join(directory, 'set-aside'))).toEqual(['large.tif'])
	expect(said(await captured(camera))).toBe('acta')
})

test('files that are no pictures are captured as they are', async () => {
	const { directory, camera, settle } = await rig()
	await put(directory, 'notes.txt', 'not a picture')
	await put(directory, 'empty.jpg', '', 10)
	await settle()
	expect(said(await captured(camera))).toBe('')
	await camera.release('set-aside')
	expect(said(await captured(camera))).toBe('not a picture')
})

test('a name with a terminal escape in it is spelled out', async () => {
	const { directory, camera, settle } = await rig()
	await put(directory, '\u001b[2Jevil\u202egpj.jpg', 'acta')
	await settle()
	expect((await captured(camera)).origin).toBe('\\u{1b}[2Jevil\\u{202e}gpj.jpg')
})

test('a name that is no UTF-8 is read and cleared away like any other', async () => {
	const { directory, camera, settle } = await rig()
	await writeFile(
		Buffer.concat([Buffer.from(`${directory}/acta_`), Buffer.from([0xf1]), Buffer.from('.jpg')]),
		'ñ',
	)
	await settle()
	expect(said(await captured(camera))).toBe('ñ')
	await camera.release('recorded')
	expect(await readdir(directory)).toEqual([])
})

test('a missing folder is a fault with one line, and comes back by itself', async () => {
	const directory = join(await temporaryFolder(), 'scans')
	const { camera, started, events, troubles, settle } = await rig({}, directory)
	expect(started).toMatchObject({
		fault: { code: 'device', detail: expect.stringMatching(/scans is not there/) },
	})
	expect(await camera.capture()).toMatchObject({ fault: { code: 'device' } })
	await mkdir(directory)
	await put(directory, 'acta.jpg', 'acta')
	await settle()
	expect(events).toEqual(['paper'])
	expect(troubles).toMatchObject([{ code: 'no-folder' }, null])
	expect(await camera.start()).toEqual({ ok: true, value: true })
	expect(said(await captured(camera))).toBe('acta')
})

test('a folder that goes is told of as away, and watched again when it comes back', async () => {
	const { directory, camera, events, troubles, settle } = await rig()
	const seen: (readonly number[])[] = []
	await camera.start(() => seen.push(camera.away))
	expect(camera.away).toEqual([])
	await put(directory, 'one.jpg')
	await settle()
	await rm(directory, { recursive: true })
	await settle()
	expect(events).toEqual(['paper', 'no-paper'])
	expect(await camera.capture()).toMatchObject({ fault: { code: 'device' } })
	await mkdir(directory)
	await put(directory, 'two.jpg')
	await settle()
	expect(events).toEqual(['paper', 'no-paper', 'paper'])
	expect(troubles.map((trouble) => trouble?.code ?? null)).toEqual(['no-folder', null])
	expect(said(await captured(camera))).toBe('two.jpg')
	expect(seen).toEqual([[0], []])
})

test('a file in the place of the folder is told apart', async () => {
	const path = await put(await temporaryFolder(), 'scans', 'a file')
	const { started } = await rig({}, path)
	expect(started).toMatchObject({
		fault: { code: 'device', detail: expect.stringContaining('is not a folder') },
	})
})

test('polling alone finds a file, looking again when it is due to settle', async () => {
	const { directory, clock, folder, events } = await rig({ pollMs: 500, hints: false })
	await put(directory, 'acta.jpg')
	const looked = () => new Promise<void>((resolve) => void folder.afterLook(resolve))
	let look = looked()
	await clock.advance(500)
	await look
	expect(events).toEqual([])
	look = looked()
	await clock.advance(settleMs)
	await look
	expect(events).toEqual(['paper'])
})

test('with the real clock and hints a file becomes a paper', async () => {
	const directory = await temporaryFolder()
	const folder = new WatchedFolder(directory, { settleMs: 30, pollMs: 60_000 })
	const camera = new FolderCamera(folder)
	const tray = new FolderTray(folder)
	const paper = new Promise<TrayEvent>((resolve) => void tray.start(resolve))
	await camera.start()
	await writeFile(join(directory, 'acta.jpg'), 'acta')
	expect(await paper).toBe('paper')
	await camera.stop()
})

test('stop halfway through start leaves nothing running', async () => {
	const clock = new SimulatedClock()
	const folder = new WatchedFolder(await temporaryFolder(), { clock })
	const starting = folder.start()
	await folder.stop()
	await starting
	let looks = 0
	folder.afterLook(() => looks++)
	await clock.advance(60_000)
	await folder.look()
	expect(looks).toBe(1)
})

test('in production nothing is taken from a folder on a disk, which would keep plain pictures', async (context) => {
	const disk = await mkdtemp('/var/tmp/testigo-')
	onTestFinished(() => rm(disk, { recursive: true }))
	if (await isTmpfs(disk)) context.skip('/var/tmp is in memory here')
	await put(disk, 'acta.jpg')
	const onDisk = await rig({ onlyInMemory: true }, disk)
	expect(onDisk.started).toMatchObject({ ok: false, fault: { code: 'device' } })
	await onDisk.settle()
	expect(await onDisk.camera.capture()).toMatchObject({ ok: false, fault: { code: 'device' } })
	expect(onDisk.troubles).toMatchObject([{ code: 'on-disk' }])
	expect(await readdir(disk)).toEqual(['acta.jpg'])
})

test('in production a folder in memory is taken from', async (context) => {
	const memory = await mkdtemp('/dev/shm/testigo-').catch(() => null)
	if (memory === null) return context.skip('there is no /dev/shm here')
	onTestFinished(() => rm(memory, { recursive: true }))
	const { camera, settle, troubles } = await rig({ onlyInMemory: true }, memory)
	await put(memory, 'acta.jpg')
	await settle()
	expect(await camera.capture()).toMatchObject({ ok: true })
	expect(troubles).toEqual([])
})
