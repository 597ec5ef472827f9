/** Where the paper is laid: a sensor, a button, a key, or a file that appears. */
export interface Tray {
	/** True where a press of the button stands for a paper: where the kiosk asks, it is only the answer. */
	readonly isButton?: boolean
	/** Calls back when a paper was laid down and when it was taken away. */
	start(on: (event: TrayEvent) => void): Promise<void>
	stop(): Promise<void>
}

export type TrayEvent = 'paper' | 'no-paper'
