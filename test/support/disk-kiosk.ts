/** `testigo kiosk` as a process, on disks that fail: what it is given, what it shows, what it says, what it leaves. */

import { randomBytes } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { auditJournal } from '#src/audit/journal-audit.js'
import type { JournalReport } from '#src/audit/journal-report.js'
import { makeIdentity } from '#src/enrolment/device-identity.js'
import { actaText, qrPicture } from '../reading/qr-picture.ts'
import { RunningProcess, testigoCommand } from './processes.ts'
import { gotten } from './result.ts'

export interface KioskOnDisk {
	/** On the disk that fails. Identity and inbox are elsewhere. */
	readonly journal: string
	readonly state: string
	/** What must be free for a scan: see the kiosk's configuration. */
	readonly disk?: {
		readonly room?: number
		readonly inodes?: number
		readonly reserve?: number
		readonly giveAway?: { readonly copies: number }
	}
	/** Whose receipts count. */
	readonly centre?: { readonly id: string; readonly publicKey: string }
}

/** Without this much beside them, small disks hold a few scans. */
export const smallDisk = { room: 512 * 1024, inodes: 8, reserve: 1024 * 1024 }

export class DiskKiosk {
	/** Every screen that was shown, without colours, and every event, in order. */
	readonly screens: (readonly string[])[] = []
	readonly events: { readonly event: string; readonly [field: string]: unknown }[] = []
	readonly #directory: string
	readonly #settings: KioskOnDisk
	#process: RunningProcess | undefined
	#laid = 0
	/** Actas that were laid down again because the display asked for it. */
	#repeated = 0

	/** `directory` is on a disk that works. */
	constructor(directory: string, settings: KioskOnDisk) {
		this.#directory = directory
		this.#settings = settings
	}

	async enrol(): Promise<void> {
		mkdirSync(this.inbox)
		gotten(await makeIdentity(join(this.#directory, 'device'), 'device', randomBytes))
		const { journal, state, disk = smallDisk, centre } = this.#settings
		const config = {
			...{ journal, state, disk, panel: 'terminal', button: 'none', glance: 0 },
			identity: join(this.#directory, 'device'),
			uplink: this.uplink,
			...(centre === undefined ? {} : { centre }),
			camera: { kind: 'folder', directory: this.inbox, settle: 50 },
		}
		writeFileSync(this.#config, JSON.stringify(config))
	}

	/** Starts the process, under `tracer` where one is given. All its work on files is done by one thread. */
	spawn(tracer: readonly string[] = []): void {
		this.#process = new RunningProcess([...tracer, ...testigoCommand('kiosk', '--config', this.#config)], {
			env: { UV_THREADPOOL_SIZE: '1' },
			hear: (line) => this.#read(line),
		})
	}

	async start(tracer: readonly string[] = []): Promise<void> {
		const before = this.#count('started')
		this.spawn(tracer)
		await this.until(() => this.#count('started') > before)
	}

	get pid(): number {
		return this.#process?.pid ?? 0
	}

	/** The uplink's directory. */
	get uplink(): string {
		return join(this.#directory, 'uplink')
	}

	get inbox(): string {
		return join(this.#directory, 'inbox')
	}

	/** Lays down an acta of another table than any before. */
	async lay(): Promise<void> {
		this.#laid++
		await this.#layAgain()
	}

	async #layAgain(): Promise<void> {
		const centro = String(121202006 + this.#laid)
		const picture = await qrPicture(actaText.replace('121202007', centro))
		writeFileSync(join(this.inbox, '.coming'), picture)
		renameSync(join(this.inbox, '.coming'), join(this.inbox, `${this.#laid}.png`))
	}

	/** What the display says now. */
	get shown(): readonly string[] {
		return this.screens.at(-1) ?? []
	}

	/** Waits until the display begins with these lines. */
	async untilShown(...lines: readonly string[]): Promise<void> {
		await this.until(() => lines.every((line, index) => this.shown[index] === line))
	}

	/** The numbers of all actas that were shown as recorded. */
	get shownAsRecorded(): ReadonlySet<number> {
		const numbers = this.screens.flatMap(([first = '']) => /^GUARDADA Nº (\d+)$/.exec(first)?.[1] ?? [])
		return new Set(numbers.map(Number))
	}

	/** Waits until the display says that acta number `number` is recorded. */
	async untilRecorded(number: number): Promise<void> {
		await this.until(() => this.shownAsRecorded.has(number))
	}

	/** Lays down the next acta, which is number `number`, and waits until it is recorded. */
	async scan(number: number): Promise<void> {
		await this.lay()
		await this.untilRecorded(number)
	}

	/** As a volunteer does it: scans the acta again when the display says that its picture can't be read. */
	async untilRecordedOrToldToRepeat(number: number): Promise<void> {
		await this.until(() => this.shownAsRecorded.has(number) || this.#count('rejected') > this.#repeated)
		if (this.shownAsRecorded.has(number)) return
		this.#repeated++
		expect(this.screens.some(([first]) => first === 'IMAGEN INCOMPLETA')).toBe(true)
		await this.#layAgain()
		await this.untilRecorded(number)
	}

	/** Waits for a condition; throws at once when the process has ended. */
	async until(condition: () => boolean): Promise<void> {
		await this.#process?.until(condition)
	}

	/** The journal as a stranger finds it. */
	async audit(): Promise<JournalReport> {
		return gotten(await auditJournal(this.#settings.journal))
	}

	/** Everything shown as recorded is in the journal, with its image, and the journal is whole. */
	async expectKept(actas: number): Promise<void> {
		const report = await this.audit()
		expect(report, this.#process?.said).toMatchObject({
			...{ actas, chainWhole: true, faults: [] },
			images: { named: actas, present: actas, missing: 0, altered: 0 },
		})
		expect([...this.shownAsRecorded].sort((a, b) => a - b)).toEqual(
			Array.from({ length: actas }, (_, index) => index + 1),
		)
	}

	async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
		await this.#process?.stop(signal)
	}

	/** Stops, and forgets all that it has recorded. */
	async clear(): Promise<void> {
		await this.stop()
		const { journal, state } = this.#settings
		// With the mark of what its key has signed: an empty journal beside it would be one that was rolled back.
		for (const path of [journal, join(dirname(state), 'signed')]) {
			await rm(path, { recursive: true, force: true })
		}
		this.screens.length = 0
	}

	get #config(): string {
		return join(this.#directory, 'kiosk.json')
	}

	#count(event: string): number {
		return this.events.filter((told) => told.event === event).length
	}

	#lines: string[] = []

	/** Screens come in frames of four lines, events as JSON between them. */
	#read(line: string): void {
		if (line.startsWith('{')) this.events.push(JSON.parse(line))
		// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
		const text = /^│ \u001b\[[0-9;]*m(.*)\u001b\[0m │(?:\u001b\[K)?$/.exec(line)?.[1]
		if (text === undefined) return
		this.#lines.push(text.trimEnd())
		if (this.#lines.length === 4) this.screens.push(this.#lines.splice(0))
	}
}
