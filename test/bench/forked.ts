/** A process of the bench, forked from a file of its own: what it is given, what it says, and its end. */
import { type ChildProcess, type ForkOptions, fork } from 'node:child_process'
import { once } from 'node:events'

export class Forked<Message> {
	readonly #child: ChildProcess

	/** The file finds `what` by `given`. */
	constructor(file: URL, what: object = {}, options: ForkOptions = {}) {
		this.#child = fork(file, options)
		this.#child.send(what)
	}

	get pid(): number {
		return this.#child.pid ?? 0
	}

	send(message: object | string): void {
		this.#child.send(message)
	}

	/** Its next message; rejects when it ends or stays silent for so long. */
	next(timeoutMs = 300_000): Promise<Message> {
		return new Promise((resolve, reject) => {
			const settle = (then: () => void) => {
				clearTimeout(late)
				this.#child.off('message', answered)
				this.#child.off('exit', ended)
				then()
			}
			const fail = (why: string) => settle(() => reject(new Error(`a process of the bench ${why}`)))
			const answered = (message: unknown) => settle(() => resolve(message as Message))
			const ended = () => fail('ended by itself')
			const late = setTimeout(() => fail(`gave no answer within ${timeoutMs} ms`), timeoutMs)
			this.#child.on('message', answered)
			this.#child.on('exit', ended)
		})
	}

	/** Waits until it has ended; kills it when it takes so long. */
	async stop(timeoutMs = 5_000): Promise<void> {
		const child = this.#child
		if (child.exitCode !== null || child.signalCode !== null) return
		const ended = once(child, 'exit')
		if (child.connected) child.disconnect()
		const killer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
		await ended
		clearTimeout(killer)
	}
}

/** In such a process: what it was given. It ends, `atEnd` done, when the first process lets go of it. */
export async function given<T>(atEnd: () => Promise<unknown> = async () => {}): Promise<T> {
	// A terminal sends it to every process; what it means the first one decides.
	process.on('SIGINT', () => {})
	process.on('disconnect', () => void atEnd().finally(() => process.exit()))
	const [what] = await once(process, 'message')
	return what
}
