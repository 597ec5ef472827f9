/** What a kiosk says without words: a light ring, a green and a red lamp, a buzzer. */
export interface Signals {
	/** All dark. */
	start(): Promise<void>
	/** Sets the lamps; sounds the buzzer when it is asked for something else than before. Nothing waits for it. */
	show(signal: Signal): void
	/** All dark again. */
	stop(): Promise<void>
}

export interface Signal {
	/** The ring over the tray. */
	readonly light: boolean
	readonly green: boolean
	readonly red: boolean
	readonly buzzer: Sound | null
}

export type Sound = 'recorded' | 'already-scanned' | 'trouble'

export const dark: Signal = { light: false, green: false, red: false, buzzer: null }

/** Milliseconds on, off, on … : one long; two short; three. */
export const patterns: Readonly<Record<Sound, readonly number[]>> = {
	recorded: [400],
	'already-scanned': [120, 120, 120],
	trouble: [200, 120, 200, 120, 200],
}

/** Where there are none. */
export const noSignals: Signals = {
	start: async () => {},
	show: () => {},
	stop: async () => {},
}
