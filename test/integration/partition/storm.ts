/** Faults at random, one after another, each healed and waited for; at the end nothing may be missing. */
import { setTimeout as lasting } from 'node:timers/promises'
import { auditLedger } from '#src/audit/ledger-audit.js'
import type { Random } from '#src/simulator/random.js'
import { HeldByCentre } from '../hostile/held-by-centre.ts'
import { Archipelago, type Island, type Kiosk, kiosks, type Said } from './archipelago.ts'
import { Pauses, type Recovery } from './recovery.ts'

export interface StormReport {
	readonly entries: number
	readonly images: number
	/** Entries not exactly once in the ledger, images not there, faults that the audit found. */
	readonly missing: number
	readonly faults: readonly string[]
	readonly kills: number
	readonly cuts: number
	readonly recoveries: readonly Recovery[]
}

interface Fault {
	readonly killed: boolean
	readonly cut: readonly Island[]
	readonly silent: boolean
	/** Milliseconds. */
	readonly lasts: number
}

/** Milliseconds: of a fault, at most; between two; between two actas of one kiosk. */
const longestFault = 30_000
const longestPeace = 6_000
const betweenActas = 700

export class Storm {
	readonly #random: Random
	readonly #say: (what: string) => void
	readonly #archipelago: Archipelago
	readonly #pauses = new Pauses()
	readonly #listeners = new Set<(said: Said) => void>()
	readonly #recoveries: Recovery[] = []
	readonly #complete = new Map<Island, number>()
	#kills = 0
	#cuts = 0
	#writing = false

	constructor(directory: string, random: Random, say: (what: string) => void) {
		this.#random = random
		this.#say = say
		this.#archipelago = new Archipelago(directory, (said) => this.#hear(said))
	}

	/** Milliseconds of faults, and of patience for the last of everything to arrive. */
	async run(duration: number, patience: number): Promise<StormReport> {
		try {
			await this.#archipelago.start()
			this.#writing = true
			const written = Promise.all(kiosks.map((kiosk) => this.#write(kiosk)))
			await Promise.all(kiosks.map((kiosk) => this.#next(kiosk, 'receipt', patience)))
			const end = performance.now() + duration
			while (performance.now() < end) {
				await lasting(this.#random.between(500, longestPeace))
				await this.#strike(this.#draw(), patience)
			}
			this.#writing = false
			await written
			await Promise.all(kiosks.map((kiosk) => this.#arrived(kiosk, patience)))
		} finally {
			await this.stop()
		}
		return await this.#report()
	}

	/** Ends all processes and clears the network away. */
	async stop(): Promise<void> {
		this.#writing = false
		await this.#archipelago.stop()
	}

	#hear(said: Said): void {
		this.#pauses.hear(said)
		if (said.event === 'cried') this.#say(`${said.by}: ${String(said.fields['line'])}`)
		if (said.event === 'complete') this.#complete.set(said.by, Number(said.fields['complete']))
		for (const listener of [...this.#listeners]) listener(said)
	}

	/** When the next such event of `by` comes. Rejects when it does not come. */
	#next(by: Island, event: string, patience: number): Promise<number> {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				this.#listeners.delete(listener)
				reject(new Error(`${by}: no "${event}" in ${patience} ms`))
			}, patience)
			const listener = (said: Said) => {
				if (said.by !== by || said.event !== event) return
				this.#listeners.delete(listener)
				clearTimeout(timer)
				resolve(said.at)
			}
			this.#listeners.add(listener)
		})
	}

	async #write(kiosk: Kiosk): Promise<void> {
		while (this.#writing) {
			await this.#archipelago.record(kiosk, this.#random)
			await lasting(this.#random.between(0, 2 * betweenActas))
		}
	}

	/** Short faults are as likely as long ones. */
	#draw(): Fault {
		const random = this.#random
		const lasts = 500 * (longestFault / 500) ** random.fraction()
		const cut = random.pick<readonly Island[]>([
			[],
			[random.pick(kiosks)],
			[random.pick(kiosks)],
			['broker'],
			['centre'],
			['centre', random.pick(kiosks)],
		])
		return { cut, killed: cut.length === 0 || random.chance(0.2), silent: random.chance(0.5), lasts }
	}

	async #strike({ cut, killed, silent, lasts }: Fault, patience: number): Promise<void> {
		const fault = `${killed ? 'kill broker ' : ''}${cut.map((island) => `cut ${island}`).join(' ')}`.trim()
		for (const island of cut) this.#archipelago.cut(island, silent)
		if (killed) await this.#archipelago.killBroker()
		this.#cuts += cut.length
		if (killed) this.#kills++
		await lasting(lasts)
		if (killed) {
			const running = this.#next('broker', 'running', patience)
			this.#archipelago.restartBroker()
			await running
		}
		for (const island of cut) this.#archipelago.heal(island, silent)
		const healed = performance.now()
		// Of the others nobody would notice.
		const everybody = killed || cut.includes('broker') || cut.includes('centre')
		const struck = kiosks.filter((kiosk) => everybody || cut.includes(kiosk))
		await Promise.all(
			struck.map(async (kiosk) => {
				const took = (await this.#next(kiosk, 'receipt', patience)) - healed
				const backoff = this.#pauses.within(healed, healed + took, [kiosk, 'centre'])
				this.#recoveries.push({ kiosk, fault, lasted: lasts, took, backoff })
			}),
		)
		const times = this.#recoveries
			.slice(-struck.length)
			.map(({ took, backoff }) => `${Math.round(took)} (${Math.round(backoff)})`)
		this.#say(
			`${fault}${silent ? ' silently' : ''}, ${Math.round(lasts)} ms; healed after ${times.join(', ')}`,
		)
	}

	async #arrived(kiosk: Kiosk, patience: number): Promise<void> {
		const { entries } = this.#archipelago.journal(kiosk)
		while (this.#complete.get(kiosk) !== entries.length) await this.#next(kiosk, 'complete', patience)
	}

	async #report(): Promise<StormReport> {
		const { ledger } = this.#archipelago
		const journals = kiosks.map((kiosk) => this.#archipelago.journal(kiosk))
		let missing = 0
		for (const journal of journals) {
			const held = new HeldByCentre(ledger, journal)
			missing += held.times().filter((times) => times !== 1).length
			missing += journal.entries.length - held.complete()
		}
		const audit = await auditLedger(ledger)
		const entries = journals.reduce((sum, journal) => sum + journal.entries.length, 0)
		const images = journals.reduce((sum, journal) => sum + journal.files.length, 0)
		if (!audit.ok || audit.value.entries !== entries || audit.value.images?.present !== images) missing++
		return {
			entries,
			images,
			missing,
			faults: audit.ok ? audit.value.faults.map((fault) => JSON.stringify(fault)) : [audit.fault.detail],
			kills: this.#kills,
			cuts: this.#cuts,
			recoveries: this.#recoveries,
		}
	}
}
