/**
 * A folder on a stick that anyone may have filled, held by a handle.
 *
 * INVARIANTS
 * - No link is followed, neither as the last name nor on the way: each folder is opened from the handle of the
 *   one above it. `/proc/self/fd/<handle>/<name>` stands for openat(2), which Node has no call for.
 * - Only plain files with one name are opened (`openPlain`): writing into a second name would change another kiosk's
 *   evidence.
 */
import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, opendir, unlink } from 'node:fs/promises'
import { openPlain } from '../platform/files/plain-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR } = constants

/** `missing`: nothing bears this name. The others: something does that is not taken for what it claims to be. */
export type NameFault = Fault<'missing' | 'not-a-file' | 'not-a-folder' | 'linked'>

export interface StickFile {
	readonly handle: FileHandle
	/** Bytes, when it was opened. */
	readonly size: number
}

/** All methods throw (an errno) when the stick fails; names are single ones, of our own making. */
export class StickFolder {
	readonly #handle: FileHandle

	private constructor(handle: FileHandle) {
		this.#handle = handle
	}

	/** The folder that a person named: links on the way to it are theirs, and followed. */
	static async open(path: string): Promise<Result<StickFolder, NameFault>> {
		try {
			return ok(new StickFolder(await open(path, O_RDONLY | O_DIRECTORY)))
		} catch (error) {
			return refusal(error, path)
		}
	}

	/** `make`: where nothing bears the name, a folder is made. */
	async folder(name: string, { make = false } = {}): Promise<Result<StickFolder, NameFault>> {
		try {
			if (make) await mkdir(this.#at(name)).catch(unless('EEXIST'))
			return ok(new StickFolder(await open(this.#at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW)))
		} catch (error) {
			return refusal(error, name)
		}
	}

	/** Opens a file to read it. The caller closes it. */
	file(name: string): Promise<Result<StickFile, NameFault>> {
		return this.#open(name, O_RDONLY)
	}

	/** Opens a file to write to it as it is, or a new one. The caller closes it. */
	async fileToWrite(name: string): Promise<Result<FileHandle, NameFault>> {
		const there = await this.#open(name, O_RDWR)
		if (there.ok) return ok(there.value.handle)
		return there.fault.code === 'missing' ? this.create(name) : there
	}

	async #open(name: string, flags: number): Promise<Result<StickFile, NameFault>> {
		try {
			const opened = await openPlain(this.#at(name), { flags })
			if (opened.ok) return ok({ handle: opened.value.handle, size: opened.value.seen.size })
			const { code, detail } = opened.fault
			// Of no stick is anybody else the owner than who mounts it.
			return fail(code === 'other-owner' ? 'linked' : code, `${name}: ${detail}`)
		} catch (error) {
			return refusal(error, name)
		}
	}

	/** Opens a new, empty file; a file that bears the name goes. */
	async create(name: string): Promise<Result<FileHandle, NameFault>> {
		try {
			await unlink(this.#at(name)).catch(unless('ENOENT'))
			return ok(await open(this.#at(name), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644))
		} catch (error) {
			return refusal(error, name)
		}
	}

	async remove(name: string): Promise<void> {
		await unlink(this.#at(name)).catch(unless('ENOENT'))
	}

	/** Whether anything bears the name. */
	async has(name: string): Promise<boolean> {
		const found = await lstat(this.#at(name)).catch(unless('ENOENT'))
		return found !== undefined
	}

	/** At most `most` names, in no order; `more` says that there are others. */
	async names(most: number): Promise<{ readonly names: readonly string[]; readonly more: boolean }> {
		const names: string[] = []
		for await (const { name } of await opendir(this.#at('.'))) {
			if (names.length >= most) return { names, more: true }
			names.push(name)
		}
		return { names, more: false }
	}

	/** Which file system this is on, as stat(2) numbers them. */
	async disk(): Promise<number> {
		return (await this.#handle.stat()).dev
	}

	/** For a child process that works on the whole file system. */
	get fd(): number {
		return this.#handle.fd
	}

	close(): Promise<void> {
		return this.#handle.close()
	}

	#at(name: string): string {
		if (name === '' || name === '..' || /[/\0]/.test(name)) throw new RangeError('not a single name')
		return `/proc/self/fd/${this.#handle.fd}/${name}`
	}
}

/** In words, by the code of the system call, what to do too where the stick is sound. */
export function whyStickFailed(code: string): string {
	if (code !== 'EACCES' && code !== 'EPERM') return `the stick failed or was pulled out (${code})`
	const uid = process.geteuid?.() ?? 0
	const way = `sudo mount -o nodev,nosuid,uid=${uid} …`
	return `the user ${uid} may not write on the stick; umount it, and mount it for that user (${way})`
}

function unless(code: string): (error: NodeJS.ErrnoException) => void {
	return (error) => {
		if (error.code !== code) throw error
	}
}

/** What a name is not; anything else is the stick failing. */
function refusal(error: unknown, name: string): Result<never, NameFault> {
	switch ((error as NodeJS.ErrnoException).code) {
		case 'ENOENT':
			return fail('missing', `${name} is not there`)
		case 'ELOOP':
			return fail('linked', `${name} is a link`)
		case 'ENOTDIR':
			return fail('not-a-folder', `${name} is no folder`)
		case 'EISDIR':
		case 'ENOTEMPTY':
		case 'EEXIST':
			return fail('not-a-file', `${name} is no plain file`)
		default:
			throw error
	}
}
