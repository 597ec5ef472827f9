import * as z from 'zod'
import { Id } from '../evidence/identity.ts'
import { PinnedCentre } from '../evidence/pinned-centre.ts'
import { conditionPath } from '../handover/kiosk-condition.ts'
import { Broker, refusePlainText } from '../platform/mqtt/broker.ts'

const path = z.string().min(1)

/** The configuration of `testigo uplink`. */
export const UplinkConfig = z
	.strictObject({
		/** The kiosk's journal; read only. */
		journal: path.default('/var/lib/testigo/journal'),
		/** Where the uplink keeps its state and the receipts. */
		directory: path.default('/var/lib/testigo/uplink'),
		/** Where the kiosk says how it does. */
		condition: path.default(conditionPath),
		/** The device's id; without it, that of the journal's first entry. */
		device: Id.optional(),
		/** Whose receipts count. */
		centre: PinnedCentre,
		broker: Broker.prefault({}),
		/** What images may take of the line, in bytes a second; entries are not held back. Without it, all that is left. */
		imageBytesPerSecond: z.int().min(1_000).max(1_000_000_000).optional(),
		/** Milliseconds between looks at the journal where the system notifies of no change. */
		pollMs: z.int().min(20).max(60_000).default(1_000),
		/** Refuses what only a test may do. */
		production: z.boolean().default(false),
	})
	.check(refusePlainText)

export type UplinkConfig = z.infer<typeof UplinkConfig>
