/** A broker in a process of its own: mosquitto where it is installed, else the embedded one. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { freePort } from '../support/mosquitto.ts'
import { end } from '../support/processes.ts'

export interface BrokerProcess {
	readonly name: string
	readonly url: string
	readonly protocol: '5' | '3.1.1'
	readonly pid: number
	stop(): Promise<void>
}

export const mosquitto = [
	process.env['MOSQUITTO'] ?? '',
	'/usr/sbin/mosquitto',
	'/usr/local/sbin/mosquitto',
].find((path) => existsSync(path))

/**
 * `noDelay` is mosquitto's `set_tcp_nodelay`. Off, as it is by default, Nagle's algorithm there and delayed
 * acknowledgements here make some 40 ms of each small exchange.
 */
export async function startBroker(
	directory: string,
	{ noDelay } = { noDelay: true },
): Promise<BrokerProcess> {
	const port = await freePort()
	const url = `mqtt://127.0.0.1:${port}`
	if (mosquitto === undefined) {
		const child = fork(new URL('./embedded-broker-process.ts', import.meta.url), [String(port)])
		await once(child, 'message')
		return { name: 'aedes', url, protocol: '3.1.1', pid: child.pid ?? 0, stop: () => end(child) }
	}
	const settings = join(directory, 'mosquitto.conf')
	// Without a bound: a subscriber that falls behind must get everything all the same.
	const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'max_queued_messages 0']
	await writeFile(settings, [...lines, `set_tcp_nodelay ${noDelay}`, ''].join('\n'))
	const child = spawn(mosquitto, ['-c', settings], { stdio: 'ignore' })
	await listening(port, child)
	const name = noDelay ? 'mosquitto' : 'mosquitto with Nagle’s algorithm'
	return { name, url, protocol: '5', pid: child.pid ?? 0, stop: () => end(child) }
}

async function listening(port: number, child: ChildProcess): Promise<void> {
	for (;;) {
		const socket = createConnection(port, '127.0.0.1')
		const there = await once(socket, 'connect').then(
			() => true,
			() => false,
		)
		socket.destroy()
		if (there) return
		if (child.exitCode !== null) throw new Error('mosquitto did not start')
		await after(20)
	}
}
