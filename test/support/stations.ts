/** Kiosk, uplink, centre and mosquitto as four processes that can be killed and started again. */
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Identity, publicKeyPem } from '#src/evidence/identity.js'
import { actaText, qrPicture } from '../reading/qr-picture.ts'
import { freePort, Mosquitto } from './mosquitto.ts'
import { RunningProcess, testigo, testigoCommand } from './processes.ts'

export type Name = 'kiosk' | 'uplink' | 'central' | 'mosquitto'
export const names: readonly Name[] = ['kiosk', 'uplink', 'central', 'mosquitto']

export interface StationSettings {
	/** One that runs already; without it a mosquitto of their own. Their processes are heard, and keep no log. */
	readonly broker?: { readonly url: string; readonly protocol: string }
	/** What the uplink follows, where it is not the kiosk's. */
	readonly journal?: string
	/** More words for the kiosk. */
	readonly kiosk?: readonly string[]
	readonly env?: Readonly<Record<string, string>>
	/** A control group's directory, in which kiosk and uplink begin: what they take is held against its limits. */
	readonly cgroup?: string
}

/** Starts the way a technician and a centre would: identities by command, keys carried over by hand. */
export class Stations {
	readonly directory: string
	readonly inbox: string
	readonly journal: string
	readonly ledger: string
	readonly uplink: string
	readonly #settings: StationSettings
	#mosquitto: Mosquitto | undefined
	#centreId = ''
	readonly #running = new Map<Name, RunningProcess>()

	constructor(directory: string, settings: StationSettings = {}) {
		this.directory = directory
		this.inbox = join(directory, 'inbox')
		this.journal = settings.journal ?? join(directory, 'journal')
		this.ledger = join(directory, 'central')
		this.uplink = join(directory, 'uplink')
		this.#settings = settings
	}

	/** `flags`: more words for the device's enrolment. */
	async enrol(...flags: readonly string[]): Promise<void> {
		await this.enrolCentre()
		mkdirSync(this.inbox)
		const device = await testigo('enrol', 'request', '--dir', join(this.directory, 'device'), ...flags)
		const [deviceId = '', deviceKey = ''] = device.out.trim().split('\n')
		copyFileSync(deviceKey, join(this.ledger, 'devices', `${deviceId}.pem`))
		if (this.#settings.broker === undefined) this.#mosquitto = new Mosquitto(await freePort())
	}

	/** The centre alone, which knows these devices. */
	async enrolCentre(...devices: readonly Identity[]): Promise<void> {
		mkdirSync(join(this.ledger, 'devices'), { recursive: true })
		const centre = await testigo('enrol', 'centre', '--dir', join(this.directory, 'centre'))
		this.#centreId = centre.out.split('\n')[0] ?? ''
		for (const { id, publicKey } of devices) {
			writeFileSync(join(this.ledger, 'devices', `${id}.pem`), publicKeyPem(publicKey))
		}
	}

	/** `under`: a program that runs the process in its own place, such as `unshare --net`. */
	async start(name: Name, under: readonly string[] = []): Promise<void> {
		if (name === 'mosquitto') return await this.#mosquitto?.up()
		const { cgroup, broker, env, kiosk = [] } = this.#settings
		const into = ['sh', '-c', 'echo $$ >"$0/cgroup.procs" && exec "$@"', cgroup ?? '']
		const grouped = cgroup !== undefined && name !== 'central'
		const pinned = [
			'--centre-id',
			this.#centreId,
			'--centre-key',
			join(this.directory, 'centre', 'public.pem'),
		]
		const url = ['--broker', broker?.url ?? this.#mosquitto?.url ?? '']
		const protocol = broker === undefined ? [] : ['--protocol', broker.protocol]
		const words = {
			kiosk: [
				...['--identity', join(this.directory, 'device'), '--journal', this.journal],
				...['--state', join(this.directory, 'kiosk.json'), '--uplink', this.uplink],
				...['--inbox', this.inbox, '--panel', 'none', '--glance', '0', ...pinned, ...kiosk],
			],
			uplink: ['--journal', this.journal, '--directory', this.uplink, ...url, ...protocol, ...pinned],
			central: [
				...['--identity', join(this.directory, 'centre'), '--directory', this.ledger, ...url, ...protocol],
			],
		}[name]
		const command = [...(grouped ? into : []), ...under, ...testigoCommand(name, ...words)]
		const log = broker === undefined ? { log: join(this.directory, `${name}.log`) } : {}
		this.#running.set(name, new RunningProcess(command, { ...log, env: env ?? {} }))
	}

	/** Starts it and gives its process, which is heard. */
	async startHeard(name: Exclude<Name, 'mosquitto'>, until: string): Promise<RunningProcess> {
		await this.start(name)
		const running = this.process(name)
		await running.heard(({ event }) => event === until)
		return running
	}

	process(name: Name): RunningProcess {
		const running = this.#running.get(name)
		if (running === undefined) throw new Error(`${name} was not started`)
		return running
	}

	/** Lays a paper before the kiosk, as a scanner saves it. */
	lay(name: string, picture: Uint8Array): void {
		writeFileSync(join(this.inbox, '.coming'), picture)
		renameSync(join(this.inbox, '.coming'), join(this.inbox, `${name}.png`))
	}

	/** The actas of so many tables, one after another. */
	async layActas(count: number): Promise<void> {
		for (let table = 1; table <= count; table++) {
			this.lay(`0${table}`, await qrPicture(actaText.replace('121202007.01', `121202007.0${table}`)))
		}
	}

	/** The id of a running process. */
	pid(name: Name): number {
		return this.process(name).pid
	}

	async kill(name: Name): Promise<void> {
		if (name === 'mosquitto') return await this.#mosquitto?.down()
		const running = this.#running.get(name)
		if (running?.ended !== false) throw new Error(`${name} is not running: ${this.log(name).slice(-2000)}`)
		await running.stop('SIGKILL')
		this.#running.delete(name)
	}

	/** Everything that a process has said, over all its lives. */
	log(name: Name): string {
		return readFileSync(join(this.directory, `${name}.log`), 'utf8')
	}

	async stop(): Promise<void> {
		for (const running of this.#running.values()) await running.stop()
		this.#running.clear()
		await this.#mosquitto?.clear()
	}
}
