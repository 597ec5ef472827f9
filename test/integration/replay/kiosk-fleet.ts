/** All kiosks of a replay, shared out among a few processes. */
import { Forked } from '../../bench/forked.ts'
import { memoryOf } from '../../support/processes.ts'
import { until } from '../../support/until.ts'
import type { FromKiosks, KiosksTask, Recorded } from './kiosks.ts'
import type { Step } from './script.ts'

type Progress = Extract<FromKiosks, { type: 'progress' }>

export class KioskFleet {
	/** What was signed, by the labels of the script. */
	readonly #recorded = new Map<string, Recorded>()
	/** Of all entries that were signed. */
	readonly ids: string[] = []
	readonly #processes: readonly Forked<FromKiosks>[]

	constructor(tasks: readonly KiosksTask[]) {
		this.#processes = tasks.map((task) => new Forked(new URL('./kiosks-process.ts', import.meta.url), task))
	}

	/** Throws (a bug) where there is no entry of this label. */
	entry(label: string): Recorded {
		const known = this.#recorded.get(label)
		if (known === undefined) throw new Error(`no entry ${label} was signed`)
		return known
	}

	async stop(): Promise<void> {
		for (const one of this.#processes) await one.stop()
	}

	/** Each has signed what it is to record, and recorded its start and a first paper. */
	async signed(): Promise<void> {
		for (const said of await Promise.all(this.#processes.map((one) => one.next()))) this.#keep(said)
	}

	begin(): void {
		for (const one of this.#processes) one.send('begin')
	}

	/** Each writes so much of what it signed into its journal. */
	record(share: number): void {
		for (const one of this.#processes) one.send({ record: share })
	}

	/** Records more by one of them, whose uplink runs. */
	async recordMore(by: string, steps: readonly Step[]): Promise<void> {
		const said = this.#processes.map((one) => one.next())
		for (const one of this.#processes) one.send({ by, steps })
		for (const one of await Promise.all(said)) this.#keep(one)
	}

	/** Until verified receipts cover so much of what was signed. */
	received(share: number): Promise<void> {
		return this.#until((all) => all.reduce((sum, one) => sum + one.received, 0) >= share * this.ids.length)
	}

	/** Until the centre holds all that was recorded so far, with its pictures, and has said so. */
	complete(): Promise<void> {
		return this.#until((all) => all.every(({ isDone }) => isDone))
	}

	/** Receipts by what they say, and other lines of their logs. */
	async log(): Promise<Readonly<Record<string, number>>> {
		const sums: Record<string, number> = {}
		for (const { log } of await this.#progress()) {
			for (const [what, count] of Object.entries(log)) sums[what] = (sums[what] ?? 0) + count
		}
		return sums
	}

	/** Megabytes at most, of each process. */
	memory(): Promise<readonly number[]> {
		return Promise.all(this.#processes.map(async ({ pid }) => Math.round((await memoryOf(pid))?.peak ?? 0)))
	}

	async #until(condition: (all: readonly Progress[]) => boolean): Promise<void> {
		let last: readonly Progress[] = []
		const explain = () =>
			last
				.map(
					({ entries, received, isDone }) =>
						`${received} of ${entries} entries received, ${isDone ? 'done' : 'not done'}`,
				)
				.join('; ')
		const look = async () => {
			last = await this.#progress()
			return condition(last)
		}
		await until(look, { timeoutMs: 900_000, everyMs: 100, explain })
	}

	async #progress(): Promise<readonly Progress[]> {
		const said = await Promise.all(
			this.#processes.map((one) => {
				const next = one.next()
				one.send('progress')
				return next
			}),
		)
		return said.map((one) => {
			if (one.type !== 'progress') throw new Error('a process of kiosks said something else')
			return one
		})
	}

	#keep(said: FromKiosks): void {
		if (said.type !== 'signed') throw new Error('a process of kiosks has signed nothing')
		for (const one of said.recorded) this.#recorded.set(one.label, one)
		this.ids.push(...said.ids)
	}
}
