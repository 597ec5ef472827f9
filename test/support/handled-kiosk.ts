/**
 * The one way to make a kiosk in a test's process: its session, recorder, journal and receipts are the real ones;
 * what hands touch is simulated. Each paper is a small picture and comes with what the reader would say of it,
 * unless the test brings a camera or a reader of its own.
 */

import { join } from 'node:path'
import type { OnHold } from '#src/capture/button.js'
import type { Camera } from '#src/capture/camera.js'
import { noSignals, type Signals } from '#src/capture/signals/signals.js'
import type { TrayEvent } from '#src/capture/tray.js'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import type { Identity } from '#src/evidence/identity.js'
import type { Signer } from '#src/evidence/signer.js'
import { Journal } from '#src/journal/journal.js'
import type { KioskEvent } from '#src/kiosk/events.js'
import { Kiosk } from '#src/kiosk/kiosk.js'
import { Disk } from '#src/kiosk/recording/disk.js'
import type { Recorder } from '#src/kiosk/recording/recorder.js'
import { sessionDelays } from '#src/kiosk/session/delays.js'
import type { SessionSettings } from '#src/kiosk/session/session-types.js'
import { UplinkWatcher } from '#src/kiosk/uplink-watcher.js'
import type { Code } from '#src/panel/head-code.js'
import type { Screen } from '#src/panel/screens.js'
import type { Clock } from '#src/platform/clock.js'
import type { ClockSource } from '#src/platform/clock-source.js'
import { Reserve } from '#src/platform/files/reserve.js'
import { fail, ok } from '#src/platform/result.js'
import type { ActaReading, Reader, Reading, ReadingReport } from '#src/reading/reading.js'
import { gotten } from './result.ts'
import { testRecorder } from './test-recorder.ts'

export interface HandledSettings {
	readonly directory: string
	readonly signer: Signer & Identity
	readonly clock: Clock & { advance?(milliseconds: number): Promise<void> }
	/** Of this start. */
	readonly boot?: number
	readonly centre?: Identity
	readonly clockSource?: () => Promise<ClockSource>
	/** When the program was built. */
	readonly floor?: number
	/** Told of each screen as it is shown. */
	readonly onScreen?: (screen: Screen, code: Code | null) => void
	readonly camera?: Camera
	readonly reader?: Partial<Reader>
	readonly signals?: Signals
	readonly session?: SessionSettings
	/** False where nobody presses the button when asked. */
	readonly pressesWhenAsked?: boolean
}

export interface Paper {
	readonly picture: Uint8Array
	readonly reading: Reading
}

/** A paper of table `mesa`. */
export function paperOf(mesa: string, votes = '1,2'): Paper & { readonly reading: ActaReading } {
	const code = `121202007.${mesa}.1.0001`
	const [one = 0, two = 0] = votes.split(',').map(Number)
	const acta = { code, centro: '121202007', mesa, votes: [one, two], nullVotes: 0, emptyVotes: 0 }
	return {
		picture: Buffer.from(`89504e470d0a1a0a${mesa}`, 'hex'),
		reading: { kind: 'acta', text: `${code}!${votes}!0!0`, acta },
	}
}

export function reportOf(reading: Reading): ReadingReport {
	const unmeasured = { picture: null, decodeMs: 0, searchMs: 0, firstMs: 0, stage: null, sighting: null }
	return { reading, ...unmeasured }
}

/** The events with which a scan ends. */
const ends: readonly KioskEvent['event'][] = [
	'recorded',
	'already-scanned',
	'conflict',
	'rejected',
	'trouble',
]

export class HandledKiosk {
	readonly kiosk: Kiosk
	readonly journal: Journal
	readonly recorder: Recorder
	readonly uplink: UplinkWatcher
	/** Those that are no end of a scan. */
	readonly log: KioskEvent[] = []
	readonly screens: Screen[] = []
	readonly #settings: HandledSettings
	#paper: Paper | undefined
	#lay: (event: TrayEvent) => void = () => {}
	#press: () => void = () => {}
	#hold: OnHold = () => {}
	#waiting: ((event: KioskEvent) => void) | undefined

	private constructor(settings: HandledSettings, journal: Journal) {
		const { directory, signer, clock, boot = 1, camera = this.#camera(), signals = noSignals } = settings
		const log = (event: KioskEvent) => this.#hear(event)
		const { centre = null, clockSource = async () => 'rtc' as const, floor = 0 } = settings
		this.#settings = settings
		this.journal = journal
		const centres = centre === null ? null : onlyCentre(centre)
		this.uplink = new UplinkWatcher({ journal, centres, directory: join(directory, 'uplink'), clock, log })
		this.recorder = testRecorder({
			...{ journal, signer, clock, clockSource, floor, boot, anchor: () => this.uplink.anchor },
			refusal: () => this.uplink.contradiction,
			notBefore: () => this.uplink.notBefore,
		})
		this.kiosk = new Kiosk(
			{
				camera,
				tray: {
					start: async (on) => {
						this.#lay = on
					},
					stop: async () => {},
				},
				button: {
					start: async (onPress, onHold = () => {}) => {
						this.#press = onPress
						this.#hold = onHold
					},
					stop: async () => {},
				},
				reader: {
					start: async () => {},
					answers: async () => true,
					read: async () => {
						if (this.#paper === undefined) throw new Error('no paper lies there')
						return reportOf(this.#paper.reading)
					},
					stop: async () => {},
					...settings.reader,
				},
				journal,
				recorder: this.recorder,
				disk: new Disk({
					journal,
					reserve: new Reserve(join(directory, 'reserve'), 1 << 16),
					need: { bytes: 0, inodes: 0 },
					log,
				}),
				uplink: this.uplink,
				signals,
				panel: {
					start: async () => {},
					show: (screen, _tone, code = null) => this.#look(screen, code),
					stop: async () => {},
				},
				clock,
				log,
			},
			{
				language: 'es',
				session: settings.session ?? { unread: 'record', shots: 1, shotsWithin: 0 },
				delays: sessionDelays,
			},
		)
	}

	/** Opens the journal under `directory` and starts. */
	static async start(settings: HandledSettings): Promise<HandledKiosk> {
		const { directory, signer } = settings
		const handled = new HandledKiosk(settings, gotten(await Journal.open(join(directory, 'journal'), signer)))
		await handled.kiosk.start()
		return handled
	}

	/** Lays a paper down and takes it away when its scan has ended; says how it did. */
	async scan(paper: Paper): Promise<KioskEvent> {
		const event = await this.lay(paper)
		this.#lay('no-paper')
		await this.#settings.clock.advance?.(sessionDelays.conflict)
		return event
	}

	/** A paper is laid down, or taken away; nobody waits for what comes of it. */
	tray(event: TrayEvent): void {
		this.#lay(event)
	}

	/** Lays a paper down; resolves with the event that ends its scan. */
	lay(paper: Paper): Promise<KioskEvent> {
		this.#paper = paper
		const end = new Promise<KioskEvent>((resolve) => {
			this.#waiting = resolve
		})
		this.#lay('paper')
		return end
	}

	press(): void {
		this.#press()
	}

	hold(since: 'start' | 'later' = 'later'): void {
		this.#hold(since)
	}

	async stop(): Promise<void> {
		await this.kiosk.stop()
		await this.journal.close()
	}

	#camera(): Camera {
		return {
			retakes: false,
			start: async () => ok(true),
			capture: async () => {
				if (this.#paper === undefined) return fail('nothing-there', 'no paper lies there')
				return ok([{ role: 'full', bytes: Buffer.from(this.#paper.picture), origin: 'simulated' }])
			},
			release: async () => {},
			stop: async () => {},
		}
	}

	/** Whoever lays down what can't be read presses the button when asked. */
	#look(screen: Screen, code: Code | null): void {
		this.screens.push(screen)
		this.#settings.onScreen?.(screen, code)
		if (this.#settings.pressesWhenAsked === false) return
		if (this.kiosk.status.scene.at === 'confirming') queueMicrotask(this.#press)
	}

	#hear(event: KioskEvent): void {
		if (!ends.includes(event.event) || this.#waiting === undefined) {
			this.log.push(event)
			return
		}
		this.#waiting(event)
		this.#waiting = undefined
	}
}
