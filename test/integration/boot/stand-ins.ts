/**
 * What a kiosk has at its connectors, in a machine that has none: programs named as rpicam-apps' and libgpiod's,
 * over files in the machine's memory, and the far end of its display's cable, which keeps every byte.
 */
import { open, symlink, writeFile } from 'node:fs/promises'
import { program, still } from '../../support/camera-programs.ts'
import { gpioPrograms } from '../../support/gpio-programs.ts'
import { LcdEmulator } from '../../support/panel/lcd-emulator.ts'
import { lens, StandIns } from '../../support/stand-ins.ts'
import { until } from '../../support/until.ts'
import type { Machine } from './machine.ts'

/** In the machine. */
export const home = '/dev/shm/stand-ins'
const port = '/dev/testigo-display'
const displayBytes = `${home}/display`

/** The kiosk's devices in its configuration. */
export const devices = {
	camera: { kind: 'libcamera-warm', cameras: [lens(0, 'full')], settle: 0 },
	tray: { kind: 'gpio', line: 17, debounce: 1 },
	panel: { kind: 'lcd', port, baud: 115_200, rom: 'A02' },
}

/**
 * The display's cable. Its far end holds the kiosk's end open by neither of its habits: it waits until that is opened,
 * and goes on when it is closed. Else `testigo doctor` would rightly say that another program has it.
 */
export const cable = `socat -u PTY,raw,echo=0,mode=666,link=${port},wait-slave,pty-interval=0.02,ignoreeof OPEN:${displayBytes},append`

/** Into a Debian that does not run. */
export async function installStandIns(root: string): Promise<void> {
	const programs = { ...gpioPrograms(home, 2), 'rpicam-still': still(home) }
	for (const [name, text] of Object.entries(programs)) await program(`${root}/usr/local/bin/${name}`, text)
	const unit = `[Unit]
DefaultDependencies=no
After=local-fs.target systemd-tmpfiles-setup-dev.service
Before=testigo-kiosk.service
[Service]
ExecStartPre=/bin/sh -c 'mkdir -m 777 ${home} && cd ${home} && echo good >behaviour && echo 1 >level && : >edges && : >display'
ExecStart=/usr/bin/${cable}
[Install]
WantedBy=multi-user.target
`
	const units = `${root}/etc/systemd/system`
	await writeFile(`${units}/stand-ins.service`, unit)
	await symlink('../stand-ins.service', `${units}/multi-user.target.wants/stand-ins.service`)
}

/** Hand and eye at a machine that runs. */
export class Person {
	readonly #machine: Pick<Machine, 'path'>
	readonly #timeoutMs: number
	readonly #standIns: StandIns
	#display = new LcdEmulator('A02')
	#seen = 0
	/** The highest number that the display called recorded, in all lives of the machine. */
	highest = 0

	/** Waits so long for a screen. */
	constructor(machine: Pick<Machine, 'path'>, timeoutMs = 120_000) {
		this.#machine = machine
		this.#timeoutMs = timeoutMs
		this.#standIns = new StandIns((name) => machine.path(`${home}/${name}`))
	}

	get shown(): string {
		return displayBytes
	}

	/** The machine was switched on: its display begins anew. */
	begin(): void {
		this.#display = new LcdEmulator('A02')
		this.#seen = 0
	}

	/** From now on only what is drawn anew counts. */
	async forget(): Promise<void> {
		await this.look()
		this.#display = new LcdEmulator('A02')
	}

	/** The display's lines as they are now; `upTo` leaves out what came after so many bytes. */
	async look(upTo = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
		const file = await open(this.#machine.path(displayBytes), 'r')
		try {
			const { size } = await file.stat()
			const bytes = Buffer.alloc(Math.max(0, Math.min(size, upTo) - this.#seen))
			await file.read(bytes, 0, bytes.length, this.#seen)
			this.#seen += bytes.length
			for (const byte of bytes) {
				this.#display.take(Uint8Array.of(byte))
				const [first = '', , , last = ''] = this.#display.text()
				const number = /^(?:YA )?GUARDADA Nº (\d+) /.exec(first)?.[1] ?? /^G(\d+) R/.exec(last)?.[1]
				this.highest = Math.max(this.highest, Number(number ?? 0))
			}
			return this.#display.text().map((line) => line.trimEnd())
		} finally {
			await file.close()
		}
	}

	async until(what: string, isIt: (lines: readonly string[]) => boolean): Promise<void> {
		let lines: readonly string[] = []
		const explain = () => `${what}; the display stays at ${lines.join('|')}`
		const isShown = async () => {
			lines = await this.look()
			return isIt(lines)
		}
		await until(isShown, { timeoutMs: this.#timeoutMs, everyMs: 20, explain })
	}

	/** What the camera sees from now on; nothing tells the kiosk of it. */
	putBefore(picture: Uint8Array): void {
		this.#standIns.putBefore(picture)
	}

	/** Changes the paper on the tray, and comes back when the kiosk has begun with it. */
	async layDown(picture: Uint8Array): Promise<void> {
		const [before] = await this.look()
		await this.#standIns.change(picture, async () => {
			const [first] = await this.look()
			return first !== before && first !== 'LISTO'
		})
	}

	/** A kiosk that is started with a paper on its tray scans it. */
	takeUp(): void {
		this.#standIns.edge(false)
	}
}
