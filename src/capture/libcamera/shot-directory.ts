/**
 * Where a camera program leaves its pictures for the moment until they are read: a directory of our own in
 * memory. Plain pictures of actas must never reach a disk, and nobody else may put a picture there.
 *
 * INVARIANTS
 * - Only plain files of our own user with one name are read, never through a link.
 * - A picture is gone from the directory before its bytes are handed on.
 */
import { chmod, lstat, mkdir, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { openPlain } from '../../platform/files/plain-file.ts'
import { isOthers } from '../../platform/process/give-up-root.ts'
import { fail, ok, type Result } from '../../platform/result.ts'
import { largestFrameBytes } from '../../protocol/limits.ts'
import type { CameraFault } from '../camera.ts'
import { errorCode } from '../folder-file.ts'
import { isTmpfs } from '../is-tmpfs.ts'
import { endOfJpeg } from './jpeg.ts'

/**
 * What may stand in its path: node-libcamera hands it to a shell, and rpicam-still takes it for a `printf`
 * format of at most 127 characters.
 */
export const shotDirectoryPath = /^(\/[A-Za-z0-9_][A-Za-z0-9._-]*)+$/
const longestShotDirectoryPath = 80

/** A rig has a directory in it for each camera, `/0` to `/3`, and the doctor one of its own for that, `/doctor/0`. */
export const longestRigDirectoryPath = longestShotDirectoryPath - '/doctor/0'.length

/**
 * Where a command leaves its pictures beside a kiosk's, which are none of its business: in a directory of its own, and
 * for root not below the kiosk's user, who could lead it elsewhere.
 */
export async function directoryBeside(kiosks: string, name: string): Promise<string> {
	const root = process.geteuid?.() === 0
	return root && (await isOthers(kiosks)) ? `/run/testigo-${name}` : join(kiosks, name)
}

export interface ShotDirectoryOptions {
	/** False to accept one on a disk, for development. */
	readonly onlyInMemory: boolean
	/** Most bytes of a picture. */
	readonly largestBytes?: number
}

export class ShotDirectory {
	readonly path: string
	readonly #options: ShotDirectoryOptions

	constructor(path: string, options: ShotDirectoryOptions) {
		this.path = path
		this.#options = options
	}

	/** Makes it, makes sure of it, and clears away what an earlier run left. */
	async open(): Promise<Result<true, CameraFault>> {
		const { path } = this
		if (!shotDirectoryPath.test(path) || path.length > longestShotDirectoryPath) {
			return fail('device', 'the directory for pictures has a name that a camera program may not be given')
		}
		try {
			await mkdir(path, { recursive: true, mode: 0o700 })
			const found = await lstat(path)
			if (!found.isDirectory()) return fail('device', `${path} is no directory: remove it`)
			if (found.uid !== process.geteuid?.()) {
				return fail('device', `${path} belongs to somebody else: remove it, or set another directory`)
			}
			await chmod(path, 0o700)
			if (this.#options.onlyInMemory && !(await isTmpfs(path))) {
				return fail('device', `${path} is on a disk: set a directory on tmpfs, such as /run/testigo/camera`)
			}
			await this.sweep()
			return ok(true)
		} catch (error) {
			return fail('device', `${path} can't be used (${errorCode(error)}): give the kiosk's user access`)
		}
	}

	/** A path in it. */
	at(name: string): string {
		return join(this.path, name)
	}

	/** Clears away whatever lies in it. */
	async sweep(): Promise<void> {
		for (const name of await readdir(this.path)) await this.remove(name)
	}

	/** A link is removed, and not what it leads to. */
	async remove(name: string): Promise<void> {
		await unlink(this.at(name)).catch(() => undefined)
	}

	/** Takes a whole JPEG out of it; whatever was there instead is removed too. */
	async take(name: string): Promise<Result<Uint8Array, CameraFault>> {
		const bytes = await this.#read(name)
		await this.remove(name)
		if (!bytes.ok) return bytes
		if (endOfJpeg(bytes.value) !== bytes.value.length) {
			return fail('device', 'the camera left a picture that is cut short or damaged')
		}
		return bytes
	}

	async #read(name: string): Promise<Result<Uint8Array, CameraFault>> {
		const largest = this.#options.largestBytes ?? largestFrameBytes
		try {
			const owners = [process.geteuid?.() ?? 0]
			const opened = await openPlain(this.at(name), { owners })
			if (!opened.ok) {
				return opened.fault.code === 'missing'
					? fail('device', 'the camera said that it was done, and left no picture')
					: fail('device', `the camera left something that is no file of its own: ${opened.fault.detail}`)
			}
			const { handle: file, seen } = opened.value
			try {
				if (seen.size > largest) {
					return fail('too-large', `the camera left ${seen.size} bytes: set a smaller picture size`)
				}
				const bytes = new Uint8Array(seen.size)
				let filled = 0
				while (filled < bytes.length) {
					const { bytesRead } = await file.read(bytes, filled, bytes.length - filled)
					if (bytesRead === 0) break
					filled += bytesRead
				}
				return ok(bytes.subarray(0, filled))
			} finally {
				await file.close()
			}
		} catch (error) {
			return fail('device', `the camera's picture can't be read (${errorCode(error)})`)
		}
	}
}
