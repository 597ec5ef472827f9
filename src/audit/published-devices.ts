/**
 * Devices, stations and officers as a stranger finds them beside a ledger. Where an authority is named and has issued a
 * registry, a device's key counts when the registry lists it or the authority gave it a certificate; else the files of
 * `devices/` count. Stations and officers are known by the registry alone.
 */
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import type { ListedRole } from '../evidence/authority/device-list.ts'
import type { RevokedDevice } from '../evidence/authority/revocation.ts'
import type { Identity } from '../evidence/identity.ts'
import { readVouchedKey } from '../evidence/keys/certified-key.ts'
import { readPemFile } from '../evidence/keys/public-key-file.ts'
import { fail, ok, type Result } from '../platform/result.ts'
import {
	type PinnedAuthorityFault,
	type PublishedAuthority,
	publishedAuthority,
} from './published-authority.ts'
import { type RestsOn, restsOn } from './rests-on.ts'

export interface DeviceSources {
	/** False where files of `devices/` count for nothing, certificates included. */
	readonly files: boolean
}

/** In an archive nobody counts whom the registry does not list. */
export const registryAlone: DeviceSources = { files: false }
export const registryAndFiles: DeviceSources = { files: true }

export class PublishedDevices {
	/** Null where none is named. */
	readonly authority: PublishedAuthority | null
	readonly #directory: string
	readonly #keys = new Map<string, Result<KeyObject>>()
	/** Whose files could not be read, the disk failing: not as good as not there. */
	readonly #unreadable = new Set<string>()
	/** Those that neither the registry nor a certificate vouches for. */
	readonly #bare = new Map<string, RestsOn>()
	readonly #sources: DeviceSources

	private constructor(directory: string, authority: PublishedAuthority | null, sources: DeviceSources) {
		this.#directory = directory
		this.#sources = sources
		this.authority = authority
	}

	/** `directory` is that of the ledger. */
	static async read(
		directory: string,
		sources = registryAndFiles,
	): Promise<Result<PublishedDevices, PinnedAuthorityFault>> {
		const authority = await publishedAuthority(directory)
		return authority.ok ? ok(new PublishedDevices(directory, authority.value, sources)) : authority
	}

	/** The key of a device, or why there is none. */
	async key(device: string): Promise<Result<KeyObject>> {
		const known = this.#keys.get(device)
		if (known !== undefined) return known
		const key = await this.#read(device)
		if (!key.ok && key.fault.code === 'file-unreadable') this.#unreadable.add(device)
		else {
			this.#unreadable.delete(device)
			this.#keys.set(device, key)
		}
		return key
	}

	/** Whether any file that could not be read can be now. */
	async readAgain(): Promise<boolean> {
		const before = [...this.#unreadable]
		for (const device of before) await this.key(device)
		return this.#unreadable.size < before.length
	}

	/** The key by which an object of this role's counts, or why there is none. */
	async signer(role: ListedRole, id: string): Promise<Result<KeyObject>> {
		if (role === 'device') return this.key(id)
		const listed = this.authority?.roll.listed(role, id)
		if (listed !== undefined) return ok(listed.publicKey)
		return (
			this.#inAnotherRole(role, id) ??
			fail(`unknown-${role}`, `the authority's registry lists no ${role} ${id}`)
		)
	}

	restsOn(device: string): RestsOn | null {
		return this.#bare.get(device) ?? null
	}

	/** One whose key was asked for before, and is good. */
	known(device: string): Identity | undefined {
		const key = this.#keys.get(device)
		return key?.ok ? { id: device, publicKey: key.value } : undefined
	}

	revocationOf(id: string): RevokedDevice | undefined {
		return this.authority?.roll.revocationOf(id)
	}

	#inAnotherRole(role: ListedRole, id: string): Result<never> | undefined {
		const other = this.authority?.roll.roleOf(id)
		if (other === undefined || other === null || other === role) return undefined
		return fail('wrong-role', `the authority's registry lists ${id} as ${other}, not as ${role}`)
	}

	async #read(device: string): Promise<Result<KeyObject>> {
		const listed = this.authority?.roll.known(device)
		if (listed !== undefined) return ok(listed.publicKey)
		const elsewhere = this.#inAnotherRole('device', device)
		if (elsewhere !== undefined) return elsewhere
		if (!this.#sources.files)
			return fail('unknown-device', `the authority's registry does not list ${device}`)
		const key = await readPemFile(join(this.#directory, 'devices', `${device}.pem`), (pem) =>
			readVouchedKey(pem, this.authority?.authority ?? null, 'entries'),
		)
		if (!key.ok) return key
		const { id, publicKey } = key.value
		if (id !== null && id !== device)
			return fail('bad-name', `devices/${device}.pem is a certificate of ${id}`)
		if (id === null && this.authority !== null && this.authority.roll.issue > 0) {
			return fail('not-listed', `the authority's registry does not list ${device}`)
		}
		if (id === null) this.#bare.set(device, restsOn(`devices/${device}.pem`, publicKey))
		return ok(publicKey)
	}
}
