/** A kiosk of stand-ins in a folder, with everything that one can have, all of it well. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { access, mkdir, rm, symlink } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { makeIdentity } from '#src/enrolment/device-identity.js'
import { someCustodian } from './custodian.ts'
import { FakeCamera, lens } from './fake-camera.ts'
import { installFakeGpio } from './fake-gpio.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { until } from './until.ts'

export type Settings = Record<string, unknown>

export interface WellKiosk {
	readonly home: string
	readonly camera: FakeCamera
	readonly port: BarePort
	readonly gpio: string
	readonly kiosk: Settings
	readonly uplink: Settings
}

/** Programs of the system that the stand-ins need; no others are on PATH. */
const system = ['sh', 'cat', 'cp', 'timeout', 'sleep', 'flock', 'true']

/** For the test that runs; PATH leads to the stand-ins only. */
export async function wellKiosk(): Promise<WellKiosk> {
	const home = await temporaryFolder()
	const port = new BarePort(join(home, 'display'), await whereIs('socat'))
	onTestFinished(() => port.unplug())
	const bin = join(home, 'bin')
	await mkdir(bin)
	for (const name of system) await symlink(await whereIs(name), join(bin, name))
	vi.stubEnv('PATH', bin)
	const camera = await FakeCamera.install()
	const gpio = await installFakeGpio(2)
	vi.stubEnv('MALLOC_ARENA_MAX', '2')
	const device = await makeIdentity(join(home, 'identity'), 'device', randomBytes)
	const made = await makeIdentity(join(home, 'centre'), 'centre', randomBytes)
	if (!device.ok || !made.ok) throw new Error('no identity was made')
	const centre = { id: made.value.id, publicKey: made.value.publicKeyPath }
	const [journal, directory] = [join(home, 'journal'), join(home, 'uplink')]
	return {
		...{ home, camera, port, gpio: join(gpio.home, 'bin') },
		kiosk: {
			...{
				production: true,
				custodians: [`${someCustodian} 2/3`],
				language: 'en',
				centre,
				journal,
				uplink: directory,
			},
			identity: join(home, 'identity'),
			state: join(home, 'state.json'),
			camera: { kind: 'libcamera', cameras: [lens], directory: join(camera.home, 'camera') },
			tray: { kind: 'gpio', line: 17 },
			panel: { kind: 'lcd', port: port.path },
		},
		uplink: { centre, journal, directory, broker: { url: `mqtts://127.0.0.1:${await listening()}` } },
	}
}

/** The port of something that can be connected to. */
async function listening(): Promise<number> {
	const server = createServer((socket) => void socket.on('error', () => {}))
	server.listen(0, '127.0.0.1')
	await once(server, 'listening')
	onTestFinished(() => void server.close())
	return (server.address() as AddressInfo).port
}

const path = process.env['PATH'] ?? ''

async function whereIs(name: string): Promise<string> {
	for (const directory of path.split(delimiter)) {
		const file = join(directory, name)
		const there = await access(file).then(
			() => true,
			() => false,
		)
		if (there) return file
	}
	throw new Error(`${name} is not installed`)
}

/** A serial port that nobody has open: socat waits for the first to open it, and it is gone with the last. */
class BarePort {
	readonly path: string
	readonly #socat: string
	#child: ChildProcess | null | undefined

	constructor(path: string, socat: string) {
		this.path = path
		this.#socat = socat
	}

	/** There, and free, unless it was unplugged. */
	async refresh(): Promise<void> {
		if (this.#child === null) return
		await this.#end()
		this.#child = spawn(this.#socat, [`pty,raw,echo=0,link=${this.path},wait-slave`, 'PIPE'], {
			stdio: 'ignore',
		})
		await until(() => existsSync(this.path))
	}

	/** For good. */
	async unplug(): Promise<void> {
		await this.#end()
		this.#child = null
	}

	async #end(): Promise<void> {
		const child = this.#child
		if (child && child.exitCode === null && child.signalCode === null) {
			child.kill('SIGKILL')
			await once(child, 'exit')
		}
		await rm(this.path, { force: true })
	}
}
