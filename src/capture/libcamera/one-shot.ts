/**
 * A camera that is started anew for each picture, by `node-libcamera`: it costs seconds, and nothing runs
 * between two pictures.
 *
 * The package starts `libcamera-still` through a shell, without a deadline and without a handle to end it, and
 * says "done" also when nothing was captured. So only constants, numbers and a path of our own reach it, it is
 * given up after a deadline, the provisioned `libcamera-still` (provisioning/camera) ends what hangs, and what
 * counts is the file.
 */
import libcamera from 'node-libcamera'
import { type Clock, pause, systemClock } from '../../platform/clock.ts'
import { lastLineSaid } from '../../platform/process/supervised-program.ts'
import { fail, ok, type Result } from '../../platform/result.ts'
import type { CameraFault } from '../camera.ts'
import { type Lens, lensArguments, type Options, stillOptions } from './lens.ts'
import { explainCameraError, type Sensor } from './sensor.ts'
import type { ShotDirectory } from './shot-directory.ts'

/** Milliseconds from the camera's start to the picture: the lens moves to its place in that time. */
const lensTravelMs = 500

export class OneShotSensor implements Sensor {
	readonly #lens: Lens
	readonly #directory: ShotDirectory
	readonly #clock: Clock
	#shots = 0
	/** The program of an earlier shot; settled when it has ended. */
	#earlier: Promise<unknown> = Promise.resolve()

	constructor(lens: Lens, directory: ShotDirectory, clock: Clock = systemClock) {
		this.#lens = lens
		this.#directory = directory
		this.#clock = clock
	}

	start(): Promise<Result<true, CameraFault>> {
		return this.#directory.open()
	}

	async shoot(deadlineMs: number): Promise<Result<Uint8Array, CameraFault>> {
		const seconds = Math.round(deadlineMs / 1000)
		const expired = new AbortController()
		const late = pause(this.#clock, deadlineMs, expired.signal).then(() => 'late' as const)
		try {
			// A program that was given up still holds the camera.
			if ((await Promise.race([this.#earlier, late])) === 'late') {
				return fail('device', `an earlier picture still keeps the camera busy: switch the kiosk off and on`)
			}
			const name = `${++this.#shots}.jpg`
			const run = this.#run(this.#directory.at(name))
			this.#earlier = run
			const answer = await Promise.race([run, late])
			if (answer === 'late') {
				// What it may still leave is a plain picture.
				this.#earlier = run.then(() => this.#directory.sweep()).catch(() => undefined)
				return fail('device', `the camera took no picture within ${seconds} s: check its cable`)
			}
			const picture = answer.ok ? await this.#directory.take(name) : answer
			// Under whatever other name it left something.
			await this.#directory.sweep()
			return picture
		} finally {
			expired.abort()
		}
	}

	/** A shot under way ends by itself, and what it leaves is cleared away at the next start. */
	async stop(): Promise<void> {}

	async #run(output: string): Promise<Result<true, CameraFault>> {
		const options = { ...stillOptions(this.#lens), timeout: lensTravelMs, output }
		if (!shellSafe(options)) {
			return fail('device', 'the camera was not started: a shell could take its settings for commands')
		}
		try {
			await libcamera.still(options)
			return ok(true)
		} catch (error) {
			return fail('device', whyEnded(error))
		}
	}
}

/** Letters, digits and what numbers, lists and paths need: nothing that a shell gives a meaning. */
function shellSafe(options: Options): boolean {
	return lensArguments(options).every((word) => /^[A-Za-z0-9.,_/-]+$/.test(word))
}

/** From what `child_process.exec` rejects with: a status, and a message of the command and its standard error. */
function whyEnded(error: unknown): string {
	const { message, code, signal } = error as Error & { code?: unknown; signal?: unknown }
	const said = message.slice(message.indexOf('\n') + 1)
	switch (code) {
		case 127:
			return `libcamera-still or rpicam-still is not installed: install rpicam-apps and provisioning/camera`
		case 126:
			return 'libcamera-still may not be run: make it executable'
		// Of coreutils' timeout, in provisioning/camera: it was ended, by force where need was.
		case 124:
		case 137:
			return 'the camera hung and was ended: check its cable'
		default:
			return explainCameraError(said) ?? `libcamera-still ended (${signal ?? code})${lastLineSaid(said)}`
	}
}
