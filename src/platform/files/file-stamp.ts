import { stat } from 'node:fs/promises'

/** By which it shows that a file, or a folder's list of names, was written to; `none` where nothing is there. */
export async function fileStamp(path: string): Promise<string> {
	return stat(path, { bigint: true }).then(
		({ dev, ino, size, mtimeNs, ctimeNs }) => [dev, ino, size, mtimeNs, ctimeNs].join('-'),
		(error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return 'none'
			throw error
		},
	)
}
