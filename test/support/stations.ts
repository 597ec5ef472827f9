/** Kiosk, uplink, centre and mosquitto as four processes that can be killed and started again. */
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { actaText, qrPicture } from '../reading/qr-picture.ts'
import { freePort, Mosquitto } from './mosquitto.ts'
import { RunningProcess, testigo, testigoCommand } from './processes.ts'

export type Name = 'kiosk' | 'uplink' | 'central' | 'mosquitto'
export const names: readonly Name[] = ['kiosk', 'uplink', 'central', 'mosquitto']

/** Starts the way a technician and a centre would: identities by command, keys carried over by hand. */
export class Stations {
	readonly directory: string
	readonly inbox: string
	readonly journal: string
	readonly ledger: string
	readonly uplink: string
	#mosquitto: Mosquitto | undefined
	#centreId = ''
	readonly #running = new Map<Name, RunningProcess>()

	constructor(directory: string) {
		this.directory = directory
		this.inbox = join(directory, 'inbox')
		this.journal = join(directory, 'journal')
		this.ledger = join(directory, 'central')
		this.uplink = join(directory, 'uplink')
	}

	/** `flags`: more words for the device's enrolment. */
	async enrol(...flags: readonly string[]): Promise<void> {
		mkdirSync(this.inbox)
		mkdirSync(join(this.ledger, 'devices'), { recursive: true })
		const device = await testigo('enrol', 'request', '--dir', join(this.directory, 'device'), ...flags)
		const centre = await testigo('enrol', 'centre', '--dir', join(this.directory, 'centre'))
		const [deviceId = '', deviceKey = ''] = device.out.trim().split('\n')
		this.#centreId = centre.out.split('\n')[0] ?? ''
		copyFileSync(deviceKey, join(this.ledger, 'devices', `${deviceId}.pem`))
		this.#mosquitto = new Mosquitto(await freePort())
	}

	/** `under`: a program that runs the process in its own place, such as `unshare --net`. */
	async start(name: Name, under: readonly string[] = []): Promise<void> {
		const url = this.#mosquitto?.url ?? ''
		const centre = [
			'--centre-id',
			this.#centreId,
			'--centre-key',
			join(this.directory, 'centre', 'public.pem'),
		]
		switch (name) {
			case 'mosquitto':
				await this.#mosquitto?.up()
				return
			case 'kiosk':
				return this.#spawn(name, under, [
					...['--identity', join(this.directory, 'device'), '--journal', this.journal],
					...['--state', join(this.directory, 'kiosk.json'), '--uplink', this.uplink],
					...['--inbox', this.inbox, '--panel', 'none', '--glance', '0', ...centre],
				])
			case 'uplink':
				return this.#spawn(name, under, [
					...['--journal', this.journal, '--directory', this.uplink, '--broker', url, ...centre],
				])
			case 'central':
				return this.#spawn(name, under, [
					...['--identity', join(this.directory, 'centre'), '--directory', this.ledger, '--broker', url],
				])
		}
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
		const pid = this.#running.get(name)?.pid
		if (pid === undefined) throw new Error(`${name} was not started`)
		return pid
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

	#spawn(name: Exclude<Name, 'mosquitto'>, under: readonly string[], words: readonly string[]): void {
		const command = [...under, ...testigoCommand(name, ...words)]
		this.#running.set(name, new RunningProcess(command, { log: join(this.directory, `${name}.log`) }))
	}
}
