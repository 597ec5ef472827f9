import * as z from 'zod'
import { PinnedCentre } from '../evidence/authority/pinned-centre.ts'
import { Id } from '../evidence/identity.ts'
import { conditionPath } from '../handover/kiosk-condition.ts'
import { Broker, refusePlainText } from '../platform/mqtt/broker.ts'

const path = z.string().min(1)

/** The configuration of `testigo uplink`. */
export const UplinkConfig = z
	.strictObject({
		journal: path.default('/var/lib/testigo/journal').describe('The journal of the kiosk; read only.'),
		directory: path.default('/var/lib/testigo/uplink').describe('Its state, and the receipts.'),
		condition: path.default(conditionPath).describe('Where the kiosk says how it is.'),
		device: Id.optional().describe('Id of the kiosk; without it, that of the first entry of the journal.'),
		centre: PinnedCentre.describe('Whose receipts count.'),
		broker: Broker.prefault({}).describe('How the broker is reached.'),
		imageBytesPerSecond: z
			.int()
			.min(1_000)
			.max(1_000_000_000)
			.optional()
			.describe('What images may take of the line; without it, all that entries leave.'),
		pollMs: z
			.int()
			.min(20)
			.max(60_000)
			.default(1_000)
			.describe('Milliseconds between looks at the journal where the system notifies of no change.'),
		production: z.boolean().default(false).describe('Refuses what only a test may do.'),
	})
	.check(refusePlainText)

export type UplinkConfig = z.infer<typeof UplinkConfig>
