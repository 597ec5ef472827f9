import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readUplinkState } from '#src/uplink/uplink-state.js'
import { actaText, someBytes } from '../uplink/journal-maker.js'
import { Station } from '../uplink/station.js'
import { type BrokerOfTest, wayToTheCentre } from './way-to-the-centre.js'

const program = [
	process.env['MOSQUITTO'] ?? '',
	'/usr/sbin/mosquitto',
	'/usr/local/sbin/mosquitto',
	'/opt/homebrew/sbin/mosquitto',
].find((path) => existsSync(path))

async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1')
	await once(server, 'listening')
	const { port } = server.address() as AddressInfo
	server.close()
	await once(server, 'close')
	return port
}

class Mosquitto implements BrokerOfTest {
	readonly #port: number
	readonly #folder = mkdtempSync(join(tmpdir(), 'testigo-mosquitto-'))
	#process: ChildProcess | undefined

	constructor(port: number, more = '') {
		this.#port = port
		writeFileSync(
			join(this.#folder, 'mosquitto.conf'),
			`listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n${more}\n`,
		)
	}

	get url(): string {
		return `mqtt://127.0.0.1:${this.#port}`
	}

	async up(): Promise<void> {
		this.#process = spawn(program ?? '', ['-c', join(this.#folder, 'mosquitto.conf')], { stdio: 'ignore' })
		for (;;) {
			const socket = createConnection(this.#port, '127.0.0.1')
			const there = await Promise.race([
				once(socket, 'connect').then(() => true),
				once(socket, 'error').then(() => false),
			]).catch(() => false)
			socket.destroy()
			if (there) return
			if (this.#process.exitCode !== null) throw new Error('mosquitto did not start')
			await new Promise((resolve) => setTimeout(resolve, 20))
		}
	}

	async down(): Promise<void> {
		const child = this.#process
		this.#process = undefined
		if (child === undefined || child.exitCode !== null) return
		child.kill('SIGKILL')
		await once(child, 'exit')
	}

	async clear(): Promise<void> {
		await this.down()
		rmSync(this.#folder, { recursive: true, force: true })
	}
}

if (program === undefined) {
	test.skip('through mosquitto, MQTT 5: skipped, mosquitto is not installed (apt install mosquitto)', () => {})
} else {
	describe('through mosquitto, MQTT 5', () => {
		let broker: Mosquitto
		let station: Station

		beforeEach(async () => {
			broker = new Mosquitto(await freePort())
			await broker.up()
			station = new Station(broker.url, '5')
		})

		afterEach(async () => {
			await station.stop()
			await broker.clear()
		})

		wayToTheCentre(() => ({ broker, station }))
	})

	test.each([
		['max_packet_size 60000', 'too-large'],
		['message_size_limit 60000', 'cut-off'],
	])(
		'through mosquitto with %s: entries and small files arrive, large ones are shown',
		async (limit, reason) => {
			const broker = new Mosquitto(await freePort(), limit)
			await broker.up()
			const station = new Station(broker.url, '5')
			try {
				await station.journal.acta(actaText(1), [someBytes(90_000, 1)])
				for (let table = 2; table <= 10; table++) {
					await station.journal.acta(actaText(table), [someBytes(1_000, table)])
				}
				const central = await station.startCentral()
				const uplink = await station.startUplink()
				await station.until(() => uplink.received === 10 && station.missingFiles().length === 1)
				expect(central.tally().tables).toBe(10)
				expect(uplink.complete).toBe(0)
				await uplink.stop()
				const state = await readUplinkState(join(station.uplinkDirectory, 'state.json'))
				expect(state.ok && state.value.setAside).toContainEqual({ seq: 1, reason })
			} finally {
				await station.stop()
				await broker.clear()
			}
		},
	)
}
