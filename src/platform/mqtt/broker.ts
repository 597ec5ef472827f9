import * as z from 'zod'

const path = z.string().min(1)

/** How to reach a broker; part of the configuration of uplink and centre. */
export const Broker = z.strictObject({
	/** `mqtts://host:8883`; `mqtt://` without TLS. */
	url: z
		.string()
		.regex(
			/^mqtts?:\/\/(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?$/,
			'mqtts://host:port or mqtt://host:port',
		)
		.default('mqtt://127.0.0.1:1883'),
	/** `5`, or `3.1.1` for brokers that know no better; those report success for what they refuse. */
	protocol: z.enum(['5', '3.1.1']).default('5'),
	username: z.string().min(1).optional(),
	/** A file that holds the password, without a line feed at its end or with one; refused when others can read it. */
	passwordFile: path.optional(),
	/**
	 * PEM files: who may sign the broker's certificate, and our own certificate and key, which is refused when others
	 * can read it. Put there by `testigo enrol install`: `root.pem`, `tls.pem`, `tls-key.pem`.
	 */
	ca: path.optional(),
	certificate: path.optional(),
	key: path.optional(),
	keepaliveSeconds: z.int().min(5).max(600).default(60),
})
export type Broker = z.infer<typeof Broker>

/** True for a broker on this machine, to which plain text goes unseen by others. */
export function isLoopback(url: string): boolean {
	const { hostname } = new URL(url)
	return hostname === 'localhost' || hostname === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(hostname)
}

/** Part of a configuration's check: in production nothing goes in plain text to another machine. */
export function refusePlainText(
	context: z.core.ParsePayload<{ readonly broker: Broker; readonly production: boolean }>,
): void {
	const { broker, production } = context.value
	if (!production || broker.url.startsWith('mqtts://') || isLoopback(broker.url)) return
	context.issues.push({
		code: 'custom',
		path: ['broker', 'url'],
		message: 'in production a broker on another machine is reached by mqtts:// only',
		input: broker.url,
	})
}
