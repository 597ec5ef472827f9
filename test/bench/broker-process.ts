/** A broker in a process of its own: mosquitto where it is installed, else the embedded one. */
import { freePort, Mosquitto, mosquitto } from '../support/mosquitto.ts'
import { Forked } from './forked.ts'

export interface BrokerProcess {
	readonly name: string
	readonly url: string
	readonly protocol: '5' | '3.1.1'
	readonly pid: number
	stop(): Promise<void>
}

/**
 * `noDelay` is mosquitto's `set_tcp_nodelay`. Off, as it is by default, Nagle's algorithm there and delayed
 * acknowledgements here make some 40 ms of each small exchange.
 */
export async function startBroker(noDelay = true): Promise<BrokerProcess> {
	const port = await freePort()
	if (mosquitto === undefined) {
		const child = new Forked(new URL('./embedded-broker-process.ts', import.meta.url), { port })
		await child.next()
		const [name, url] = ['aedes', `mqtt://127.0.0.1:${port}`]
		return { name, url, protocol: '3.1.1', pid: child.pid, stop: () => child.stop() }
	}
	// Without a bound: a subscriber that falls behind must get everything all the same.
	const broker = new Mosquitto(port, `max_queued_messages 0\nset_tcp_nodelay ${noDelay}`)
	await broker.up()
	const name = noDelay ? 'mosquitto' : 'mosquitto with Nagle’s algorithm'
	return { name, url: broker.url, protocol: '5', pid: broker.pid, stop: () => broker.clear() }
}
