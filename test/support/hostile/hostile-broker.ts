/**
 * A broker that speaks MQTT 3.1.1 on the loopback and can't be trusted: everything in `behaviours`, in any mixture,
 * drawn from a seed. Only entries, files, receipts and orders are meddled with: they are what counts.
 */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { Aedes, type PublishPacket } from 'aedes'
import { parseJws } from '#src/evidence/jws.js'
import type { Clock } from '#src/platform/clock.js'
import { formatTopic, parseTopic, type Topic } from '#src/protocol/topics.js'
import type { Random } from '#src/simulator/random.js'
import { type Behaviour, behaviours, type Mix } from './behaviour.ts'
import { forgeries, type ReceiptForger } from './receipt-forger.ts'
import { Wire, type WireFate } from './wire.ts'

export interface HostileBrokerOptions {
	readonly clock: Clock
	readonly random: Random
	readonly forger: ReceiptForger
	/** Milliseconds: the longest that something is held back, and that a vanished line stays open. */
	readonly longest: number
}

/** Where messages go that are acknowledged and not passed on: nobody may listen there. */
const nowhere = 'nowhere'

/** True receipts and orders kept for playing them again; when there are more, which ones is chance. */
const mostKept = 500

/** Messages that lie together before they are let go in another order. */
const mostHeld = 6

interface Parcel {
	readonly topic: string
	readonly payload: Buffer
}

export class HostileBroker {
	readonly #options: HostileBrokerOptions
	readonly #wires = new Set<Wire>()
	readonly #waiting = new Set<() => void>()
	/** What came for devices. */
	readonly #earlier: Parcel[] = []
	#held: Parcel[] = []
	#mix: Mix = {}
	#aedes: Aedes | undefined
	#server: Server | undefined
	#entries = 0
	readonly #acts = new Map<Behaviour, number>(behaviours.map((behaviour) => [behaviour, 0]))

	constructor(options: HostileBrokerOptions) {
		this.#options = options
	}

	async start(): Promise<void> {
		const aedes = await Aedes.createBroker({
			authorizePublish: (client, packet, done) => {
				const refused = client === null ? null : this.#meet(packet)
				if (refused === null && this.#does('delay')) this.#later(() => done(null))
				else done(refused)
			},
		})
		const server = createServer({ noDelay: true }, (socket) => {
			const wire = new Wire(socket, () => this.#wireFate(wire))
			this.#wires.add(wire)
			wire.on('close', () => this.#wires.delete(wire))
			aedes.handle(wire)
		})
		this.#aedes = aedes
		this.#server = server
		server.listen(0, '127.0.0.1')
		await once(server, 'listening')
	}

	/** `mqtt://127.0.0.1:<port>`, once started. */
	get url(): string {
		if (this.#server === undefined) throw new Error('the broker is not started')
		const { port } = this.#server.address() as AddressInfo
		return `mqtt://127.0.0.1:${port}`
	}

	/** From now on. What was held back until now goes its way; lines that fell silent end. */
	behave(mix: Mix): void {
		this.#mix = mix
		for (const act of [...this.#waiting]) act()
	}

	/** Messages with an entry that came in from devices. */
	get entries(): number {
		return this.#entries
	}

	/** How often each was done. */
	get acts(): ReadonlyMap<Behaviour, number> {
		return this.#acts
	}

	async stop(): Promise<void> {
		const [aedes, server] = [this.#aedes, this.#server]
		this.behave({})
		this.#aedes = undefined
		this.#server = undefined
		if (server === undefined || aedes === undefined) return
		for (const wire of this.#wires) wire.destroy()
		await new Promise<void>((resolve) => server.close(() => resolve()))
		await new Promise<void>((resolve) => aedes.close(() => resolve()))
	}

	#does(behaviour: Behaviour): boolean {
		const { random } = this.#options
		if (!random.chance(this.#mix[behaviour] ?? 0)) return false
		this.#acts.set(behaviour, (this.#acts.get(behaviour) ?? 0) + 1)
		return true
	}

	/** Calls `act` once: after a while by chance, or when the broker mends its ways. */
	#later(act: () => void): void {
		const { clock, random, longest } = this.#options
		const actOnce = () => {
			if (!this.#waiting.delete(actOnce)) return
			cancel()
			act()
		}
		this.#waiting.add(actOnce)
		const cancel = clock.after(random.between(0, longest), actOnce)
	}

	#wireFate(wire: Wire): WireFate {
		if (this.#does('cut')) return { kind: 'cut', part: this.#options.random.fraction() }
		if (!this.#does('vanish')) return { kind: 'pass' }
		this.#later(() => wire.reset())
		return { kind: 'vanish' }
	}

	/** A message that came in. It is acknowledged, unless an error is returned: that ends the connection. */
	#meet(packet: PublishPacket): Error | null {
		const topic = parseTopic(packet.topic)
		if (topic === null || topic.kind === 'status' || topic.kind === 'head') return null
		if (topic.kind === 'entry') this.#entries++
		if (this.#does('refuse-size')) return new Error('too large')
		const payload = Buffer.from(packet.payload)
		for (const copy of this.#copies(payload)) this.#pass({ topic: packet.topic, payload: copy })
		this.#addTo(topic, payload)
		packet.topic = nowhere
		return null
	}

	/** What becomes of a message: how often, and how much of it, it goes on. */
	#copies(payload: Buffer): Buffer[] {
		const { random } = this.#options
		if (this.#does('drop')) return []
		const copies = this.#does('duplicate') ? random.whole(2, 5) : 1
		return Array.from({ length: copies }, () =>
			this.#does('truncate') ? payload.subarray(0, random.whole(0, payload.length)) : payload,
		)
	}

	#pass(parcel: Parcel): void {
		if (this.#does('reorder')) {
			this.#held.push(parcel)
			if (this.#held.length === 1) this.#later(() => this.#letGo())
			if (this.#held.length >= mostHeld) this.#letGo()
		} else if (this.#does('delay')) this.#later(() => this.#publish(parcel))
		else this.#publish(parcel)
	}

	#letGo(): void {
		const held = this.#options.random.shuffled(this.#held)
		this.#held = []
		for (const parcel of held) this.#publish(parcel)
	}

	/** What the broker says of its own accord when a message comes by. */
	#addTo(topic: Topic, payload: Buffer): void {
		const { random } = this.#options
		const receipts = formatTopic({ kind: 'receipt', device: topic.device })
		if (this.#does('replay')) {
			const again = this.#earlier[random.whole(0, this.#earlier.length)]
			if (again !== undefined) this.#publish(again)
		}
		if (topic.kind === 'receipt' || topic.kind === 'centres' || topic.kind === 'control')
			this.#keep({ topic: formatTopic(topic), payload })
		if (topic.kind === 'entry' && this.#does('forge')) this.#forge(topic, payload, receipts)
		if (this.#does('flood')) {
			for (let count = random.whole(10, 100); count > 0; count--) {
				this.#publish({ topic: random.chance(0.8) ? receipts : formatTopic(topic), payload: this.#rubbish() })
			}
		}
	}

	#keep(parcel: Parcel): void {
		if (this.#earlier.length < mostKept) this.#earlier.push(parcel)
		else this.#earlier[this.#options.random.whole(0, mostKept - 1)] = parcel
	}

	#forge({ device, seq }: Extract<Topic, { kind: 'entry' }>, entry: Buffer, to: string): void {
		const { forger, random } = this.#options
		const jws = parseJws(entry.toString('latin1'), 'entry')
		if (!jws.ok) return
		const seen = this.#earlier[random.whole(0, this.#earlier.length)]?.payload.toString('latin1')
		void forger
			.forge(random.pick(forgeries), { device, seq, id: jws.value.id }, seen)
			.then((text) => this.#publish({ topic: to, payload: Buffer.from(text) }))
	}

	#rubbish(): Buffer {
		const { random } = this.#options
		const bytes = Buffer.from(random.hex(2 * random.whole(1, 300)), 'hex')
		const form = random.whole(0, 3)
		if (form === 0) return bytes
		if (form === 1) return Buffer.alloc(random.whole(0, 200_000), bytes)
		const known = this.#earlier[random.whole(0, this.#earlier.length)]?.payload
		if (form === 2 || known === undefined) return Buffer.from(`${bytes.toString('base64url')}..`)
		const spoiled = Buffer.from(known)
		spoiled[random.whole(0, spoiled.length - 1)] = random.whole(32, 126)
		return spoiled
	}

	#publish({ topic, payload }: Parcel): void {
		const packet = { topic, payload, qos: 1, retain: false, dup: false } as const
		// An error says that the broker is closing.
		this.#aedes?.publish({ cmd: 'publish', ...packet }, () => {})
	}
}
