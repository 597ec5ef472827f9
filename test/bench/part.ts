import type { Photographs } from './photographs.ts'

/** What a part is given. */
export interface Bench {
	/** Empty, its own, on the disk that is measured. */
	readonly directory: string
	/** A few of everything, to see that it runs: its figures mean little. */
	readonly short: boolean
	readonly photographs: Photographs
	/** In which the part `memory` runs kiosk and uplink, when it is given. */
	readonly cgroup: string | undefined
	/** Tells what is being done, apart from the figures. */
	say(what: string): void
}
