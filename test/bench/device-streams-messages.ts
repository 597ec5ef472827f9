/** What `centre.ts` and `device-streams.ts` say to each other. */

/** The entries of one device, in order, and when they leave. */
export interface Stream {
	readonly device: string
	/** A file of entries, one a line. */
	readonly path: string
	/** `window`: as an uplink sends, so many unanswered at a time. `every`: milliseconds, whatever is answered. */
	readonly sends: { readonly window: number } | { readonly every: number }
}

export interface DeviceStreamsTask {
	readonly url: string
	readonly protocol: '5' | '3.1.1'
	readonly streams: readonly Stream[]
	/** Those whose entries are waited for, all of them; their times are told. */
	readonly timed: readonly string[]
}

export type FromDeviceStreams =
	| { readonly type: 'ready' }
	/** `times`: milliseconds from publishing an entry to its first receipt. */
	| { readonly type: 'done'; readonly seconds: number; readonly times: readonly number[] }
