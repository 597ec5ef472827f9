/**
 * The last status of each device, with when it was heard: in `statuses.json` beside the ledger, where a restart and
 * other programs of the centre find it, since no broker keeps it. Nobody signs a status and nothing is counted by it,
 * so it is written now and then only, and a loss means half a minute of not knowing.
 */
import { join } from 'node:path'
import type { Low } from 'lowdb'
import * as z from 'zod'
import { Instant } from '../evidence/fields.ts'
import { type Clock, instant } from '../platform/clock.ts'
import { openDurableJson } from '../platform/files/durable-json.ts'
import type { Fault } from '../platform/result.ts'
import { DeviceStatus } from '../protocol/device-status.ts'

/** Milliseconds between a status and the writing that has it. */
const writeMs = 15_000

/** Devices with a status: who was not heard for the longest time makes room. At 2 kB each at most, 20 MB. */
export const mostStatuses = 10_000

export const HeardStatus = z.object({
	/** By the centre's clock. */
	heard: Instant,
	status: DeviceStatus,
})
export type HeardStatus = z.infer<typeof HeardStatus>

const StatusFile = z.object({ v: z.literal(1), statuses: z.array(z.unknown()) })
type StatusFile = z.infer<typeof StatusFile>

export interface DeviceStatusesParts {
	/** The centre's. */
	readonly directory: string
	readonly clock: Clock
	/** Called once for each trouble with the file. */
	readonly failed: (fault: Fault) => void
}

export class DeviceStatuses {
	readonly #parts: DeviceStatusesParts
	/** The one heard last stands last. */
	readonly #heard = new Map<string, HeardStatus>()
	#file: Low<StatusFile> | undefined
	#cancelWrite: (() => void) | undefined
	#writing: Promise<void> = Promise.resolve()
	#failing = false

	constructor(parts: DeviceStatusesParts) {
		this.#parts = parts
	}

	/** Reads what an earlier run left, as far as it can be read. Throws when the disk fails. */
	async open(): Promise<void> {
		const { db } = await openDurableJson(join(this.#parts.directory, 'statuses.json'), StatusFile, {
			v: 1,
			statuses: [],
		})
		this.#file = db
		for (const one of db.data.statuses) {
			const read = HeardStatus.safeParse(one)
			if (read.success) this.#keep(read.data)
		}
	}

	of(device: string): HeardStatus | undefined {
		return this.#heard.get(device)
	}

	note(status: DeviceStatus): void {
		const { clock } = this.#parts
		this.#keep({ heard: instant(clock.wall()), status })
		this.#cancelWrite ??= clock.after(writeMs, () => this.#begin())
	}

	/** Writes what was not written yet. */
	async close(): Promise<void> {
		if (this.#cancelWrite !== undefined) this.#begin()
		await this.#writing
	}

	#keep(heard: HeardStatus): void {
		const { device } = heard.status
		this.#heard.delete(device)
		this.#heard.set(device, heard)
		for (const [oldest] of this.#heard) {
			if (this.#heard.size <= mostStatuses) return
			this.#heard.delete(oldest)
		}
	}

	#begin(): void {
		this.#cancelWrite?.()
		this.#cancelWrite = undefined
		this.#writing = this.#write()
	}

	/** Never rejects. */
	async #write(): Promise<void> {
		const file = this.#file
		if (file === undefined) return
		try {
			file.data = { v: 1, statuses: [...this.#heard.values()] }
			await file.write()
			this.#failing = false
		} catch (error) {
			if (!this.#failing) {
				this.#parts.failed({ code: 'disk', detail: error instanceof Error ? error.message : String(error) })
			}
			this.#failing = true
		}
	}
}
