/** Kiosk, uplink and centre as they ship, each a process, in a directory of their own. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeIdentity, type NewIdentity, type SignerRole } from '#src/enrolment/device-identity.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { RunningProcess, testigoCommand } from '../support/processes.ts'
import type { BrokerProcess } from './broker-process.ts'
import type { WrittenJournal } from './written-journal.ts'

export interface StationSettings {
	readonly env?: Readonly<Record<string, string>>
	/** A control group's directory, in which a process begins: what it takes is held against the group's limits. */
	readonly cgroup?: string
}

export class Stations {
	readonly inbox: string
	readonly #directory: string
	readonly #broker: BrokerProcess
	readonly #settings: StationSettings
	readonly #running: RunningProcess[] = []
	#centreId = ''

	/** `settings` are those of every process, but for the control group, which has the kiosk and its uplink. */
	constructor(directory: string, broker: BrokerProcess, settings: StationSettings = {}) {
		this.inbox = join(directory, 'inbox')
		this.#directory = directory
		this.#broker = broker
		this.#settings = settings
	}

	/** Makes the centre's identity, and makes known to it the devices of journals, or of a new kiosk. */
	async enrol(...journals: WrittenJournal[]): Promise<void> {
		this.#centreId = (await this.#makeIdentity('centre')).id
		const known = journals.map(({ device }) => ({ id: device.id, pem: publicKeyPem(device.publicKey) }))
		if (known.length === 0) {
			await mkdir(this.inbox)
			const { id, publicKeyPath } = await this.#makeIdentity('device')
			known.push({ id, pem: await readFile(publicKeyPath, 'utf8') })
		}
		const devices = this.#path('central', 'devices')
		await mkdir(devices, { recursive: true })
		for (const { id, pem } of known) await writeFile(join(devices, `${id}.pem`), pem)
	}

	/** Images are sealed to `custodians`, where there are any. */
	async startKiosk(custodians: readonly string[] = []): Promise<RunningProcess> {
		const settings = this.#path('settings.json')
		await writeFile(settings, JSON.stringify({ custodians }))
		return this.#start(
			'kiosk',
			...['--config', settings],
			...['--identity', this.#path('device'), '--journal', this.#path('journal')],
			...['--state', this.#path('kiosk.json'), '--uplink', this.#path('uplink'), '--inbox', this.inbox],
			...['--panel', 'none', '--glance', '0', '--unread', 'record', ...this.#pinnedCentre],
		)
	}

	/** Follows the kiosk's journal, or another. */
	startUplink(journal = this.#path('journal')): RunningProcess {
		return this.#start(
			'uplink',
			...['--journal', journal, '--directory', this.#path('uplink')],
			...[...this.#toBroker, ...this.#pinnedCentre],
		)
	}

	startCentral(): RunningProcess {
		return this.#start(
			'central',
			...['--identity', this.#path('centre'), '--directory', this.#path('central'), ...this.#toBroker],
		)
	}

	async stop(): Promise<void> {
		for (const process of this.#running.splice(0)) await process.stop()
	}

	get #toBroker(): string[] {
		return ['--broker', this.#broker.url, '--protocol', this.#broker.protocol]
	}

	get #pinnedCentre(): string[] {
		return ['--centre-id', this.#centreId, '--centre-key', this.#path('centre', 'public.pem')]
	}

	#start(...words: string[]): RunningProcess {
		const { cgroup, ...settings } = this.#settings
		const into = ['sh', '-c', 'echo $$ >"$0/cgroup.procs" && exec "$@"', cgroup ?? '']
		const grouped = cgroup !== undefined && words[0] !== 'central'
		const process = new RunningProcess([...(grouped ? into : []), ...testigoCommand(...words)], settings)
		this.#running.push(process)
		return process
	}

	async #makeIdentity(role: SignerRole): Promise<NewIdentity> {
		const made = await makeIdentity(this.#path(role), role, randomBytes)
		if (!made.ok) throw new Error(made.fault.detail)
		return made.value
	}

	#path(...names: string[]): string {
		return join(this.#directory, ...names)
	}
}
