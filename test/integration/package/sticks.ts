/** Sticks as make-stick writes them, and those that no machine may take a package from. */
import { appendFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { execute } from '../../support/processes.ts'
import { makeStick, makeUpdateKey } from './built.ts'
import type { Root } from './root.ts'

/** Holds that the words end in a refusal that says so, and that the package installed stays what it is. */
export type Refused = (what: string, words: readonly string[], because: RegExp) => Promise<void>

/** The sticks of one root, below its `/media`. */
export class Sticks {
	readonly #root: Root
	/** Where keys are kept. */
	readonly #work: string

	constructor(root: Root, work: string) {
		this.#root = root
		this.#work = work
	}

	/** `key`: the name of one made by `makeKey`. Gives its letters. */
	async write(name: string, file: string, key = 'updates'): Promise<string> {
		return await makeStick(this.#key(key), this.#on(name), file)
	}

	/** Of an authority, where `curve` is named. */
	async makeKey(name: string, curve?: 'P-256'): Promise<void> {
		if (curve === undefined) return await makeUpdateKey(this.#key(name))
		const words = ['-algorithm', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`, '-out', this.#key(name)]
		await execute('openssl', ['genpkey', ...words])
	}

	/** What make-stick says to a key that it does not take; empty where it takes it. */
	async refusal(file: string, key: string): Promise<string> {
		return await this.write('never', file, key).then(
			() => '',
			({ stderr }: { stderr: string }) => stderr,
		)
	}

	/** Each of them brings the package `file`; the machine's own key is `updates`. */
	async refuseStrangers(file: string, refused: Refused): Promise<void> {
		const update = (name: string) => ['testigo-update', `/media/${name}`]
		const install = (name: string) => ['sh', `/media/${name}/install.sh`, 'kiosk']

		await this.makeKey('stranger')
		await this.write('stranger', file, 'stranger')
		await refused('another key', update('stranger'), /not signed with the key/)
		await refused('another key, by install.sh', install('stranger'), /another key/)

		await this.write('authority', file)
		await this.#signByAuthority(this.#on('authority'))
		await refused('the key of the devices’ authority', update('authority'), /SHA256SUMS\.sig is larger/)
		await refused('the same, by install.sh', install('authority'), /another key/)

		await this.write('unsigned', file)
		await rm(join(this.#on('unsigned'), 'SHA256SUMS.sig'))
		await refused('no signature', update('unsigned'), /SHA256SUMS\.sig is missing/)

		await this.write('relisted', file)
		await appendFile(join(this.#on('relisted'), 'SHA256SUMS'), `${'0'.repeat(64)}  other.deb\n`)
		await refused('a list that was changed', update('relisted'), /not signed with the key/)

		await this.write('damaged', file)
		await appendFile(join(this.#on('damaged'), basename(file)), 'x')
		await refused('a damaged package', update('damaged'), /is damaged/)
	}

	/** As somebody would who has that key only: ECDSA over P-256. */
	async #signByAuthority(directory: string): Promise<void> {
		const key = this.#key('authority')
		const sums = join(directory, 'SHA256SUMS')
		await execute('openssl', ['pkey', '-in', key, '-pubout', '-out', join(directory, 'updates.pem')])
		await execute('openssl', ['dgst', '-sha256', '-sign', key, '-out', `${sums}.sig`, sums])
	}

	#key(name: string): string {
		return join(this.#work, `${name}-key.pem`)
	}

	#on(name: string): string {
		return this.#root.path(`/media/${name}`)
	}
}
