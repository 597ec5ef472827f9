/** One process at a time is at an archive, and one at a log's key: two would sign two logs. */
import { join } from 'node:path'
import { Lock, type LockFault } from '../journal/lock.ts'
import { makeOwnFolder } from '../platform/files/own-folder.ts'
import { type Fault, fail, type Result } from '../platform/result.ts'

export type PublishingLockFault = LockFault | Fault<'disk-failed'>

interface LockedFolders {
	/** Made where it is missing. */
	readonly archive: string
	readonly keyFolder: string
}

/** Holds both while the work is done. */
export async function locked<T, F extends Fault>(
	{ archive, keyFolder }: LockedFolders,
	work: () => Promise<Result<T, F>>,
): Promise<Result<T, F | PublishingLockFault>> {
	return withDiskFaults<T, F | PublishingLockFault>(async () => {
		await makeOwnFolder(archive)
		const atKey = await Lock.take(join(keyFolder, 'lock'))
		if (!atKey.ok) return atKey
		try {
			const atArchive = await Lock.takeFolder(archive)
			if (!atArchive.ok) return atArchive
			return await work().finally(() => atArchive.value.release())
		} finally {
			await atKey.value.release()
		}
	})
}

/** A failure of the disk is a fault wherever it comes from; any other is thrown on. */
export async function withDiskFaults<T, F extends Fault>(
	work: () => Promise<Result<T, F>>,
): Promise<Result<T, F | Fault<'disk-failed'>>> {
	try {
		return await work()
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('disk-failed', message)
	}
}
