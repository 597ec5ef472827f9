import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Broker } from '#src/platform/mqtt/broker.js'
import { type ConnectionFault, MqttConnection } from '#src/platform/mqtt/mqtt-connection.js'
import { Certificates, withoutOpenssl } from '../support/certificates.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const day = 86_400_000
const built = Date.UTC(2026, 10, 22)
const validNow = { from: built - 30 * day, to: built + 300 * day }

/** MQTT 5, success (OASIS standard, section 3.2). */
const connack = Buffer.from([0x20, 3, 0, 0, 0])

describe.skipIf(withoutOpenssl !== null)(
	`a broker checked by a clock in 1970 ${withoutOpenssl ?? ''}`,
	() => {
		let certificates: Certificates
		let server: Server | undefined
		let connection: MqttConnection | undefined
		let heard: Buffer[]

		beforeEach(async () => {
			heard = []
			certificates = new Certificates(await temporaryFolder())
			certificates.make('ca', { ...validNow, constraints: 'CA:TRUE' })
		})
		afterEach(async () => {
			await connection?.stop()
			server?.close()
		})

		/** Shows the certificates of these names; says what became of a connection at `wall`. */
		async function connect(
			names: readonly string[],
			{ wall = 0, notBefore = built, client }: { wall?: number; notBefore?: number; client?: string } = {},
		): Promise<ConnectionFault | 'connected'> {
			const [own = ''] = names
			const chain = names.map((name) => readFileSync(certificates.path(`${name}.pem`)))
			server = createServer(
				{
					key: readFileSync(certificates.path(`${own}.key`)),
					cert: Buffer.concat(chain),
					ca: readFileSync(certificates.path('ca.pem')),
					requestCert: true,
					rejectUnauthorized: false,
				},
				(socket) => {
					socket.on('error', () => {})
					socket.on('data', (bytes) => {
						heard.push(bytes)
						if (bytes[0] === 0x10) socket.write(connack)
					})
				},
			).listen(0, '127.0.0.1')
			server.on('tlsClientError', () => {})
			await once(server, 'listening')
			const { port } = server.address() as AddressInfo
			writeFileSync(certificates.path('password'), 'geheim', { mode: 0o600 })
			const ownFiles =
				client === undefined
					? {}
					: { certificate: certificates.path(`${client}.pem`), key: certificates.path(`${client}.key`) }
			return new Promise((resolve) => {
				connection = new MqttConnection({
					broker: Broker.parse({
						url: `mqtts://localhost:${port}`,
						ca: certificates.path('ca.pem'),
						username: 'kiosk-1',
						passwordFile: certificates.path('password'),
						...ownFiles,
					}),
					clientId: 'kiosk-1',
					subscriptions: [],
					clock: new SimulatedClock(wall),
					notBefore,
					random: () => 1,
					connected: () => resolve('connected'),
					disconnected: resolve,
					message: () => {},
				})
				connection.start()
			})
		}

		const good = { ...validNow, names: 'DNS:localhost', usage: 'serverAuth' }

		test('a good one is spoken to', async () => {
			certificates.make('broker', good, 'ca')
			expect(await connect(['broker'])).toBe('connected')
			expect(Buffer.concat(heard).includes('geheim')).toBe(true)
		})

		test('one that is signed through another is as good', async () => {
			certificates.make('between', { ...validNow, constraints: 'CA:TRUE' }, 'ca')
			certificates.make('broker', good, 'between')
			expect(await connect(['broker', 'between'])).toBe('connected')
		})

		test('our own certificate tells that its issue has passed', async () => {
			const from = built + 100 * day
			certificates.make('broker', { ...good, from }, 'ca')
			certificates.make('kiosk', { ...validNow, from: from + day }, 'ca')
			expect(await connect(['broker'], { client: 'kiosk' })).toBe('connected')
		})

		test.each([
			['signed by a stranger', { ...good }, 'stranger', /unable to get local issuer|unable to verify/],
			['that nobody signed', { ...good }, undefined, /self-signed certificate/],
			['for another name', { ...good, names: 'DNS:elsewhere' }, 'ca', /hostname mismatch/],
			['that had expired before', { ...good, from: built - 9 * day, to: built - 1_000 }, 'ca', /has expired/],
			['that came later', { ...good, from: built + 1_000 }, 'ca', /not yet valid/],
			[
				'for clients only',
				{ ...good, usage: 'clientAuth' },
				'ca',
				/unsuitable certificate purpose|unsupported certificate purpose/,
			],
			['signed by one that may not sign', { ...good }, 'leaf', /invalid CA certificate|unable to get/],
		])('one %s is not spoken to: not a byte is sent', async (_, wishes, by, reason) => {
			if (by === 'stranger') certificates.make('stranger', { ...validNow, constraints: 'CA:TRUE' })
			if (by === 'leaf') certificates.make('leaf', good, 'ca')
			certificates.make('broker', wishes, by)
			const fault = await connect(by === 'leaf' ? ['broker', 'leaf'] : ['broker'])
			expect(fault).toMatchObject({ code: 'untrusted', detail: expect.stringMatching(reason) })
			expect(heard).toEqual([])
		})
	},
)
