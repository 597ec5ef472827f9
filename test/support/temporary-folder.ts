import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder that goes with the test that asked for it. */
export function temporaryFolder(): Promise<string> {
	return temporaryFolderOf(onTestFinished)
}

/** A folder that goes at the end of what `after` tells of. */
export async function temporaryFolderOf(after: (clear: () => Promise<void>) => void): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'testigo-'))
	after(() => rm(folder, { recursive: true, force: true }))
	return folder
}
