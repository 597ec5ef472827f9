/** Who may sign, for a process that follows a centre for days: read again when what lies on the disk is another. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { authorityFile } from '../evidence/authority/centres.ts'
import { ok, type Result } from '../platform/result.ts'
import { type PinnedAuthorityFault, registryFile } from './published-authority.ts'
import { PublishedDevices } from './published-devices.ts'

export class FollowedDevices {
	readonly #directory: string
	#stamp: string | null = null

	/** `directory` is that of the ledger. */
	constructor(directory: string) {
		this.#directory = directory
	}

	/** Null where nothing has changed since it last gave something. Rejects when the disk fails. */
	async look(): Promise<Result<PublishedDevices | null, PinnedAuthorityFault>> {
		// Before the files are read: what changes meanwhile is seen the next time.
		const stamps = [authorityFile, registryFile, 'devices'].map((name) =>
			stampOf(join(this.#directory, name)),
		)
		const stamp = (await Promise.all(stamps)).join(' ')
		if (stamp === this.#stamp) return ok(null)
		const read = await PublishedDevices.read(this.#directory)
		if (read.ok) this.#stamp = stamp
		return read
	}
}

async function stampOf(path: string): Promise<string> {
	return stat(path, { bigint: true }).then(
		({ dev, ino, size, mtimeNs }) => [dev, ino, size, mtimeNs].join('-'),
		(error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return 'none'
			throw error
		},
	)
}
