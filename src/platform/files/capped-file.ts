import { type FileHandle, open } from 'node:fs/promises'
import { type Fault, fail, ok, type Result } from '../result.ts'
import { openRegular } from './plain-file.ts'

export type CappedFileFault = Fault<'file-missing' | 'file-unreadable' | 'too-large'>

interface CappedOptions {
	/** Waits for who writes into a pipe: for what a person names on a command line, such as `/dev/stdin`. */
	readonly pipes?: boolean
}

/**
 * Reads a small file whole, and of a large one no more than `cap` bytes, whatever `stat` says of it: a growing file
 * has no size to go by. `detail` does not name the file; the caller knows what it is.
 */
export async function readCapped(
	path: string,
	cap: number,
	{ pipes = false }: CappedOptions = {},
): Promise<Result<Buffer, CappedFileFault>> {
	try {
		const handle = pipes ? await open(path) : (await openRegular(path)).handle
		const bytes = await readUpTo(handle, cap + 1)
		return bytes.length > cap ? fail('too-large', `over ${cap} bytes`) : ok(bytes)
	} catch (error) {
		const { code = 'unknown', kind } = error as NodeJS.ErrnoException & { readonly kind?: string }
		if (code === 'ENOENT' || code === 'ENOTDIR') return fail('file-missing', 'there is no such file')
		if (code === 'EISDIR') return fail('file-unreadable', 'it is a directory')
		return fail('file-unreadable', kind ?? `can't be read (${code})`)
	}
}

async function readUpTo(file: FileHandle, most: number): Promise<Buffer> {
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
