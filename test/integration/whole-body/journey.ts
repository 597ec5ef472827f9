/**
 * A kiosk as it ships, with stand-ins only where its programs and cables end: rpicam-still, libgpiod's programs,
 * and an emulated LCD at the far end of a serial cable. Its uplink and a centre run as processes of their own.
 */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatPayload } from '#src/acta/payload.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { auditJournal } from '#src/audit/journal-audit.js'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { draw } from '#src/panel/screens.js'
import type { Scene } from '#src/panel/status.js'
import { ActaPrinter } from '#src/simulator/acta-printer.js'
import { EmbeddedBroker } from '#src/simulator/embedded-broker.js'
import { actaOf, sampleResults } from '#src/simulator/figures/tables.js'
import { Random } from '#src/simulator/random.js'
import { tallyOfLedger } from '#src/tally/ledger-tally.js'
import { someCustodian } from '../../support/custodian.ts'
import { RunningProcess, testigo } from '../../support/processes.ts'
import { textsIn } from '../../support/recorded.ts'
import { SerialCable } from '../../support/serial-cable.ts'
import { lens, StandIns } from '../../support/stand-ins.ts'
import { until } from '../../support/until.ts'
import { SeenLcd } from './seen-screens.ts'

export interface JourneyReport {
	readonly actas: number
	readonly recorded: number
	readonly received: number
	/** Entries at the centre; the kiosk's start is one. */
	readonly entries: number
	/** Actas whose text at the centre is the one that was printed. */
	readonly right: number
	/** Faults of either audit. */
	readonly faults: number
	readonly troubles: readonly string[]
	readonly screens: number
	/** What was on the display and in no catalogue. */
	readonly strays: readonly string[]
}

/** Every acta recorded, received and right, and nothing on the display but the catalogue's screens. */
export function isWhole({
	actas,
	recorded,
	received,
	right,
	faults,
	troubles,
	strays,
}: JourneyReport): boolean {
	const all = recorded === actas && received === actas && right === actas
	return all && faults === 0 && troubles.length === 0 && strays.length === 0
}

/**
 * Lays down `actas` papers one after another, the first of each ten twice, and the second without a network.
 * `directory` is empty.
 */
export async function runJourney(
	directory: string,
	{ actas, seed, say }: { actas: number; seed: string; say: (what: string) => void },
): Promise<JourneyReport> {
	const rows = new Random(`${seed}/tables`).shuffled(await sampleResults(presidential2024)).slice(0, actas)
	if (rows.length < actas) throw new Error(`there are figures for ${rows.length} actas only`)
	const memory = await mkdtemp('/dev/shm/testigo-')
	const body = new Body(directory, memory)
	const printer = new ActaPrinter(presidential2024)
	try {
		await printer.start()
		await body.start()
		const texts = new Set<string>()
		for (const [index, row] of rows.entries()) {
			const acta = actaOf(row, presidential2024)
			texts.add(formatPayload(acta))
			const paper = { acta, place: row.place, seed: `${seed}/${index}` }
			const { jpeg } = await printer.print({ paper, severity: 0, megapixels: 3, seed: `${seed}/${index}` })
			const votes = acta.votes.reduce((sum, count) => sum + count, 0) + acta.nullVotes + acta.emptyVotes
			const table = { centro: acta.centro, mesa: acta.mesa, votes }
			const number = index + 1
			if (number === 2) await body.cutNetwork()
			await body.layDown(jpeg, { at: 'recorded', number, table, received: false })
			if (index % 10 === 0) await body.layDown(jpeg, { at: 'already-scanned', number, table })
			if (number === 2) await body.mendNetwork()
			if (number % 10 === 0) say(`${number} actas`)
		}
		await body.until(() => new RegExp(`^G${actas} R${actas} +EN RED`).test(body.text[3] ?? ''))
		return await body.report(actas, texts)
	} finally {
		await printer.stop()
		await body.stop()
		await rm(memory, { recursive: true, force: true })
	}
}

class Body {
	readonly #directory: string
	readonly #memory: string
	readonly #lcd = new SeenLcd()
	readonly #cable: SerialCable
	#broker = new EmbeddedBroker()
	readonly #running: RunningProcess[] = []
	readonly #troubles: string[] = []
	readonly #standIns: StandIns

	constructor(directory: string, memory: string) {
		this.#directory = directory
		this.#memory = memory
		this.#cable = new SerialCable(directory)
		this.#standIns = StandIns.in(directory, memory)
	}

	get text(): readonly string[] {
		return this.#lcd.text
	}

	async start(): Promise<void> {
		const at = (name: string) => join(this.#directory, name)
		await this.#broker.start()
		await this.#cable.plug(this.#lcd)
		await this.#standIns.install()
		const device = await testigo('enrol', 'request', '--dir', at('device'))
		const centre = await testigo('enrol', 'centre', '--dir', at('centre'))
		const [id = '', key = ''] = device.out.split('\n')
		const [centreId = '', centreKey = ''] = centre.out.split('\n')
		await mkdir(join(at('central'), 'devices'), { recursive: true })
		await copyFile(key, join(at('central'), 'devices', `${id}.pem`))
		const kept = { journal: at('journal'), centre: { id: centreId, publicKey: centreKey } }
		await this.#configure('kiosk', {
			...kept,
			...{
				production: true,
				custodians: [someCustodian],
				identity: at('device'),
				state: at('state.json'),
				uplink: at('uplink'),
				glance: 0,
			},
			camera: {
				kind: 'libcamera-warm',
				cameras: [lens(0, 'full')],
				directory: join(this.#memory, 'camera'),
				settle: 0,
			},
			tray: { kind: 'gpio', line: 17, debounce: 1 },
			signals: { light: { line: 5 }, green: { line: 6 } },
			panel: { kind: 'lcd', port: this.#cable.port, baud: 115_200, rom: 'A02' },
		})
		const broker = { url: this.#broker.url, protocol: '3.1.1' }
		await this.#configure('uplink', { ...kept, directory: at('uplink'), broker })
		await this.#configure('central', { identity: at('centre'), directory: at('central'), broker })
		for (const name of ['central', 'uplink', 'kiosk']) this.#run(name)
		await this.until(() => this.text[0]?.trimEnd() === 'LISTO')
	}

	/** Ends the broker; what is recorded meanwhile goes out when it is back. */
	async cutNetwork(): Promise<void> {
		const { port } = new URL(this.#broker.url)
		await this.#broker.stop()
		this.#broker = new EmbeddedBroker(Number(port))
		await this.until(() => /S(IN |\/)RED *$/.test(this.text[3] ?? ''))
	}

	async mendNetwork(): Promise<void> {
		await this.#broker.start()
		await this.until(() => /EN RED *$/.test(this.text[3] ?? ''))
	}

	/** A paper with this picture, until the display says what became of it. */
	async layDown(jpeg: Uint8Array, expected: Scene): Promise<void> {
		const words = (scene: Scene) =>
			draw({ scene, recorded: 0, received: 0, setAside: 0, connection: 'online' }, 'es').slice(0, 3)
		const isShown = (scene: Scene) =>
			words(scene).every((line, row) => this.text[row]?.trimEnd() === line.trimEnd())
		const [before] = this.text
		await this.#standIns.change(jpeg, () => this.text[0] !== before && this.text[0]?.trimEnd() !== 'LISTO')
		// A receipt may come while it is shown: then the next lines say so.
		const later = expected.at === 'recorded' ? { ...expected, received: true } : expected
		await this.until(() => isShown(expected) || isShown(later))
	}

	async until(condition: () => boolean): Promise<void> {
		await until(condition, {
			timeoutMs: 120_000,
			inVain: () => this.#running.some(({ ended }) => ended),
			explain: () => `the display stays at ${this.text.join('|')}; ${this.#troubles.join('; ')}`,
		})
	}

	async report(actas: number, texts: ReadonlySet<string>): Promise<JourneyReport> {
		await this.until(() => this.#lcd.seen.settled)
		const strays = this.#lcd.seen.strays.slice(0, 10)
		const screens = this.#lcd.seen.frames
		await this.#end()
		const journal = await auditJournal(join(this.#directory, 'journal'))
		const ledger = await auditLedger(join(this.#directory, 'central'))
		const tally = await tallyOfLedger(join(this.#directory, 'central'), presidential2024)
		if (!journal.ok || !ledger.ok || !tally.ok) throw new Error('an audit could not be made')
		const entries = await readFile(join(this.#directory, 'journal', 'entries.jws'), 'utf8')
		return {
			actas,
			recorded: journal.value.actas,
			received: ledger.value.actas,
			entries: ledger.value.entries,
			right: textsIn(entries).filter((text) => texts.has(text)).length,
			faults:
				journal.value.faultCount +
				ledger.value.faultCount +
				[...tally.value.tally.tablesIn('conflict')].length,
			troubles: this.#troubles,
			...{ screens, strays },
		}
	}

	async stop(): Promise<void> {
		await this.#end()
		await this.#cable.unplug()
		await this.#broker.stop()
		this.#standIns.uninstall()
	}

	async #configure(name: string, settings: object): Promise<void> {
		await writeFile(join(this.#directory, `${name}-settings.json`), JSON.stringify(settings))
	}

	#run(name: string): void {
		const hear = (line: string) => {
			const { level, event, device, fault } = line.startsWith('{') ? JSON.parse(line) : {}
			if (level === 'error' || level === 'fatal') {
				this.#troubles.push(`${name}: ${event} ${device ?? ''} ${fault?.detail ?? ''}`)
			}
		}
		const words = [name, '--config', join(this.#directory, `${name}-settings.json`)]
		this.#running.push(RunningProcess.testigo(words, { hear }))
	}

	async #end(): Promise<void> {
		for (const running of this.#running.splice(0).reverse()) await running.stop()
	}
}
