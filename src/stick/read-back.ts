/**
 * Reads a file on the stick as the stick has it. What was just written would otherwise come out of the page
 * cache, and prove nothing of the stick. `dd` asks past the cache with O_DIRECT; Node can't, since the buffers
 * for it must be aligned.
 *
 * What it proves: the device gave these bytes when asked after they were synced. It may still have answered
 * from a memory of its own; only pulling the stick out and running the command again rules that out.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { ok, type Result } from '../platform/result.ts'
import type { NameFault, StickFolder } from './folder.ts'

/** `stick`: past the page cache. `cache`: this file system (or this machine's dd) can't, so it may be from the cache. */
export type ReadFrom = 'stick' | 'cache'

/** Hands all bytes of the file to `each`, which may say that it has seen enough by `false`. */
export async function readBack(
	folder: StickFolder,
	name: string,
	each: (bytes: Buffer) => Promise<boolean> | boolean,
): Promise<Result<ReadFrom, NameFault>> {
	const direct = await folder.file(name)
	if (!direct.ok) return direct
	try {
		if (await readDirectly(direct.value.handle.fd, each)) return ok('stick')
	} finally {
		await direct.value.handle.close()
	}
	// Opened anew: dd may have left the handle in direct mode.
	const plain = await folder.file(name)
	if (!plain.ok) return plain
	try {
		for await (const part of plain.value.handle.createReadStream({ autoClose: false })) {
			if (!(await each(part))) break
		}
		return ok('cache')
	} finally {
		await plain.value.handle.close()
	}
}

/** False when not one byte could be had this way. */
async function readDirectly(
	fd: number,
	each: (bytes: Buffer) => Promise<boolean> | boolean,
): Promise<boolean> {
	const child = spawn('dd', ['iflag=direct', 'bs=1M', 'status=none'], { stdio: [fd, 'pipe', 'ignore'] })
	const ended = new Promise<number | null>((resolve) => {
		child.once('error', () => resolve(null))
		child.once('close', resolve)
	})
	let some = false
	let enough = false
	let status: number | null = null
	try {
		for await (const part of child.stdout ?? []) {
			some = true
			enough = !(await each(part))
			if (enough) break
		}
	} finally {
		// It ends by itself when nobody reads on; until then it holds the stick's file open.
		status = await ended
	}
	if (status === 0 || enough) return true
	if (!some) return false
	throw Object.assign(new Error('the stick stopped answering'), { code: 'EIO' })
}

export interface Digest {
	/** Lower-case hex. */
	readonly sha256: string
	/** Bytes. */
	readonly size: number
	readonly from: ReadFrom
}

export async function digestBack(folder: StickFolder, name: string): Promise<Result<Digest, NameFault>> {
	const hash = createHash('sha256')
	let size = 0
	const read = await readBack(folder, name, (bytes) => {
		hash.update(bytes)
		size += bytes.length
		return true
	})
	return read.ok ? ok({ sha256: hash.digest('hex'), size, from: read.value }) : read
}
