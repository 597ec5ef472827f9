/** Two pseudo-terminals tied together by socat: a cable that can be pulled, with an emulated display at its end. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { SerialPort } from 'serialport'
import { until } from './until.ts'

/** Why tests that need it are skipped; null where it is there. */
export const withoutSocat =
	spawnSync('socat', ['-V']).error === undefined
		? null
		: 'skipped, socat is not installed (apt install socat)'

/** What a cable needs of a display. */
export interface Display {
	take(bytes: Uint8Array): Uint8Array
}

export const baud = 921_600

export class SerialCable {
	/** The kiosk's end; a link that stays the same, as those of `/dev/serial/by-id`. */
	readonly port: string
	readonly #far: string
	#socat: ChildProcess | undefined
	#display: SerialPort | undefined
	/** Bytes that arrived at displays. */
	arrived = 0

	constructor(directory: string) {
		this.port = join(directory, 'display')
		this.#far = join(directory, 'far-end')
	}

	async plug(display: Display): Promise<void> {
		const end = (link: string) => `pty,raw,echo=0,link=${link}`
		this.#socat = spawn('socat', [end(this.port), end(this.#far)], { stdio: 'ignore' })
		await until(() => existsSync(this.port) && existsSync(this.#far))
		const port = new SerialPort({ path: this.#far, baudRate: baud, autoOpen: false })
		port.on('error', () => {})
		port.on('data', (bytes: Buffer) => {
			this.arrived += bytes.length
			const answer = display.take(bytes)
			if (answer.length > 0) port.write(answer)
		})
		await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())))
		this.#display = port
	}

	/** The display says something by itself. */
	say(bytes: Uint8Array): void {
		this.#display?.write(bytes)
	}

	/** Nothing passes the cable any more, in either direction, though it is still plugged in. */
	freeze(): void {
		this.#socat?.kill('SIGSTOP')
	}

	thaw(): void {
		this.#socat?.kill('SIGCONT')
	}

	/** At once, whatever is on its way. */
	async unplug(): Promise<void> {
		const socat = this.#socat
		this.#socat = undefined
		if (socat === undefined) return
		const exited = once(socat, 'exit')
		socat.kill('SIGKILL')
		await exited
		rmSync(this.port, { force: true })
		rmSync(this.#far, { force: true })
		const display = this.#display
		this.#display = undefined
		if (display?.isOpen) await new Promise<void>((resolve) => display.close(() => resolve()))
	}
}
