/** What the board sends to pages that are open, as the event `board` of `/live`: enough to say whether to load anew. */
export interface LiveState {
	/** Of the view: a page made of another one may show something else. */
	readonly version: number
	/** The board's clock, milliseconds since 1970. */
	readonly nowMs: number
}
