/**
 * Runs scan sessions: feeds the pure machine of `session.ts` with what the devices say, does what it asks
 * for, and shows where it stands. Nothing here waits for the network or the display.
 */
import type { Button } from '../capture/button.ts'
import type { Camera } from '../capture/camera.ts'
import type { Signals } from '../capture/signals/signals.ts'
import type { Tray } from '../capture/tray.ts'
import type { Journal } from '../journal/journal.ts'
import type { Panel } from '../panel/panel.ts'
import { draw, type Language, toneOf } from '../panel/screens.ts'
import type { Scene, Status } from '../panel/status.ts'
import type { Clock } from '../platform/clock.ts'
import { type Fault, type Result, unreachable } from '../platform/result.ts'
import type { Vitals } from '../platform/supervision.ts'
import { readFrames } from '../reading/read-frames.ts'
import type { Reader } from '../reading/reading.ts'
import { conditionOf, inWords, type OwnCondition } from './condition.ts'
import type { Delays } from './delays.ts'
import type { KioskLog } from './events.ts'
import { overdue } from './overdue.ts'
import type { Effect, Input, Phase, Session, SessionSettings } from './phases.ts'
import type { Received } from './received.ts'
import type { Recorder, RecordingFault } from './recorder.ts'
import { sceneOf } from './scene.ts'
import { atRest, next, timeOutOf } from './session.ts'
import { Signalling } from './signalling.ts'
import type { DiskState, Storage } from './storage.ts'

export interface KioskParts {
	readonly camera: Camera
	readonly tray: Tray
	readonly button: Button
	readonly reader: Reader
	readonly journal: Journal
	readonly recorder: Recorder
	readonly storage: Storage
	readonly received: Received
	readonly panel: Panel
	readonly signals: Signals
	readonly clock: Clock
	readonly log: KioskLog
}

export interface KioskSettings {
	readonly language: Language
	readonly session: SessionSettings
	readonly delays: Delays
}

export class Kiosk implements Vitals {
	readonly #parts: KioskParts
	readonly #settings: KioskSettings
	readonly #sessionSettings: SessionSettings
	#session: Session = atRest
	readonly #signalling = new Signalling()
	#phaseBegan = 0
	/** When the first picture of the paper was asked for. */
	#firstShot = 0
	/** Counts phases, so that an answer that comes after its phase has ended is not taken for a newer one's. */
	#phase = 0
	/** What was last told of the disk; null while nothing is the matter with it. */
	#diskTrouble: string | null = null
	#cancelTimer: () => void = () => {}
	/** Why the camera took no picture when it was last asked; null when it did. */
	#cameraFault: Fault | null = null
	#starting = true
	#stopped = false

	constructor(parts: KioskParts, settings: KioskSettings) {
		this.#parts = parts
		this.#settings = settings
		const { session } = settings
		this.#sessionSettings = { ...session, shots: parts.camera.retakes ? session.shots : 1 }
	}

	/** Resolves when the kiosk can scan. */
	async start(): Promise<void> {
		const { panel, signals, reader, recorder, storage, received, camera, tray, button, log, journal } =
			this.#parts
		await panel.start()
		this.#show()
		await signals.start()
		await reader.start()
		// First: what the receipts know may forbid to record anything, and the mark of the start names the last one
		// and may have its time from it.
		await received.start(() => this.#show())
		const booted = await recorder.recordBoot()
		const started = await camera.start(() => this.#show())
		if (this.#stopped) return
		this.#starting = false
		log({ event: 'started', device: journal.device.id, boot: journal.boot, actas: journal.actas.count })
		if (!booted.ok && booted.fault.device !== 'storage') this.#trouble(booted.fault.device, booted.fault)
		this.#take({ type: 'disk', disk: diskAfter(booted, await storage.look()) })
		if (!started.ok) this.#trouble('camera', started.fault)
		this.#cameraFault = started.ok ? null : started.fault
		this.#show()
		await button.start(() => this.#take({ type: 'button' }))
		await tray.start((event) => this.#take({ type: event }))
	}

	/** Ends what runs. A recording under way is on the disk or is not, and is shown no more; the next start finds out. */
	async stop(): Promise<void> {
		if (this.#stopped) return
		this.#stopped = true
		this.#cancelTimer()
		const { panel, signals, reader, received, camera, tray, button, log } = this.#parts
		await tray.stop()
		await button.stop()
		await camera.stop()
		await reader.stop()
		await received.stop()
		await signals.stop()
		await panel.stop()
		log({ event: 'stopped' })
	}

	get status(): Status {
		const { journal, received, camera } = this.#parts
		return {
			scene: this.#scene,
			recorded: journal.actas.count,
			received: journal.actas.countUpTo(received.upto),
			setAside: received.setAside,
			connection: received.connection,
			camerasAway: camera.away ?? [],
		}
	}

	async ailment(): Promise<Fault | null> {
		const { reader, clock } = this.#parts
		const { delays } = this.#settings
		const stuck = overdue(this.#session, delays, clock.monotonic() - this.#phaseBegan)
		if (stuck !== null) return stuck
		if (await reader.answers()) return null
		return { code: 'reader-silent', detail: 'the reading thread gives no sign of life' }
	}

	get standing(): string {
		return inWords(this.condition, this.#parts.received.connection)
	}

	get condition(): OwnCondition {
		const { scene, recorded, received } = this.status
		const [{ phase }, cameraFault, { away }] = [this.#session, this.#cameraFault, this.#parts.camera]
		return conditionOf({ phase, scene, cameraFault, away, actas: { recorded, received } })
	}

	get #scene(): Scene {
		if (this.#starting) return { at: 'starting' }
		const { received } = this.#parts
		// While an entry is being appended, or is in doubt, the centre may know of it first.
		const { at } = this.#session.phase
		const fault = at === 'recording' || at === 'disk-trouble' ? null : received.contradiction
		if (fault !== null) return { at: 'fault', device: 'journal', fault }
		return sceneOf(this.#session, received.upto)
	}

	#take(input: Input): void {
		if (this.#stopped) return
		const step = next(this.#session, input, this.#sessionSettings)
		if (step === undefined) return
		const { phase: before } = this.#session
		this.#session = step.session
		if (step.session.phase !== before) {
			// A phase that only goes on, such as a slow recording, still waits for the same answer.
			if (step.session.phase.at !== before.at || step.effects.length > 0) this.#phase++
			this.#phaseBegan = this.#parts.clock.monotonic()
			const { phase } = this.#session
			if (phase.at === 'capturing' && phase.earlier.length === 0) this.#firstShot = this.#phaseBegan
			this.#tell()
		}
		this.#setTimer()
		this.#show()
		for (const effect of step.effects) this.#start(effect)
	}

	#setTimer(): void {
		this.#cancelTimer()
		const timeOut = timeOutOf(this.#session, this.#settings.delays)
		if (timeOut === null) {
			this.#cancelTimer = () => {}
			return
		}
		const { clock } = this.#parts
		const left = this.#phaseBegan + timeOut - clock.monotonic()
		this.#cancelTimer = clock.after(Math.max(0, left), () => this.#take({ type: 'time-out' }))
	}

	/** Begins an effect; its answer counts only while its phase lasts. */
	#start(effect: Effect): void {
		const phase = this.#phase
		this.#do(effect).then(
			(input) => {
				if (input !== undefined && phase === this.#phase) this.#take(input)
			},
			(error: unknown) => this.#trouble('program', { code: 'unexpected', detail: String(error) }),
		)
	}

	async #do(effect: Effect): Promise<Input | undefined> {
		const { camera, reader, journal, recorder, storage } = this.#parts
		switch (effect.do) {
			case 'capture': {
				const [disk, frames] = await Promise.all([storage.look(), camera.capture()])
				if (frames.ok) this.#cameraFault = null
				if (disk.at !== 'ready') return { type: 'disk', disk }
				return frames.ok
					? { type: 'captured', frames: frames.value }
					: { type: 'not-captured', fault: frames.fault }
			}
			case 'read': {
				const reading = await readFrames(reader, effect.frames)
				const known = reading.kind === 'acta' ? journal.actas.find(reading.acta.code, reading.text) : []
				const elapsed = this.#parts.clock.monotonic() - this.#firstShot
				return { type: 'read', reading, known, elapsed }
			}
			case 'record': {
				const recorded = await recorder.record(effect.frames, effect.reading)
				return recorded.ok
					? { type: 'recorded', acta: recorded.value }
					: { type: 'not-recorded', device: recorded.fault.device, fault: recorded.fault }
			}
			case 'release':
				await camera.release(effect.outcome)
				return undefined
			case 'look':
				return { type: 'disk', disk: await storage.look() }
			case 'mend': {
				const disk = await storage.mend(effect.fault, effect.unfinished)
				if (disk.at === 'broken') return { type: 'disk', disk }
				// The mark of this start, if the disk did not take it then.
				const booted = await recorder.recordBoot()
				return { type: 'disk', disk: diskAfter(booted, disk) }
			}
			default:
				return unreachable(effect)
		}
	}

	/** Tells the log of what a phase means. */
	#tell(): void {
		const { log } = this.#parts
		const { phase } = this.#session
		this.#tellOfDisk(phase)
		switch (phase.at) {
			case 'recorded':
				log({
					event: 'recorded',
					seq: phase.acta.seq,
					number: phase.acta.number,
					read: phase.reading !== null,
				})
				break
			case 'conflict':
				log({
					event: 'conflict',
					seq: phase.acta.seq,
					number: phase.acta.number,
					other: phase.other.number,
				})
				break
			case 'already-scanned':
				log({ event: 'already-scanned', number: phase.acta.number })
				break
			case 'rejected':
				log({ event: 'rejected', cause: phase.cause })
				break
			case 'fault':
				if (phase.device === 'camera') this.#cameraFault = phase.fault
				this.#trouble(phase.device, phase.fault)
				break
			case 'idle':
			case 'capturing':
			case 'reading':
			case 'confirming':
			case 'recording':
			case 'disk-trouble':
				break
			default:
				unreachable(phase)
		}
	}

	/** Tells of each trouble once, however often it is tried again, and of its end. */
	#tellOfDisk(phase: Phase): void {
		if (phase.at === 'disk-trouble') {
			if (this.#diskTrouble !== phase.fault.code) this.#trouble('storage', phase.fault)
			this.#diskTrouble = phase.fault.code
		} else if (phase.at === 'recording') {
			if (phase.waited === 'not-long') return
			this.#trouble('storage', {
				code: 'no-answer',
				detail: `a recording has waited ${phase.waited} for the disk`,
			})
			this.#diskTrouble = 'no-answer'
		} else if (this.#diskTrouble !== null) {
			this.#diskTrouble = null
			this.#parts.log({ event: 'disk-mended' })
		}
	}

	#trouble(device: string, { code, detail }: Fault): void {
		this.#parts.log({ event: 'trouble', device, fault: { code, detail } })
	}

	#show(): void {
		const { status } = this
		this.#parts.panel.show(draw(status, this.#settings.language), toneOf(status))
		this.#parts.signals.show(this.#signalling.of(status.scene))
	}
}

/** Of what kept the mark of this start from being recorded only the disk is waited for. */
function diskAfter(booted: Result<true, RecordingFault>, disk: DiskState): DiskState {
	return booted.ok || booted.fault.device !== 'storage' ? disk : { at: 'broken', fault: booted.fault }
}
