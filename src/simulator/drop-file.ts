import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** As scanners do: written under a name that no watcher takes for a picture, then renamed. */
export async function dropFile(folder: string, file: string, bytes: Uint8Array): Promise<void> {
	const unfinished = join(folder, `.${file}.part`)
	await writeFile(unfinished, bytes)
	await rename(unfinished, join(folder, file))
}
