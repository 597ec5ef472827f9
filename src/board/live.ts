/** What the board sends to pages that are open, as the event `board` of `/live`: enough to say whether to load anew. */
export interface LiveState {
	/** Of the view: a page made of another one may show something else. */
	readonly version: number
	/** The board's clock, milliseconds since 1970. */
	readonly nowMs: number
	/** When the centre took in its newest record; null for none. */
	readonly newestMs: number | null
	/** Tables of which something came. */
	readonly tables: number
	/** Of the register; null without one. */
	readonly of: number | null
}
