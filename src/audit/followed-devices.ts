/** Who may sign, for a process that follows a centre for days: read again when what lies on the disk is another. */
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { authorityFile } from '../evidence/authority/centres.ts'
import { fileStamp } from '../platform/files/file-stamp.ts'
import { ok, type Result } from '../platform/result.ts'
import { type PinnedAuthorityFault, registryFile } from './published-authority.ts'
import { type DeviceSources, PublishedDevices, registryAndFiles } from './published-devices.ts'

/** Of so many files of `devices/` it is noticed that they are another: a board looks three times a second. */
const mostStamped = 500

export class FollowedDevices {
	readonly #directory: string
	readonly #sources: DeviceSources
	#stamp: string | null = null
	#given: PublishedDevices | null = null

	/** `directory` is that of the ledger, or of an archive's keys. */
	constructor(directory: string, sources: DeviceSources = registryAndFiles) {
		this.#directory = directory
		this.#sources = sources
	}

	/** Null where nothing has changed since it last gave something. Rejects when the disk fails. */
	async look(): Promise<Result<PublishedDevices | null, PinnedAuthorityFault>> {
		// Before the files are read: what changes meanwhile is seen the next time.
		const stamp = await this.#stampNow()
		if (stamp === this.#stamp) return ok((await this.#given?.readAgain()) === true ? this.#given : null)
		const read = await PublishedDevices.read(this.#directory, this.#sources)
		if (read.ok) [this.#stamp, this.#given] = [stamp, read.value]
		return read
	}

	async #stampNow(): Promise<string> {
		const at = (name: string) => join(this.#directory, name)
		const stamps = [authorityFile, registryFile, 'devices'].map((name) => fileStamp(at(name)))
		const keys = (await this.#keyFiles()).map(async (name) => {
			const stamp = await fileStamp(at(name)).catch(({ code }: NodeJS.ErrnoException) => code)
			return `${name}:${stamp}`
		})
		return (await Promise.all([...stamps, ...keys])).join(' ')
	}

	/** A key that is written in place leaves its folder as it was. */
	async #keyFiles(): Promise<readonly string[]> {
		const names: string[] = []
		// What can't be listed or looked at is said when a key is read.
		try {
			for await (const { name } of await opendir(join(this.#directory, 'devices'))) {
				if (name.endsWith('.pem')) names.push(`devices/${name}`)
				if (names.length === mostStamped) break
			}
		} catch {}
		return names.sort()
	}
}
