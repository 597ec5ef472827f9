import * as z from 'zod'
import { Broker, refusePlainText } from '../platform/mqtt/broker.ts'
import { DeviceLimits, DiskLimits } from './admission/limits.ts'

const path = z.string().min(1)

/** The configuration of `testigo central`. */
export const CentralConfig = z
	.strictObject({
		identity: path
			.default('/etc/testigo/centre')
			.describe('Id and key for receipts, by `testigo enrol centre`.'),
		directory: path
			.default('/var/lib/testigo/central')
			.describe('Ledger, images, and the public keys of known devices (`devices/<id>.pem`).'),
		election: path
			.optional()
			.describe(
				'A file that defines the election, for who adds up; a fault in it is told at the start. Without it, that of 2024.',
			),
		/** Mostly silent towards the broker, a centre notices only by its own questions that the line is cut. */
		broker: Broker.extend({
			keepaliveSeconds: Broker.shape.keepaliveSeconds
				.unwrap()
				.default(5)
				.describe('Seconds between questions.'),
		})
			.prefault({})
			.describe('How the broker is reached.'),
		limits: DeviceLimits.prefault({}).describe('What one device may have kept here.'),
		disk: DiskLimits.prefault({}).describe('Room on the disk.'),
		log: z
			.strictObject({
				publishWithinHours: z
					.int()
					.min(1)
					.max(1000)
					.default(48)
					.describe('More than `ripeness.overdueHours` of `publish.json`, with room for an outage.'),
			})
			.optional()
			.describe(
				'Only where `testigo publish` puts what is received into a public log: each receipt of what is not rejected promises that its entry is in it by then, and is proof where it is not. Without it nothing is promised.',
			),
		metrics: path
			.optional()
			.describe(
				'A file `….prom` for Prometheus, by the textfile collector of node_exporter; none without it.',
			),
		production: z.boolean().default(false).describe('Refuses what only a test may do.'),
	})
	.check(refusePlainText)

export type CentralConfig = z.infer<typeof CentralConfig>

/** Milliseconds; undefined where nothing is promised. */
export function publishWithinMs({ log }: Pick<CentralConfig, 'log'>): number | undefined {
	return log === undefined ? undefined : log.publishWithinHours * 3_600_000
}
