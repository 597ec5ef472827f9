/**
 * Runs scan sessions: feeds the pure machine of `session.ts` with what the devices say, does what it asks
 * for, and shows where it stands. Nothing here waits for the network or the display.
 */
import type { Button } from '../capture/button.ts'
import type { Camera } from '../capture/camera.ts'
import type { Signals } from '../capture/signals/signals.ts'
import type { Tray } from '../capture/tray.ts'
import { openStoredHead } from '../journal/head-file.ts'
import type { Journal } from '../journal/journal.ts'
import type { Panel } from '../panel/panel.ts'
import { draw, type Language, toneOf } from '../panel/screens.ts'
import type { PanelStatus, Scene } from '../panel/status.ts'
import type { Clock } from '../platform/clock.ts'
import type { Vitals } from '../platform/process/supervision.ts'
import type { Fault } from '../platform/result.ts'
import type { Reader } from '../reading/reading.ts'
import { conditionOf, describeCondition, type OwnCondition } from './condition.ts'
import { Signalling } from './devices/signalling.ts'
import { closedDayOf, type DailyIdentities, diskAfter, EffectRunner } from './effect-runner.ts'
import type { KioskLog } from './events.ts'
import type { Disk } from './recording/disk.ts'
import type { Recorder } from './recording/recorder.ts'
import type { SessionDelays } from './session/delays.ts'
import { sceneOf } from './session/scene.ts'
import { atRest, next, timeOutOf } from './session/session.ts'
import type { ClosedDay, Effect, Input, Session, SessionSettings } from './session/session-types.ts'
import { whyStuck } from './session/session-watchdog.ts'
import { SessionLog } from './session-log.ts'
import { TechnicianView } from './technician-view.ts'
import type { UplinkWatcher } from './uplink-watcher.ts'

export interface KioskParts {
	readonly camera: Camera
	readonly tray: Tray
	readonly button: Button
	readonly reader: Reader
	readonly journal: Journal
	readonly recorder: Recorder
	readonly disk: Disk
	readonly uplink: UplinkWatcher
	readonly panel: Panel
	readonly signals: Signals
	readonly daily?: DailyIdentities
	readonly clock: Clock
	readonly log: KioskLog
}

export interface KioskSettings {
	readonly language: Language
	readonly session: SessionSettings
	readonly delays: SessionDelays
	/** This start is for the technician. */
	readonly technician?: boolean
}

export class Kiosk implements Vitals {
	readonly #parts: KioskParts
	readonly #settings: KioskSettings
	readonly #sessionSettings: SessionSettings
	#session: Session = atRest
	readonly #signalling = new Signalling()
	readonly #sessionLog: SessionLog
	readonly #effects: EffectRunner
	#phaseBegan = 0
	/** When the first picture of the paper was asked for. */
	#firstShot = 0
	/** Counts phases, so that an answer that comes after its phase has ended is not taken for a newer one's. */
	#phase = 0
	#cancelTimer: () => void = () => {}
	/** Why the camera took no picture when it was last asked; null when it did. */
	#cameraFault: Fault | null = null
	/** The last entry is a close, and its head is on the disk. */
	#dayClosed = false
	#starting = true
	#stopped = false

	constructor(parts: KioskParts, settings: KioskSettings) {
		this.#parts = parts
		this.#settings = settings
		const { session, delays } = settings
		const { camera, tray, clock } = parts
		this.#sessionSettings = {
			...session,
			shots: camera.retakes ? session.shots : 1,
			buttonIsTray: tray.isButton === true,
		}
		this.#sessionLog = new SessionLog(parts.log)
		const view = new TechnicianView({ ...parts, timeoutMs: delays.capturing })
		this.#effects = new EffectRunner({ ...parts, view, elapsed: () => clock.monotonic() - this.#firstShot })
	}

	/** Resolves when the kiosk can scan. */
	async start(): Promise<void> {
		const { panel, signals, reader, recorder, disk, uplink, camera, tray, button, log, journal } = this.#parts
		await panel.start()
		this.#show()
		// First what the receipts know: it may forbid to record anything, and the mark of the start names the last one
		// and may have its time from it.
		const first = [() => signals.start(), () => reader.start(), () => uplink.start(() => this.#show())]
		for (const start of first) {
			// What was stopped must not be started after that: it would keep the process from its end.
			if (this.#stopped) return
			await start()
		}
		const booted = await recorder.recordBoot()
		if (this.#stopped) return
		const started = await camera.start(() => this.#show())
		if (this.#stopped) return
		this.#starting = false
		log({ event: 'started', device: journal.device.id, boot: journal.boot, actas: journal.actas.count })
		if (!booted.ok && booted.fault.device !== 'storage')
			this.#sessionLog.trouble(booted.fault.device, booted.fault)
		this.#take({ type: 'disk', disk: diskAfter(booted, await disk.check()) })
		if (!started.ok) this.#sessionLog.trouble('camera', started.fault)
		this.#cameraFault = started.ok ? null : started.fault
		const closed = await this.#closedBefore()
		if (closed !== null) this.#take({ type: 'closed', day: closed })
		if (this.#settings.technician === true) this.#enterTechnician()
		this.#show()
		if (this.#stopped) return
		await button.start(
			() => this.#take({ type: 'button' }),
			(since) => (since === 'start' ? this.#enterTechnician() : this.#take({ type: 'hold' })),
		)
		if (this.#stopped) return
		await tray.start((event) => this.#take({ type: event }))
	}

	/** Ends what runs. A recording under way is on the disk or is not, and is shown no more; the next start finds out. */
	async stop(): Promise<void> {
		if (this.#stopped) return
		this.#stopped = true
		this.#cancelTimer()
		const { panel, signals, reader, uplink, camera, tray, button, log } = this.#parts
		await tray.stop()
		await button.stop()
		await camera.stop()
		await reader.stop()
		await uplink.stop()
		await signals.stop()
		await panel.stop()
		log({ event: 'stopped' })
	}

	get status(): PanelStatus {
		const { journal, uplink, camera } = this.#parts
		return {
			scene: this.#scene,
			recorded: journal.actas.count,
			received: journal.actas.countUpTo(uplink.upto),
			setAside: uplink.setAside,
			connection: uplink.connection,
			camerasAway: camera.away ?? [],
		}
	}

	async healthFault(): Promise<Fault | null> {
		const { reader, clock } = this.#parts
		const { delays } = this.#settings
		const stuck = whyStuck(this.#session, delays, clock.monotonic() - this.#phaseBegan)
		if (stuck !== null) return stuck
		if (await reader.answers()) return null
		return { code: 'reader-silent', detail: 'the reading thread gives no sign of life' }
	}

	get statusText(): string {
		return describeCondition(this.condition, this.#parts.uplink.connection)
	}

	get condition(): OwnCondition {
		const { scene, recorded, received } = this.status
		const [{ phase }, cameraFault, { away }] = [this.#session, this.#cameraFault, this.#parts.camera]
		return conditionOf({ phase, scene, cameraFault, away, actas: { recorded, received } })
	}

	get #scene(): Scene {
		if (this.#starting) return { at: 'starting' }
		const { uplink, recorder } = this.#parts
		// While an entry is being appended, or is in doubt, the centre may know of it first.
		const { at } = this.#session.phase
		const open = at === 'recording' || at === 'closing' || at === 'disk-trouble'
		const fault = open ? null : recorder.refusal
		if (fault !== null) return { at: 'fault', device: 'journal', fault }
		return sceneOf(this.#session, uplink.upto)
	}

	/** What the display said before this start, when nothing was recorded since. */
	async #closedBefore(): Promise<ClosedDay | null> {
		const { journal, daily } = this.#parts
		const { directory, device, closed } = journal
		if (closed === null) {
			const before = journal.actas.count === 0 ? (daily?.before ?? null) : null
			const head = before === null ? null : await openStoredHead(before.journal, before.device)
			return head === null ? null : await closedDayOf(head, daily)
		}
		const head = await openStoredHead(directory, device)
		if (head === null || head.head.id !== closed.id) return null
		this.#dayClosed = true
		return await closedDayOf(head, daily)
	}

	#enterTechnician(): void {
		this.#take({ type: 'technician', device: this.#parts.journal.device.id })
	}

	#take(input: Input): void {
		if (this.#stopped || this.#renewed(input)) return
		const transition = next(this.#session, input, this.#sessionSettings)
		if (transition === undefined) return
		const { phase: before } = this.#session
		this.#session = transition.session
		if (transition.session.phase !== before) {
			// A phase that only goes on, such as a slow recording, still waits for the same answer.
			if (transition.session.phase.at !== before.at || transition.effects.length > 0) this.#phase++
			this.#phaseBegan = this.#parts.clock.monotonic()
			const { phase } = this.#session
			if (phase.at === 'capturing' && phase.earlier.length === 0) this.#firstShot = this.#phaseBegan
			if (phase.at === 'fault' && phase.device === 'camera') this.#cameraFault = phase.fault
			if (phase.at === 'reading') this.#cameraFault = null
			this.#sessionLog.report(phase)
		}
		this.#setTimer()
		this.#show()
		for (const effect of transition.effects) this.#start(effect)
	}

	/** The first paper after a closed day is for the next identity; it stays on the tray until that one looks. */
	#renewed(input: Input): boolean {
		const { at } = this.#session.phase
		if (input.type === 'closed' && at === 'closing') this.#dayClosed = true
		const renew = this.#parts.daily?.renew ?? null
		const closed = this.#dayClosed && this.#parts.journal.closed !== null
		const isNewDay = closed && input.type === 'paper' && (at === 'closed' || at === 'idle')
		if (renew === null || !isNewDay) return false
		renew()
		return true
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
		this.#effects.run(effect).then(
			(input) => {
				if (input !== undefined && phase === this.#phase) this.#take(input)
			},
			(error: unknown) => this.#sessionLog.trouble('program', { code: 'unexpected', detail: String(error) }),
		)
	}

	#show(): void {
		const { status } = this
		const { phase } = this.#session
		const code = phase.at === 'closed' && status.scene.at === 'closed' ? phase.day.code : null
		this.#parts.panel.show(draw(status, this.#settings.language), toneOf(status), code)
		this.#parts.signals.show(this.#signalling.of(status.scene))
	}
}
