/** What the benchmark and its bare clients say to each other. */

/** Given to a client at its start, as JSON. */
export interface BareClientTask {
	readonly url: string
	readonly protocol: '5' | '3.1.1'
	readonly role: 'publisher' | 'subscriber'
	/** Messages on the way at one time. */
	readonly window: number
	/** How many messages there are. */
	readonly count: number
	/** Bytes with which the subscriber answers each message; 0 for no answer. */
	readonly answer: number
	/** For the publisher: all its messages, loaded before it says that it is ready. */
	readonly messages: readonly BareMessage[]
}

/** The bytes of a file from `start` up to and without `end`. */
export interface BareMessage {
	readonly topic: string
	readonly path: string
	readonly start: number
	readonly end: number
}

export type FromBareClient = 'ready' | 'done'
