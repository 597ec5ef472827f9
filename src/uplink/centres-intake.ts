/**
 * The authority's list of centres as it comes to an uplink: from the centre, or on a stick, which leaves it in the
 * uplink's directory. The newest one is kept there, where the kiosk finds it, and verifies it by itself.
 */
import { join } from 'node:path'
import type { CentreList } from '../evidence/centre-list.ts'
import { centresFile } from '../evidence/centres.ts'
import { keepCentres, takeCentresFrom } from '../evidence/centres-file.ts'
import type { Identity } from '../evidence/identity.ts'
import { ForeignFiles } from '../platform/files/foreign-file.ts'
import type { LogLimiter } from '../platform/process/log-limiter.ts'
import type { Fault, Result } from '../platform/result.ts'
import type { UplinkLog } from './events.ts'

export interface CentresIntakeParts {
	/** The uplink's own. */
	readonly directory: string
	readonly centres: CentreList
	readonly log: UplinkLog
	readonly repeated: LogLimiter
	readonly noteTrouble: (fault: Fault) => void
	readonly diskFailed: (error: unknown) => void
	/** `gone`: one that counted before counts no more. */
	readonly changed: (gone: boolean) => Promise<void>
}

export class CentresIntake {
	readonly #parts: CentresIntakeParts
	readonly #path: string
	readonly #files = new ForeignFiles()
	#looked = 'missing'

	constructor(parts: CentresIntakeParts) {
		this.#parts = parts
		this.#path = join(parts.directory, centresFile)
	}

	/** Takes what stands in the directory, and leaves there what is newest. Never rejects. */
	async open(): Promise<void> {
		const { centres } = this.#parts
		const before = await this.#takeFile()
		if (before === null || centres.issue > before) await this.#keep()
	}

	/** Takes what a stick has brought since the last look. Never rejects. */
	async look(): Promise<void> {
		const state = await this.#files.stateOf(this.#path)
		if (state === 'missing' || state === this.#looked) return
		const counted = this.#parts.centres.centres
		if ((await this.#takeFile()) !== null) await this.#change(counted)
	}

	/** Takes what the centre has sent. Never rejects. */
	async take(payload: Buffer): Promise<void> {
		const { centres } = this.#parts
		const counted = centres.centres
		const taken = centres.take(payload.toString('latin1'))
		if (!this.#isNewer(taken)) return
		await this.#keep()
		await this.#change(counted)
	}

	/** The number of the list that the file holds, where it was newer than what was known; else null. */
	async #takeFile(): Promise<number | null> {
		const { centres } = this.#parts
		this.#looked = await this.#files.stateOf(this.#path)
		const taken = await takeCentresFrom(this.#path, centres, this.#files)
		return this.#isNewer(taken) ? centres.issue : null
	}

	#isNewer(taken: Result<boolean>): boolean {
		const { centres, log, repeated, noteTrouble } = this.#parts
		if (taken.ok) {
			if (taken.value) log({ event: 'centres', issue: centres.issue })
			return taken.value
		}
		const { fault } = taken
		repeated.log(`centres-refused ${fault.code}`, (times) => log({ event: 'centres-refused', fault, times }))
		noteTrouble(fault)
		return false
	}

	async #keep(): Promise<void> {
		const { centres, diskFailed } = this.#parts
		await keepCentres(this.#path, centres).catch(diskFailed)
		this.#looked = await this.#files.stateOf(this.#path)
	}

	async #change(counted: readonly Identity[]): Promise<void> {
		const { centres, changed } = this.#parts
		const now = centres.centres
		const isThere = ({ id, publicKey }: Identity) =>
			now.some((centre) => centre.id === id && centre.publicKey.equals(publicKey))
		await changed(!counted.every(isThere))
	}
}
