/** What a hostile broker may do with what passes through its hands. */
export const behaviours = [
	/** Acknowledges, and passes on nothing. */
	'drop',
	/** Passes on late, and acknowledges late. */
	'delay',
	/** Holds several back and lets them go in another order. */
	'reorder',
	/** Passes on several times. */
	'duplicate',
	/** Sends true receipts and orders of earlier once more. */
	'replay',
	/** Answers with a receipt of its own making, see `forgeries`; the entry goes nowhere. */
	'forge',
	/** Passes on a part. */
	'truncate',
	/** Sends heaps of rubbish to both sides. */
	'flood',
	/** Ends the connection in the middle of a packet. */
	'cut',
	/** Ends the connection at a message that it calls too large. */
	'refuse-size',
	/** Takes and says nothing more, and ends the connection only much later: a line cut without a FIN. */
	'vanish',
] as const
export type Behaviour = (typeof behaviours)[number]

/**
 * The share of messages, for `cut` and `vanish` of reads and writes, to which each is done: 0 to 1. An empty one
 * is an honest broker.
 */
export type Mix = Readonly<Partial<Record<Behaviour, number>>>
