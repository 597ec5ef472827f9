/**
 * The authority's word in a centre's directory: `authority.pem`, pinned by the operator, and `registry.jws`, the
 * registries and revocations that were taken in, which only grows. `devices/registry.jws` is where the operator puts
 * newer ones; it is looked at again while the centre runs.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
	type PinnedAuthorityFault,
	pinnedAuthority,
	registryFile,
	takeRegistryFile,
} from '../../audit/published-authority.ts'
import { DeviceList, type NewlyRevoked } from '../../evidence/authority/device-list.ts'
import type { RevokedDevice } from '../../evidence/authority/revocation.ts'
import type { PinnedAuthority } from '../../evidence/keys/certified-key.ts'
import { LineLog } from '../../platform/files/line-log.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'

export type AuthorityFilesFault = PinnedAuthorityFault | Fault<'damaged'>

/** A centre's own: takes in what the operator puts there, and keeps it. */
export class AuthorityFiles {
	readonly authority: PinnedAuthority
	readonly devices: DeviceList
	readonly #directory: string
	readonly #log: LineLog
	/** Lines that were taken in. */
	readonly #texts: Set<string>
	#version: string | null = null

	private constructor(
		directory: string,
		authority: PinnedAuthority,
		devices: DeviceList,
		log: LineLog,
		texts: Set<string>,
	) {
		this.#directory = directory
		this.authority = authority
		this.devices = devices
		this.#log = log
		this.#texts = texts
	}

	/** Null where no authority is pinned. Throws when the disk fails. */
	static async open(directory: string): Promise<Result<AuthorityFiles | null, AuthorityFilesFault>> {
		const pinned = await pinnedAuthority(directory)
		if (!pinned.ok) return pinned
		const authority = pinned.value
		if (authority === null) return ok(null)
		const devices = new DeviceList(authority.publicKey)
		const path = join(directory, registryFile)
		const { log } = await LineLog.open(path, join(directory, 'quarantine'))
		const texts = new Set<string>()
		for await (const { line, text, taken } of takeRegistryFile(path, devices)) {
			if (!taken.ok) {
				await log.close()
				const { code, detail } = taken.fault
				return fail('damaged', `${path}: line ${line}: ${code}: ${detail}; is authority.pem the right one?`)
			}
			texts.add(text)
		}
		return ok(new AuthorityFiles(directory, authority, devices, log, texts))
	}

	/**
	 * Looks at what the operator put there, when it changed since the last look. `refused` gets every line
	 * that is not taken in. Rejects when what was taken in can't be kept.
	 */
	async look(refused: (line: number, fault: Fault) => void): Promise<NewlyRevoked> {
		const path = join(this.#directory, 'devices', registryFile)
		const version = await versionOf(path)
		if (version === null || version === this.#version) return []
		this.#version = version
		const revoked: RevokedDevice[] = []
		for await (const { line, text, taken } of takeRegistryFile(path, this.devices)) {
			if (this.#texts.has(text)) continue
			if (!taken.ok) {
				refused(line, taken.fault)
				continue
			}
			this.#texts.add(text)
			await this.#log.append([text])
			revoked.push(...taken.value)
		}
		return revoked
	}

	close(): Promise<void> {
		return this.#log.close()
	}
}

/** Changes whenever the file does; null where there is none. */
async function versionOf(path: string): Promise<string | null> {
	try {
		const { ino, size, mtimeMs } = await stat(path)
		return `${ino} ${size} ${mtimeMs}`
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
		throw error
	}
}
