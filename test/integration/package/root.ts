/** A Debian in a directory, in which commands are run one by one, each in a container without network. */
import { join } from 'node:path'
import { whatIsMissing } from '../../support/installed.ts'
import { execute } from '../../support/processes.ts'

/** Written by dpkg, by its users' tools and by every boot; not the package's. */
const others =
	/^\/(proc|sys|dev|run|tmp|media|var\/(lib\/dpkg|log|cache|tmp|lib\/systemd)|etc\/(passwd|shadow|group|gshadow)-?$|etc\/\.pwd\.lock$|etc\/ld\.so\.cache$|etc\/resolv\.conf$|etc\/machine-id$|root)/

export class Root {
	readonly directory: string

	constructor(directory: string) {
		this.directory = directory
	}

	/** Why there can be none here; null where there can. */
	static async whyNone(): Promise<string | null> {
		const missing = await whatIsMissing({ debootstrap: 'debootstrap', 'systemd-nspawn': 'systemd-container' })
		return missing === null ? null : `no package can be tried here: ${missing}`
	}

	path(path: string): string {
		return join(this.directory, path)
	}

	/** What runs a command in it; with words of systemd-nspawn's own before them. */
	words(...words: string[]): [string, string[]] {
		const own = ['--quiet', '--pipe', '--as-pid2', `--directory=${this.directory}`, '--private-network']
		return ['systemd-nspawn', [...own, '--keep-unit', '--register=no', ...words]]
	}

	/** Gives what it printed; rejects where it ends with another status than 0. */
	async run(...words: string[]): Promise<string> {
		const { stdout } = await execute(...this.words(...words))
		return stdout.trim()
	}

	/** What a command says that does not end with 0; empty where it does. */
	async refusal(...words: string[]): Promise<string> {
		return await this.run(...words).then(
			() => '',
			(error: { stderr?: string }) => error.stderr ?? '',
		)
	}

	async version(): Promise<string> {
		const about = await this.run('dpkg-query', '--status', 'testigo')
		return /^Version: (.*)$/m.exec(about)?.[1] ?? ''
	}

	/** Of what the package brings, as files are long. */
	async installedBytes(): Promise<number> {
		const script =
			'dpkg -L testigo | while read -r p; do [ -d "$p" ] || stat -c %s "$p"; done | awk \'{s+=$1} END {print s}\''
		return Number(await this.run('sh', '-c', script))
	}

	async digests(...directories: string[]): Promise<string> {
		return await this.run(
			'sh',
			'-c',
			`find ${directories.join(' ')} -type f -print0 | sort -z | xargs -0 sha256sum`,
		)
	}

	/** Paths of everything but what no package is asked about. */
	async files(): Promise<string[]> {
		const all = await this.run('find', '/', '-xdev', '-mindepth', '1')
		return all.split('\n').filter((path) => !others.test(path))
	}
}
