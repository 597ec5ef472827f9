/**
 * A stick is pulled out again and again while two kiosks export to it and a centre takes it in, at random
 * instants; what was not synced by then is lost. After each pull the next run must complete it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { auditJournal } from '#src/audit/journal-audit.js'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { systemClock } from '#src/platform/clock.js'
import { ok } from '#src/platform/result.js'
import type { Random } from '#src/simulator/random.js'
import { exportJournal } from '#src/stick/export.js'
import { importStick } from '#src/stick/import.js'
import { actaText, JournalMaker, someBytes } from '../../support/journal-maker.ts'
import { gotten } from '../../support/result.ts'
import { makeSigner } from '../../support/test-identity.ts'
import { type FileSystem, type MountedStick, makeStick } from './mounted.ts'

export interface PullCounts {
	pulls: number
	/** Of these, while an export was under way; right after it had said that it was done; during an import. */
	midway: number
	afterDone: number
	duringImport: number
	/** Pulls that left something undone: without any, they came at instants of no interest. */
	leftIncomplete: number
	/** What must not be: an export that said done and was not; a next run that did not complete it. */
	falselyDone: number
	notCompleted: number
	/** An entry or image at the centre that no kiosk recorded, a ledger that does not verify, anything twice. */
	falselyAccepted: number
	twice: number
	/** What went wrong, one line each. */
	readonly faults: string[]
}

export function noPulls(): PullCounts {
	return {
		...{ pulls: 0, midway: 0, afterDone: 0, duringImport: 0, leftIncomplete: 0 },
		...{ falselyDone: 0, notCompleted: 0, falselyAccepted: 0, twice: 0, faults: [] },
	}
}

/** Adds `pulls` pulls on one stick to `counts`. */
export async function pullStick(
	folder: string,
	system: FileSystem,
	{ pulls, random }: { readonly pulls: number; readonly random: Random },
	counts: PullCounts,
	tell: (counts: PullCounts) => void = () => {},
): Promise<void> {
	const run = await PulledStick.begin(folder, system, random, counts)
	for (let pull = 0; pull < pulls; pull++) {
		await run.round()
		tell(counts)
	}
}

class PulledStick {
	readonly #folder: string
	readonly #random: Random
	readonly #counts: PullCounts
	readonly #stick: MountedStick
	readonly #kiosks: JournalMaker[] = []
	readonly #centreSigner = makeSigner('c-centre')
	#actas = 0
	/** Milliseconds of the last export and import that were let be: what a pull can fall into. */
	#exportTook = 100
	#importTook = 100

	private constructor(folder: string, stick: MountedStick, random: Random, counts: PullCounts) {
		this.#folder = folder
		this.#random = random
		this.#counts = counts
		this.#stick = stick
	}

	static async begin(folder: string, system: FileSystem, random: Random, counts: PullCounts) {
		const run = new PulledStick(folder, await makeStick(folder, system), random, counts)
		mkdirSync(join(run.#centre, 'devices'), { recursive: true })
		for (const id of ['k-one', 'k-two']) {
			const kiosk = new JournalMaker(join(folder, id), makeSigner(id))
			run.#kiosks.push(kiosk)
			writeFileSync(join(run.#centre, 'devices', `${id}.pem`), publicKeyPem(kiosk.signer.publicKey))
			await kiosk.boot()
			await run.#record(kiosk, 4)
		}
		return run
	}

	get #centre(): string {
		return join(this.#folder, 'centre')
	}

	/** One pull, and what follows it. */
	async round(): Promise<void> {
		for (const kiosk of this.#kiosks) await this.#record(kiosk, this.#random.whole(1, 3))
		const kiosk = this.#kiosks[this.#random.whole(0, 1)]
		if (kiosk === undefined) throw new Error('there are two kiosks')
		await this.#plugged(() => (this.#random.fraction() < 0.8 ? this.#pullExport(kiosk) : this.#pullImport()))
		await this.#plugged(async () => {
			// Somebody carries it to the centre as it is.
			if (this.#random.fraction() < 0.5) await this.#import(false)
			await this.#complete()
		})
	}

	async #plugged(work: () => Promise<void>): Promise<void> {
		await this.#stick.mount()
		try {
			await work()
		} finally {
			await this.#stick.unmount()
		}
	}

	/** What lies in no memory any more is on the stick. */
	async #plugAgain(): Promise<void> {
		await this.#stick.unmount()
		await this.#stick.mount()
	}

	async #pullExport(kiosk: JournalMaker): Promise<void> {
		const exporting = this.#export(kiosk)
		await after(this.#random.between(0, this.#exportTook * 1.2))
		const soFar = await Promise.race([exporting, null])
		await this.#stick.pull()
		const ended = await exporting
		this.#counts.pulls++
		if (soFar === null) this.#counts.midway++
		else this.#counts.afterDone++
		if (!ended.ok && ended.fault.code !== 'stick-failed') this.#wrong('notCompleted', ended.fault.detail)

		await this.#plugAgain()
		const whole = await this.#isWhole(kiosk)
		if (!whole) this.#counts.leftIncomplete++
		if (ended.ok && !whole) this.#wrong('falselyDone', 'an export said done, and the stick is not whole')
	}

	async #pullImport(): Promise<void> {
		const importing = this.#takeIn()
		await after(this.#random.between(0, this.#importTook))
		await this.#stick.pull()
		const ended = await importing
		this.#counts.pulls++
		this.#counts.duringImport++
		if (!ended.ok && !['stick-failed', 'no-stick'].includes(ended.fault.code)) {
			this.#wrong('falselyAccepted', ended.fault.detail)
		}
		await this.#checkLedger()
	}

	/** The next run of each kiosk, the way to the centre and back. */
	async #complete(): Promise<void> {
		for (const kiosk of this.#kiosks) {
			const began = performance.now()
			const exported = await this.#export(kiosk)
			this.#exportTook = performance.now() - began
			if (!exported.ok) this.#wrong('notCompleted', exported.fault.detail)
			else if (exported.value.faults.length > 0) {
				this.#wrong('notCompleted', exported.value.faults.map(({ detail }) => detail).join('; '))
			}
		}
		await this.#plugAgain()
		for (const kiosk of this.#kiosks) {
			if (!(await this.#isWhole(kiosk))) this.#wrong('notCompleted', `${kiosk.signer.kid} is not whole`)
		}
		await this.#import(true)
		const ledger = readFileSync(join(this.#centre, 'ledger.jws'))
		await this.#import(true)
		if (!ledger.equals(readFileSync(join(this.#centre, 'ledger.jws')))) {
			this.#wrong('twice', 'a second import changed the ledger')
		}
	}

	async #import(whole: boolean): Promise<void> {
		const began = performance.now()
		const taken = await this.#takeIn()
		this.#importTook = performance.now() - began
		if (whole && (!taken.ok || taken.value.refusedCount > 0)) {
			this.#wrong('notCompleted', taken.ok ? JSON.stringify(taken.value.refused) : taken.fault.detail)
		}
		await this.#checkLedger()
		if (!whole) return
		const audit = gotten(await auditLedger(this.#centre))
		const entries = this.#kiosks.reduce((sum, kiosk) => sum + kiosk.entries.length, 0)
		const images = this.#kiosks.reduce((sum, kiosk) => sum + kiosk.files.length, 0)
		if (audit.entries !== entries || audit.images?.present !== images) {
			this.#wrong('notCompleted', `the centre has ${audit.entries} of ${entries} entries`)
		}
	}

	/** Only what was recorded is there, each once, and all of it verifies. */
	async #checkLedger(): Promise<void> {
		const audit = gotten(await auditLedger(this.#centre))
		for (const { code, detail } of audit.faults) {
			// Pulled before anything was taken in.
			if (code === 'nothing-to-check' && audit.entries === 0) continue
			// A chain cut short by a pull has gaps at no place but its end, where they are none.
			this.#wrong('falselyAccepted', `${code}: ${detail}`)
		}
		const lines = readFileSync(join(this.#centre, 'ledger.jws'), 'utf8').split('\n')
		const recorded = new Set(this.#kiosks.flatMap(({ entries }) => entries.map(({ text }) => text)))
		const held = lines.filter((line) => recorded.has(line))
		if (held.length !== new Set(held).size) this.#wrong('twice', 'an entry stands twice in the ledger')
		if (held.length !== audit.entries) this.#wrong('falselyAccepted', 'an entry that no kiosk recorded')
	}

	async #isWhole({ directory, signer, entries }: JournalMaker): Promise<boolean> {
		const folder = join(this.#stick.path, 'testigo', signer.kid)
		const audit = await auditJournal(folder)
		if (!audit.ok || audit.value.faultCount > 0 || audit.value.entries !== entries.length) return false
		return readFileSync(join(folder, 'entries.jws')).equals(readFileSync(join(directory, 'entries.jws')))
	}

	async #record(kiosk: JournalMaker, actas: number): Promise<void> {
		for (let acta = 0; acta < actas; acta++) {
			const number = ++this.#actas
			await kiosk.acta(actaText(number), [someBytes(this.#random.whole(1_000, 200_000), number)])
		}
	}

	#export(kiosk: JournalMaker) {
		return exportJournal({
			journal: kiosk.directory,
			stick: this.#stick.path,
			home: { centres: onlyCentre(this.#centreSigner), directory: `${kiosk.directory}-uplink` },
		})
	}

	#takeIn() {
		return importStick({
			stick: this.#stick.path,
			directory: this.#centre,
			signer: async () => ok(this.#centreSigner),
			notBefore: 0,
			clock: systemClock,
			random: Math.random,
			log: () => {},
		})
	}

	#wrong(what: 'falselyDone' | 'notCompleted' | 'falselyAccepted' | 'twice', why: string): void {
		this.#counts[what]++
		this.#counts.faults.push(`${what}: ${why}`)
	}
}
