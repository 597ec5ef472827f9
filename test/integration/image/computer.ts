/** A computer of its own that runs an image: qemu, by emulation. Its power can be cut, its sticks pulled. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { execute } from '../../support/processes.ts'
import { until } from '../../support/until.ts'
import { quoted } from '../boot/terminal.ts'
import { agentPort, displayFile, shared, sharedTag } from './overlay.ts'

/** Emulation is slow, and slower on a machine with other work. */
const timeoutMs = 900_000

export const firmware = '/usr/share/ovmf/OVMF.fd'

interface Answer {
	readonly status: number
	readonly text: string
}

export class Computer {
	readonly #directory: string
	readonly #disk: string
	readonly #stick: string
	readonly #accelerator: string
	#qemu: ChildProcess | undefined
	#said = ''
	#agent: Socket | undefined
	#monitor: Socket | undefined
	#asked = 0
	#starts = 0
	readonly #answers = new Map<number, (answer: Answer) => void>()
	/** Names of what happened to it since it was switched on, as qemu calls them. */
	readonly events: string[] = []

	/** `disk` and `stick` are raw images; `directory` is empty and has the folder that both share. */
	constructor(directory: string, disk: string, stick: string, accelerator: string) {
		this.#directory = directory
		this.#disk = disk
		this.#stick = stick
		this.#accelerator = accelerator
	}

	/** Resolves when its agent speaks. Its clock begins at 1970, as that of a machine without a battery. */
	async switchOn(plugged: 'stick plugged' | 'no stick'): Promise<void> {
		const at = (name: string) => join(this.#directory, name)
		for (const name of ['agent', 'monitor']) await rm(at(name), { force: true })
		await mkdir(at('shared'), { recursive: true, mode: 0o777 })
		await writeFile(this.#display, '')
		const stick = ['-blockdev', `driver=file,node-name=stick,read-only=on,filename=${this.#stick}`]
		const words = [
			...['-accel', this.#accelerator, '-cpu', 'max', '-smp', '2', '-m', '1024', '-bios', firmware],
			...['-display', 'none', '-nodefaults', '-rtc', 'base=1970-01-01T00:00:00'],
			...['-serial', `file:${at('console')}`, '-serial', 'chardev:display'],
			...['-chardev', `file,id=display,append=on,path=${this.#display}`],
			...['-qmp', `unix:${at('monitor')},server=on,wait=off`],
			...['-drive', `file=${this.#disk},format=raw,if=virtio,cache=writeback`],
			...['-device', 'i6300esb', '-action', 'watchdog=reset'],
			...['-netdev', 'user,id=net,restrict=on', '-device', 'virtio-net-pci,netdev=net'],
			...['-device', 'virtio-serial', '-chardev', `socket,id=agent,path=${at('agent')},server=on,wait=off`],
			...['-device', `virtserialport,chardev=agent,name=${agentPort}`],
			...['-virtfs', `local,path=${at('shared')},mount_tag=${sharedTag},security_model=passthrough`],
			...['-device', 'qemu-xhci', ...stick],
			...(plugged === 'stick plugged' ? ['-device', 'usb-storage,id=plugged,drive=stick'] : []),
		]
		this.events.length = 0
		this.#said = ''
		this.#qemu = spawn('qemu-system-x86_64', words, { stdio: ['ignore', 'ignore', 'pipe'] })
		this.#qemu.stderr?.on('data', (bytes: Buffer) => {
			this.#said += bytes.toString()
		})
		const starts = this.#starts
		this.#monitor = await this.#reach(at('monitor'))
		createInterface(this.#monitor).on('line', (line) => {
			const { event } = JSON.parse(line) as { event?: string }
			if (event !== undefined) this.events.push(event)
		})
		this.#monitor.write('{"execute":"qmp_capabilities"}\n')
		this.#agent = await this.#reach(at('agent'))
		createInterface(this.#agent).on('line', (line) => this.#hear(line))
		await this.#until('the agent', () => this.#starts > starts)
	}

	/** Runs what breaks it off, and resolves when it has started again by itself. */
	async untilStartedAgain(breakOff: string): Promise<void> {
		const starts = this.#starts
		this.#ask(breakOff)
		await this.#until('the watchdog', () => this.events.includes('WATCHDOG'))
		// What a display shows that nobody drew in this life does not count.
		await truncate(this.#display)
		await this.#until('another start', () => this.#starts > starts)
	}

	/** A file of the folder that it has in its memory's place, as this machine reaches it. */
	path(path: string): string {
		return path.replace(shared, join(this.#directory, 'shared'))
	}

	/** Gives what a command printed, also of errors; rejects where it ends with another status than 0. */
	async run(...words: string[]): Promise<string> {
		const { status, text } = await this.tryToRun(...words)
		if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${text}`)
		return text
	}

	async tryToRun(...words: string[]): Promise<Answer> {
		const id = this.#ask(words.map(quoted).join(' '))
		return await new Promise((resolve, reject) => {
			const late = setTimeout(() => reject(new Error(`no answer to ${words.join(' ')}`)), timeoutMs)
			this.#answers.set(id, (answer) => {
				clearTimeout(late)
				resolve(answer)
			})
		})
	}

	/** Tries until the command ends with 0. */
	async until(...words: string[]): Promise<string> {
		let answer: Answer = { status: -1, text: '' }
		const succeeds = async () => {
			answer = await this.tryToRun(...words)
			return answer.status === 0
		}
		const explain = () => `${words.join(' ')}: ${answer.text}`
		await until(succeeds, { timeoutMs, everyMs: 500, explain })
		return answer.text
	}

	plugStick(): void {
		const device = { driver: 'usb-storage', id: 'plugged', drive: 'stick' }
		this.#monitor?.write(`${JSON.stringify({ execute: 'device_add', arguments: device })}\n`)
	}

	/** The power goes: what had not reached the disk never will. */
	async cut(): Promise<void> {
		const qemu = this.#qemu
		this.#qemu = undefined
		if (qemu === undefined || qemu.exitCode !== null || qemu.signalCode !== null) return
		const ended = once(qemu, 'exit')
		qemu.kill('SIGKILL')
		await ended
		this.#agent?.destroy()
		this.#monitor?.destroy()
	}

	/** Shuts it down as a person would. */
	async switchOff(): Promise<void> {
		this.#ask('systemctl poweroff')
		await this.#until('its end', () => this.#qemu?.exitCode !== null, 'may end')
	}

	/** What stood on its console. */
	async console(): Promise<string> {
		const { stdout } = await execute('tail', ['-n', '60', join(this.#directory, 'console')])
		return `${stdout}${this.#said}`
	}

	get #display(): string {
		return join(this.#directory, 'shared', displayFile)
	}

	#ask(command: string): number {
		const id = ++this.#asked
		this.#agent?.write(`${id} ${Buffer.from(command).toString('base64')}\n`)
		return id
	}

	#hear(line: string): void {
		if (line === 'started') this.#starts++
		const [, id, status, text = ''] = /^(\d+) (\d+) (\S*)$/.exec(line) ?? []
		if (id === undefined) return
		this.#answers.get(Number(id))?.({
			status: Number(status),
			text: Buffer.from(text, 'base64').toString().trim(),
		})
		this.#answers.delete(Number(id))
	}

	async #reach(path: string): Promise<Socket> {
		let socket: Socket | undefined
		await this.#until(path, async () => {
			const tried = connect(path)
			const reached = await Promise.race([
				once(tried, 'connect').then(() => true),
				once(tried, 'error').then(() => false),
			]).catch(() => false)
			if (reached) socket = tried
			return reached
		})
		if (socket === undefined) throw new Error(`${path} was not reached`)
		// A machine whose power is cut says no more.
		socket.on('error', () => {})
		return socket
	}

	async #until(
		what: string,
		isSo: () => boolean | Promise<boolean>,
		end: 'must run' | 'may end' = 'must run',
	): Promise<void> {
		await until(isSo, {
			...{ timeoutMs, everyMs: 100, inVain: () => end === 'must run' && this.#qemu?.exitCode !== null },
			explain: () => `${what} of qemu: ${this.#said.trim()}`,
		})
	}
}
