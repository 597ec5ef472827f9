/** Chromium without a window, driven over a pipe by its DevTools protocol. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import * as z from 'zod'

const program = process.env['CHROMIUM'] ?? 'chromium'

function whyNot(): string | null {
	try {
		execFileSync(program, ['--version'], { stdio: 'pipe', timeout: 120_000 })
		return null
	} catch {
		return 'skipped, no chromium (apt install chromium, or CHROMIUM=/path/to/it)'
	}
}

/** Why tests that need it are skipped; null where it works. */
export const withoutChromium = whyNot()

const Message = z.object({
	id: z.number().optional(),
	method: z.string().optional(),
	params: z.record(z.string(), z.unknown()).optional(),
	result: z.record(z.string(), z.unknown()).optional(),
	error: z.object({ message: z.string() }).optional(),
})
type Message = z.infer<typeof Message>

const Evaluated = z.object({
	result: z.object({ value: z.unknown().optional() }),
	exceptionDetails: z.unknown().optional(),
})

interface Waiting {
	resolve(result: Record<string, unknown>): void
	reject(error: Error): void
}

/** One page in a browser of its own. */
export class ChromiumPage {
	/** Every address that the page asked for. */
	readonly requested: string[] = []
	readonly #profile: string
	readonly #child: ChildProcess
	readonly #commands: Writable
	readonly #waiting = new Map<number, Waiting>()
	#session: string | undefined
	#ended: Error | undefined
	#sent = 0

	private constructor(profile: string, child: ChildProcess, commands: Writable) {
		this.#profile = profile
		this.#child = child
		this.#commands = commands
	}

	/** `flags`: further ones for the browser. */
	static async open(address: string, flags: readonly string[] = []): Promise<ChromiumPage> {
		const profile = await mkdtemp(join(tmpdir(), 'testigo-chromium-'))
		const words = [
			'--headless=new',
			'--no-sandbox',
			'--disable-gpu',
			'--disable-dev-shm-usage',
			'--no-first-run',
		]
		const child = spawn(
			program,
			[...words, ...flags, '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'],
			{ stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
		)
		const [, , , commands, answers] = child.stdio
		if (!(commands instanceof Writable && answers instanceof Readable)) throw new Error('no pipes')
		const page = new ChromiumPage(profile, child, commands)
		child.once('exit', (status, signal) => page.#end(new Error(`chromium ended: ${signal ?? status}`)))
		child.once('error', (error) => page.#end(error))
		commands.on('error', (error) => page.#end(error))
		page.#listen(answers)
		await page.#start(address)
		return page
	}

	async #start(address: string): Promise<void> {
		const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' })
		const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true })
		this.#session = String(sessionId)
		await this.send('Network.enable')
		await this.send('Page.enable')
		await this.send('DOM.enable')
		await this.send('Page.navigate', { url: address })
		await this.evaluate(`new Promise((resolve) => {
			if (document.readyState === 'complete') resolve()
			else addEventListener('load', () => resolve())
		})`)
	}

	async send(method: string, params: object = {}): Promise<Record<string, unknown>> {
		const id = ++this.#sent
		const session = this.#session === undefined ? {} : { sessionId: this.#session }
		return new Promise((resolve, reject) => {
			if (this.#ended !== undefined) return reject(this.#ended)
			this.#waiting.set(id, { resolve, reject })
			this.#commands.write(`${JSON.stringify({ id, method, params, ...session })}\0`)
		})
	}

	/** The value of an expression, a promise's when it is settled. */
	async evaluate(expression: string): Promise<unknown> {
		const answer = await this.send('Runtime.evaluate', {
			expression,
			awaitPromise: true,
			returnByValue: true,
		})
		const { result, exceptionDetails } = Evaluated.parse(answer)
		if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
		return result.value
	}

	async close(): Promise<void> {
		if (this.#child.exitCode === null && this.#child.signalCode === null) {
			const closed = once(this.#child, 'close')
			this.#child.kill('SIGKILL')
			await closed
		}
		// Its helpers may still be writing as they end.
		await rm(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
	}

	#listen(answers: Readable): void {
		let held = ''
		answers.setEncoding('utf8').on('data', (part: string) => {
			const texts = (held + part).split('\0')
			held = texts.pop() ?? ''
			for (const text of texts) this.#take(Message.parse(JSON.parse(text)))
		})
	}

	#take({ id, method, params, result, error }: Message): void {
		if (method === 'Network.requestWillBeSent') {
			const { request } = z.object({ request: z.object({ url: z.string() }) }).parse(params)
			this.requested.push(request.url)
		}
		if (id === undefined) return
		const waiting = this.#waiting.get(id)
		this.#waiting.delete(id)
		if (error === undefined) waiting?.resolve(result ?? {})
		else waiting?.reject(new Error(error.message))
	}

	#end(error: Error): void {
		this.#ended ??= error
		for (const { reject } of this.#waiting.values()) reject(error)
		this.#waiting.clear()
	}
}
