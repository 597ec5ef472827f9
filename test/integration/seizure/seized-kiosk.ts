/**
 * `testigo kiosk` as a process whose whole storage can be looked through: journal, state, log, home and folder
 * for temporary files lie on one disk; its keys are given as systemd gives credentials, in memory, and the
 * scanner saves into memory too, as production demands.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { testigo } from '../../support/testigo.ts'

const program = fileURLToPath(new URL('../../../dist/cli/testigo.js', import.meta.url))

/** Looks, 20 ms or more apart, before a kiosk counts as stuck. */
const patience = 6_000

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
	#child: ChildProcess | undefined

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
		const log = openSync(this.#log, 'a')
		this.#child = spawn(process.execPath, [program, 'kiosk', '--config', config], {
			stdio: ['ignore', log, log],
			cwd: join(storage, 'home'),
			env: { ...process.env, TMPDIR: join(storage, 'tmp'), HOME: join(storage, 'home') },
		})
		closeSync(log)
		await this.#until(() => this.#count('started') === 1)
	}

	/** Saves a picture as a scanner does, under a person's name; resolves when it is recorded. */
	async scan(picture: Uint8Array, name: string): Promise<void> {
		const inbox = join(this.#settings.memory, 'inbox')
		const before = this.#count('recorded')
		writeFileSync(join(inbox, '.coming'), picture)
		renameSync(join(inbox, '.coming'), join(inbox, `${name}.jpg`))
		await this.#until(() => this.#count('recorded') > before)
	}

	async stop(): Promise<void> {
		const child = this.#child
		if (child === undefined || this.#ended) return
		child.kill('SIGTERM')
		await once(child, 'exit')
	}

	get #log(): string {
		return join(this.#settings.storage, 'kiosk.log')
	}

	get #ended(): boolean {
		return this.#child?.exitCode !== null || this.#child.signalCode !== null
	}

	#count(event: string): number {
		return readFileSync(this.#log, 'utf8').split(`"event":"${event}"`).length - 1
	}

	async #until(condition: () => boolean): Promise<void> {
		for (let tries = 0; tries < patience && !this.#ended; tries++) {
			if (condition()) return
			await after(20)
		}
		if (condition()) return
		throw new Error(
			`${this.#ended ? 'the kiosk ended' : 'not seen in time'}: ${readFileSync(this.#log, 'utf8')}`,
		)
	}
}
