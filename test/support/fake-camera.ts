/** Programs named as libcamera's on PATH, which do what a test tells them to. */
import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { onTestFinished, vi } from 'vitest'
import type { Lens } from '#src/capture/libcamera/lens.js'
import { program, still, video } from './camera-programs.ts'

/** What the next picture will be like. */
export type Behaviour =
	| 'good'
	/** The next picture is good, and then it hangs. */
	| 'once'
	| 'nothing'
	| 'half'
	| 'link'
	| 'second-name'
	| 'other-name'
	| 'busy'
	| 'missing'
	| 'hangs'
	| 'dies'

const shim = fileURLToPath(new URL('../../provisioning/camera/libcamera-still', import.meta.url))

/** A lens whose every setting stands in the command line. */
export const lens: Lens = {
	camera: 2,
	role: 'top',
	size: { width: 4608, height: 2592 },
	exposure: { shutter: 8000, gain: 1.5 },
	whiteBalance: { red: 1.75, blue: 1.5 },
	focus: 4.5,
	rotation: 180,
	crop: { x: 0.25, y: 0, width: 0.5, height: 1 },
}

export class FakeCamera {
	/** A folder in memory, of the test's own. */
	readonly home: string
	/** Where its programs are, and nothing else. */
	readonly bin: string
	readonly picture: Buffer

	private constructor(home: string, bin: string, picture: Buffer) {
		this.home = home
		this.bin = bin
		this.picture = picture
	}

	/** `libcamera-still` is the provisioned one where `shimmed`, else `rpicam-still` under its old name. */
	static async install(shimmed = true): Promise<FakeCamera> {
		const home = await mkdtemp('/dev/shm/testigo-')
		onTestFinished(() => rm(home, { recursive: true, force: true }))
		const picture = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#884422' } })
			.jpeg()
			.toBuffer()
		// Nothing may be run from /dev/shm on some machines.
		const bin = await mkdtemp(join(tmpdir(), 'testigo-bin-'))
		onTestFinished(() => rm(bin, { recursive: true, force: true }))
		const fake = new FakeCamera(home, bin, picture)
		await writeFile(join(home, 'picture.jpg'), picture)
		await writeFile(join(home, 'half.jpg'), picture.subarray(0, picture.length >> 1))
		await writeFile(join(home, 'other.jpg'), picture)
		await fake.next('good')
		await program(join(bin, 'rpicam-still'), still(home))
		await program(join(bin, 'rpicam-vid'), video(home))
		if (shimmed) await copyFile(shim, join(bin, 'libcamera-still'))
		else await program(join(bin, 'libcamera-still'), still(home))
		vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH']}`)
		onTestFinished(() => {
			vi.unstubAllEnvs()
		})
		// What hangs goes on when it is gone.
		onTestFinished(() => fake.next('good'))
		return fake
	}

	/** Of all cameras that were told nothing of their own, or of one. */
	async next(behaviour: Behaviour, camera?: number): Promise<void> {
		const name = camera === undefined ? 'behaviour' : `behaviour-${camera}`
		// In one step: a program that hangs reads it all the time.
		await writeFile(join(this.home, `${name}.new`), behaviour)
		await rename(join(this.home, `${name}.new`), join(this.home, name))
	}

	/** Holds another paper before it, once two pictures were taken. */
	async holdNext(paper: string): Promise<void> {
		await vi.waitUntil(async () => (await this.calls()).length >= 2, { timeout: 120_000 })
		await writeFile(join(this.home, 'picture.new'), await sharp(paper).jpeg().toBuffer())
		await rename(join(this.home, 'picture.new'), join(this.home, 'picture.jpg'))
	}

	/** The words of each start, oldest first. */
	async calls(): Promise<string[]> {
		const kept = await readFile(join(this.home, 'calls'), 'utf8').catch(() => '')
		return kept.split('\n').filter((line) => line !== '')
	}

	/** Is the program that was started last still there? It is one that stays. */
	async runs(): Promise<boolean> {
		const pid = await readFile(join(this.home, 'pid'), 'utf8')
		return existsSync(`/proc/${pid.trim()}`)
	}
}
