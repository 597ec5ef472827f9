/** The devices that a centre knows: `<directory>/<id>.pem`, the public key of each. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Id, type Identity, type PublicKeyFault, readPublicKey } from '../evidence/identity.ts'
import type { Clock } from '../platform/clock.ts'

/** Milliseconds between looks for unknown devices: whoever invents names can't keep the disk busy. */
const lookEvery = 1_000

export class Registry {
	readonly #directory: string
	readonly #clock: Clock
	readonly #refused: (file: string, fault: PublicKeyFault) => void
	readonly #devices = new Map<string, Identity>()
	#lookedAt = Number.NEGATIVE_INFINITY

	/** `refused` is told of each file that holds no P-256 public key. */
	constructor(directory: string, clock: Clock, refused: (file: string, fault: PublicKeyFault) => void) {
		this.#directory = directory
		this.#clock = clock
		this.#refused = refused
	}

	async start(): Promise<void> {
		const names = await readdir(this.#directory).catch((error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return []
			throw error
		})
		for (const name of names) {
			if (name.endsWith('.pem')) await this.#read(name.slice(0, -'.pem'.length))
		}
	}

	known(id: string): Identity | undefined {
		return this.#devices.get(id)
	}

	/** Looks again for a device that is not known: its key may have been added since. */
	async look(id: string): Promise<Identity | undefined> {
		const now = this.#clock.monotonic()
		if (now - this.#lookedAt < lookEvery) return this.known(id)
		this.#lookedAt = now
		await this.#read(id)
		return this.known(id)
	}

	async #read(id: string): Promise<void> {
		if (!Id.safeParse(id).success) return
		const pem = await readFile(join(this.#directory, `${id}.pem`), 'utf8').catch(() => null)
		if (pem === null) return
		const key = readPublicKey(pem)
		if (key.ok) this.#devices.set(id, { id, publicKey: key.value })
		else this.#refused(`${id}.pem`, key.fault)
	}
}
