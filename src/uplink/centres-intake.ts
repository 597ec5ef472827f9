/**
 * The authority's list of centres as it comes to an uplink: from the centre, or on a stick, which leaves it beside the
 * entries. The newest one is kept in the uplink's directory, where the kiosk finds it, and verifies it by itself.
 */
import { join } from 'node:path'
import type { CentreList } from '../evidence/authority/centre-list.ts'
import { centresFile } from '../evidence/authority/centres.ts'
import { keepCentres, takeCentresFrom } from '../evidence/authority/centres-file.ts'
import type { Identity } from '../evidence/identity.ts'
import { ForeignFiles } from '../platform/files/foreign-file.ts'
import type { LogLimiter } from '../platform/process/log-limiter.ts'
import type { Fault, Result } from '../platform/result.ts'
import type { UplinkLog } from './events.ts'

export interface CentresIntakeParts {
	/** The uplink's own, and the journal's. */
	readonly directory: string
	readonly journal: string
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
	readonly #beside: string
	readonly #files = new ForeignFiles()
	/** By path, its state when it was looked at last. */
	readonly #looked = new Map<string, string>()

	constructor(parts: CentresIntakeParts) {
		this.#parts = parts
		this.#path = join(parts.directory, centresFile)
		this.#beside = join(parts.journal, centresFile)
	}

	/** Takes what stands in the directories, and leaves what is newest. Never rejects. */
	async open(): Promise<void> {
		const own = await this.#takeFile(this.#path)
		const beside = await this.#takeFile(this.#beside)
		if (own === null || beside !== null) await this.#keep()
	}

	/** Takes what a stick has brought since the last look. Never rejects. */
	async look(): Promise<void> {
		const counted = this.#parts.centres.centres
		if ((await this.#takeFile(this.#beside)) === null) return
		await this.#keep()
		await this.#change(counted)
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

	/** The number of the list that the file holds, where it changed and is newer than what was known; else null. */
	async #takeFile(path: string): Promise<number | null> {
		const { centres } = this.#parts
		const state = await this.#files.stateOf(path)
		if (state === 'missing' || state === this.#looked.get(path)) return null
		this.#looked.set(path, state)
		const taken = await takeCentresFrom(path, centres, this.#files)
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
	}

	async #change(counted: readonly Identity[]): Promise<void> {
		const { centres, changed } = this.#parts
		const now = centres.centres
		const isThere = ({ id, publicKey }: Identity) =>
			now.some((centre) => centre.id === id && centre.publicKey.equals(publicKey))
		await changed(!counted.every(isThere))
	}
}
