import * as z from 'zod'

const path = z.string().min(1)

/** How to reach a broker; part of the configuration of uplink and centre. */
export const Broker = z.strictObject({
	url: z
		.string()
		.regex(
			/^mqtts?:\/\/(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?$/,
			'mqtts://host:port or mqtt://host:port',
		)
		.default('mqtt://127.0.0.1:1883')
		.describe('`mqtts://host:8883`; `mqtt://` is without TLS, in production to this machine only.'),
	protocol: z
		.enum(['5', '3.1.1'])
		.default('5')
		.describe('`3.1.1` for brokers that know no better; those report success for what they refuse.'),
	username: z.string().min(1).optional().describe('Where the broker asks for one.'),
	passwordFile: path.optional().describe('File with the password; refused when others can read it.'),
	ca: path.optional().describe('PEM file: who may sign the certificate of the broker (`root.pem`).'),
	certificate: path
		.optional()
		.describe('PEM file: its own certificate (`tls.pem`, by `testigo enrol install`).'),
	key: path.optional().describe('PEM file: its own key (`tls-key.pem`); refused when others can read it.'),
	keepaliveSeconds: z.int().min(5).max(600).default(60).describe('Seconds between questions.'),
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
