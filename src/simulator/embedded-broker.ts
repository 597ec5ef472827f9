/**
 * A broker in this process, for the demonstration and for tests: aedes, MQTT 3.1.1, on the loopback only. As the
 * campaign's does, it cuts off who asks for something to be retained: so everything that runs here needs no more.
 */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Aedes } from 'aedes'

export class EmbeddedBroker {
	readonly #port: number
	readonly #sockets = new Set<Socket>()
	#aedes: Aedes | undefined
	#server: Server | undefined

	/** Port 0 takes a free one. */
	constructor(port = 0) {
		this.#port = port
	}

	async start(): Promise<void> {
		const aedes = await Aedes.createBroker({
			preConnect: (_client, { will }, done) => done(null, will?.retain !== true),
			authorizePublish: (_client, { retain }, done) => done(retain ? new Error('nothing is retained') : null),
		})
		const server = createServer({ noDelay: true }, (socket) => {
			this.#sockets.add(socket)
			socket.on('close', () => this.#sockets.delete(socket))
			aedes.handle(socket)
		})
		this.#aedes = aedes
		this.#server = server
		server.listen(this.#port, '127.0.0.1')
		await once(server, 'listening')
	}

	/** `mqtt://127.0.0.1:<port>`, once started. */
	get url(): string {
		if (this.#server === undefined) throw new Error('the broker is not started')
		const { port } = this.#server.address() as AddressInfo
		return `mqtt://127.0.0.1:${port}`
	}

	async stop(): Promise<void> {
		const [aedes, server] = [this.#aedes, this.#server]
		this.#aedes = undefined
		this.#server = undefined
		if (server === undefined || aedes === undefined) return
		for (const socket of this.#sockets) socket.destroy()
		await new Promise<void>((resolve) => server.close(() => resolve()))
		await new Promise<void>((resolve) => aedes.close(() => resolve()))
	}
}
