/** How often and how long a delivery tries before a message makes room for others. */

/** All waits of the delivery, in milliseconds. Each doubles from `first` up to `most`. */
export interface DeliveryDelays {
	/** From sending an entry, or the last chunk of its files, to the receipt. */
	readonly receipt: GrowingDelay
	/** Before a message that was set aside is tried again. */
	readonly aside: GrowingDelay
}

export interface GrowingDelay {
	readonly first: number
	readonly most: number
}

export const deliveryDelays: DeliveryDelays = {
	receipt: { first: 10_000, most: 120_000 },
	aside: { first: 60_000, most: 900_000 },
}

export function grown({ first, most }: GrowingDelay, times: number): number {
	return Math.min(most, first * 2 ** Math.min(times, 30))
}

/** Tries before an entry makes room for others. */
export const triesBeforeAside = 3

/**
 * Cuts of the connection, one after another with nothing acknowledged between, that a message was on the way in
 * before it makes room: some brokers end the connection at a message too large for them (mosquitto 2.0 with
 * `message_size_limit` answers MQTT 5 with a reason that no PUBACK may have).
 */
export const cutsBeforeAside = 3

/** What became of a message: `sent` is the broker's acknowledgement; `unreadable` means that the journal could not be read. */
export type Outcome = 'sent' | 'not-sent' | 'refused' | 'too-large' | 'unreadable'

/** An entry, or its files, that should wait apart from now on, and why. */
export interface GivenUp {
	readonly seq: number
	readonly reason: string
	readonly tries: number
}
