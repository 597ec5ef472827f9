/**
 * `testigo kiosk` as a process whose whole storage can be looked through: journal, state, log, home and folder
 * for temporary files lie on one disk; its keys are given as systemd gives credentials, in memory, and the
 * scanner saves into memory too, as production demands.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RunningProcess, testigo } from '../../support/processes.ts'

export interface SeizedSettings {
	/** The disk. */
	readonly storage: string
	/** In memory, or what stands for it: keys and the scanner's folder. */
	readonly memory: string
	/** Nobody: the control, in which everything is kept as it comes, and the key lies on the disk. */
	readonly custodian: string | null
}

export class SeizedKiosk {
	readonly #settings: SeizedSettings
	#process: RunningProcess | undefined

	constructor(settings: SeizedSettings) {
		this.#settings = settings
	}

	get journal(): string {
		return join(this.#settings.storage, 'journal')
	}

	/** Where its signing key is. */
	get identity(): string {
		const { custodian, memory, storage } = this.#settings
		return join(custodian === null ? storage : memory, 'identity')
	}

	async start(): Promise<void> {
		const { storage, memory, custodian } = this.#settings
		const inbox = join(memory, 'inbox')
		for (const folder of [inbox, join(storage, 'tmp'), join(storage, 'home')]) mkdirSync(folder)
		const enrolled = await testigo('enrol', 'request', '--dir', this.identity)
		if (enrolled.status !== 0) throw new Error(enrolled.err)
		const config = join(storage, 'kiosk.config.json')
		const settings = {
			...{ production: custodian !== null, custodians: custodian === null ? [] : [custodian] },
			...{ journal: this.journal, identity: this.identity, uplink: join(storage, 'uplink') },
			state: join(storage, 'kiosk.json'),
			camera: { kind: 'folder', directory: inbox, settle: 50 },
			disk: { room: 1 << 20, inodes: 8, reserve: 1 << 20 },
			...{ panel: 'none', button: 'none', glance: 0 },
		}
		writeFileSync(config, JSON.stringify(settings))
		const kiosk = RunningProcess.testigo(['kiosk', '--config', config], {
			log: join(storage, 'kiosk.log'),
			cwd: join(storage, 'home'),
			env: { TMPDIR: join(storage, 'tmp'), HOME: join(storage, 'home') },
		})
		this.#process = kiosk
		await kiosk.until(() => kiosk.count('started') === 1)
	}

	/** Saves a picture as a scanner does, under a person's name; resolves when it is recorded. */
	async scan(picture: Uint8Array, name: string): Promise<void> {
		const kiosk = this.#process
		if (kiosk === undefined) throw new Error('not started')
		const inbox = join(this.#settings.memory, 'inbox')
		const before = kiosk.count('recorded')
		writeFileSync(join(inbox, '.coming'), picture)
		renameSync(join(inbox, '.coming'), join(inbox, `${name}.jpg`))
		await kiosk.until(() => kiosk.count('recorded') > before, 120_000)
	}

	async stop(): Promise<void> {
		await this.#process?.stop()
	}
}
