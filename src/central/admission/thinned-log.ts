/**
 * Lines of the log that a device can cause as often as it likes: each kind of each device is written at its 1st, 2nd,
 * 4th, 8th … time, with its count. Devices that are not known share one count: anyone can invent names.
 */
import type { CentralEvent, CentralLog } from '../events.ts'

/** An event without its count, which is ours. */
type Uncounted<E> = E extends { readonly count: number } ? Omit<E, 'count'> : never
export type DeviceEvent = Uncounted<CentralEvent>

export interface ThinnedLogParts {
	readonly log: CentralLog
	readonly isKnown: (device: string) => boolean
	/** Called for each, written or not. */
	readonly counted: (event: DeviceEvent) => void
}

export class ThinnedLog {
	readonly #parts: ThinnedLogParts
	/** By device, then by kind. */
	readonly #counts = new Map<string, Map<string, number>>()

	constructor(parts: ThinnedLogParts) {
		this.#parts = parts
	}

	readonly log = (event: DeviceEvent): void => {
		const { log, isKnown, counted } = this.#parts
		const device = isKnown(event.device) ? event.device : ''
		const kinds = this.#counts.get(device) ?? new Map<string, number>()
		this.#counts.set(device, kinds)
		const kind = kindOf(event)
		const count = (kinds.get(kind) ?? 0) + 1
		kinds.set(kind, count)
		counted(event)
		if (Number.isInteger(Math.log2(count))) log({ ...event, count } as CentralEvent)
	}
}

/** One of a few: words of this program alone. */
function kindOf(event: DeviceEvent): string {
	switch (event.event) {
		case 'entry':
			return `entry ${event.conflict}`
		case 'rejected':
			return `rejected ${event.reason}`
		case 'status':
			return `status ${event.state}`
		default:
			return event.event
	}
}
