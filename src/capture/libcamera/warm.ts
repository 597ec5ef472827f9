/**
 * A camera that is kept running, so that a picture costs a frame and not a start: `rpicam-still --signal --zsl`
 * takes one at each SIGUSR1, and renews the link `latest` when its file is whole.
 *
 * What it does, by its source (rpicam-apps, apps/rpicam_still.cpp): SIGUSR1 ends it until it has opened the
 * camera and catches the signal; it ends too when `latest` is there and leads nowhere, so the link is removed
 * before the picture it leads to.
 */
import { readFile, readlink } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { type Clock, pause, systemClock } from '../../platform/clock.ts'
import { SupervisedProgram } from '../../platform/process/supervised-program.ts'
import { fail, ok, type Result } from '../../platform/result.ts'
import type { CameraFault } from '../camera.ts'
import { type Lens, lensArguments, stillOptions } from './lens.ts'
import { explainCameraError, type Sensor } from './sensor.ts'
import type { ShotDirectory } from './shot-directory.ts'

export interface WarmOptions {
	readonly clock?: Clock
	readonly random: () => number
	/**
	 * Milliseconds to wait before each picture: the frames under way when the lamp went on were exposed in the
	 * dark, and a warm camera hands out the next one that is finished.
	 */
	readonly settleMs: number
	/** Milliseconds within which a camera that was started should be ready. */
	readonly startMs?: number
}

/** Milliseconds between two looks for a camera that is ready, and for the picture, which somebody waits for. */
const lookMs = 10
const pictureLookMs = 3
const latest = 'latest'

export class WarmSensor implements Sensor {
	readonly #directory: ShotDirectory
	readonly #clock: Clock
	readonly #settleMs: number
	readonly #startMs: number
	readonly #program: SupervisedProgram
	#why = 'it did not start in time'
	#stopped = false

	constructor(lens: Lens, directory: ShotDirectory, options: WarmOptions) {
		const { clock = systemClock, random, settleMs, startMs = 10_000 } = options
		this.#directory = directory
		this.#clock = clock
		this.#settleMs = settleMs
		this.#startMs = startMs
		const words = lensArguments({
			...stillOptions(lens),
			signal: true,
			zsl: true,
			timeout: 0,
			output: directory.at('%06d.jpg'),
			latest: directory.at(latest),
		})
		this.#program = new SupervisedProgram('rpicam-still', words, {
			clock,
			random,
			before: () => directory.open(),
			onEnd: (why) => {
				this.#why = explainCameraError(why) ?? why
			},
		})
	}

	/** A camera that does not start now is tried again and again. */
	async start(): Promise<Result<true, CameraFault>> {
		this.#stopped = false
		await this.#program.start()
		const pid = await this.#ready(this.#clock.monotonic() + this.#startMs)
		return pid === undefined ? this.#notRunning() : ok(true)
	}

	async shoot(deadlineMs: number): Promise<Result<Uint8Array, CameraFault>> {
		const until = this.#clock.monotonic() + deadlineMs
		if ((await this.#ready(until)) === undefined) return this.#notRunning()
		await pause(this.#clock, this.#settleMs)
		await this.#directory.remove(latest)
		const pid = await this.#ready(until)
		if (pid === undefined) return this.#notRunning()
		this.#program.signal('SIGUSR1')
		const target = await this.#latestOf(pid, until)
		if (target === undefined) {
			if (this.#program.pid !== pid) return this.#notRunning()
			// A camera that hangs does not come back by itself, and a picture that comes later is of another paper.
			this.#program.signal('SIGKILL')
			const seconds = Math.round(deadlineMs / 1000)
			return fail('device', `the camera took no picture within ${seconds} s and is started again`)
		}
		await this.#directory.remove(latest)
		const name = basename(target)
		if (dirname(target) !== this.#directory.path || !/^\d+\.jpg$/.test(name)) {
			return fail('device', 'the camera names a file as its picture that is not its own')
		}
		return this.#directory.take(name)
	}

	stop(): Promise<void> {
		this.#stopped = true
		return this.#program.stop()
	}

	#notRunning(): Result<never, CameraFault> {
		return fail('device', `the camera is not running: ${this.#why}`)
	}

	/** The process that would take a picture now; undefined when there is none in time. */
	async #ready(until: number): Promise<number | undefined> {
		for (;;) {
			const { pid } = this.#program
			// The process may have gone while it was looked at.
			if (pid !== undefined && (await catchesUsr1(pid)) && this.#program.pid === pid) return pid
			if (this.#stopped || this.#clock.monotonic() >= until) return undefined
			await pause(this.#clock, lookMs)
		}
	}

	/** What `latest` leads to once it is there; undefined when the process has ended, or in time. */
	async #latestOf(pid: number, until: number): Promise<string | undefined> {
		for (;;) {
			const target = await readlink(this.#directory.at(latest)).catch(() => undefined)
			if (target !== undefined) return target
			if (this.#program.pid !== pid || this.#clock.monotonic() >= until) return undefined
			await pause(this.#clock, pictureLookMs)
		}
	}
}

/** By the mask of caught signals, bit 9 for SIGUSR1 (proc_pid_status(5)). */
async function catchesUsr1(pid: number): Promise<boolean> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
	const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'
	return (BigInt(`0x${mask}`) & 0x200n) !== 0n
}
