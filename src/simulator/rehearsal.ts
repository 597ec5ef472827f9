/**
 * All of Testigo in one process, on one machine: a simulated volunteer prints actas and lays their photographs
 * into the folder; the kiosk reads, signs and records them; the uplink carries them through an embedded broker
 * to the centre; the receipts come home. Only the paper and the hand are simulated: the evidence is real.
 */
import { randomBytes } from 'node:crypto'
import { copyFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ElectionDefinition } from '../acta/election.ts'
import { formatPayload } from '../acta/payload.ts'
import { formatRegister } from '../acta/register/canonical.ts'
import type { RegisteredTable } from '../acta/register/register.ts'
import type { Tile } from '../acta/register/tile-map.ts'
import { Board } from '../board/board.ts'
import { Central } from '../central/central.ts'
import { makeIdentity, openIdentity } from '../enrolment/device-identity.ts'
import { onlyCentre } from '../evidence/authority/centre-list.ts'
import { type ComposedKiosk, composeKiosk } from '../kiosk/composition.ts'
import { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import type { KioskEvent } from '../kiosk/events.ts'
import { type SessionDelays, sessionDelays } from '../kiosk/session/delays.ts'
import type { Panel } from '../panel/panel.ts'
import type { Language } from '../panel/screens.ts'
import type { PanelStatus } from '../panel/status.ts'
import { type Clock, pause } from '../platform/clock.ts'
import { makeDirectory } from '../platform/files/durable.ts'
import { HttpListening } from '../platform/http/listening.ts'
import { Broker } from '../platform/mqtt/broker.ts'
import { software } from '../platform/process/software.ts'
import type { Fault, Result } from '../platform/result.ts'
import type { NationalFigures } from '../tally/figures.ts'
import { Tally } from '../tally/tally.ts'
import { Uplink } from '../uplink/uplink.ts'
import { ActaPrinter } from './acta-printer.ts'
import { EmbeddedBroker } from './embedded-broker.ts'
import type { Paper } from './paper/strip.ts'
import type { Severity } from './photograph/severity.ts'

export interface RehearsalOptions {
	/** An empty or new directory for all of it. */
	readonly directory: string
	readonly papers: readonly Paper[]
	readonly election: ElectionDefinition
	readonly severity: Severity
	/** Of the photographs. */
	readonly seed: string
	readonly language: Language
	/** To whom the images are sealed; to nobody where it is empty. */
	readonly custodians: readonly string[]
	readonly panel: Panel
	readonly clock: Clock
	/** What the centre knows of tables, and of where states stand on its board. */
	readonly register: readonly RegisteredTable[]
	readonly tiles: readonly Tile[]
	/** Called with what goes wrong anywhere; nothing of that ends the rehearsal. */
	readonly trouble: (where: 'kiosk' | 'uplink' | 'central' | 'board', fault: Fault) => void
}

export interface Progress {
	/** Papers laid on the tray, counting one that was photographed again once. */
	readonly scanned: number
	/** Photographs taken. */
	readonly photographs: number
	/** Actas in the kiosk's journal. */
	readonly recorded: number
	/** Actas that a verified receipt covers, as the kiosk's display counts them. */
	readonly received: number
	/** Entries of which the centre holds every image. */
	readonly complete: number
	readonly entries: number
	/** Recorded texts that no printed acta bears. */
	readonly wrong: number
	readonly conflicts: number
	/** What the centre holds adds up to; no register is at hand. */
	readonly figures: NationalFigures
	readonly status: PanelStatus
}

/** Photographs waiting in the folder at one time: a volunteer has two hands. */
const mostWaiting = 2

/** Photographs of one paper before the volunteer gives up on it. */
const mostTries = 5

const delays: SessionDelays = {
	...sessionDelays,
	confirming: 100,
	rejected: 100,
	recorded: 1_500,
	glance: { ...sessionDelays.glance, recorded: 120, rejected: 50 },
}

/** A paper in the volunteer's hands. */
interface Held {
	readonly paper: Paper
	readonly index: number
	/** Photographs that were taken of it before. */
	readonly attempt: number
}

export class Rehearsal {
	readonly #options: RehearsalOptions
	readonly #broker = new EmbeddedBroker()
	readonly #printer: ActaPrinter
	readonly #stopping = new AbortController()
	/** Payloads of the papers, and payloads that came to the centre. */
	readonly #printed = new Set<string>()
	readonly #arrived = new Set<string>()
	readonly #tally: Tally
	/** Papers yet to be laid down, and those in the folder, in the order in which the kiosk takes them. */
	readonly #stack: Held[]
	readonly #tray: Held[] = []
	#central: Central | undefined
	#uplink: Uplink | undefined
	#kiosk: ComposedKiosk | undefined
	#board: Board | undefined
	#volunteer: Promise<void> = Promise.resolve()
	#photographs = 0

	constructor(options: RehearsalOptions) {
		this.#options = options
		this.#stack = options.papers.map((paper, index) => ({ paper, index, attempt: 0 }))
		this.#printer = new ActaPrinter(options.election)
		this.#tally = new Tally(options.election, null)
	}

	get journal(): string {
		return join(this.#options.directory, 'journal')
	}

	get ledger(): string {
		return join(this.#options.directory, 'central')
	}

	/** Where browsers find the centre's board. */
	get board(): string {
		return this.#board?.address ?? ''
	}

	/** Sets everybody to work. Throws when one of them can't start. */
	async start(): Promise<void> {
		const { directory, clock, trouble } = this.#options
		const inbox = join(directory, 'inbox')
		await makeDirectory(inbox)
		const deviceDirectory = join(directory, 'identity')
		const centreDirectory = join(directory, 'centre-identity')
		const device = orThrow(await makeIdentity(deviceDirectory, 'device', randomBytes))
		const centre = orThrow(await makeIdentity(centreDirectory, 'centre', randomBytes))
		const centreSigner = orThrow(await openIdentity(centreDirectory)).signer
		await makeDirectory(join(this.ledger, 'devices'))
		await copyFile(device.publicKeyPath, join(this.ledger, 'devices', `${device.id}.pem`))

		const registerPath = join(this.ledger, 'register.csv')
		await writeFile(registerPath, formatRegister(this.#options.register))

		await this.#broker.start()
		const broker = Broker.parse({ url: this.#broker.url, protocol: '3.1.1' })
		this.#central = new Central({
			directory: this.ledger,
			signer: centreSigner,
			broker,
			clock,
			random: Math.random,
			log: (event) => 'fault' in event && trouble('central', event.fault),
			received: (signed) => {
				const { entry } = signed
				this.#tally.addEntry(signed)
				if (entry.kind === 'acta' && entry.reading.text !== null) this.#arrived.add(entry.reading.text)
			},
			failed: (fault) => trouble('central', fault),
		})
		orThrow(await this.#central.start())
		this.#uplink = new Uplink({
			journal: this.journal,
			directory: join(directory, 'uplink'),
			centres: onlyCentre({ id: centre.id, publicKey: centreSigner.publicKey }),
			broker,
			pollMs: 200,
			software,
			clock,
			random: Math.random,
			log: (event) => 'fault' in event && trouble('uplink', event.fault),
		})
		await this.#uplink.start()
		const { language, custodians } = this.#options
		const config = KioskConfig.parse({
			...{ language, custodians },
			identity: deviceDirectory,
			journal: this.journal,
			state: join(directory, 'kiosk.json'),
			uplink: join(directory, 'uplink'),
			centre: { id: centre.id, publicKey: centre.publicKeyPath },
			camera: { kind: 'folder', directory: inbox, settle: 50 },
		})
		this.#kiosk = orThrow(
			await composeKiosk(config, {
				election: this.#options.election,
				clock,
				log: (event) => this.#hear(event),
				panel: this.#options.panel,
				delays,
			}),
		)
		await this.#kiosk.start()
		const { election, tiles } = this.#options
		this.#board = new Board({
			...{ directory: this.ledger, registerPath, election, tiles, clock },
			listening: HttpListening.parse({ port: 0 }),
			secrets: { tls: null, passPhrase: null },
			log: (event) => 'fault' in event && trouble('board', event.fault),
		})
		orThrow(await this.#board.start())
		await this.#printer.start()
		this.#volunteer = this.#layDownAll(inbox)
	}

	/** Resolves when the volunteer has laid down the last paper and all of it is at the centre, images too. */
	async finished(): Promise<void> {
		await this.#volunteer
		const { signal } = this.#stopping
		while (!signal.aborted) {
			const { recorded, received, complete, entries, status } = this.progress()
			if (status.scene.at === 'idle' && received === recorded && complete === entries) return
			await pause(this.#options.clock, 50, signal)
		}
	}

	progress(): Progress {
		if (this.#kiosk === undefined || this.#central === undefined || this.#uplink === undefined) {
			throw new Error('not started')
		}
		const { kiosk, journal } = this.#kiosk
		const { recorded, received } = kiosk.status
		const figures = this.#tally.figures()
		return {
			scanned: this.#printed.size,
			photographs: this.#photographs,
			recorded,
			received,
			complete: this.#uplink.complete,
			entries: journal.tail?.seq ?? 0,
			wrong: [...this.#arrived].filter((text) => !this.#printed.has(text)).length,
			conflicts: figures.unlisted.conflict,
			figures,
			status: kiosk.status,
		}
	}

	async stop(): Promise<void> {
		this.#stopping.abort()
		await this.#volunteer
		await this.#printer.stop()
		await this.#board?.stop()
		await this.#kiosk?.stop()
		await this.#uplink?.stop()
		await this.#central?.stop()
		await this.#broker.stop()
	}

	/** Lays paper after paper, and those that could not be read once more. */
	async #layDownAll(inbox: string): Promise<void> {
		const { clock, severity, seed } = this.#options
		const { signal } = this.#stopping
		while (!signal.aborted && this.#stack.length + this.#tray.length > 0) {
			const held = this.#tray.length < mostWaiting ? this.#stack.shift() : undefined
			if (held === undefined) {
				await pause(clock, 20, signal)
				continue
			}
			const { paper, index, attempt } = held
			const { jpeg } = await this.#printer.print({
				paper,
				severity,
				seed: `${seed}/${index}/${attempt}`,
				megapixels: 3,
			})
			this.#photographs++
			this.#printed.add(formatPayload(paper.acta))
			this.#tray.push(held)
			await dropFile(inbox, `${String(this.#photographs).padStart(6, '0')}.jpg`, jpeg)
		}
	}

	/** What became of the paper that was taken first. */
	#hear(event: KioskEvent): void {
		switch (event.event) {
			case 'recorded':
			case 'conflict':
			case 'already-scanned':
				this.#tray.shift()
				break
			case 'rejected': {
				const held = this.#tray.shift()
				if (held !== undefined && held.attempt + 1 < mostTries) {
					this.#stack.unshift({ ...held, attempt: held.attempt + 1 })
				}
				break
			}
			default:
				if ('fault' in event) this.#options.trouble('kiosk', event.fault)
		}
	}
}

function orThrow<T>(result: Result<T>): T {
	if (!result.ok) throw new Error(result.fault.detail)
	return result.value
}

/** As scanners do: written under a name that no watcher takes for a picture, then renamed. */
export async function dropFile(folder: string, file: string, bytes: Uint8Array): Promise<void> {
	const unfinished = join(folder, `.${file}.part`)
	await writeFile(unfinished, bytes)
	await rename(unfinished, join(folder, file))
}
