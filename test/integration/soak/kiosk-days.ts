/** One kiosk, day after day: what is laid down, what befalls its clock, and what must come of each scan. */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { signEntry } from '#src/evidence/entry.js'
import { type Receipt, signReceipt } from '#src/evidence/receipt.js'
import { emptyUplinkState } from '#src/handover/uplink-state.js'
import { daysIn, instant } from '#src/platform/clock.js'
import type { ClockSource } from '#src/platform/clock-source.js'
import type { ActaReading } from '#src/reading/reading.js'
import { Random } from '#src/simulator/random.js'
import { HandledKiosk, type Paper } from '../../support/handled-kiosk.ts'
import { gotten } from '../../support/result.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { makeSigner } from '../../support/test-identity.ts'
import type { Start } from './watch.ts'

const signer = makeSigner('k-soak')
const centre = makeSigner('c-soak')
const hour = 3_600_000
const built = Date.UTC(2026, 10, 22)
const firstMorning = Date.UTC(2026, 11, 6, 8)

type Outcome = 'recorded' | 'already-scanned' | 'conflict'

export class KioskDays {
	/** Scans that ended otherwise than they must. */
	readonly faults: string[] = []
	readonly count = { recorded: 0, alreadyScanned: 0, conflicts: 0, unread: 0, voids: 0 }
	readonly #directory: string
	readonly #clock = new SimulatedClock(firstMorning)
	readonly #random = new Random('soak')
	#source: ClockSource = 'rtc'
	#kiosk: HandledKiosk | undefined
	#boot = 0
	#scans = 0
	/** Tables scanned so far, from 1; the newest was voided where this says so. */
	#tables = 0
	#voided = false

	constructor(directory: string) {
		this.#directory = directory
	}

	get entries(): number {
		return this.#running.journal.tail?.seq ?? 0
	}

	/** Actas in the journal, as the outcomes of the scans have it. */
	get actas(): number {
		return this.count.recorded + this.count.conflicts
	}

	get #running(): HandledKiosk {
		if (this.#kiosk === undefined) throw new Error('not started')
		return this.#kiosk
	}

	/** The morning: the time from opening the journal to being ready to scan. */
	async start(): Promise<Start> {
		const processor = process.cpuUsage()
		const begun = performance.now()
		this.#kiosk = await HandledKiosk.start({
			...{ directory: this.#directory, signer, clock: this.#clock, centre, floor: built },
			boot: ++this.#boot,
			clockSource: async () => this.#source,
		})
		const milliseconds = performance.now() - begun
		const { user, system } = process.cpuUsage(processor)
		return { entries: this.entries - 1, milliseconds, processor: (user + system) / 1_000 }
	}

	/** The evening: close of day, and the night. */
	async end(): Promise<void> {
		await this.#append({ kind: 'close' })
		const { log } = this.#running
		for (const event of log) if ('fault' in event) this.faults.push(JSON.stringify(event))
		await this.#running.stop()
		this.#kiosk = undefined
		await this.#clock.advance(12 * hour)
	}

	/** One paper; now and then something befalls the kiosk before. */
	async scan(): Promise<void> {
		const scan = ++this.#scans
		if (scan % 997 === 0) this.#upsetClock()
		if (scan % 200 === 0) await this.#receive()
		if (scan % 500 === 0) await this.#void()
		await this.#clock.advance(10_000)
		const [paper, must] = this.#next(scan)
		const event = await this.#running.scan(paper)
		if (event.event !== must) {
			this.faults.push(`scan ${scan} ended in ${JSON.stringify(event)}, not in ${must}`)
		}
		if (event.event === 'recorded') this.count.recorded++
		if (event.event === 'recorded' && !event.read) this.count.unread++
		if (event.event === 'already-scanned') this.count.alreadyScanned++
		if (event.event === 'conflict') this.count.conflicts++
	}

	/** Nine in ten are new; the rest are scanned again, contradict an earlier one, or can't be read. */
	#next(scan: number): [Paper, Outcome] {
		if (this.#voided) {
			this.#voided = false
			return [acta(this.#tables), 'recorded']
		}
		if (scan % 250 === 7) return [unread(scan), 'recorded']
		if (scan % 200 === 9) return [acta(this.#random.whole(1, this.#tables), scan), 'conflict']
		if (scan % 10 === 5) return [acta(this.#random.whole(1, this.#tables)), 'already-scanned']
		return [acta(++this.#tables), 'recorded']
	}

	/** Off by up to a day either way, set right by a time server, or not set at all. */
	#upsetClock(): void {
		const clock = this.#clock
		switch (this.#random.whole(0, 3)) {
			case 0:
				clock.set(clock.wall() + this.#random.whole(-24, 24) * hour)
				break
			case 1:
				clock.set(0)
				break
			case 2:
				this.#source = this.#source === 'rtc' ? 'ntp' : 'rtc'
				break
			default:
				clock.set(firstMorning + clock.monotonic())
		}
	}

	/** A receipt for all that is there, as an uplink leaves it. */
	async #receive(): Promise<void> {
		const { tail } = this.#running.journal
		if (tail === null) return
		const receipt: Receipt = {
			...{ v: 1, device: signer.kid, seq: tail.seq, entry: tail.id, status: 'stored', images: [] },
			...{ upto: { ...tail }, gaps: [], time: instant(firstMorning + this.#clock.monotonic()), copies: 1 },
		}
		const { text } = await signReceipt(receipt, centre)
		const path = join(this.#directory, 'uplink', 'state.json')
		await mkdir(join(this.#directory, 'uplink'), { recursive: true })
		const state = { ...emptyUplinkState(), device: signer.kid, latestReceipt: text }
		await writeFile(`${path}.new`, JSON.stringify(state))
		await rename(`${path}.new`, path)
	}

	/** The newest table's acta is declared void, and is scanned next. */
	async #void(): Promise<void> {
		const { journal } = this.#running
		const last = acta(this.#tables).reading
		if (last.kind !== 'acta') return
		const known = journal.actas.find(last.acta.code, last.text).find(({ same }) => same)
		const id = known === undefined ? undefined : journal.idAt(known.seq)
		if (known === undefined || id === undefined) {
			this.faults.push(`table ${this.#tables} is not in the journal`)
			return
		}
		await this.#append({ kind: 'void', voids: { seq: known.seq, id }, reason: 'test' })
		this.count.voids++
		this.#voided = true
	}

	/** What no part of the program records yet, signed here. */
	async #append(
		what: { kind: 'close' } | { kind: 'void'; voids: { seq: number; id: string }; reason: 'test' },
	): Promise<void> {
		const { journal } = this.#running
		const { tail } = journal
		if (tail === null) throw new Error('an empty journal')
		const day = dayOf(this.#clock.wall())
		const signed = await signEntry(
			{
				...{ v: 2, election: 've-2024-presidential', device: signer.kid, boot: this.#boot },
				...{ seq: tail.seq + 1, prev: tail.id, time: { day, source: 'none' } },
				...{ anchor: null, software: 'testigo/0.0.0' },
				...what,
			},
			signer,
		)
		gotten(await journal.append(signed))
	}
}

const dayOf = daysIn('America/Caracas')

/** A picture as small as can be that no other paper has: the journal looks at its first bytes only. */
function pictureOf(what: string): Uint8Array {
	return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from(what)])
}

/** The acta of a table; versions of it differ in the votes of the first card. */
function acta(table: number, version = 0): Paper {
	const centro = String(100_000_000 + Math.floor(table / 15))
	const mesa = String(1 + (table % 15)).padStart(2, '0')
	const code = `${centro}.${mesa}.1.0001`
	const votes = Array.from({ length: 38 }, (_, card) => (card === 0 ? version : (table * 31 + card * 7) % 97))
	const reading: ActaReading = {
		kind: 'acta',
		text: `${code}!${votes.join(',')}!0!0`,
		acta: { code, centro, mesa, votes, nullVotes: 0, emptyVotes: 0 },
	}
	return { picture: pictureOf(`acta ${table} ${version}`), reading }
}

/** A paper in which nothing can be read. */
function unread(number: number): Paper {
	const fault = { code: 'blurred' as const, detail: '' }
	return { picture: pictureOf(`unread ${number}`), reading: { kind: 'unread', fault } }
}
