/** The uplink's process as it ships, with clocks that are wrong, through mosquitto with mutual TLS. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { makeIdentity } from '#src/enrolment/device-identity.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { Certificates, withoutOpenssl } from '../support/certificates.ts'
import { clockFrom, withoutFaketime } from '../support/fake-time.ts'
import { actaText, someBytes } from '../support/journal-maker.ts'
import { freePort, Mosquitto, withoutMosquitto } from '../support/mosquitto.ts'
import { RunningProcess } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { Station } from '../support/uplink-station.ts'

const lacking = withoutFaketime ?? withoutMosquitto ?? withoutOpenssl

describe.skipIf(lacking !== null)(`an uplink with a wrong clock ${lacking ?? ''}`, () => {
	let broker: Mosquitto
	let station: Station
	let certificates: Certificates
	let config: string

	beforeEach(async () => {
		const directory = await temporaryFolder()
		certificates = new Certificates(directory)
		const valid = { from: Date.now() - 3_600_000, to: Date.now() + 30 * 86_400_000 }
		certificates.make('ca', { ...valid, constraints: 'CA:TRUE' })
		certificates.make('broker', { ...valid, names: 'DNS:localhost', usage: 'serverAuth' }, 'ca')
		certificates.make('kiosk-1', { ...valid, usage: 'clientAuth' }, 'ca')
		const [plain, tls] = [await freePort(), await freePort()]
		broker = new Mosquitto(
			plain,
			[
				...[`listener ${tls} 127.0.0.1`, 'require_certificate true'],
				// Where it is root, it may stay so, and read keys in a folder that is ours alone.
				'user root',
				...[`cafile ${certificates.path('ca.pem')}`, `certfile ${certificates.path('broker.pem')}`],
				`keyfile ${certificates.path('broker.key')}`,
			].join('\n'),
		)
		await broker.up()
		station = new Station(broker.url, '5')
		const centreKey = join(directory, 'centre.pem')
		writeFileSync(centreKey, publicKeyPem(station.centreSigner.publicKey))
		config = join(directory, 'uplink.json')
		writeFileSync(
			config,
			JSON.stringify({
				journal: station.journal.directory,
				directory: station.uplinkDirectory,
				centre: { id: station.centreSigner.kid, publicKey: centreKey },
				broker: {
					url: `mqtts://localhost:${tls}`,
					ca: certificates.path('ca.pem'),
					certificate: certificates.path('kiosk-1.pem'),
					key: certificates.path('kiosk-1.key'),
				},
			}),
		)
		await station.journal.boot()
		await station.journal.acta(actaText(1), [someBytes(200_000, 1)])
		await station.startCentral()
	})
	afterEach(async () => {
		await station.stop()
		await broker.clear()
	})

	function uplink(since?: string): RunningProcess {
		return started('uplink', config, since)
	}

	/** `since`: when its clock begins, as faketime wants it. */
	function started(command: 'uplink' | 'central', file: string, since?: string): RunningProcess {
		const env = since === undefined ? {} : clockFrom(since)
		const running = RunningProcess.testigo([command, '--config', file], { env })
		onTestFinished(() => running.stop())
		return running
	}

	test('in 1970 it connects, by the time of its build, and delivers', async () => {
		const running = uplink('1970-01-01 00:01:00')
		const times: unknown[] = []
		await running.heard(({ event, time, complete }) => {
			times.push(time)
			return event === 'complete' && complete === 2
		})
		expect(String(times[0])).toMatch(/^1970-/)
		expect(station.missingFiles()).toEqual([])
	})

	test('a centre in 1970 connects by the time of its build as well', async () => {
		const directory = await temporaryFolder()
		const [identity, file] = [join(directory, 'identity'), join(directory, 'central.json')]
		expect(await makeIdentity(identity, 'centre', randomBytes)).toMatchObject({ ok: true })
		const { broker: way } = JSON.parse(readFileSync(config, 'utf8'))
		writeFileSync(file, JSON.stringify({ identity, directory: join(directory, 'central'), broker: way }))
		let told: unknown
		await started('central', file, '1970-01-01 00:01:00').heard(({ event, time }) => {
			told = time
			return event === 'connected'
		})
		expect(String(told)).toMatch(/^1970-/)
	})

	test('in 2040 every certificate has expired: it says so with its time, and a mended clock is enough', async () => {
		const ahead = uplink('2040-01-01 00:00:00')
		let told: unknown
		await ahead.heard(({ event, fault }) => {
			told = fault
			return event === 'disconnected'
		})
		expect(told).toMatchObject({ code: 'untrusted', detail: expect.stringMatching(/expired.*2040-01-01/) })
		await ahead.stop()
		expect(station.missingFiles()).not.toEqual([])
		await uplink().heard(({ event, complete }) => event === 'complete' && complete === 2)
		expect(station.missingFiles()).toEqual([])
	})
})
