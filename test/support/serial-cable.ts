/** Two pseudo-terminals tied together by socat: a cable that can be pulled, with an emulated display at its end. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { SerialPort } from 'serialport'
import type { Dialect } from '#src/panel/dialect.js'
import type { LinkDelays } from '#src/panel/serial-link.js'
import { SerialPanel } from '#src/panel/serial-panel.js'
import { type Clock, systemClock } from '#src/platform/clock.js'

/** Why tests that need it are skipped; null where it is there. */
export const withoutSocat =
	spawnSync('socat', ['-V']).error === undefined
		? null
		: 'skipped, socat is not installed (apt install socat)'

/** What a cable needs of a display. */
export interface Display {
	take(bytes: Uint8Array): Uint8Array
}

const baud = 921_600

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

/** Short, so that tests need not wait; none of them counts on how short. */
const delays: LinkDelays = {
	reopen: { firstMs: 10, mostMs: 50 },
	open: 20_000,
	settle: 20,
	write: 2_000,
	idle: 100,
	close: 1_000,
	stable: 60_000,
}

export interface WatchedPanel {
	readonly panel: SerialPanel
	/** Codes of the troubles told, in order. */
	readonly troubles: string[]
	/** How often the display was begun with, and how often a pause before an opening was drawn. */
	readonly counts: { begun: number; pauses: number }
}

export function panelOn(
	{ port }: SerialCable,
	dialect: Dialect,
	{ clock = systemClock, ...changed }: Partial<LinkDelays> & { readonly clock?: Clock } = {},
): WatchedPanel {
	const troubles: string[] = []
	const counts = { begun: 0, pauses: 0 }
	const panel = new SerialPanel({
		line: { path: port, baud },
		dialect,
		clock,
		random: () => {
			counts.pauses++
			return 0.5
		},
		delays: { ...delays, ...changed },
		onTrouble: ({ code }) => troubles.push(code),
		onOpen: () => {
			counts.begun++
		},
	})
	return { panel, troubles, counts }
}

/** Not vitest's: programs outside of it use this cable too. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
	const end = performance.now() + 50_000
	while (!(await condition())) {
		if (performance.now() > end) throw new Error('waited for too long')
		await new Promise((resolve) => setTimeout(resolve, 5))
	}
}
