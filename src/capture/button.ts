/** The one button that a volunteer may press: "yes, keep it". */
export interface Button {
	/**
	 * Calls `onPress` for each press. Where the button can tell, a long one is a hold instead: then a press is reported
	 * when it ends, since it could have become one.
	 */
	start(onPress: () => void, onHold?: OnHold): Promise<void>
	stop(): Promise<void>
}

/** `start`: it was held already when it was first looked at. */
export type OnHold = (since: 'start' | 'later') => void

/** Where there is none: whatever is asked goes on by time-out. */
export const noButton: Button = {
	start: async () => {},
	stop: async () => {},
}
