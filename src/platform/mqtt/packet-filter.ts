/**
 * Stands between a socket and mqtt.js, and reads along what packets are and how long they say they are (MQTT 5.0,
 * sections 2.1 and 3.3), so that
 *
 * - a packet that nobody sends in earnest ends the connection before it fills the memory: mqtt.js gathers a whole one,
 *   and 256 MiB is allowed;
 * - a message that nobody waits for is acknowledged and dropped before a byte of it is copied or parsed. One device
 *   can have a broker send more than mqtt.js can take apart, and what the others sent stands behind it in the broker's
 *   one queue: for them the queue must run as fast as the line.
 *
 * All else goes through as it is, in its order.
 */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

export interface PacketFilterParts {
	readonly socket: Socket
	/** Bytes of the largest packet that is let in. */
	readonly largestPacketBytes: number
	/** Whether a message is wanted now, by its topic and the packet's bytes. */
	readonly admit: (topic: string, bytes: number) => boolean
}

/** Topics that are longer are judged by whoever takes the packet apart. */
const longestTopic = 1_024

/** A packet's beginning, as far as it concerns us. */
interface Head {
	/** Of the whole packet. */
	readonly bytes: number
	/** The topic of a PUBLISH. */
	readonly topic: string | null
	/** Of a PUBLISH of QoS 1, which wants to be acknowledged. */
	readonly packetId: number | null
}

export class PacketFilter extends Duplex {
	readonly #parts: PacketFilterParts
	/** The beginning of a packet of which not enough has come to judge it. */
	#begun: Buffer | null = null
	/** Bytes of the present packet that are yet to come, and whether they are dropped. */
	#left = 0
	#dropping = false
	#paused = false
	/** Acknowledgements that go out together at the end of this turn of the event loop. */
	#acknowledged: number[] = []

	constructor(parts: PacketFilterParts) {
		super({ allowHalfOpen: false })
		this.#parts = parts
		const { socket } = parts
		socket.on('data', (bytes) => this.#take(bytes))
		socket.on('end', () => this.push(null))
		socket.on('error', (error) => this.destroy(error))
		socket.on('close', () => this.destroy())
	}

	override _read(): void {
		if (!this.#paused) return
		this.#paused = false
		this.#parts.socket.resume()
	}

	override _write(bytes: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
		this.#parts.socket.write(bytes, done)
	}

	/** mqtt.js writes a packet in several pieces at once: here they are one again, so that nothing comes between. */
	override _writev(pieces: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
		this.#parts.socket.write(Buffer.concat(pieces.map(({ chunk }) => chunk)), done)
	}

	override _final(done: () => void): void {
		this.#parts.socket.end(done)
	}

	override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
		this.#parts.socket.destroy()
		done(error)
	}

	#take(came: Buffer): void {
		const { largestPacketBytes, admit } = this.#parts
		const bytes = this.#begun === null ? came : Buffer.concat([this.#begun, came])
		this.#begun = null
		/** Where what is let through begins that was not handed on yet. */
		let from = this.#dropping ? -1 : 0
		let at = 0
		const handOn = (to: number) => {
			if (from >= 0 && to > from && !this.push(bytes.subarray(from, to)) && !this.#paused) {
				this.#paused = true
				this.#parts.socket.pause()
			}
			from = -1
		}
		while (at < bytes.length) {
			if (this.#left > 0) {
				const part = Math.min(this.#left, bytes.length - at)
				this.#left -= part
				at += part
				continue
			}
			const head = headIn(bytes, at)
			if (head === null) {
				handOn(at)
				// A copy: the rest of what came may be large.
				this.#begun = Buffer.from(bytes.subarray(at))
				break
			}
			if (head.bytes > largestPacketBytes) return void this.destroy(new Error('a packet far too large'))
			this.#dropping = head.topic !== null && !admit(head.topic, head.bytes)
			if (!this.#dropping) {
				if (from < 0) from = at
			} else {
				handOn(at)
				if (head.packetId !== null) this.#acknowledge(head.packetId)
			}
			this.#left = head.bytes
		}
		handOn(at)
	}

	/** Brokers write each packet by itself: a write for each would cost more than all the rest. */
	#acknowledge(packetId: number): void {
		if (this.#acknowledged.length === 0) {
			setImmediate(() => {
				const bytes = Buffer.from(this.#acknowledged)
				this.#acknowledged = []
				if (!this.#parts.socket.destroyed) this.#parts.socket.write(bytes)
			})
		}
		this.#acknowledged.push(0x40, 2, packetId >> 8, packetId & 255)
	}
}

/** Null where more has to come first. */
function headIn(bytes: Buffer, at: number): Head | null {
	const first = bytes[at] ?? 0
	let length = 0
	let next = at + 1
	for (let digit = 0; digit < 4; digit++) {
		const byte = bytes[next++]
		if (byte === undefined) return null
		length += (byte & 127) * 128 ** digit
		if (byte < 128) break
	}
	const packet = next - at + length
	const other = { bytes: packet, topic: null, packetId: null }
	const isPublish = first >> 4 === 3
	if (!isPublish || length < 2) return other
	if (bytes.length < next + 2) return null
	const topicEnd = next + 2 + bytes.readUInt16BE(next)
	if (topicEnd - next > longestTopic + 2) return other
	const qos = (first >> 1) & 3
	const end = topicEnd + (qos === 0 ? 0 : 2)
	// One that contradicts itself is refused by whoever takes it apart.
	if (end > at + packet || qos > 1) return other
	if (bytes.length < end) return null
	return {
		bytes: packet,
		topic: bytes.toString('latin1', next + 2, topicEnd),
		packetId: qos === 0 ? null : bytes.readUInt16BE(topicEnd),
	}
}
