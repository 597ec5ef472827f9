/**
 * Machines in network namespaces of their own, joined by a bridge in one more, which can be cut off without a
 * word: no FIN, no reset, no ICMP. Nothing of this machine's own network is touched. Linux, root, iproute2.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Names begin with this and the process's id, so that what a killed run left is found and cleared. */
const prefix = 'testigo-'

function ip(...words: string[]): string {
	return execFileSync('ip', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

export class Islands {
	readonly #names: readonly string[]

	constructor(names: readonly string[]) {
		this.#names = names
	}

	start(): void {
		clearLeftovers()
		const bridge = this.#namespace('bridge')
		ip('netns', 'add', bridge)
		ip('-n', bridge, 'link', 'add', 'bridge', 'type', 'bridge')
		ip('-n', bridge, 'link', 'set', 'bridge', 'up')
		for (const name of this.#names) {
			const namespace = this.#namespace(name)
			ip('netns', 'add', namespace)
			const veth = ['type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace]
			ip('-n', bridge, 'link', 'add', name, ...veth)
			ip('-n', bridge, 'link', 'set', name, 'master', 'bridge', 'up')
			ip('-n', namespace, 'link', 'set', 'eth0', 'up')
			ip('-n', namespace, 'link', 'set', 'lo', 'up')
			ip('-n', namespace, 'addr', 'add', `${this.address(name)}/24`, 'dev', 'eth0')
		}
		this.#introduce()
	}

	address(name: string): string {
		return `10.77.0.${1 + this.#names.indexOf(name)}`
	}

	/**
	 * What to write before a command for it to run there; its process id stays its own. `ip netns exec` would give it
	 * a copy of all mounts besides, and whoever unmounts a disk meanwhile would wait until it ends.
	 */
	on(name: string): readonly string[] {
		return ['nsenter', `--net=/run/netns/${this.#namespace(name)}`]
	}

	/** `silent`: the machine's own link looks as before, as behind a router; else it loses its carrier. */
	cut(name: string, silent: boolean): void {
		if (silent) this.#port(name, 'disabled')
		else ip('-n', this.#namespace('bridge'), 'link', 'set', name, 'down')
	}

	heal(name: string, silent: boolean): void {
		if (silent) this.#port(name, 'forwarding')
		else ip('-n', this.#namespace('bridge'), 'link', 'set', name, 'up')
	}

	clear(): void {
		for (const name of ['bridge', ...this.#names]) remove(this.#namespace(name))
	}

	#namespace(name: string): string {
		return `${prefix}${process.pid}-${name}`
	}

	#port(name: string, state: 'disabled' | 'forwarding'): void {
		const number = state === 'disabled' ? '0' : '3'
		execFileSync('bridge', ['-n', this.#namespace('bridge'), 'link', 'set', 'dev', name, 'state', number])
	}

	/** Everybody knows everybody's address for ever: a cut is never told by a failed ARP. */
	#introduce(): void {
		for (const name of this.#names) {
			const [, mac = ''] =
				/link\/ether (\S+)/.exec(ip('-n', this.#namespace(name), 'link', 'show', 'eth0')) ?? []
			for (const other of this.#names) {
				if (other === name) continue
				const entry = [this.address(name), 'lladdr', mac, 'dev', 'eth0', 'nud', 'permanent']
				ip('-n', this.#namespace(other), 'neigh', 'replace', ...entry)
			}
		}
	}
}

function remove(namespace: string): void {
	try {
		ip('netns', 'del', namespace)
	} catch {
		// It was never made.
	}
}

function clearLeftovers(): void {
	for (const line of ip('netns', 'list').split('\n')) {
		const [, name = '', pid = ''] = /^(testigo-(\d+)-\S+)/.exec(line) ?? []
		if (name !== '' && !existsSync(`/proc/${pid}`)) remove(name)
	}
}

/** Why there can be no islands here; null where there can. */
export function withoutIslands(): string | null {
	if (process.getuid?.() !== 0) return 'skipped, namespaces need root'
	const namespace = `${prefix}${process.pid}-probe`
	try {
		ip('netns', 'add', namespace)
		ip('-n', namespace, 'link', 'add', 'bridge', 'type', 'bridge')
		execFileSync('bridge', ['-V'], { stdio: 'ignore' })
		return null
	} catch {
		return 'skipped, no network namespaces with a bridge here (apt install iproute2)'
	} finally {
		remove(namespace)
	}
}
