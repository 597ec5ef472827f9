/** What an uplink publishes of itself. Not signed, so nothing is counted by it; people look at it. */
import * as z from 'zod'
import { Day, Instant, LedgerId } from '../evidence/fields.ts'
import { Id } from '../evidence/identity.ts'
import { printable } from '../platform/printable.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { parseJson } from '../platform/strict-json.ts'
import { largestStatusBytes } from './limits.ts'

/** Anybody who has the device's key for the broker writes it, and people read it: see `printable`. */
const ShortText = z
	.string()
	.max(64)
	.transform((text) => printable(text))

/** Fields that are not known are left out: what is kept of a device has a bound. */
export const DeviceStatus = z.object({
	v: z.literal(1),
	device: Id,
	/** `offline` is the last will: the broker publishes it when the uplink is gone. */
	state: z.enum(['online', 'offline']),
	software: ShortText,
	/** The last seq in the device's journal; 0 for none. */
	recorded: z.int().min(0),
	/** The last seq that a verified receipt covers without a gap. */
	received: z.int().min(0),
	/** The ledger for which everything is sent again, or was; null when none asked for it. */
	resentTo: LedgerId.nullable().default(null),
	/** The number of the list of centres that is here, 0 for none; null for one that takes none. */
	centres: z.int().min(0).nullable().default(null),
	/** How the kiosk beside does, as it says itself; null for one that says nothing. */
	kiosk: z
		.object({
			canScan: z.boolean(),
			/** Part and code of what is the matter. */
			trouble: ShortText.nullable(),
			/** Where its time of day is from. */
			clock: z.enum(['none', 'rtc', 'ntp']),
			/** Actas in its journal. */
			actas: z.int().min(0),
		})
		.nullable()
		.default(null),
	/** Bytes that are free where the journal is; null where that was not looked at. */
	free: z.int().min(0).nullable().default(null),
	/** The day of the oldest entry that waits for a receipt, as far as its clock knew; null for none. */
	oldestUnsent: z.union([Day, Instant]).nullable().default(null),
	/** Entries that are parked and tried again slowly. */
	setAside: z.int().min(0).default(0),
	/** What the centre keeps no more of for now, as it said; null for nothing. */
	paused: z.enum(['all', 'images']).nullable().default(null),
	/** When this was said, by the uplink's clock; null in a last will. */
	time: Instant.nullable(),
})
export type DeviceStatus = z.infer<typeof DeviceStatus>

export type DeviceStatusFault = Fault<'too-large' | 'not-json' | 'bad-status'>

export function parseDeviceStatus(bytes: Uint8Array): Result<DeviceStatus, DeviceStatusFault> {
	if (bytes.length > largestStatusBytes) return fail('too-large', `longer than ${largestStatusBytes} bytes`)
	const json = parseJson(bytes)
	if (!json.ok) return fail('not-json', json.fault.detail)
	const read = DeviceStatus.safeParse(json.value)
	return read.success ? ok(read.data) : fail('bad-status', 'not a status of version 1')
}
