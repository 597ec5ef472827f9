/**
 * From a bare Debian to a kiosk beside its centre, with a campaign's certificates: the commands of
 * provisioning/guides, in their order, but for those that find and mount the stick.
 */
import { appendFile, writeFile } from 'node:fs/promises'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { formatRegister } from '#src/acta/register/canonical.js'
import { someCustodian } from '../../support/custodian.ts'
import type { Laptop } from './laptop.ts'
import type { Machine } from './machine.ts'
import { devices } from './stand-ins.ts'
import { compares } from './terminal.ts'

/** Where the technician's stick is mounted. */
export const stick = '/media/stick'

/** What the technician has on paper: the words of the campaign's root, and the letters of the stick's key. */
export interface Paper {
	readonly rootWords: string
	readonly letters: string
}

/** Who types at the machine, and how much. */
class Typist {
	readonly #machine: Machine
	commands = 0

	constructor(machine: Machine) {
		this.#machine = machine
	}

	/** Gives the lines it printed. */
	async type(...words: string[]): Promise<string[]> {
		this.commands++
		return (await this.#machine.run(...words)).split('\n')
	}

	async compares(seenElsewhere: string, ...words: string[]): Promise<void> {
		this.commands++
		await compares(seenElsewhere, this.#machine.words(...words))
	}
}

/** What the technician brings, before anything is typed at the machine. */
export async function prepare(machine: Machine): Promise<void> {
	// The names of the campaign's machines, which a network would say.
	await appendFile(machine.path('/etc/hosts'), '127.0.0.1 broker.example\n')
	for (const [name, value] of Object.entries(settings)) {
		await writeFile(machine.path(`${stick}/${name}.json`), JSON.stringify(value))
	}
}

/** provisioning/guides/centre.md, parts 1 to 3, with the broker on the same machine. Gives how many commands it took. */
export async function setUpCentre(machine: Machine, laptop: Laptop, paper: Paper): Promise<number> {
	const centre = new Typist(machine)
	const { rootWords } = paper
	await install(centre, paper, 'centre')
	const id = await enrol(centre, laptop, rootWords, ['centre'], '/etc/testigo/centre')
	await enrol(centre, laptop, rootWords, ['broker', '--name', 'broker.example'], '/etc/testigo/broker')
	await laptop.revocationList()
	const broker = ['--identity', '/etc/testigo/broker', '--centre', id, '--crl', `${stick}/crl.pem`]
	await centre.type('/usr/share/testigo/broker/set-up-broker', ...broker)
	await centre.type('install', '-m', '644', `${stick}/central.json`, '/etc/testigo')
	const whose = ['-o', 'testigo-central', '-g', 'testigo-centre']
	await centre.type('install', '-d', ...whose, '-m', '750', ledger, `${ledger}/devices`)
	await laptop.registry()
	await centre.type('install', '-m', '644', `${stick}/authority.pem`, `${ledger}/`)
	await takeRegistry(centre)
	await centre.type('systemctl', 'start', 'testigo-central', 'testigo-board')
	return centre.commands
}

/** provisioning/guides/technician.md, parts 3 and 4; and the centre is brought the registry. As `setUpCentre`. */
export async function setUpKiosk(machine: Machine, laptop: Laptop, paper: Paper): Promise<number> {
	const kiosk = new Typist(machine)
	await install(kiosk, paper, 'kiosk')
	await enrol(kiosk, laptop, paper.rootWords, ['request'], identity)
	await laptop.registry()
	await takeRegistry(kiosk)
	const files = ['kiosk', 'uplink'].map((name) => `${stick}/${name}.json`)
	await kiosk.type('install', '-m', '644', ...files, '/etc/testigo')
	await kiosk.type('swapon', '--show')
	await kiosk.type('testigo', 'doctor')
	await kiosk.type('systemctl', 'start', 'testigo.target')
	return kiosk.commands
}

/**
 * provisioning/guides/centre.md, part 10: of a rehearsal in which all is ripe at once.
 */
export async function setUpLog(machine: Machine, laptop: Laptop): Promise<void> {
	const at = new Typist(machine)
	const whose = ['-o', 'testigo-publish', '-g', 'testigo-centre']
	await at.type('install', '-d', ...whose, '-m', '755', '/var/lib/testigo/log')
	const [vkey = ''] = await at.type(
		...['testigo', 'enrol', 'log', '--dir', '/var/lib/testigo/log', '--origin', 'log.example/boot'],
	)
	await writeFile(machine.path(`${stick}/election.json`), JSON.stringify(presidential2024))
	await writeFile(machine.path(`${stick}/register.csv`), formatRegister([someTable]))
	await laptop.campaign(vkey)
	const own = ['-o', 'testigo-central', '-g', 'testigo-centre', '-m', '640']
	const files = ['campaign.jws', 'election.json', 'register.csv'].map((name) => `${stick}/${name}`)
	await at.type('install', ...own, ...files, `${ledger}/`)
	await takeRegistry(at)
	await at.type('install', '-m', '644', `${stick}/publish.json`, '/etc/testigo')
}

/** A copy is looked at, by a tool of the system, and run: never what the stick gives at another reading. */
async function install(at: Typist, { letters }: Paper, role: 'centre' | 'kiosk'): Promise<void> {
	await at.type('install', '-m', '600', `${stick}/install.sh`, '/root')
	await at.type('sha256sum', '/root/install.sh')
	await at.type('sh', '/root/install.sh', role, '--from', stick, '--key', letters)
}

async function enrol(
	at: Typist,
	laptop: Laptop,
	rootWords: string,
	role: readonly string[],
	directory: string,
): Promise<string> {
	const lines = await at.type('testigo', 'enrol', ...role, '--dir', directory)
	await at.type('cp', `${directory}/request.txt`, `${stick}/`)
	await laptop.sign(lines.at(-1) ?? '')
	await at.compares(rootWords, 'testigo', 'enrol', 'install', `${stick}/response.jws`, '--dir', directory)
	return lines[0] ?? ''
}

async function takeRegistry(centre: Typist): Promise<void> {
	const words = [`${stick}/registry.jws`, `${stick}/centres.jws`]
	await centre.type('install', '-m', '644', ...words, `${ledger}/devices/`)
}

const ledger = '/var/lib/testigo/central'
const identity = '/etc/testigo/identity'
const centre = { root: `${identity}/root.pem`, publicKey: `${identity}/centre.pem` }
const brokerBy = (directory: string) => ({
	...{ url: 'mqtts://broker.example:8883', ca: `${directory}/root.pem` },
	...{ certificate: `${directory}/tls.pem`, key: `${directory}/tls-key.pem` },
})

/** What a kiosk has in common with every other, whatever takes its pictures. */
const kiosk = { production: true, custodians: [someCustodian], centre, glance: 0, panel: devices.panel }

/** What the papers say belongs to other tables, which are then unlisted. */
const someTable = {
	...{ table: '990101001.01', centro: '990101001', mesa: '01', electors: 100, centroName: '' },
	...{ state: 'ESTADO', municipality: 'MUNICIPIO', parish: 'PARROQUIA' },
}

const settings = {
	kiosk: { ...kiosk, camera: devices.camera, tray: devices.tray },
	/** A document scanner in place of cameras: the same machine, and neither camera nor tray is named. */
	scanner: kiosk,
	uplink: { production: true, centre, broker: brokerBy(identity) },
	central: { production: true, broker: brokerBy('/etc/testigo/centre') },
	publish: {
		ripeness: { afterHours: 0, leastEntries: 1, leastDevices: 1, overdueHours: 0 },
		...{ everySeconds: 2, torrent: {} },
	},
}
