/** A real mosquitto on a free port of the loopback, which offers no more than the campaign's: nothing is retained. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until.ts'

export const mosquitto = [
	process.env['MOSQUITTO'] ?? '',
	'/usr/sbin/mosquitto',
	'/usr/local/sbin/mosquitto',
	'/opt/homebrew/sbin/mosquitto',
].find((path) => existsSync(path))

export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1')
	await once(server, 'listening')
	const { port } = server.address() as AddressInfo
	server.close()
	await once(server, 'close')
	return port
}

/** Does anything listen there? */
export async function listens(port: number): Promise<boolean> {
	const socket = createConnection(port, '127.0.0.1')
	const there = await once(socket, 'connect').then(
		() => true,
		() => false,
	)
	socket.destroy()
	return there
}

export class Mosquitto {
	readonly #port: number
	readonly #folder = mkdtempSync(join(tmpdir(), 'testigo-mosquitto-'))
	readonly #configuration: string
	#process: ChildProcess | undefined

	/** `more`: lines for its configuration. `configuration`: the path of another one, which listens on `port`. */
	constructor(port: number, more = '', configuration?: string) {
		this.#port = port
		this.#configuration = configuration ?? join(this.#folder, 'mosquitto.conf')
		if (configuration !== undefined) return
		writeFileSync(
			this.#configuration,
			`listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nretain_available false\nmax_qos 1\n${more}\n`,
		)
	}

	/** Where it listens, also while it is down. */
	get url(): string {
		return `mqtt://127.0.0.1:${this.#port}`
	}

	get pid(): number {
		return this.#process?.pid ?? 0
	}

	async up(): Promise<void> {
		const child = spawn(mosquitto ?? '', ['-c', this.#configuration], { stdio: 'ignore' })
		this.#process = child
		await until(() => listens(this.#port), {
			...{ everyMs: 20, inVain: () => child.exitCode !== null, explain: () => 'mosquitto did not start' },
		})
	}

	async down(): Promise<void> {
		const child = this.#process
		this.#process = undefined
		if (child === undefined || child.exitCode !== null) return
		child.kill('SIGKILL')
		await once(child, 'exit')
	}

	/** Ends it for good. */
	async clear(): Promise<void> {
		await this.down()
		rmSync(this.#folder, { recursive: true, force: true })
	}
}

/** Why tests that need it are skipped; null where it is there. */
export const withoutMosquitto =
	mosquitto === undefined ? 'skipped, mosquitto is not installed (apt install mosquitto)' : null
