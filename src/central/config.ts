import * as z from 'zod'
import { Broker, refusePlainText } from '../platform/mqtt/broker.ts'

const path = z.string().min(1)

/** The configuration of `testigo central`. */
export const CentralConfig = z
	.strictObject({
		/** Made by `testigo enrol centre`: the centre's id, as kiosks pin it, and the key that signs receipts. */
		identity: path.default('/etc/testigo/centre'),
		/** Ledger, images, and the public keys of known devices (`devices/<id>.pem`). */
		directory: path.default('/var/lib/testigo/central'),
		/** A JSON file that defines the election; without it, the presidential one of 2024. */
		election: path.optional(),
		/** Mostly silent towards the broker, a centre notices only by its own questions that the line is cut. */
		broker: Broker.extend({ keepaliveSeconds: Broker.shape.keepaliveSeconds.unwrap().default(5) }).prefault(
			{},
		),
		/** A file for Prometheus' figures, `….prom`, for node_exporter's textfile collector; none without it. */
		metrics: path.optional(),
		/** Refuses what only a test may do. */
		production: z.boolean().default(false),
	})
	.check(refusePlainText)

export type CentralConfig = z.infer<typeof CentralConfig>
