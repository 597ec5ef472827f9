/**
 * Kiosk, uplink and centre tell whoever runs them that they are ready, that they work, and that they end: by
 * systemd's own program, to a datagram socket of Python's. `test/platform/process/supervision.test.ts` has what is said
 * when they don't work.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { inDirectory } from '../support/in-directory.ts'
import { Mount, withoutMounts } from '../support/mounts.ts'
import { testigo } from '../support/processes.ts'
import { withoutPython } from '../support/python.ts'

const program = fileURLToPath(new URL('../../dist/cli/testigo.js', import.meta.url))
const listener = fileURLToPath(new URL('service-manager.py', import.meta.url))

function withoutSystemd(): string | null {
	try {
		execFileSync('systemd-notify', ['--version'], { stdio: 'pipe' })
		return null
	} catch {
		return 'skipped, no systemd-notify (apt install systemd)'
	}
}

/** Nothing listens there: a broker that is not there is no fault of its health. */
const nowhere = 'mqtt://127.0.0.1:9'
const wait = { timeout: 60_000, interval: 50 }

/** A place where systemd would listen, and what was said there. */
class Listener {
	readonly socket: string
	readonly heard: string[][] = []
	#python: ChildProcess | undefined

	constructor(socket: string) {
		this.socket = socket
	}

	async start(): Promise<void> {
		const python = spawn('python3', [listener, this.socket], { stdio: ['ignore', 'pipe', 'inherit'] })
		this.#python = python
		const lines = createInterface({ input: python.stdout })
		const bound = once(lines, 'line')
		lines.on('line', (line) => {
			const message: unknown = JSON.parse(line)
			if (message !== null) this.heard.push(message as string[])
		})
		await bound
	}

	/** A process that is watched by two seconds of watchdog's time. */
	spawn(...words: readonly string[]): ChildProcess {
		return spawn(process.execPath, words, {
			env: { ...process.env, NOTIFY_SOCKET: this.socket, WATCHDOG_USEC: '2000000' },
			stdio: 'ignore',
		})
	}

	/** Messages of `child` until its end; it is ended when it has been fed twice. */
	async follow(child: ChildProcess): Promise<string[][]> {
		const ended = once(child, 'exit')
		await vi.waitUntil(() => this.count('WATCHDOG=1') >= 2 || child.exitCode !== null, wait)
		child.kill('SIGTERM')
		expect(await ended).toEqual([0, null])
		await vi.waitUntil(() => this.count('STOPPING=1') > 0, wait)
		return this.heard
	}

	stop(): void {
		this.#python?.kill()
	}

	count(assignment: string): number {
		return this.heard.filter((message) => message.includes(assignment)).length
	}
}

interface Case {
	readonly name: string
	readonly standing: RegExp
	words(directory: string): readonly string[]
}

const kioskWords = (directory: string) => [
	...['--identity', join(directory, 'device'), '--journal', join(directory, 'journal')],
	...['--state', join(directory, 'kiosk.json'), '--uplink', join(directory, 'uplink')],
	...['--inbox', join(directory, 'inbox'), '--panel', 'none'],
]

const cases: readonly Case[] = [
	{
		name: 'kiosk',
		standing: /^STATUS=can scan; 0 recorded, 0 received, no-uplink$/,
		words: kioskWords,
	},
	{
		name: 'uplink',
		standing: /^STATUS=waits for the first entry; 0 of 0 entries received$/,
		words: (directory) => [
			...['--journal', join(directory, 'journal'), '--directory', join(directory, 'uplink')],
			...['--centre-id', 'c-aaaaaaaaaa', '--centre-key', join(directory, 'centre', 'public.pem')],
			...['--broker', nowhere],
		],
	},
	{
		name: 'central',
		standing: /^STATUS=not connected; 0 entries of 0 devices$/,
		words: (directory) => [
			...['--identity', join(directory, 'centre'), '--directory', join(directory, 'central')],
			...['--broker', nowhere],
		],
	},
]

const reason = withoutPython ?? withoutSystemd()
const title = 'each process says that it is ready, feeds the watchdog, and says that it ends'
describe.skipIf(reason !== null)(reason === null ? title : `${title}: ${reason}`, () => {
	test.each(cases)('$name', { timeout: 180_000 }, ({ name, standing, words }) =>
		inDirectory(async (directory) => {
			await testigo('enrol', 'request', '--dir', join(directory, 'device'))
			await testigo('enrol', 'centre', '--dir', join(directory, 'centre'))
			await mkdir(join(directory, 'inbox'))
			const listener = new Listener(join(directory, 'notify'))
			await listener.start()
			try {
				const said = await listener.follow(listener.spawn(program, name, ...words(directory)))
				expect(said[0]).toEqual(['READY=1', expect.stringMatching(standing)])
				expect(said).toContainEqual(['WATCHDOG=1', expect.stringMatching(standing)])
				expect(said.at(-1)).toEqual(['STOPPING=1'])
			} finally {
				listener.stop()
			}
		}),
	)

	test.skipIf(withoutMounts !== null)(
		`a kiosk whose disk takes nothing is ready, and says why it can't scan${withoutMounts === null ? '' : `: ${withoutMounts}`}`,
		{ timeout: 180_000 },
		() =>
			inDirectory(async (directory) => {
				await testigo('enrol', 'request', '--dir', join(directory, 'device'))
				await mkdir(join(directory, 'inbox'))
				const disk = Mount.tmpfs(join(directory, 'journal'), 'ro')
				const listener = new Listener(join(directory, 'notify'))
				await listener.start()
				const kiosk = listener.spawn(program, 'kiosk', ...kioskWords(directory))
				try {
					await vi.waitUntil(() => listener.count('WATCHDOG=1') >= 2, wait)
					expect(listener.heard[0]).toEqual(['READY=1', expect.stringMatching(/^STATUS=can't scan: disk: /)])
				} finally {
					kiosk.kill('SIGKILL')
					await once(kiosk, 'exit')
					listener.stop()
					disk.clear()
				}
			}),
	)
})
