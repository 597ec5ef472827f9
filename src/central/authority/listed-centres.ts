/**
 * The authority's lists of centres in a centre's directory: `centres.jws`, those that were taken in, which only grows.
 * `devices/centres.jws` is where the operator puts newer ones; it is looked at again while the centre runs. Devices get
 * the newest from here.
 */
import { join } from 'node:path'
import { takeCentresFile } from '../../audit/published-authority.ts'
import { CentreList, type CentreListFault } from '../../evidence/authority/centre-list.ts'
import { centresFile } from '../../evidence/authority/centres.ts'
import type { Identity } from '../../evidence/identity.ts'
import type { PinnedAuthority } from '../../evidence/keys/certified-key.ts'
import { ForeignFiles } from '../../platform/files/foreign-file.ts'
import { LineLog } from '../../platform/files/line-log.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'

export class ListedCentres {
	/** Before the first list only this centre counts here. */
	readonly list: CentreList
	readonly #directory: string
	readonly #log: LineLog | null
	readonly #files = new ForeignFiles()
	#looked = 'missing'

	private constructor(directory: string, list: CentreList, log: LineLog | null) {
		this.#directory = directory
		this.list = list
		this.#log = log
	}

	/** Throws when the disk fails. */
	static async open(
		directory: string,
		authority: PinnedAuthority | null,
		self: Identity,
	): Promise<Result<ListedCentres, Fault<'damaged'>>> {
		if (authority === null) return ok(new ListedCentres(directory, new CentreList(null, self), null))
		const list = new CentreList(authority.publicKey, self)
		const path = join(directory, centresFile)
		const { log } = await LineLog.open(path, join(directory, 'quarantine'))
		for await (const { line, taken } of takeCentresFile(path, list)) {
			if (taken.ok) continue
			await log.close()
			const { code, detail } = taken.fault
			return fail('damaged', `${path}: line ${line}: ${code}: ${detail}; is authority.pem the right one?`)
		}
		return ok(new ListedCentres(directory, list, log))
	}

	/** Looks at what the operator put there, when it changed since. True when a newer list was taken in. */
	async look(refused: (line: number, fault: Fault) => void): Promise<boolean> {
		if (this.#log === null) return false
		const path = join(this.#directory, 'devices', centresFile)
		const state = await this.#files.stateOf(path)
		if (state === 'missing' || state === this.#looked) return false
		this.#looked = state
		let newer = false
		for await (const { line, text, taken } of takeCentresFile(path, this.list)) {
			if (!taken.ok) refused(line, taken.fault)
			else if (taken.value) {
				await this.#log.append([text])
				newer = true
			}
		}
		return newer
	}

	/** Takes in a list that came another way. Rejects when it can't be kept. */
	async take(text: string): Promise<Result<boolean, CentreListFault>> {
		const taken = this.list.take(text)
		if (taken.ok && taken.value) await this.#log?.append([text])
		return taken
	}

	async close(): Promise<void> {
		await this.#log?.close()
	}
}
