/**
 * Whom a centre knows: stations and officers that the signed registry lists, and as devices those that the signed registry lists, and those whose public key or certificate
 * its operator put at `devices/<id>.pem`. Where both name a device, the registry's key counts.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { registryFile } from '../../audit/published-authority.ts'
import { type CentreList, type CentreListFault, onlyCentre } from '../../evidence/authority/centre-list.ts'
import { centresFile } from '../../evidence/authority/centres.ts'
import type { ListedRole, NewlyRevoked } from '../../evidence/authority/device-list.ts'
import type { RevokedDevice } from '../../evidence/authority/revocation.ts'
import { Id, type Identity } from '../../evidence/identity.ts'
import { readVouchedKey } from '../../evidence/keys/certified-key.ts'
import type { Clock } from '../../platform/clock.ts'
import { readCapped } from '../../platform/files/capped-file.ts'
import { type Fault, ok, type Result } from '../../platform/result.ts'
import { AuthorityFiles, type AuthorityFilesFault } from './authority-files.ts'
import { ListedCentres } from './listed-centres.ts'

/** Who may sign entries, and up to which. */
export interface KnownDevices {
	known(device: string): Identity | undefined
	revocationOf(device: string): RevokedDevice | undefined
}

/** Bytes: a certificate and the one above it have some 2,000. */
const longestPem = 64 * 1024

/** Milliseconds between looks at the disk: whoever invents names can't keep it busy. */
export const lookEveryMs = 1_000

export class Registry implements KnownDevices {
	readonly #directory: string
	readonly #clock: Clock
	readonly #refused: (file: string, fault: Fault) => void
	readonly #devices = new Map<string, Identity>()
	readonly #self: Identity
	#files: AuthorityFiles | null = null
	#centres: ListedCentres | null = null
	#lookedFor = Number.NEGATIVE_INFINITY
	/** For a key that may have been added. */
	#readingKey: Promise<void> = Promise.resolve()
	#looking: Promise<NewlyRevoked> | null = null
	#refreshed = Number.NEGATIVE_INFINITY

	/**
	 * `directory` is the centre's. `refused` gets each file under `devices` that holds no P-256 public key,
	 * and of what the authority did not sign. `self` is this centre, which alone counts where none are listed.
	 */
	constructor(
		directory: string,
		clock: Clock,
		refused: (file: string, fault: Fault) => void,
		self: Identity,
	) {
		this.#self = self
		this.#directory = directory
		this.#clock = clock
		this.#refused = refused
	}

	/** Throws when the disk fails. */
	async start(): Promise<Result<true, AuthorityFilesFault>> {
		const files = await AuthorityFiles.open(this.#directory)
		if (!files.ok) return files
		this.#files = files.value
		const centres = await ListedCentres.open(this.#directory, files.value?.authority ?? null, this.#self)
		if (!centres.ok) {
			await files.value?.close()
			return centres
		}
		this.#centres = centres.value
		await this.#files?.look(this.#refusedLine(registryFile))
		await this.#centres.look(this.#refusedLine(centresFile))
		const names = await readdir(join(this.#directory, 'devices')).catch((error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return []
			throw error
		})
		for (const name of names) {
			if (name.endsWith('.pem')) await this.#read(name.slice(0, -'.pem'.length))
		}
		return ok(true)
	}

	async stop(): Promise<void> {
		await this.#files?.close()
		this.#files = null
		await this.#centres?.close()
	}

	/** Whose receipts count. */
	get centres(): CentreList {
		return this.#centres?.list ?? onlyCentre(this.#self)
	}

	/** Takes in a list of centres that came another way than by the operator. Rejects when it can't be kept. */
	async takeCentres(text: string): Promise<Result<boolean, CentreListFault>> {
		return (await this.#centres?.take(text)) ?? ok(false)
	}

	/** Whether this centre is one of those that count. */
	get isListed(): boolean {
		const counted = this.centres.counted(this.#self.id)
		return counted.ok && counted.value.publicKey.equals(this.#self.publicKey)
	}

	/** A device. What the registry lists in another role is none, whatever lies in `devices/`. */
	known(id: string): Identity | undefined {
		const role = this.#files?.devices.roleOf(id) ?? null
		return role === null ? this.#devices.get(id) : this.#files?.devices.known(id)
	}

	station(id: string): Identity | undefined {
		return this.#files?.devices.station(id)
	}

	officer(id: string): Identity | undefined {
		return this.#files?.devices.officer(id)
	}

	/** Null for a stranger. */
	roleOf(id: string): ListedRole | null {
		return this.#files?.devices.roleOf(id) ?? (this.#devices.has(id) ? 'device' : null)
	}

	/** Ids of stations and officers. */
	people(): ReadonlySet<string> {
		return new Set(this.#files?.devices.people())
	}

	/** All devices that are known now, each once. */
	ids(): ReadonlySet<string> {
		return new Set([...(this.#files?.devices.ids() ?? []), ...this.#devices.keys()])
	}

	revocationOf(id: string): RevokedDevice | undefined {
		return this.#files?.devices.revocationOf(id)
	}

	/** Looks again for a device that is not known: its key may have been added since. */
	async look(id: string): Promise<Identity | undefined> {
		const now = this.#clock.monotonic()
		if (now - this.#lookedFor >= lookEveryMs) {
			this.#lookedFor = now
			this.#readingKey = this.#read(id)
		}
		// Entries of one device come many at a time: what is found for the first is found for all.
		await this.#readingKey
		return this.known(id)
	}

	/**
	 * Looks for a newer registry or revocation; undefined when the last look was just now. Who asks while one is under way
	 * waits for it, and gets nothing of it. Rejects when one can't be kept.
	 */
	refresh(): Promise<NewlyRevoked> | undefined {
		if (this.#looking !== null) return this.#looking.then(() => [])
		const now = this.#clock.monotonic()
		if (this.#files === null || now - this.#refreshed < lookEveryMs) return undefined
		this.#refreshed = now
		this.#looking = this.#lookAtWords(this.#files).finally(() => {
			this.#looking = null
		})
		return this.#looking
	}

	async #lookAtWords(files: AuthorityFiles): Promise<NewlyRevoked> {
		const revoked = await files.look(this.#refusedLine(registryFile))
		await this.#centres?.look(this.#refusedLine(centresFile))
		return revoked
	}

	#refusedLine(file: string): (line: number, fault: Fault) => void {
		return (line, { code, detail }) => this.#refused(file, { code, detail: `line ${line}: ${detail}` })
	}

	async #read(id: string): Promise<void> {
		if (!Id.safeParse(id).success) return
		const pem = await readCapped(join(this.#directory, 'devices', `${id}.pem`), longestPem)
		if (!pem.ok) {
			if (pem.fault.code !== 'file-missing') this.#refused(`${id}.pem`, pem.fault)
			return
		}
		const key = readVouchedKey(pem.value.toString('latin1'), this.#files?.authority ?? null, 'entries')
		const named = key.ok && key.value.id !== null && key.value.id !== id
		if (!key.ok) this.#refused(`${id}.pem`, key.fault)
		else if (named)
			this.#refused(`${id}.pem`, { code: 'bad-name', detail: `a certificate of ${key.value.id}` })
		else this.#devices.set(id, { id, publicKey: key.value.publicKey })
	}
}
