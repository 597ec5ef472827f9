/** Technicians at their machines, who type the commands of `provisioning/README.md`. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { clockFrom } from './fake-time.ts'
import { type Ended, RunningProcess, testigoIn } from './processes.ts'

/** The clock of a kiosk without a battery for its clock. */
export const in1970 = clockFrom('1970-01-01 00:01:00')

/** A person at one machine: a folder of its own, and a clock. */
export class Machine {
	readonly folder: string
	readonly #environment: Readonly<Record<string, string>>

	constructor(folder: string, environment: Readonly<Record<string, string>> = {}) {
		this.folder = folder
		this.#environment = environment
	}

	path(name: string): string {
		return join(this.folder, name)
	}

	/** Types `testigo …` in its folder. */
	types(...words: string[]): Promise<Ended> {
		return testigoIn({ cwd: this.folder, env: this.#environment }, ...words)
	}

	/** The lines that a command printed that did what it should. */
	async gets(...words: string[]): Promise<string[]> {
		const { status, out, err } = await this.types(...words)
		if (status !== 0) throw new Error(`testigo ${words.join(' ')}: ${status}: ${err}`)
		return out.trim().split('\n')
	}

	starts(...words: string[]): RunningProcess {
		const running = RunningProcess.testigo(words, { env: this.#environment })
		onTestFinished(() => running.stop())
		return running
	}
}

export async function machines(home: string, kiosk: Readonly<Record<string, string>> = {}) {
	const machine = async (name: string, environment = {}) => {
		await mkdir(join(home, name))
		return new Machine(join(home, name), environment)
	}
	return {
		laptop: await machine('laptop'),
		centre: await machine('centre'),
		broker: await machine('broker'),
		kiosk: await machine('kiosk', kiosk),
	}
}

/** Request, comparison, response, installation, by a file on a stick; gives the id. */
export async function enrol(
	laptop: Machine,
	at: Machine,
	rootWords: string,
	...asked: string[]
): Promise<string> {
	const lines = await at.gets('enrol', ...asked, '--dir', 'identity')
	const [id = '', words = ''] = [lines[0], lines.at(-1)]
	const response = at.path('response.pem')
	const signing = ['ca', 'sign', at.path('identity/request.txt'), '--dir', 'ca', '--words', words]
	await laptop.gets(...signing, '--out', response)
	await at.gets('enrol', 'install', 'response.pem', '--dir', 'identity', '--root-words', rootWords)
	return id
}
