/**
 * Reads along how long MQTT packets say they are (MQTT 5.0, section 2.1), so that a connection can end before a packet
 * that nobody sends in earnest fills the memory: mqtt.js gathers a whole one, and 256 MiB is allowed.
 */
export class PacketGauge {
	/** Bytes of the present packet that are yet to come. */
	#left = 0
	/** Bytes of the length read so far; -1 before the packet's first byte, its type. */
	#digits = -1
	#length = 0

	/** The largest length that begins in `bytes`, which follow on those before; 0 when none does. */
	largestIn(bytes: Uint8Array): number {
		let largest = 0
		for (let at = 0; at < bytes.length; ) {
			if (this.#left > 0) {
				const skipped = Math.min(this.#left, bytes.length - at)
				this.#left -= skipped
				at += skipped
				continue
			}
			const byte = bytes[at++] ?? 0
			if (this.#digits < 0) {
				this.#digits = 0
				this.#length = 0
				continue
			}
			this.#length += (byte & 127) * 128 ** this.#digits++
			if ((byte & 128) !== 0 && this.#digits < 4) continue
			this.#left = this.#length
			this.#digits = -1
			largest = Math.max(largest, this.#length)
		}
		return largest
	}
}
