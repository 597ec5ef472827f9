/** Enrolment by commands as a technician types them, judged by OpenSSL and by what then reaches the centre. */
import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import sharp from 'sharp'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { RunningProcess } from '../bench/running-process.ts'
import type { Ended } from '../cli/testigo.ts'
import { temporaryFolder, temporaryFolderOf } from '../temporary-folder.ts'
import { withoutOpenssl } from './certificates.ts'
import { FakeCamera, lens } from './fake-camera.ts'
import { clockFrom, withoutFaketime } from './fake-time.ts'
import { freePort, Mosquitto, withoutMosquitto } from './mosquitto.ts'

const program = fileURLToPath(new URL('../../dist/cli/testigo.js', import.meta.url))
const run = promisify(execFile)

/** A kiosk without a battery for its clock. */
const in1970 = clockFrom('1970-01-01 00:01:00')

/** A person at one machine: a folder of its own, and a clock. */
class Desk {
	readonly folder: string
	readonly #environment: Readonly<Record<string, string>>

	constructor(folder: string, environment: Readonly<Record<string, string>> = {}) {
		this.folder = folder
		this.#environment = environment
	}

	path(name: string): string {
		return join(this.folder, name)
	}

	/** Types `testigo …` in its folder. */
	async types(...words: string[]): Promise<Ended> {
		const child = spawn(process.execPath, [program, ...words], {
			cwd: this.folder,
			env: { ...process.env, ...this.#environment },
			stdio: ['ignore', 'pipe', 'pipe'],
		})
		const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
		const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended])
		return { status, out, err }
	}

	/** The lines that a command printed that did what it should. */
	async gets(...words: string[]): Promise<string[]> {
		const { status, out, err } = await this.types(...words)
		if (status !== 0) throw new Error(`testigo ${words.join(' ')}: ${status}: ${err}`)
		return out.trim().split('\n')
	}

	starts(...words: string[]): RunningProcess {
		const running = new RunningProcess(words, { environment: this.#environment })
		onTestFinished(() => running.stop())
		return running
	}
}

async function desks(home: string, kiosk: Readonly<Record<string, string>> = {}) {
	const desk = async (name: string, environment = {}) => {
		await mkdir(join(home, name))
		return new Desk(join(home, name), environment)
	}
	return {
		laptop: await desk('laptop'),
		centre: await desk('centre'),
		broker: await desk('broker'),
		kiosk: await desk('kiosk', kiosk),
	}
}

/** Request, comparison, response, installation, by a file on a stick; gives the id. */
async function enrol(laptop: Desk, at: Desk, rootWords: string, ...asked: string[]): Promise<string> {
	const lines = await at.gets('enrol', ...asked, '--dir', 'identity')
	const [id = '', words = ''] = [lines[0], lines.at(-1)]
	const response = at.path('response.pem')
	await laptop.gets(
		'ca',
		'sign',
		at.path('identity/request.txt'),
		'--dir',
		'ca',
		'--words',
		words,
		'--out',
		response,
	)
	await at.gets('enrol', 'install', 'response.pem', '--dir', 'identity', '--root-words', rootWords)
	return id
}

const lacking = withoutFaketime ?? withoutMosquitto ?? withoutOpenssl

describe.skipIf(lacking !== null)(`enrolment, with mosquitto and mutual TLS ${lacking ?? ''}`, () => {
	test('from nothing to the first acta accepted at the centre, the kiosk at 1970, by QR codes', async () => {
		const { laptop, centre, broker, kiosk } = await desks(await temporaryFolder(), in1970)
		const rootWords = (await laptop.gets('ca', 'init', '--dir', 'ca'))[2] ?? ''
		await rename(laptop.path('ca/root-key.pem'), laptop.path('root-key.pem'))
		const centreId = await enrol(laptop, centre, rootWords, 'centre')
		await enrol(laptop, broker, rootWords, 'broker', '--name', 'localhost')

		const [id = '', , , words = ''] = await kiosk.gets(
			'enrol',
			'request',
			'--dir',
			'identity',
			'--png',
			'request.png',
		)
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
		const settings = async (desk: Desk, more: object) => {
			const at = (name: string) => desk.path(join('identity', name))
			const tls = { ca: at('root.pem'), certificate: at('tls.pem'), key: at('tls-key.pem') }
			const all = { broker: { url: `mqtts://localhost:${port}`, ...tls }, ...more }
			await writeFile(desk.path('settings.json'), JSON.stringify(all))
			return desk.path('settings.json')
		}
		const pinned = [
			'--root',
			kiosk.path('identity/root.pem'),
			'--centre-key',
			kiosk.path('identity/centre.pem'),
		]
		await mkdir(centre.path('ledger/devices'), { recursive: true })
		await copyFile(laptop.path(`ca/responses/${id}.pem`), centre.path(`ledger/devices/${id}.pem`))

		await mkdir(kiosk.path('inbox'))
		const scanning = kiosk.starts(
			...[
				'kiosk',
				'--identity',
				kiosk.path('identity'),
				'--journal',
				kiosk.path('journal'),
				'--panel',
				'none',
			],
			...[
				'--state',
				kiosk.path('kiosk.json'),
				'--uplink',
				kiosk.path('uplink'),
				'--inbox',
				kiosk.path('inbox'),
			],
			...['--production', '--glance', '0', ...pinned],
		)
		const started = scanning.until(({ event }) => event === 'started')
		const recorded = scanning.until(({ event }) => event === 'recorded')
		await started
		await laptop.gets('simulate', '--out', 'papers', '--count', '1')
		const picture = (await readdir(laptop.path('papers'))).find((name) => name.endsWith('.jpg')) ?? ''
		await copyFile(laptop.path(join('papers', picture)), kiosk.path('paper.jpg'))
		await rename(kiosk.path('paper.jpg'), kiosk.path('inbox/paper.jpg'))
		await recorded
		const shown = scanning.until(({ event, upto }) => event === 'received' && Number(upto) >= 2)
		centre.starts(
			...['central', '--identity', centre.path('identity'), '--directory', centre.path('ledger')],
			...['--config', await settings(centre, {})],
		)
		kiosk.starts(
			...['uplink', '--journal', kiosk.path('journal'), '--directory', kiosk.path('uplink'), ...pinned],
			...['--config', await settings(kiosk, {}), '--production'],
		)
		await shown
		await scanning.stop()

		const trusted = await laptop.types('verify', kiosk.path('journal'), '--root', 'ca/root.pem')
		expect(trusted).toMatchObject({
			status: 0,
			out: expect.stringMatching(new RegExp(`Certified: ${id} .* a-`)),
		})
		const stranger = new Desk(laptop.folder)
		await stranger.gets('ca', 'init', '--dir', 'other')
		const foreign = await laptop.types('verify', kiosk.path('journal'), '--root', 'other/root.pem')
		expect(foreign).toMatchObject({ status: 1, out: expect.stringContaining('foreign-certificate') })
	}, 300_000)
})

test("a response held before the kiosk's own camera, after another paper", async () => {
	const fake = await FakeCamera.install()
	const { laptop, kiosk } = await desks(await temporaryFolder())
	const rootWords = (await laptop.gets('ca', 'init', '--dir', 'ca'))[2] ?? ''
	const [id = '', , , words = ''] = await kiosk.gets('enrol', 'request', '--dir', 'identity')
	await laptop.gets(
		...['ca', 'sign', kiosk.path('identity/request.txt'), '--dir', 'ca', '--words', words],
		...['--png', 'response.png'],
	)
	const camera = { kind: 'libcamera', cameras: [lens], directory: join(fake.home, 'camera') }
	const settings = { production: true, camera, tray: { kind: 'gpio', line: 17 } }
	await writeFile(kiosk.path('kiosk.json'), JSON.stringify(settings))
	const installing = kiosk.gets(
		...['enrol', 'install', '--camera', '--config', 'kiosk.json', '--dir', 'identity'],
		...['--root-words', rootWords],
	)
	await vi.waitUntil(async () => (await fake.calls()).length >= 2, { timeout: 60_000 })
	const shown = await sharp(laptop.path('response.png')).jpeg().toBuffer()
	await writeFile(join(fake.home, 'picture.new'), shown)
	await rename(join(fake.home, 'picture.new'), join(fake.home, 'picture.jpg'))
	expect(await installing).toEqual([id, 'no centre yet'])
}, 180_000)

describe.skipIf(withoutOpenssl !== null)(
	`what OpenSSL says of the certificates ${withoutOpenssl ?? ''}`,
	() => {
		let laptop: Desk
		let kiosk: Desk
		let broker: Desk
		let centre: Desk

		beforeAll(async () => {
			const folders: (() => Promise<void>)[] = []
			const home = await temporaryFolderOf((clear) => folders.push(clear))
			;({ laptop, kiosk, broker, centre } = await desks(home))
			const rootWords = (await laptop.gets('ca', 'init', '--dir', 'ca', '--days', '30'))[2] ?? ''
			await enrol(laptop, centre, rootWords, 'centre')
			await enrol(laptop, broker, rootWords, 'broker', '--name', 'broker.example', '192.0.2.7')
			await enrol(laptop, kiosk, rootWords, 'request')
			return async () => {
				for (const clear of folders) await clear()
			}
		}, 120_000)

		const chain = () => ['-CAfile', laptop.path('ca/root.pem'), '-untrusted', laptop.path('ca/campaign.pem')]
		async function verify(...words: string[]): Promise<string> {
			const done = await run('openssl', ['verify', '-x509_strict', ...chain(), ...words]).catch(
				(error) => error,
			)
			return `${done.stdout}${done.stderr}`
		}

		test('all chain to the root, strictly', async () => {
			for (const path of [
				laptop.path('ca/campaign.pem'),
				...[kiosk, centre].map((desk) => desk.path('identity/certificate.pem')),
				...[kiosk, centre, broker].map((desk) => desk.path('identity/tls.pem')),
				kiosk.path('identity/centre.pem'),
			]) {
				expect(await verify(path)).toBe(`${path}: OK\n`)
			}
		})

		test('each is good for its purpose only, and a broker for its names only', async () => {
			const client = kiosk.path('identity/tls.pem')
			const server = broker.path('identity/tls.pem')
			const signing = kiosk.path('identity/certificate.pem')
			expect(await verify('-purpose', 'sslclient', client)).toContain('OK')
			expect(await verify('-purpose', 'sslserver', '-verify_hostname', 'broker.example', server)).toContain(
				'OK',
			)
			expect(await verify('-purpose', 'sslserver', '-verify_ip', '192.0.2.7', server)).toContain('OK')
			expect(await verify('-purpose', 'sslserver', '-verify_hostname', 'other.example', server)).toMatch(
				/mismatch/,
			)
			for (const words of [
				['sslserver', client],
				['sslclient', server],
				['sslclient', signing],
				['sslserver', signing],
				['smimesign', signing],
			]) {
				expect(await verify('-purpose', ...words)).toMatch(/unsuitable certificate purpose/)
			}
		})

		test('a campaign may issue no authority, a device nothing', async () => {
			const shown = async (path: string) =>
				(
					await run('openssl', [
						'x509',
						'-in',
						path,
						'-noout',
						'-subject',
						'-ext',
						'basicConstraints,keyUsage,extendedKeyUsage',
					])
				).stdout
			expect(await shown(laptop.path('ca/campaign.pem'))).toMatch(
				/CN = a-[a-z2-7]{10}\n[\s\S]*Basic Constraints: critical\s+CA:TRUE, pathlen:0\s+X509v3 Key Usage: critical\s+Digital Signature, Certificate Sign, CRL Sign\s+$/,
			)
			expect(await shown(kiosk.path('identity/certificate.pem'))).toMatch(
				/CN = k-[a-z2-7]{10}\n[\s\S]*critical\s+CA:FALSE\s+X509v3 Key Usage: critical\s+Digital Signature\s+X509v3 Extended Key Usage: critical\s+2\.25\.\d+\.1\s+$/,
			)
		})

		test('a list of nobody revoked is well signed, and revokes nobody', async () => {
			await laptop.gets('ca', 'crl', '--dir', 'ca', '--out', 'crl.pem')
			const list = laptop.path('crl.pem')
			const read = await run('openssl', [
				'crl',
				'-in',
				list,
				'-noout',
				'-text',
				'-CAfile',
				laptop.path('ca/campaign.pem'),
			])
			expect(`${read.stdout}${read.stderr}`).toMatch(/verify OK/)
			expect(read.stdout).toMatch(/X509v3 CRL Number:\s+\d+\n[\s\S]*No Revoked Certificates/)
			expect(await verify('-crl_check', '-CRLfile', list, kiosk.path('identity/tls.pem'))).toContain('OK')
		})

		test('the words are the first 88 bits of the SHA-256 of the request, as anybody can work out', async () => {
			const path = kiosk.path('identity/request.txt')
			const digest = createHash('sha256')
				.update((await readFile(path, 'utf8')).trim())
				.digest('hex')
			const bits = BigInt(`0x${digest}`).toString(2).padStart(256, '0').slice(0, 88)
			const words = (bits.match(/.{11}/g) ?? []).map((eleven) => wordlist[Number.parseInt(eleven, 2)])
			await laptop.gets('ca', 'sign', path, '--dir', 'ca', '--words', words.join(' '))
		})
	},
)
