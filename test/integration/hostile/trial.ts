/**
 * A real uplink and a real, honest centre with a hostile broker between them. Whatever the uplink counts, on its
 * own, on its heartbeat and through the kiosk's eyes, is held against the centre's disk all the time.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import type { Identity } from '#src/evidence/identity.js'
import { readUplinkState, stateFile } from '#src/handover/uplink-state.js'
import { Journal } from '#src/journal/journal.js'
import { UplinkWatcher } from '#src/kiosk/uplink-watcher.js'
import { type Clock, systemClock } from '#src/platform/clock.js'
import { connectionDelays } from '#src/platform/mqtt/mqtt-connection.js'
import { keptReceiptsFile } from '#src/receipts/receipt-files.js'
import { Random } from '#src/simulator/random.js'
import type { Behaviour, Mix } from '../../support/hostile/behaviour.ts'
import { HostileBroker } from '../../support/hostile/hostile-broker.ts'
import { ReceiptForger } from '../../support/hostile/receipt-forger.ts'
import { actaText, someBytes } from '../../support/journal-maker.ts'
import { gotten } from '../../support/result.ts'
import { until } from '../../support/until.ts'
import { Station } from '../../support/uplink-station.ts'
import { HeldByCentre } from './held-by-centre.ts'

export interface TrialPlan {
	readonly seed: string
	readonly mix: Mix
	/** In the journal from the beginning; every twentieth has a file of several chunks. */
	readonly entries: number
	/** Hostile until the broker has seen this many messages with an entry, or all was received in spite of it. */
	readonly deliveries: number
	/** How often the uplink is started anew meanwhile. */
	readonly restarts: number
	/** A control: the uplink and the kiosk believe the forger instead of the centre, until they are found out. */
	readonly gullible?: boolean
}

export interface TrialReport {
	/** Messages with an entry that the broker saw while it was hostile. */
	readonly deliveries: number
	readonly acts: ReadonlyMap<Behaviour, number>
	/** Receipts that the uplink refused. */
	readonly refused: number
	/** How often what is counted was held against the centre's disk. */
	readonly checks: number
	/** Everything that was counted and not held. */
	readonly falsehoods: readonly string[]
	/** Entries not found exactly once in the ledger at the end, and files not found. */
	readonly undelivered: number
	/** Lines in the uplink's file of receipts: a broker must not be able to fill the disk with old ones. */
	readonly receipts: number
}

/** Times the speed of the system's clock: what an uplink waits for seconds takes a part of one. */
const haste = 20

const hastyClock: Clock = {
	wall: systemClock.wall,
	monotonic: () => systemClock.monotonic() * haste,
	after: (milliseconds, action) => systemClock.after(milliseconds / haste, action),
}

/** A broker that says nothing is given up after a second. */
const settings = {
	clock: hastyClock,
	connectionDelays: {
		...connectionDelays,
		reconnect: { firstMs: 10 * haste, mostMs: 100 * haste },
		publish: { leastMs: 1_000 * haste, mostMs: 1_000 * haste },
		reach: 2_000 * haste,
		connect: 2_000 * haste,
	},
	retryPolicy: {
		receipt: { firstMs: 50 * haste, mostMs: 800 * haste },
		parked: { firstMs: 50 * haste, mostMs: 400 * haste },
	},
}

export async function runTrial(plan: TrialPlan): Promise<TrialReport> {
	const trial = new Trial(plan)
	try {
		return await trial.run()
	} finally {
		await trial.stop()
	}
}

class Trial {
	readonly #plan: TrialPlan
	readonly #station: Station
	readonly #broker: HostileBroker
	readonly #held: HeldByCentre
	readonly #believed: Identity
	readonly #falsehoods: string[] = []
	#checks = 0
	#refused = 0
	#kiosk: Journal | undefined

	constructor(plan: TrialPlan) {
		this.#plan = plan
		this.#station = new Station('mqtt://127.0.0.1:0')
		const random = new Random(`${plan.seed}/broker`)
		const forger = new ReceiptForger(this.#station.centreSigner, systemClock, random)
		this.#broker = new HostileBroker({ clock: systemClock, random, forger, longest: 400 })
		this.#believed = plan.gullible ? forger.identity : this.#station.centreSigner
		this.#held = new HeldByCentre(this.#station.centralDirectory, this.#station.journal)
	}

	async run(): Promise<TrialReport> {
		const { mix, entries, gullible = false } = this.#plan
		const station = this.#station
		await this.#broker.start()
		station.broker = { ...station.broker, url: this.#broker.url }
		await this.#record(entries)
		await this.#openKiosk()
		this.#broker.behave(mix)
		await station.startCentral()
		await this.#startUplink()
		await this.#sufferHostility()
		const deliveries = this.#broker.entries
		if (gullible) return this.#report(deliveries)

		this.#broker.behave({})
		await this.#record(2)
		await this.#openKiosk()
		await this.#until(() => station.uplink?.complete === entries + 2)
		// What is written last says all of it.
		await station.uplink?.stop()
		const { received } = await this.#look()
		if (received !== entries + 2) this.#falsehoods.push(`in the end the kiosk shows ${received}`)
		return this.#report(deliveries)
	}

	async #sufferHostility(): Promise<void> {
		const { entries, deliveries, restarts, gullible } = this.#plan
		const station = this.#station
		for (let part = 1; part <= restarts + 1; part++) {
			const enough = (deliveries * part) / (restarts + 1)
			await this.#until(() =>
				gullible
					? this.#falsehoods.length > 0
					: this.#broker.entries >= enough || station.uplink?.complete === entries,
			)
			if (part > restarts) break
			await station.uplink?.stop()
			await this.#startUplink()
		}
	}

	#report(deliveries: number): TrialReport {
		return {
			deliveries,
			acts: this.#broker.acts,
			refused: this.#refused,
			checks: this.#checks,
			falsehoods: this.#falsehoods,
			undelivered:
				this.#held.times().filter((times) => times !== 1).length + this.#station.missingFiles().length,
			receipts:
				readFileSync(join(this.#station.uplinkDirectory, keptReceiptsFile), 'latin1').split('\n').length - 1,
		}
	}

	async stop(): Promise<void> {
		await this.#station.stop()
		await this.#broker.stop()
		await this.#kiosk?.close()
	}

	async #record(count: number): Promise<void> {
		const { journal } = this.#station
		for (let left = count; left > 0; left--) {
			const table = journal.entries.length + 1
			await journal.acta(actaText(table), [someBytes(table % 20 === 0 ? 150_000 : 500, table)])
		}
	}

	/** The kiosk's own view of the journal, by which it judges what the uplink's heartbeat says. */
	async #openKiosk(): Promise<void> {
		await this.#kiosk?.close()
		const { journal } = this.#station
		this.#kiosk = gotten(await Journal.open(journal.directory, journal.identity))
	}

	async #startUplink(): Promise<void> {
		await this.#station.startUplink(this.#station.broker, {
			...settings,
			centre: this.#believed,
			heard: (event) => {
				if (event.event === 'receipt-refused') this.#refused += event.times
				if (event.event === 'receipt' || event.event === 'complete') this.#check()
			},
		})
	}

	/** `condition` is looked at after each event; meanwhile the heartbeat is read again and again. */
	async #until(condition: () => boolean): Promise<void> {
		let there = false
		const reached = this.#station.until(condition).finally(() => {
			there = true
		})
		const look = async () => {
			await this.#look()
			return there
		}
		await Promise.all([reached, until(look, { timeoutMs: Number.POSITIVE_INFINITY, everyMs: 50 })])
	}

	/** What the uplink says of itself. */
	#check(): void {
		const { uplink } = this.#station
		this.#compare('the uplink counts', uplink?.received ?? 0, uplink?.complete ?? 0)
	}

	/** What the heartbeat says, and what a kiosk that starts now makes of it. */
	async #look(): Promise<{ received: number }> {
		this.#check()
		const directory = this.#station.uplinkDirectory
		const journal = this.#kiosk
		if (journal === undefined) throw new Error('the kiosk is not started')
		const received = new UplinkWatcher({
			journal,
			centres: onlyCentre(this.#believed),
			directory,
			clock: systemClock,
			log: () => {},
		})
		await received.start(() => {})
		await received.stop()
		const state = await readUplinkState(join(directory, stateFile))
		this.#compare('the kiosk shows', received.upto, state.ok ? state.value.imagesUpto : 0)
		return { received: received.upto }
	}

	#compare(who: string, received: number, complete: number): void {
		this.#checks++
		const held = this.#held.upto()
		if (received > held) this.#falsehoods.push(`${who} ${received} received, ${held} are held`)
		const whole = this.#held.complete()
		if (complete > whole) this.#falsehoods.push(`${who} ${complete} complete, ${whole} are`)
	}
}
