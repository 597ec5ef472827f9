/**
 * Kiosk, uplink and centre tell whoever runs them that they are ready, that they work, and that they end: by
 * systemd's own program, to a datagram socket of Python's. `test/platform/process/supervision.test.ts` has what is said
 * when they don't work.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { whatIsMissing } from '../support/installed.ts'
import { Mount, withoutMounts } from '../support/mounts.ts'
import { RunningProcess, testigo } from '../support/processes.ts'
import { withoutPython } from '../support/python.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const script = fileURLToPath(new URL('../support/service-manager.py', import.meta.url))

/** Nothing listens there: a broker that is not there is no fault of its health. */
const nowhere = 'mqtt://127.0.0.1:9'

/** A place where systemd would listen, and what was said there. */
class Listener {
	readonly heard: string[][] = []
	readonly #socket: string
	readonly #python: RunningProcess
	#isBound = false

	private constructor(socket: string) {
		this.#socket = socket
		const hear = (line: string) => {
			this.#isBound = true
			const message: unknown = JSON.parse(line)
			if (message !== null) this.heard.push(message as string[])
		}
		this.#python = new RunningProcess(['python3', script, socket], { hear })
	}

	static async start(directory: string): Promise<Listener> {
		const listener = new Listener(join(directory, 'notify'))
		onTestFinished(() => listener.#python.stop())
		await listener.#python.until(() => listener.#isBound)
		return listener
	}

	/** A process that is watched by two seconds of watchdog's time; it has been fed twice. */
	async fed(...words: readonly string[]): Promise<RunningProcess> {
		const env = { NOTIFY_SOCKET: this.#socket, WATCHDOG_USEC: '2000000' }
		const running = RunningProcess.testigo(words, { env })
		await running.until(() => this.heard.filter((message) => message.includes('WATCHDOG=1')).length >= 2)
		return running
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

const missing = await whatIsMissing({ 'systemd-notify': 'systemd' })
const reason = withoutPython ?? missing
const title = 'each process says that it is ready, feeds the watchdog, and says that it ends'

describe.skipIf(reason !== null)(reason === null ? title : `${title}: skipped, ${reason}`, () => {
	test.each(cases)('$name', { timeout: 180_000 }, async ({ name, standing, words }) => {
		const directory = await temporaryFolder()
		await testigo('enrol', 'request', '--dir', join(directory, 'device'))
		await testigo('enrol', 'centre', '--dir', join(directory, 'centre'))
		await mkdir(join(directory, 'inbox'))
		const listener = await Listener.start(directory)
		const running = await listener.fed(name, ...words(directory))
		await running.stop()
		expect(running.status).toBe(0)
		const { heard } = listener
		await until(() => heard.at(-1)?.includes('STOPPING=1') === true)
		expect(heard[0]).toEqual(['READY=1', expect.stringMatching(standing)])
		expect(heard).toContainEqual(['WATCHDOG=1', expect.stringMatching(standing)])
		expect(heard.at(-1)).toEqual(['STOPPING=1'])
	})

	const without = withoutMounts === null ? '' : `: ${withoutMounts}`
	test.skipIf(withoutMounts !== null)(
		`a kiosk whose disk takes nothing is ready, and says why it can't scan${without}`,
		{ timeout: 180_000 },
		async () => {
			const directory = await temporaryFolder()
			await testigo('enrol', 'request', '--dir', join(directory, 'device'))
			await mkdir(join(directory, 'inbox'))
			const disk = Mount.tmpfs(join(directory, 'journal'), 'ro,mode=755')
			onTestFinished(() => disk.clear())
			const listener = await Listener.start(directory)
			const kiosk = await listener.fed('kiosk', ...kioskWords(directory))
			await kiosk.stop('SIGKILL')
			const standing = expect.stringMatching(/^STATUS=can't scan: disk: /)
			expect(listener.heard[0]).toEqual(['READY=1', standing])
		},
	)
})
