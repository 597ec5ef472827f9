/**
 * A kiosk that finds a full inbox at every start. Outside its disk stand its identity, what it showed, and what
 * an uplink would have sent: a sequence number that has left the machine is given, whether shown or not.
 */
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { auditEntries } from '#src/audit/journal-lines.js'
import { openIdentity } from '#src/enrolment/device-identity.js'
import { openEntry, type SignedEntry } from '#src/evidence/entry.js'
import type { Identity } from '#src/evidence/identity.js'
import { systemClock } from '#src/platform/clock.js'
import { syncDirectory } from '#src/platform/files/durable.js'
import { JournalFollower } from '#src/uplink/queue/journal-follower.js'
import { testigo } from '../../support/processes.ts'
import { gotten } from '../../support/result.ts'
import { Life, type RemovedSyncs } from './life.ts'
import { makePapers, type PaperPicture } from './papers.ts'
import { shownIn } from './shown.ts'
import { type Findings, noFindings, note, oneBlock, type Station, wholeLinesIn } from './station.ts'

/** Papers in the inbox at a start: more than a kiosk gets through before it is cut. */
const waiting = 60

export class KioskStation implements Station {
	readonly counts = { shown: 0, entries: 0, tornTails: 0 }
	readonly #outside: string
	readonly #papers: readonly PaperPicture[]
	readonly #device: Identity
	#lives = 0
	#next = 0
	/** By seq, the acta number that was shown. */
	#numbers = new Map<number, number>()
	#highest = 0
	#stored = 0
	/** By seq, the id that was seen there, on the disk or by the follower. */
	#ids = new Map<number, string>()
	#findings = noFindings()
	#follower: JournalFollower | undefined
	#reading: Promise<void> = Promise.resolve()

	private constructor(outside: string, papers: readonly PaperPicture[], device: Identity) {
		this.#outside = outside
		this.#papers = papers
		this.#device = device
	}

	static async make(outside: string): Promise<KioskStation> {
		await testigo('enrol', 'request', '--dir', join(outside, 'identity'))
		const { kid, publicKey } = gotten(await openIdentity(join(outside, 'identity'))).signer
		return new KioskStation(outside, await makePapers(600), { id: kid, publicKey })
	}

	async furnish(directory: string): Promise<void> {
		this.#next = 0
		this.#numbers = new Map()
		this.#highest = 0
		this.#stored = 0
		this.#ids = new Map()
		await mkdir(join(directory, 'inbox'))
		await syncDirectory(directory)
	}

	async start(directory: string, removed: RemovedSyncs): Promise<Life> {
		const inbox = join(directory, 'inbox')
		await this.#fill(inbox)
		const config = join(this.#outside, 'kiosk.json')
		await writeFile(
			config,
			JSON.stringify({
				identity: join(this.#outside, 'identity'),
				journal: join(directory, 'journal'),
				state: join(directory, 'kiosk.json'),
				uplink: join(directory, 'uplink'),
				camera: { kind: 'folder', directory: inbox, settle: 10 },
				// The disk of a run is small.
				disk: { room: 512 * 1024, inodes: 8, reserve: 1024 * 1024 },
				panel: 'terminal',
				glance: 0,
			}),
		)
		// Its own sync would do the kiosk's work: half of the lives, and all without syncs, are without it.
		if (removed === 'none' && this.#lives++ % 2 === 1) await this.#startFollower(join(directory, 'journal'))
		return new Life(['kiosk', '--config', config], removed, this.shown)
	}

	async #startFollower(journal: string): Promise<void> {
		const follower = new JournalFollower({
			journal,
			clock: systemClock,
			pollMs: 50,
			grew: (last) => this.#follow(follower, last),
			// The disk is cut under it.
			failed: () => {},
		})
		this.#follower = follower
		await follower.start()
	}

	get shown(): string {
		return join(this.#outside, 'shown')
	}

	async kill(life: Life, shownBytes: number): Promise<void> {
		await life.kill()
		await this.stop()
		const { opened, entries, highest } = shownIn((await readFile(this.shown)).subarray(0, shownBytes))
		if (opened !== null && opened !== this.#stored) {
			this.#findings.broken.push(`opened with ${opened} entries where ${this.#stored} were on the disk`)
		}
		for (const { seq, number } of entries) {
			const before = this.#numbers.get(seq)
			if (before !== undefined) this.#findings.reused.push(`seq ${seq} was shown twice`)
			this.#numbers.set(seq, number)
			this.counts.shown++
		}
		this.#highest = Math.max(this.#highest, highest)
	}

	async check(directory: string): Promise<Findings> {
		const journal = join(directory, 'journal')
		const whole = await wholeLinesIn(join(journal, 'entries.jws'), this.counts)
		const found = this.#findings
		this.#findings = noFindings()

		const report = await auditEntries(oneBlock(whole), this.#device.publicKey, join(journal, 'images'))
		for (const { code, seq, detail } of report.faults) note(found, code, `entry ${seq}: ${detail}`)
		const entries = whole
			.toString('latin1')
			.split('\n')
			.slice(0, -1)
			.map((line) => openEntry(line, this.#device))
		this.counts.entries += entries.length - this.#stored
		this.#stored = entries.length
		let actas = 0
		let boot = 0
		for (const [index, opened] of entries.entries()) {
			if (!opened.ok) continue
			const seq = index + 1
			this.#see(seq, opened.value.id, found)
			const { entry } = opened.value
			if (entry.kind === 'acta') actas++
			if (entry.kind === 'boot' && entry.boot <= boot) found.reused.push(`start ${entry.boot}`)
			if (entry.kind === 'boot') boot = entry.boot
			const shownAs = this.#numbers.get(seq)
			if (shownAs !== undefined) this.#compare(opened.value, shownAs, actas, found)
		}
		for (const seq of this.#numbers.keys()) {
			if (entries[seq - 1]?.ok !== true) found.lost.push(`entry ${seq} of ${this.#stored} was shown`)
		}
		if (this.#highest > actas) found.lost.push(`acta ${this.#highest} of ${actas} was on the display`)
		return found
	}

	async stop(): Promise<void> {
		await this.#follower?.stop()
		this.#follower = undefined
		await this.#reading
	}

	/** What stands at a seq that was shown must be the acta of that number, as it was on its paper. */
	#compare({ entry }: SignedEntry, shownAs: number, actas: number, found: Findings): void {
		if (entry.kind !== 'acta' || shownAs !== actas) {
			found.unreadable.push(`entry ${entry.seq} was shown as acta ${shownAs}, and is not`)
			return
		}
		const [image] = entry.images
		const paper = this.#papers.find(({ sha256 }) => sha256 === image?.sha256)
		if (paper === undefined || paper.text !== entry.reading.text) {
			found.unreadable.push(`entry ${entry.seq} is not what was on its paper`)
		}
	}

	#see(seq: number, id: string, found: Findings): void {
		const before = this.#ids.get(seq)
		if (before !== undefined && before !== id) found.reused.push(`seq ${seq} of two entries`)
		this.#ids.set(seq, id)
	}

	/** Notes what an uplink would send now. */
	#follow(follower: JournalFollower, last: number): void {
		this.#reading = this.#reading.then(async () => {
			for (let seq = last; seq > 0 && !this.#ids.has(seq); seq--) {
				const entry = await follower.entry(seq)
				if (entry.ok) this.#see(seq, entry.value.id, this.#findings)
			}
		})
	}

	/** Fills the inbox up, and makes the disk quiet: what is not synced after this is the kiosk's. */
	async #fill(inbox: string): Promise<void> {
		const there = (await readdir(inbox)).length
		for (let count = there; count < waiting; count++) {
			const paper = this.#papers[this.#next++ % this.#papers.length]
			if (paper === undefined) return
			const file = await open(join(inbox, paper.name), 'w')
			await file.writeFile(paper.bytes)
			await file.datasync()
			await file.close()
		}
		await syncDirectory(inbox)
	}
}
