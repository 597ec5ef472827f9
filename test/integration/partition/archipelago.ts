/** Three kiosks' uplinks, mosquitto and the centre, each alone on an island; journals that keep growing. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publicKeyPem } from '#src/evidence/identity.js'
import type { Random } from '#src/simulator/random.js'
import { actaText, JournalMaker, someBytes } from '../../support/journal-maker.ts'
import { mosquitto } from '../../support/mosquitto.ts'
import { RunningProcess, testigo, testigoCommand } from '../../support/processes.ts'
import { makeSigner } from '../../support/test-identity.ts'
import { Islands } from './islands.ts'

export const kiosks = ['kiosk-1', 'kiosk-2', 'kiosk-3'] as const
export type Kiosk = (typeof kiosks)[number]
export type Island = Kiosk | 'broker' | 'centre'

/** mosquitto's word for an entry that came in. */
const published = /Received PUBLISH from (\S+) .*\/entry\/(\d+)'/

/** What a process said, and when by `performance.now()`. */
export interface Said {
	readonly at: number
	readonly by: Island
	readonly event: string
	readonly fields: Readonly<Record<string, unknown>>
}

export class Archipelago {
	readonly #directory: string
	readonly #islands = new Islands(['broker', 'centre', ...kiosks])
	readonly #journals = new Map<Kiosk, JournalMaker>()
	readonly #processes = new Map<Island, RunningProcess>()
	readonly #hear: (said: Said) => void
	#table = 0

	constructor(directory: string, hear: (said: Said) => void) {
		this.#directory = directory
		this.#hear = hear
	}

	get ledger(): string {
		return join(this.#directory, 'centre')
	}

	journal(kiosk: Kiosk): JournalMaker {
		const journal = this.#journals.get(kiosk)
		if (journal === undefined) throw new Error('not started')
		return journal
	}

	async start(): Promise<void> {
		this.#islands.start()
		const identity = join(this.#directory, 'identity')
		const centre = await testigo('enrol', 'centre', '--dir', identity)
		const id = centre.out.split('\n')[0] ?? ''
		mkdirSync(join(this.ledger, 'devices'), { recursive: true })
		for (const kiosk of kiosks) {
			const signer = makeSigner(kiosk)
			this.#journals.set(kiosk, new JournalMaker(join(this.#directory, kiosk, 'journal'), signer))
			writeFileSync(join(this.ledger, 'devices', `${kiosk}.pem`), publicKeyPem(signer.publicKey))
		}
		this.#writeBrokerConfiguration()
		this.restartBroker()
		const url = ['--broker', `mqtt://${this.#islands.address('broker')}:1883`]
		const ledger = ['--identity', identity, '--directory', this.ledger]
		this.#run('centre', testigoCommand('central', ...ledger, ...url))
		const pinned = ['--centre-id', id, '--centre-key', join(identity, 'public.pem')]
		for (const kiosk of kiosks) {
			const own = join(this.#directory, kiosk)
			const places = ['--journal', join(own, 'journal'), '--directory', join(own, 'uplink')]
			this.#run(kiosk, testigoCommand('uplink', ...places, ...url, ...pinned))
		}
	}

	/** One more acta; every seventh with an image of several chunks. */
	async record(kiosk: Kiosk, random: Random): Promise<void> {
		const table = ++this.#table
		const size = table % 7 === 0 ? random.whole(100_000, 400_000) : random.whole(500, 20_000)
		await this.journal(kiosk).acta(actaText(table), [someBytes(size, table)])
	}

	async killBroker(): Promise<void> {
		await this.#processes.get('broker')?.stop('SIGKILL')
	}

	/** Resolves at once; mosquitto says `running` when it listens. */
	restartBroker(): void {
		this.#run('broker', [mosquitto ?? '', '-c', this.#brokerConfiguration])
	}

	cut(island: Island, silent: boolean): void {
		this.#islands.cut(island, silent)
	}

	heal(island: Island, silent: boolean): void {
		this.#islands.heal(island, silent)
	}

	async stop(): Promise<void> {
		for (const process of this.#processes.values()) await process.stop()
		this.#islands.clear()
	}

	get #brokerConfiguration(): string {
		return join(this.#directory, 'mosquitto.conf')
	}

	#writeBrokerConfiguration(): void {
		const lines = [
			`listener 1883 ${this.#islands.address('broker')}`,
			'allow_anonymous true',
			'persistence false',
			'set_tcp_nodelay true',
			'max_packet_size 200000',
			'log_dest stderr',
			'log_type all',
			'user root',
		]
		writeFileSync(this.#brokerConfiguration, `${lines.join('\n')}\n`)
	}

	#run(island: Island, words: readonly string[]): void {
		const hear = (line: string) => {
			const at = performance.now()
			if (island === 'broker') {
				const [, kiosk, seq] = published.exec(line) ?? []
				if (kiosk !== undefined) {
					this.#hear({ at, by: island, event: 'published', fields: { kiosk, seq: Number(seq) } })
				} else if (line.endsWith(' running')) this.#hear({ at, by: island, event: 'running', fields: {} })
				return
			}
			if (!line.startsWith('{')) {
				this.#hear({ at, by: island, event: 'cried', fields: { line } })
				return
			}
			const fields: Record<string, unknown> = JSON.parse(line)
			this.#hear({ at, by: island, event: String(fields['event']), fields })
		}
		this.#processes.set(island, new RunningProcess([...this.#islands.on(island), ...words], { hear }))
	}
}
