/** The last status of each device, as the centre keeps it in `statuses.json`: read again when the file is another. */
import { join } from 'node:path'
import * as z from 'zod'
import type { ForeignFiles } from '../platform/files/foreign-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { parseJson } from '../platform/strict-json.ts'
import { HeardStatus, mostStatuses } from './device-statuses.ts'

/** Bytes: `mostStatuses` of 4 KiB each. */
const capBytes = mostStatuses * 4_096

const StatusFile = z.object({ v: z.literal(1), statuses: z.array(z.unknown()).max(mostStatuses) })

export class FollowedStatuses {
	readonly #path: string
	readonly #files: ForeignFiles
	#state = ''
	/** Of the file as it is. */
	#fault: Fault<'statuses-unreadable'> | null = null
	#statuses: ReadonlyMap<string, HeardStatus> = new Map()

	/** `directory` is the centre's. */
	constructor(directory: string, files: ForeignFiles) {
		this.#path = join(directory, 'statuses.json')
		this.#files = files
	}

	/** By device. */
	get all(): ReadonlyMap<string, HeardStatus> {
		return this.#statuses
	}

	/** Gives whether there is something new. What can't be read leaves what was there. */
	async look(): Promise<Result<boolean, Fault<'statuses-unreadable'>>> {
		const state = await this.#files.stateOf(this.#path)
		if (state === this.#state) return this.#fault === null ? ok(false) : { ok: false, fault: this.#fault }
		const read = await this.#files.read(this.#path, capBytes)
		if (!read.ok) {
			// A centre that has not heard anybody yet has none.
			if (read.fault.code === 'file-missing') return ok(false)
			return fail('statuses-unreadable', read.fault.detail)
		}
		this.#state = state
		const json = parseJson(read.value.bytes)
		const file = json.ok ? StatusFile.safeParse(json.value) : null
		if (!file?.success) {
			const refused = fail('statuses-unreadable', `${this.#path}: no statuses of version 1`)
			this.#fault = refused.fault
			return refused
		}
		this.#fault = null
		const statuses = new Map<string, HeardStatus>()
		for (const one of file.data.statuses) {
			const heard = HeardStatus.safeParse(one)
			if (heard.success) statuses.set(heard.data.status.device, heard.data)
		}
		this.#statuses = statuses
		return ok(true)
	}
}
