/**
 * A kiosk with its real camera, GPIO and serial code, its reader and its journal, in this process, so that its
 * clock can jump over waits; stand-ins where its programs and cables end. Its uplink is a heartbeat that this
 * writes, with receipts that are really signed.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, utimesSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { makeIdentity } from '#src/enrolment/device-identity.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { type Receipt, signReceipt } from '#src/evidence/receipt.js'
import { emptyUplinkState, type UplinkState } from '#src/handover/uplink-state.js'
import { type ComposedKiosk, composeKiosk } from '#src/kiosk/composition.js'
import { KioskConfig } from '#src/kiosk/config/kiosk-config.js'
import { holdMs, type SessionDelays, sessionDelays } from '#src/kiosk/session/delays.js'
import { columns, draw } from '#src/panel/screens.js'
import type { PanelStatus, Scene, ShownHead } from '#src/panel/status.js'
import type { Behaviour } from '../../support/fake-camera.ts'
import { SerialCable } from '../../support/serial-cable.ts'
import { SkippingClock } from '../../support/skipping-clock.ts'
import { handMs, lens, StandIns } from '../../support/stand-ins.ts'
import { makeSigner } from '../../support/test-identity.ts'
import { until } from '../../support/until.ts'
import { SeenLcd } from './seen-screens.ts'

/** Milliseconds for which everything stands that ends by itself: only `next` ends it. */
const stands = 100_000

const delays: SessionDelays = {
	...sessionDelays,
	capturing: stands,
	confirming: stands,
	recording: { slow: stands, stuck: stands },
	disk: { firstMs: stands, mostMs: stands },
	recorded: stands,
	'already-scanned': stands,
	conflict: stands,
	rejected: stands,
	fault: stands,
	'asking-to-close': stands,
	closing: stands,
	closed: stands,
	technician: 10 * stands,
}

const lines = { tray: 17, button: 27 }
const patience = 120_000

/** Milliseconds after which a press or a paper counts as not noticed: a machine that does much else takes seconds to record. */
const noticedWithin = 20_000

/** Milliseconds between two signs of life of the uplink, which waits may not make look dead. */
const touchEvery = 1_000

/** Milliseconds without a byte, after which a drawing is over. */
const drawnAfter = 100

export interface Places {
	/** On a disk that works, and in memory. */
	readonly directory: string
	readonly memory: string
	readonly journal: string
}

export class HandledBody {
	readonly clock = new SkippingClock()
	readonly lcd = new SeenLcd()
	/** What the display must count. */
	recorded = 0
	received = 0
	connection: PanelStatus['connection'] = 'no-uplink'
	setAside = 0
	camerasAway: readonly number[] = []
	/** What had to be done more than once until it was noticed. */
	readonly repeats: string[] = []
	readonly #places: Places
	readonly #centre = makeSigner('c-centre')
	readonly #cable: SerialCable
	readonly #standIns: StandIns
	#kiosk: ComposedKiosk | undefined
	#touched = 0

	constructor(places: Places) {
		this.#places = places
		this.#cable = new SerialCable(places.directory)
		this.#standIns = StandIns.in(places.directory, places.memory)
	}

	/** Plugs everything in. */
	async prepare(): Promise<void> {
		const at = (name: string) => join(this.#places.directory, name)
		await mkdir(at('uplink'))
		await this.#standIns.install()
		for (const line of Object.values(lines)) this.#standIns.edge(false, line)
		const made = await makeIdentity(at('identity'), 'device', randomBytes)
		if (!made.ok) throw new Error(made.fault.detail)
		await writeFile(at('centre.pem'), publicKeyPem(this.#centre.publicKey))
		await this.#cable.plug(this.lcd)
	}

	get settings() {
		const { directory, memory, journal } = this.#places
		const at = (name: string) => join(directory, name)
		return {
			// Not sealing: that takes time of its own, which a clock that jumps knows nothing of. The journey seals.
			...{ identity: at('identity'), journal, state: at('state.json') },
			...{ uplink: at('uplink'), centre: { id: this.#centre.kid, publicKey: at('centre.pem') } },
			camera: {
				...{ kind: 'libcamera-warm', cameras: [lens(0, 'full')] },
				...{ directory: join(memory, 'camera'), settle: 0 },
			},
			tray: { kind: 'gpio', line: lines.tray, debounce: 1 },
			button: { kind: 'gpio', line: lines.button, debounce: 1 },
			signals: { light: { line: 5 }, green: { line: 6 }, red: { line: 13 }, buzzer: { line: 19 } },
			panel: { kind: 'lcd', port: this.#cable.port, baud: 115_200, rom: 'A02' },
			...{ shots: 1, disk: { room: 512 * 1024, inodes: 8, reserve: 1024 * 1024 } },
		}
	}

	/** A folder for a scanner. */
	async inbox(): Promise<string> {
		const inbox = join(this.#places.memory, 'inbox')
		await mkdir(inbox)
		return inbox
	}

	/** Resolves when the kiosk has started; `changed` settings beside the usual ones. */
	async start(changed: Readonly<Record<string, unknown>> = {}): Promise<void> {
		const composed = await composeKiosk(KioskConfig.parse({ ...this.settings, ...changed }), {
			election: presidential2024,
			clock: this.clock,
			log: () => {},
			delays,
		})
		if (!composed.ok) throw new Error(composed.fault.detail)
		this.#kiosk = composed.value
		await composed.value.start()
	}

	async stop(): Promise<void> {
		await this.#kiosk?.stop()
		this.#kiosk = undefined
	}

	/** Unplugs everything. */
	async clear(): Promise<void> {
		await this.camera('good')
		await this.stop()
		await this.#cable.unplug()
		this.#standIns.uninstall()
	}

	/** What the cameras do from now on, or one of them. */
	async camera(behaviour: Behaviour, camera?: number): Promise<void> {
		this.#standIns.behave(behaviour, camera)
	}

	/** Lays a paper down while the display says that it is ready, and goes on when it says something else. */
	async lay(picture: Uint8Array): Promise<void> {
		this.#standIns.putBefore(picture)
		const isTaken = () => !this.text[0]?.startsWith('LISTO')
		if (isTaken()) return
		await this.#again('the paper', async () => {
			await this.lift()
			this.#standIns.edge(true, lines.tray)
			return await this.within(noticedWithin, isTaken)
		})
	}

	async lift(): Promise<void> {
		this.#standIns.edge(false, lines.tray)
		await after(handMs)
	}

	/** Presses the button, for a moment only: a long one asks for something else. One that is not noticed is made again. */
	async press(): Promise<void> {
		const [before] = this.text
		await this.#again('the button', async () => {
			this.#standIns.edge(true, lines.button)
			await after(handMs)
			this.#standIns.edge(false, lines.button)
			return await this.within(noticedWithin, () => this.text[0] !== before)
		})
	}

	/** Holds the button down until the display says something else than before. */
	async hold(): Promise<void> {
		const [before] = this.text
		this.#standIns.edge(true, lines.button)
		await this.#again('the held button', async () => {
			const isNoticed = () => this.text[0] !== before
			if (await this.within(1_000, isNoticed)) return true
			await this.#skip(holdMs)
			return await this.within(noticedWithin, isNoticed)
		})
		this.#standIns.edge(false, lines.button)
		await after(handMs)
	}

	/** The end of the journal, as the head of a closed day has it. */
	get end(): ShownHead {
		const { tail, device } = this.#journal
		if (tail === null) throw new Error('nothing was recorded yet')
		return { device: device.id, seq: tail.seq, id: tail.id }
	}

	/** Ends what stands. */
	async next(milliseconds = stands): Promise<void> {
		this.#touch()
		await this.#skip(milliseconds)
	}

	/** Not in the middle of a drawing: its deadline would be over, and the display opened anew. */
	async #skip(milliseconds: number): Promise<void> {
		const isDrawn = () => this.lcd.seen.settled && performance.now() - this.lcd.drawnAt > drawnAfter
		await this.until(isDrawn)
		this.clock.skip(milliseconds)
	}

	/** Waits until the display shows this and nothing else, to the last of its 80 cells. */
	async shows(scene: Scene): Promise<void> {
		if (await this.within(patience, () => this.isShown(scene))) return
		throw new Error(`not ${JSON.stringify(scene)}, but ${this.text.join('|')}`)
	}

	isShown(scene: Scene): boolean {
		const { recorded, received, setAside, connection, camerasAway } = this
		const screen = draw({ scene, recorded, received, setAside, connection, camerasAway }, 'es')
		return this.text.join('\n') === screen.map((line) => line.padEnd(columns)).join('\n')
	}

	async until(condition: () => boolean): Promise<void> {
		if (!(await this.within(patience, condition))) throw new Error(`stays at ${this.text.join('|')}`)
	}

	/** What the uplink tells from now on. */
	async post(change: Partial<UplinkState>): Promise<void> {
		const path = this.#state
		await writeFile(`${path}.new`, JSON.stringify({ ...emptyUplinkState(), ...change }))
		this.#touch(`${path}.new`)
		await rename(`${path}.new`, path)
	}

	/** The centre's receipt for everything up to the last entry, or `beyond` it. */
	async receipt(beyond = 0): Promise<string> {
		const { device, seq, id } = this.end
		const upto = { seq: seq + beyond, id }
		const receipt: Receipt = {
			...{ v: 1, device, seq: upto.seq, entry: id, status: 'stored' },
			...{ images: [], upto, gaps: [], time: '2024-07-28T23:00:00Z', copies: 1 },
		}
		return (await signReceipt(receipt, this.#centre)).text
	}

	/** What stands on the display. */
	get text(): readonly string[] {
		return this.lcd.text
	}

	get #journal() {
		if (this.#kiosk === undefined) throw new Error('the kiosk was not started')
		return this.#kiosk.journal
	}

	get #state(): string {
		return join(this.#places.directory, 'uplink', 'state.json')
	}

	/** Does it until it is noticed. */
	async #again(what: string, isNoticed: () => Promise<boolean>): Promise<void> {
		const end = performance.now() + patience
		while (!(await isNoticed())) {
			if (performance.now() > end) throw new Error(`${what} is not noticed at ${this.text.join('|')}`)
			this.repeats.push(`${what} at ${this.text.join('|')}`)
		}
	}

	/** As an uplink does that lives; there may be none. */
	#touch(path = this.#state): void {
		if (existsSync(path)) utimesSync(path, 0, ++this.#touched)
	}

	/** True as soon as `condition` is; false when it is not in time. */
	async within(milliseconds: number, condition: () => boolean): Promise<boolean> {
		const end = performance.now() + milliseconds
		let touchAt = 0
		let isSeen = false
		const isOver = () => {
			const now = performance.now()
			isSeen = condition()
			if (isSeen || now > end) return true
			if (now >= touchAt) {
				this.#touch()
				touchAt = now + touchEvery
			}
			return false
		}
		await until(isOver, { timeoutMs: Number.POSITIVE_INFINITY, everyMs: 2 })
		return isSeen
	}
}
