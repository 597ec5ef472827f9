/** What a power cut leaves at the end of an append-only file. It moves to quarantine; nothing is ever deleted. */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { replaceFile } from './durable.ts'
import { openOwn } from './own-file.ts'
import { makeOwnFolder } from './own-folder.ts'

/** Where a torn tail went, and how many bytes it had. */
export interface Quarantined {
	readonly path: string
	readonly bytes: number
}

/**
 * Moves everything from byte `offset` on into `directory`: the copy is durable before the original is cut. It is
 * named by what it holds (`nameOf` gets 16 hex digits): a clock that begins anew at each start would give a name
 * twice, and a disk that fails again and again at the same place must not fill up with copies.
 */
export async function quarantineTail(
	path: string,
	offset: number,
	directory: string,
	nameOf: (digest: string) => string,
): Promise<Quarantined> {
	const handle = await openOwn(path, 'write')
	try {
		const bytes = (await handle.stat()).size - offset
		const tail = () => handle.createReadStream({ autoClose: false, start: offset })
		const hash = createHash('sha256')
		for await (const part of tail()) hash.update(part)
		await makeOwnFolder(dirname(directory), basename(directory))
		const copy = join(directory, nameOf(hash.digest('hex').slice(0, 16)))
		await replaceFile(copy, tail())
		await handle.truncate(offset)
		await handle.sync()
		return { path: copy, bytes }
	} finally {
		await handle.close()
	}
}

/** Where in a file of `size` bytes the last whole line ends; no less than `least`. */
export async function endOfLastLine(handle: FileHandle, size: number, least = 0): Promise<number> {
	const block = Buffer.alloc(1 << 16)
	for (let end = size; end > least; ) {
		const start = Math.max(least, end - block.length)
		const { bytesRead } = await handle.read(block, 0, end - start, start)
		const feed = block.subarray(0, bytesRead).lastIndexOf(10)
		if (feed >= 0) return start + feed + 1
		end = start
	}
	return least
}
