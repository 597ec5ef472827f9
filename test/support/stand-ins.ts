/**
 * What a kiosk has at its connectors, where there is nothing: programs named as rpicam-apps' and libgpiod's over plain
 * files, and the hand that changes papers and presses the button.
 */
import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { program, still } from './camera-programs.ts'
import type { Behaviour } from './fake-camera.ts'
import { edgeLine, writeGpioPrograms } from './gpio-programs.ts'
import { until } from './until.ts'

/** A camera in a kiosk's configuration. */
export function lens(camera: number, role: string) {
	const exposure = { shutter: 8000, gain: 1 }
	return { camera, role, exposure, whiteBalance: { red: 1.8, blue: 1.6 } }
}

/** How long a hand holds a paper over the tray: it tells nobody of it, so nothing can be waited for. */
export const handMs = 150

/** How often a paper is lifted that nothing comes of, and for how long it lies each time. */
const lifts = { most: 30, lieMs: 20_000 }

/** Where a file of that name is. */
type Place = (name: string) => string

export class StandIns {
	readonly #lines: Place
	readonly #memory: Place
	readonly #path = process.env['PATH']

	static in(directory: string, memory: string): StandIns {
		return new StandIns(
			(name) => join(directory, name),
			(name) => join(memory, name),
		)
	}

	constructor(lines: Place, memory = lines) {
		this.#lines = lines
		this.#memory = memory
	}

	/** The programs too, for this process and those that it starts, until `uninstall`. */
	async install(): Promise<void> {
		const bin = await writeGpioPrograms(this.#lines(''), 2)
		await program(join(bin, 'rpicam-still'), still(this.#memory('')))
		this.behave('good')
		process.env['PATH'] = [bin, this.#path].join(delimiter)
	}

	uninstall(): void {
		process.env['PATH'] = this.#path
	}

	// Nothing here goes through the thread pool: writes to a frozen disk, in this process, may hold all of it.

	/** What the cameras do from now on, or one of them. */
	behave(behaviour: Behaviour, camera?: number): void {
		this.#inMemory(camera === undefined ? 'behaviour' : `behaviour-${camera}`, `${behaviour}\n`)
	}

	/** What the camera sees from now on; nothing tells the kiosk of it. */
	putBefore(picture: Uint8Array): void {
		this.#inMemory('picture.jpg', picture)
	}

	/** A paper lies on the tray or no more; or another `line` is closed or open. */
	edge(active: boolean, line?: number): void {
		const of = line === undefined ? '' : `-${line}`
		writeFileSync(this.#lines(`level${of}`), active ? '0\n' : '1\n')
		appendFileSync(this.#lines(`edges${of}`), edgeLine(2, !active))
	}

	/**
	 * Changes the paper on the tray as by a hand, until it is taken. A kiosk that does not listen yet misses that the
	 * tray was empty for a moment: where nothing happens, the paper is lifted once more.
	 */
	async change(picture: Uint8Array, isTaken: () => boolean | Promise<boolean>): Promise<void> {
		this.putBefore(picture)
		let taken = false
		for (let lift = 0; !taken; lift++) {
			if (lift === lifts.most) throw new Error('the paper is not taken')
			this.edge(false)
			await after(2 * handMs)
			this.edge(true)
			const end = performance.now() + lifts.lieMs
			await until(async () => {
				taken = await isTaken()
				return taken || performance.now() > end
			})
		}
	}

	/** In one step: a program may be reading it. */
	#inMemory(name: string, content: string | Uint8Array): void {
		writeFileSync(this.#memory(`${name}.new`), content)
		renameSync(this.#memory(`${name}.new`), this.#memory(name))
	}
}
