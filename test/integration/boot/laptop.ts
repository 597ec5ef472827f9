/** The authority's laptop: it meets the machine by the stick only. */
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execute, testigoCommand } from '../../support/processes.ts'
import { compares } from './terminal.ts'

export class Laptop {
	readonly #ca: string
	readonly #stick: () => string
	/** Commands typed since the authority was made. */
	commands = 0

	/** `stick` says where the stick is: that of a machine that was not booted yet is nowhere. */
	constructor(directory: string, stick: () => string) {
		this.#ca = join(directory, 'ca')
		this.#stick = stick
	}

	/** Makes the authority; gives its root's words. */
	async init(): Promise<string> {
		return (await this.#type('init')).trim().split('\n')[2] ?? ''
	}

	/** Signs the stick's request, whose words its machine shows; the answer is on the stick. */
	async sign(words: string): Promise<void> {
		this.commands++
		const [request, response] = [join(this.#stick(), 'request.txt'), join(this.#stick(), 'response.jws')]
		const command = ['ca', 'sign', request, '--dir', this.#ca, '--out', response]
		await compares(words, testigoCommand(...command))
	}

	/** Registry, revocation list and list of centres, with what the centre needs beside them. */
	async registry(): Promise<void> {
		this.commands++
		await this.#type('registry')
		await this.#bring('authority.pem', 'registry.jws', 'centres.jws')
	}

	/** A rehearsal of the log with this key, by files that the stick has; what who publishes needs is on the stick. */
	async campaign(vkey: string): Promise<void> {
		this.commands++
		const [definition, register] = [join(this.#stick(), 'election.json'), join(this.#stick(), 'register.csv')]
		const files = ['--definition', definition, '--register', register]
		await this.#type('campaign', ...files, '--log', vkey, '--rehearsal')
		await this.#bring('campaign.jws', 'registry.jws', 'centres.jws')
	}

	async revocationList(): Promise<void> {
		this.commands++
		await this.#type('crl', '--out', join(this.#stick(), 'crl.pem'))
	}

	async #bring(...names: string[]): Promise<void> {
		this.commands++
		await mkdir(this.#stick(), { recursive: true })
		for (const name of names) await copyFile(join(this.#ca, name), join(this.#stick(), name))
	}

	/** A command of the authority; gives what it printed. */
	async #type(command: string, ...more: string[]): Promise<string> {
		const [node = '', ...words] = testigoCommand('ca', command, '--dir', this.#ca, ...more)
		return (await execute(node, words)).stdout
	}
}
