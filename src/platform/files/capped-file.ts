import { open } from 'node:fs/promises'
import { type Fault, fail, ok, type Result } from '../result.ts'

export type CappedFileFault = Fault<'file-missing' | 'file-unreadable' | 'too-large'>

/**
 * Reads a small file whole, and of a large one no more than `cap` bytes, whatever `stat` says of it: a pipe
 * or a growing file has no size to go by. `detail` does not name the file; the caller knows what it is.
 */
export async function readCapped(path: string, cap: number): Promise<Result<Buffer, CappedFileFault>> {
	try {
		const bytes = await readUpTo(path, cap + 1)
		return bytes.length > cap ? fail('too-large', `over ${cap} bytes`) : ok(bytes)
	} catch (error) {
		const { code = 'unknown' } = error as NodeJS.ErrnoException
		if (code === 'ENOENT' || code === 'ENOTDIR') return fail('file-missing', 'there is no such file')
		return fail('file-unreadable', `can't be read (${code})`)
	}
}

async function readUpTo(path: string, most: number): Promise<Buffer> {
	const file = await open(path)
	try {
		const parts: Buffer[] = []
		let length = 0
		while (length < most) {
			const part = Buffer.alloc(Math.min(most - length, 64 * 1024))
			const { bytesRead } = await file.read(part)
			if (bytesRead === 0) break
			parts.push(part.subarray(0, bytesRead))
			length += bytesRead
		}
		return Buffer.concat(parts)
	} finally {
		await file.close()
	}
}
