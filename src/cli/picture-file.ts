import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { largestFrameBytes } from '../protocol/limits.ts'

export type PictureFileFault = Fault<
	'no-such-file' | 'not-a-file' | 'not-allowed' | 'too-large' | 'unreadable'
>

/** The bytes of a file that a person named. Pipes and devices are refused rather than waited for. */
export async function readPictureFile(path: string): Promise<Result<Uint8Array, PictureFileFault>> {
	try {
		const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
		try {
			const found = await handle.stat()
			if (found.isDirectory()) return fail('not-a-file', 'it is a directory: name the pictures in it')
			if (!found.isFile()) return fail('not-a-file', 'it is not a file')
			if (found.size > largestFrameBytes) {
				return fail(
					'too-large',
					`it is over ${largestFrameBytes >> 20} MB, more than any picture of 50 megapixels`,
				)
			}
			return ok(await handle.readFile())
		} finally {
			await handle.close()
		}
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
		if (code === 'ENOENT') return fail('no-such-file', 'there is no such file')
		if (code === 'EACCES') return fail('not-allowed', 'it may not be read: check its permissions')
		return fail('unreadable', `it can't be read (${code})`)
	}
}
