/** The one button that a volunteer may press: "yes, keep it". */
export interface Button {
	start(onPress: () => void): Promise<void>
	stop(): Promise<void>
}

/** Where there is none: whatever is asked goes on by time-out. */
export const noButton: Button = {
	start: async () => {},
	stop: async () => {},
}
