/** A Debian that systemd boots in a container: no network but its own loopback, and a disk that can be cut. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import type { Mount } from '../../support/mounts.ts'
import { execute } from '../../support/processes.ts'
import { until } from '../../support/until.ts'

/** Generous: a machine ten times slower boots too. */
const timeoutMs = 240_000

/** Seconds since the machine beneath was started: the same clock in a container, and that of systemd's times. */
export function uptime(): number {
	return Number(process.hrtime.bigint()) / 1e9
}

export class Machine {
	readonly #disk: Mount
	#nspawn: ChildProcess | undefined
	#leader = 0
	/** What systemd-nspawn has said; it grumbles at each end of a machine that is cut. */
	#said = ''
	/** `uptime()` when its power was switched on. */
	began = 0

	/** The disk has a Debian in it, and is not mounted. */
	constructor(disk: Mount) {
		this.#disk = disk
	}

	/** Resolves when systemd says that the boot is over; that of services that failed too. */
	async boot(): Promise<void> {
		this.began = uptime()
		this.#disk.mount()
		const words = [
			...['--boot', '--quiet', `--directory=${this.#disk.path}`, '--machine=testigo-boot'],
			...['--keep-unit', '--register=no', '--private-network', '--link-journal=no', '--console=read-only'],
		]
		this.#nspawn = spawn('systemd-nspawn', words, {
			stdio: ['ignore', 'ignore', 'pipe'],
			env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
		})
		this.#said = ''
		this.#nspawn.stderr?.on('data', (bytes: Buffer) => {
			this.#said += bytes.toString()
		})
		await this.#until('a container', async () => {
			this.#leader = await this.#findLeader()
			return this.#leader > 0
		})
		await this.#until('the end of its boot', async () => {
			const state = await this.#try('systemctl', 'is-system-running')
			return state === 'running' || state === 'degraded'
		})
	}

	/** A path of the machine, as this one reaches it. */
	path(path: string): string {
		return join(`/proc/${this.#leader}/root`, path)
	}

	/** What runs a command in the machine. */
	words(...command: string[]): string[] {
		const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
		const around = ['--ignore-environment', '--chdir=/', `PATH=${path}`, 'LC_ALL=C.UTF-8']
		return ['nsenter', `--target=${this.#leader}`, '--all', 'env', ...around, ...command]
	}

	/** Runs a command in the machine and gives what it printed; rejects where it ends with another status than 0. */
	async run(...command: string[]): Promise<string> {
		const [program = '', ...words] = this.words(...command)
		const { stdout } = await execute(program, words).catch((error: Error & { stdout?: string }) => {
			error.message += error.stdout ?? ''
			throw error
		})
		return stdout.trim()
	}

	/** Settings of a unit, until the next boot. */
	async dropIn(unit: string, text: string): Promise<void> {
		const directory = this.path(`/run/systemd/system/${unit}.d`)
		await mkdir(directory, { recursive: true })
		await writeFile(join(directory, 'of-this-test.conf'), text)
	}

	/** `uptime()` at which the unit became active, in its life of now; null while it is not. */
	async activeSince(unit: string): Promise<number | null> {
		const wanted = ['--property=ActiveState', '--property=ActiveEnterTimestampMonotonic']
		const shown = await this.run('systemctl', 'show', unit, ...wanted)
		const micros = /^ActiveEnterTimestampMonotonic=([1-9]\d*)$/m.exec(shown)?.[1]
		return /^ActiveState=active$/m.test(shown) && micros !== undefined ? Number(micros) / 1e6 : null
	}

	/** Seconds from `since` until the unit became active. */
	async secondsUntilActive(unit: string, since: number): Promise<number> {
		let seconds = -1
		await this.#until(`${unit} active`, async () => {
			seconds = ((await this.activeSince(unit)) ?? 0) - since
			return seconds > 0
		})
		return Math.round(seconds * 10) / 10
	}

	/** Gives how many bytes the machine's file `shown` had when nothing reached its disk any more, as `Mount.cutPower`. */
	async cut(shown: string): Promise<number> {
		return await this.#disk.cutPower(this.path(shown))
	}

	/** What is left when its power is gone: the disk. */
	async kill(): Promise<void> {
		const nspawn = this.#nspawn
		if (nspawn === undefined) return
		this.#nspawn = undefined
		if (nspawn.exitCode === null && nspawn.signalCode === null) {
			const ended = once(nspawn, 'exit')
			if (this.#leader > 0) process.kill(this.#leader, 'SIGKILL')
			else nspawn.kill('SIGKILL')
			await ended
		}
		this.#leader = 0
		await this.#disk.unmount()
	}

	/** Shuts it down as a person would. */
	async stop(): Promise<void> {
		const nspawn = this.#nspawn
		if (nspawn === undefined) return
		const ended = once(nspawn, 'exit')
		await this.run('systemctl', 'poweroff')
		await Promise.race([ended, after(timeoutMs, undefined, { ref: false })])
		await this.kill()
	}

	async #try(...words: string[]): Promise<string> {
		return await this.run(...words).catch((error: { stdout?: string }) => (error.stdout ?? '').trim())
	}

	/** The first process of the container is the one whose parent is systemd-nspawn. */
	async #findLeader(): Promise<number> {
		for (const name of await readdir('/proc')) {
			if (!/^\d+$/.test(name)) continue
			const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '')
			const isChild = status.includes(`\nPPid:\t${this.#nspawn?.pid}\n`)
			if (isChild && /\nNSpid:\t\d+\t1\n/.test(status)) return Number(name)
		}
		return 0
	}

	async #until(what: string, condition: () => Promise<boolean>): Promise<void> {
		await until(condition, {
			...{ timeoutMs, everyMs: 100, inVain: () => this.#nspawn?.exitCode !== null },
			explain: () => `${what} in the container: ${this.#said.trim()}`,
		})
	}
}
