/**
 * mosquitto as it is shipped, with only paths and port of its own: whoever is not let in, or says what is not
 * theirs to say, is without effect. Told by what was delivered: a broker may grant what it does not keep, and
 * acknowledge what it drops. A message that is allowed follows each that is not, on the same connection, so
 * that its arrival shows that the other never comes.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { IClientOptions } from 'mqtt'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { Central } from '#src/central/central.js'
import { openIdentity } from '#src/enrolment/device-identity.js'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import { systemClock } from '#src/platform/clock.js'
import { topicsOfDevices } from '#src/protocol/topics.js'
import type { UplinkEvent } from '#src/uplink/events.js'
import { Uplink } from '#src/uplink/uplink.js'
import { Peer } from '../support/broker-peer.ts'
import { brokerFor, Campaign, credentialsOf, type Member } from '../support/campaign.ts'
import { withoutOpenssl } from '../support/certificates.ts'
import { JournalMaker, someBytes } from '../support/journal-maker.js'
import { freePort, Mosquitto, withoutMosquitto } from '../support/mosquitto.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const setUpBroker = fileURLToPath(new URL('../../provisioning/broker/set-up-broker', import.meta.url))
const without = withoutMosquitto ?? withoutOpenssl

/** Resident memory of a process. */
async function memoryBytes(pid: number): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8')
	return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}

describe.skipIf(without !== null)(`the broker as shipped ${without ?? ''}`, { timeout: 120_000 }, () => {
	let directory: string
	let campaign: Campaign
	let broker: Mosquitto
	let url: string
	let centre: Member
	let device: Member
	let other: Member
	/** Where the broker's files are. */
	let place: readonly string[]
	const unit = () => join(directory, 'unit')
	const peers: Peer[] = []

	const run = (...words: readonly string[]) => {
		const { status, stdout, stderr } = spawnSync(setUpBroker, words, { encoding: 'utf8' })
		return { status, out: stdout, err: stderr }
	}

	beforeAll(async () => {
		directory = await mkdtemp(join(tmpdir(), 'testigo-'))
		// The broker runs as a user of its own.
		chmodSync(directory, 0o755)
		campaign = await Campaign.make(directory, { at: Date.now() })
		centre = await campaign.member('centre', 'centre')
		device = await campaign.member('device', 'device')
		other = await campaign.member('other', 'device')
		const { directory: identity } = await campaign.broker('broker', 'localhost', '127.0.0.1')
		const port = await freePort()
		const configuration = join(directory, 'mosquitto.conf')
		place = ['--to', join(directory, 'place')]
		const made = run(
			...['--identity', identity, '--centre', centre.id, '--crl', await campaign.revocationList()],
			...[...place, '--conf', configuration, '--unit', unit(), '--port', String(port)],
		)
		if (made.status !== 0) throw new Error(made.err)
		broker = new Mosquitto(port, '', configuration)
		url = `mqtts://localhost:${port}`
		await broker.up()
	})
	afterAll(async () => {
		await broker.clear()
		await rm(directory, { recursive: true })
	})
	afterEach(() => {
		for (const peer of peers.splice(0)) peer.end()
	})

	async function connect(member: Member, more: IClientOptions = {}): Promise<Peer> {
		const peer = await Peer.connect(url, { ...(await credentialsOf(member)), clientId: member.id, ...more })
		if (peer === null) throw new Error(`${member.id} was not let in`)
		peers.push(peer)
		return peer
	}

	/** What the centre is delivered. */
	async function listening(): Promise<Peer> {
		const peer = await connect(centre)
		await peer.subscribe(...topicsOfDevices)
		return peer
	}

	/** A device that hears what is said to it. */
	async function hearing(member: Member): Promise<Peer> {
		const peer = await connect(member)
		await peer.subscribe(
			...['receipt', 'centres', 'control'].map((kind) => `testigo/v1/${member.id}/${kind}`),
		)
		return peer
	}

	test("another device's topic: nothing written there is delivered", async () => {
		const hears = await listening()
		const says = await connect(other)
		for (const kind of ['entry/1', `image/${'a'.repeat(64)}/0`, 'head', 'status', 'returned']) {
			await says.publish(`testigo/v1/${device.id}/${kind}`, 'forged')
		}
		await says.publish(`testigo/v1/${other.id}/entry/1`, 'own')
		await hears.until(`testigo/v1/${other.id}/entry/1 own`)
		expect(hears.delivered.filter((message) => message.includes('forged'))).toEqual([])
	})

	test("another device's topic: nothing is heard there", async () => {
		const eavesdrops = await connect(other)
		await eavesdrops.subscribe('#', '+/+/+/+', '$SYS/#', 'testigo/v1/+/receipt', 'testigo/v1/+/entry/+')
		await eavesdrops.subscribe(
			`testigo/v1/${device.id}/receipt`,
			`$share/all/testigo/v1/${device.id}/receipt`,
		)
		const hears = await hearing(device)
		const says = await connect(centre)
		const entry = await connect(device, { clientId: 'second' })
		await entry.publish(`testigo/v1/${device.id}/entry/1`, 'private')
		const again = await hearing(device)
		await says.publish(`testigo/v1/${device.id}/receipt`, 'for one')
		await says.publish(`testigo/v1/${other.id}/receipt`, 'for the other')
		await again.until(`testigo/v1/${device.id}/receipt for one`)
		await eavesdrops.until(`testigo/v1/${other.id}/receipt for the other`)
		expect(new Set(eavesdrops.delivered)).toEqual(new Set([`testigo/v1/${other.id}/receipt for the other`]))
		// The device came three times by one certificate: it is one, whatever it calls itself.
		expect([hears.connected, entry.connected, again.connected]).toEqual([false, false, true])
	})

	test("another device's client id: the other keeps its session, and who took the name is still itself", async () => {
		const hears = await hearing(device)
		const toCentre = await listening()
		const imposter = await connect(other, { clientId: device.id })
		await imposter.subscribe(`testigo/v1/${device.id}/receipt`)
		await imposter.publish(`testigo/v1/${device.id}/entry/1`, 'forged')
		await imposter.publish(`testigo/v1/${other.id}/entry/1`, 'own')
		await toCentre.until(`testigo/v1/${other.id}/entry/1 own`)
		await toCentre.publish(`testigo/v1/${device.id}/receipt`, 'for one')
		await hears.until(`testigo/v1/${device.id}/receipt for one`)
		await imposter.subscribe(`testigo/v1/${other.id}/receipt`)
		await toCentre.publish(`testigo/v1/${other.id}/receipt`, 'for the other')
		await imposter.until(`testigo/v1/${other.id}/receipt for the other`)
		expect(imposter.delivered).toEqual([`testigo/v1/${other.id}/receipt for the other`])
		expect(toCentre.delivered).toEqual([`testigo/v1/${other.id}/entry/1 own`])
		expect(hears.connected).toBe(true)
	})

	test("the centre's client id: the centre keeps its session", async () => {
		const toCentre = await listening()
		const imposter = await connect(other, { clientId: centre.id, username: centre.id })
		await imposter.publish(`testigo/v1/${other.id}/entry/1`, 'own')
		await toCentre.until(`testigo/v1/${other.id}/entry/1 own`)
		expect(toCentre.connected).toBe(true)
	})

	test('a forged receipt, list of centres or order: not delivered, to oneself neither', async () => {
		const hears = await hearing(device)
		const forger = await hearing(other)
		for (const id of [device.id, other.id]) {
			for (const kind of ['receipt', 'centres', 'control'])
				await forger.publish(`testigo/v1/${id}/${kind}`, 'forged')
		}
		const says = await connect(centre)
		await says.publish(`testigo/v1/${device.id}/centres`, 'for one')
		for (const { id } of [device, other]) await says.publish(`testigo/v1/${id}/receipt`, 'true')
		await hears.until(`testigo/v1/${device.id}/receipt true`)
		await forger.until(`testigo/v1/${other.id}/receipt true`)
		expect(hears.delivered).toEqual(
			['centres for one', 'receipt true'].map((text) => `testigo/v1/${device.id}/${text}`),
		)
		expect(forger.delivered).toEqual([`testigo/v1/${other.id}/receipt true`])
	})

	test.each<[string, () => Promise<IClientOptions>]>([
		[
			'no certificate',
			async () => ({ ca: (await credentialsOf(other)).ca, username: device.id, password: 'x' }),
		],
		['one that signs entries', () => credentialsOf(device, 'certificate.pem', 'key.pem')],
		[
			"another campaign's, for the same name",
			async () => {
				const foreign = await Campaign.make(await temporaryFolder(), { at: Date.now() })
				const member = await foreign.member('foreign', 'centre')
				return { ...(await credentialsOf(member)), ca: (await credentialsOf(other)).ca }
			},
		],
		['TLS 1.2', async () => ({ ...(await credentialsOf(device)), maxVersion: 'TLSv1.2' })],
		['no TLS', async () => ({ protocol: 'mqtt' })],
	])('%s: not let in, and nothing is delivered', async (_, credentials) => {
		const hears = await listening()
		const more = await credentials()
		const target = more.protocol === 'mqtt' ? url.replace('mqtts', 'mqtt') : url
		const peer = await Peer.connect(target, { ...more, clientId: device.id })
		await peer?.publish(`testigo/v1/${device.id}/entry/1`, 'forged')
		const says = await connect(other)
		await says.publish(`testigo/v1/${other.id}/entry/1`, 'own')
		await hears.until(`testigo/v1/${other.id}/entry/1 own`)
		expect(hears.delivered).toEqual([`testigo/v1/${other.id}/entry/1 own`])
		expect(peer).toBeNull()
	})

	test('retained messages on topics of any text: the broker keeps none, and cuts off who asks for it', async () => {
		const hears = await listening()
		const before = await memoryBytes(broker.pid)
		for (let round = 0; round < 8; round++) {
			const floods = await connect(other)
			const topic = (index: number) =>
				`testigo/v1/${other.id}/entry/${'any text '.repeat(20)} ${round} ${index}`
			const large = 'x'.repeat(90_000)
			await Promise.all(Array.from({ length: 100 }, (_, index) => floods.publish(topic(index), large, true)))
			expect(floods.connected).toBe(false)
		}
		// 72 MB were sent.
		expect((await memoryBytes(broker.pid)) - before).toBeLessThan(20_000_000)
		const will = {
			topic: `testigo/v1/${other.id}/status`,
			payload: Buffer.from('kept'),
			qos: 1,
			retain: true,
		} as const
		await expect(connect(other, { will })).rejects.toThrow('not let in')
		const says = await connect(device)
		await says.publish(`testigo/v1/${device.id}/entry/1`, 'own')
		await hears.until(`testigo/v1/${device.id}/entry/1 own`)
		const later = await connect(centre, { clientId: 'later' })
		await later.subscribe(...topicsOfDevices)
		await says.publish(`testigo/v1/${device.id}/entry/2`, 'own')
		await later.until(`testigo/v1/${device.id}/entry/2 own`)
		expect(later.delivered).toEqual([`testigo/v1/${device.id}/entry/2 own`])
	})

	test('what is no topic of the protocol, and a message that is larger than any: not delivered', async () => {
		const hears = await listening()
		const says = await connect(other, { protocolVersion: 4 })
		for (const kind of [
			'',
			'entry',
			'entry/1/2',
			`image/${'a'.repeat(64)}`,
			'head/1',
			'status/1',
			'returned/1',
			'other',
		])
			await says.publish(`testigo/v1/${other.id}/${kind}`, 'odd')
		for (const topic of [
			'odd',
			`${other.id}/entry/1`,
			`testigo/v2/${other.id}/entry/1`,
			'$SYS/broker/uptime',
		])
			await says.publish(topic, 'odd')
		await says.publish(`testigo/v1/${other.id}/entry/1`, 'x'.repeat(98_304))
		await hears.until(`testigo/v1/${other.id}/entry/1 ${'x'.repeat(98_304)}`)
		await says.publish(`testigo/v1/${other.id}/entry/2`, 'x'.repeat(195_000))
		expect([hears.delivered.length, says.connected]).toEqual([1, false])
	})

	test('the unit of the broker gets its limits', async () => {
		expect(await readFile(join(unit(), 'testigo.conf'), 'utf8')).toMatch(/^MemoryMax=512M$/m)
	})

	test('a revoked one: its connection ends with the new list, and nothing more of it is delivered', async () => {
		const stolen = await campaign.member('stolen', 'device')
		const before = await listening()
		const thief = await connect(stolen)
		await thief.publish(`testigo/v1/${stolen.id}/entry/1`, 'before')
		await before.until(`testigo/v1/${stolen.id}/entry/1 before`)

		await campaign.revoke(stolen)
		expect(run('--crl', await campaign.revocationList(), ...place)).toMatchObject({
			status: 0,
			out: expect.stringContaining('Restart mosquitto now'),
		})
		await broker.down()
		await broker.up()

		const hears = await listening()
		await thief.publish(`testigo/v1/${stolen.id}/entry/2`, 'after')
		const again = await Peer.connect(url, { ...(await credentialsOf(stolen)), clientId: stolen.id })
		await again?.publish(`testigo/v1/${stolen.id}/entry/2`, 'after')
		const says = await connect(device)
		await says.publish(`testigo/v1/${device.id}/entry/1`, 'own')
		await hears.until(`testigo/v1/${device.id}/entry/1 own`)
		expect(hears.delivered).toEqual([`testigo/v1/${device.id}/entry/1 own`])
		expect([thief.connected, again]).toEqual([false, null])
	})

	test('an entry gets its receipt, and its image gets there, by uplink and centre with their certificates', async () => {
		const identities = await Promise.all([centre, device].map((member) => openIdentity(member.directory)))
		const [centreSigner, deviceSigner] = identities.map((opened) =>
			opened.ok ? opened.value.signer : undefined,
		)
		if (centreSigner === undefined || deviceSigner === undefined) throw new Error('no identities')
		const ledger = join(directory, 'ledger')
		await mkdir(join(ledger, 'devices'), { recursive: true })
		const known = await readFile(join(device.directory, 'public.pem'))
		await writeFile(join(ledger, 'devices', `${device.id}.pem`), known)
		const journal = new JournalMaker(join(directory, 'journal'), deviceSigner)
		await journal.boot()
		await journal.acta(null, [someBytes(200_000, 1)])
		const central = new Central({
			...{
				directory: ledger,
				signer: centreSigner,
				broker: brokerFor(centre, url),
			},
			...{ clock: systemClock, random: Math.random, log: () => {}, failed: () => {} },
		})
		const heard: UplinkEvent[] = []
		const uplink = new Uplink({
			...{ journal: journal.directory, directory: join(directory, 'uplink'), broker: brokerFor(device, url) },
			centres: onlyCentre({ id: centre.id, publicKey: centreSigner.publicKey }),
			...{ pollMs: 50, software: 'test', clock: systemClock, random: Math.random },
			log: (event) => heard.push(event),
		})
		gotten(await central.start())
		await uplink.start()
		try {
			await vi.waitUntil(() => uplink.complete === 2, { timeout: 100_000, interval: 50 })
			expect(uplink.received).toBe(2)
			expect(heard.map(({ event }) => event)).toContain('connected')
		} finally {
			await uplink.stop()
			await central.stop()
		}
	})

	test('keys and lists are for the broker alone', async () => {
		for (const name of ['tls-key.pem', 'crl.pem', 'acl']) {
			expect((await stat(join(directory, 'place', name))).mode & 0o077).toBe(0)
		}
	})

	test('set-up-broker refuses with one line, and changes nothing', async () => {
		const identity = ['--identity', join(directory, 'broker'), '--centre', centre.id]
		const crl = await campaign.revocationList()
		const before = await readFile(join(directory, 'place', 'crl.pem'), 'utf8')
		const foreign = await Campaign.make(await temporaryFolder(), { at: Date.now() })
		const foreignList = await foreign.revocationList()
		execFileSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${crl}.key`])
		const swapped = join(directory, 'swapped')
		await mkdir(swapped)
		for (const [name, from] of [
			['root.pem', join(directory, 'broker', 'root.pem')],
			['tls.pem', join(directory, 'broker', 'tls.pem')],
			['tls-key.pem', `${crl}.key`],
		] as const) {
			await writeFile(join(swapped, name), await readFile(from))
		}
		const cases: readonly [number, RegExp, readonly string[]][] = [
			[2, /--crl is missing/, identity],
			[
				2,
				/--centre k-aaaaaaaaaa: not a centre's id/,
				['--identity', swapped, '--centre', 'k-aaaaaaaaaa', '--crl', crl],
			],
			[2, /--nonsense: no such option/, ['--nonsense']],
			[2, /--to, --conf and --unit/, [...identity, '--crl', crl, '--to', '/tmp/a|b']],
			[1, /not the certificate of/, ['--identity', swapped, '--centre', centre.id, '--crl', crl]],
			[1, /no server's certificate/, ['--identity', device.directory, '--centre', centre.id, '--crl', crl]],
			[1, /no revocation list of this campaign/, [...place, '--crl', foreignList]],
			[1, /no revocation list of this campaign/, [...place, '--crl', join(directory, 'broker', 'root.pem')]],
			[1, /nowhere: not there/, [...place, '--crl', '/nowhere']],
			[2, /no broker is set up here/, ['--to', join(directory, 'nothing'), '--crl', crl]],
		]
		for (const [status, line, words] of cases) {
			const refused = run(...words)
			expect({ words, status: refused.status, err: refused.err }).toMatchObject({
				...{ words, status, err: expect.stringMatching(line) },
			})
			expect(refused.err.trimEnd()).not.toContain('\n')
		}
		expect(await readFile(join(directory, 'place', 'crl.pem'), 'utf8')).toBe(before)
	})
})
