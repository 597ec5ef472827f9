/** Enrolment by commands as a technician types them, up to the first acta that the centre accepts. */
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { withoutOpenssl } from '../support/certificates.ts'
import { FakeCamera, lens } from '../support/fake-camera.ts'
import { clockFrom, withoutFaketime } from '../support/fake-time.ts'
import { enrol, in1970, Machine, machines } from '../support/machines.ts'
import { freePort, Mosquitto, withoutMosquitto } from '../support/mosquitto.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const lacking = withoutFaketime ?? withoutMosquitto ?? withoutOpenssl

describe.skipIf(lacking !== null)(`enrolment, with mosquitto and mutual TLS ${lacking ?? ''}`, () => {
	test('from nothing to the first acta accepted at the centre, the kiosk at 1970, by QR codes', async () => {
		const { laptop, centre, broker, kiosk } = await machines(await temporaryFolder(), in1970)
		const rootWords = (await laptop.gets('ca', 'init', '--dir', 'ca'))[2] ?? ''
		await rename(laptop.path('ca/root-key.pem'), laptop.path('root-key.pem'))
		// First: to a centre without the day, nothing is valid that came later than its own certificate.
		await enrol(laptop, broker, rootWords, 'broker', '--name', 'localhost')
		const centreId = await enrol(laptop, centre, rootWords, 'centre')

		const asked = ['enrol', 'request', '--dir', 'identity', '--png', 'request.png'] as const
		const [id = '', , , words = ''] = await kiosk.gets(...asked)
		await laptop.gets(
			...['ca', 'sign', kiosk.path('request.png'), '--picture', '--dir', 'ca', '--words', words],
			...['--png', 'response.png'],
		)
		const installed = await kiosk.gets(
			...['enrol', 'install', laptop.path('response.png'), '--picture', '--dir', 'identity'],
			...['--root-words', rootWords],
		)
		expect(installed).toEqual([id, centreId])

		const port = await freePort()
		const mosquitto = new Mosquitto(
			await freePort(),
			[
				...[`listener ${port} 127.0.0.1`, 'require_certificate true', 'use_identity_as_username true'],
				...['user root', `cafile ${broker.path('identity/root.pem')}`],
				...[`certfile ${broker.path('identity/tls.pem')}`, `keyfile ${broker.path('identity/tls-key.pem')}`],
			].join('\n'),
		)
		await mosquitto.up()
		onTestFinished(() => mosquitto.clear())
		const settings = async (machine: Machine, more: object) => {
			const at = (name: string) => machine.path(join('identity', name))
			const tls = { ca: at('root.pem'), certificate: at('tls.pem'), key: at('tls-key.pem') }
			const all = { broker: { url: `mqtts://localhost:${port}`, ...tls }, ...more }
			await writeFile(machine.path('settings.json'), JSON.stringify(all))
			return machine.path('settings.json')
		}
		const [root, key] = [kiosk.path('identity/root.pem'), kiosk.path('identity/centre.pem')]
		const pinned = ['--root', root, '--centre-key', key]
		await mkdir(centre.path('ledger/devices'), { recursive: true })
		await laptop.gets('ca', 'registry', '--dir', 'ca')
		await copyFile(laptop.path('ca/authority.pem'), centre.path('ledger/authority.pem'))
		for (const name of ['registry.jws', 'centres.jws']) {
			await copyFile(laptop.path(`ca/${name}`), centre.path(`ledger/devices/${name}`))
		}

		const [custodian] = await laptop.gets('custodian', 'new', '--out', 'custodian.key')
		await writeFile(kiosk.path('sealing.json'), JSON.stringify({ custodians: [custodian] }))
		// In production what a scanner saves must not reach a disk unsealed.
		const inbox = await mkdtemp('/dev/shm/testigo-inbox-')
		onTestFinished(() => rm(inbox, { recursive: true }))
		const scanning = kiosk.starts(
			...['kiosk', '--identity', kiosk.path('identity'), '--journal', kiosk.path('journal')],
			...['--panel', 'none'],
			...['--state', kiosk.path('kiosk.json'), '--uplink', kiosk.path('uplink'), '--inbox', inbox],
			...['--config', kiosk.path('sealing.json'), '--production', '--glance', '0', ...pinned],
		)
		const started = scanning.heard(({ event }) => event === 'started')
		const recorded = scanning.heard(({ event }) => event === 'recorded')
		await started
		await laptop.gets('simulate', '--out', 'papers', '--count', '1')
		const picture = (await readdir(laptop.path('papers'))).find((name) => name.endsWith('.jpg')) ?? ''
		await copyFile(laptop.path(join('papers', picture)), join(inbox, '.coming'))
		await rename(join(inbox, '.coming'), join(inbox, 'paper.jpg'))
		await recorded
		const shown = scanning.heard(({ event, upto }) => event === 'received' && Number(upto) >= 2)
		const carrying = [
			...['uplink', '--journal', kiosk.path('journal'), '--directory', kiosk.path('uplink'), ...pinned],
			...['--config', await settings(kiosk, {}), '--production'],
		]
		// Every certificate has expired: it says so with its time, and a mended clock is enough.
		const ahead = new Machine(kiosk.folder, clockFrom('2040-01-01 00:00:00')).starts(...carrying)
		const refused: unknown[] = []
		await ahead.heard(({ event, fault }) => event === 'disconnected' && refused.push(fault) > 0)
		expect(refused).toMatchObject([
			{ code: 'untrusted', detail: expect.stringMatching(/expired.*2040-01-01/) },
		])
		await ahead.stop()
		// A centre that does not know what day it is would date what kiosks record: it says so, and does not start.
		const receiving = [
			...['central', '--identity', centre.path('identity'), '--directory', centre.path('ledger')],
			...['--config', await settings(centre, {})],
		]
		const dateless = await new Machine(centre.folder, in1970).types(...receiving)
		expect(dateless).toMatchObject({ status: 3, err: expect.stringMatching(/1970-.*set the clock/) })
		const times: unknown[] = []
		await centre.starts(...receiving).heard(({ event }) => event === 'connected')
		// The kiosk goes by the time of its build.
		await kiosk
			.starts(...carrying)
			.heard(({ event, time, complete }) => event === 'complete' && complete === 2 && times.push(time) > 0)
		expect(times).toEqual([expect.stringMatching(/^1970-/)])
		await shown
		await scanning.stop()

		const trusted = await laptop.types('verify', kiosk.path('journal'), '--root', 'ca/root.pem')
		expect(trusted).toMatchObject({
			status: 0,
			out: expect.stringMatching(new RegExp(`Rests on the key in ca/root.pem[^]*Certified: ${id} .* a-`)),
		})
		await laptop.gets('ca', 'init', '--dir', 'other')
		const foreign = await laptop.types('verify', kiosk.path('journal'), '--root', 'other/root.pem')
		expect(foreign).toMatchObject({ status: 1, out: expect.stringContaining('foreign-certificate') })
	}, 300_000)
})

test("a response held before the kiosk's own camera, after another paper", async () => {
	const fake = await FakeCamera.install()
	const { laptop, kiosk } = await machines(await temporaryFolder())
	const rootWords = (await laptop.gets('ca', 'init', '--dir', 'ca'))[2] ?? ''
	const [id = '', , , words = ''] = await kiosk.gets('enrol', 'request', '--dir', 'identity')
	await laptop.gets(
		...['ca', 'sign', kiosk.path('identity/request.txt'), '--dir', 'ca', '--words', words],
		...['--png', 'response.png'],
	)
	const camera = { kind: 'libcamera', cameras: [lens], directory: join(fake.home, 'camera') }
	const custodians = await laptop.gets('custodian', 'new', '--out', 'custodian.key')
	const settings = { production: true, custodians, camera, tray: { kind: 'gpio', line: 17 } }
	await writeFile(kiosk.path('kiosk.json'), JSON.stringify(settings))
	const installing = kiosk.gets(
		...['enrol', 'install', '--camera', '--config', 'kiosk.json', '--dir', 'identity'],
		...['--root-words', rootWords],
	)
	await fake.holdNext(laptop.path('response.png'))
	expect(await installing).toEqual([id, 'no centre yet'])
}, 180_000)
