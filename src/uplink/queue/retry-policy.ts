/** How often and how long a delivery tries before a message makes room for others. */
import type { Backoff } from '../../platform/backoff.ts'

/** All waits of the delivery. */
export interface RetryPolicy {
	/** From sending an entry, or the last chunk of its files, to the receipt. */
	readonly receipt: Backoff
	/** Before a message that was parked is tried again. */
	readonly parked: Backoff
}

export const defaultRetryPolicy: RetryPolicy = {
	receipt: { firstMs: 10_000, mostMs: 120_000 },
	parked: { firstMs: 60_000, mostMs: 900_000 },
}

/** Tries before an entry makes room for others. */
export const triesBeforeParking = 3

/**
 * Cuts of the connection, one after another with nothing acknowledged between, that a message was in flight in
 * before it makes room: some brokers end the connection at a message too large for them (mosquitto 2.0 with
 * `message_size_limit` answers MQTT 5 with a reason that no PUBACK may have).
 */
export const cutsBeforeParking = 3

/** What became of a message: `sent` is the broker's acknowledgement; `unreadable` means that the journal could not be read. */
export type PublishOutcome = 'sent' | 'not-sent' | 'refused' | 'too-large' | 'unreadable'

/** An entry, or its files, that should be parked from now on, and why. */
export interface ParkRequest {
	readonly seq: number
	readonly reason: string
	readonly tries: number
}
