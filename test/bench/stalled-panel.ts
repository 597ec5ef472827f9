/** Resident memory of a kiosk whose display takes nothing for minutes, beside one whose display takes everything. */
import { randomBytes } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { makeIdentity } from '#src/enrolment/device-identity.js'
import { actaPicture } from '../integration/whole-body/papers.ts'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'
import { memoryOf, RunningProcess, shippedEnvironment } from '../support/processes.ts'
import { gotten } from '../support/result.ts'
import { SerialCable, withoutSocat } from '../support/serial-cable.ts'
import type { Bench } from './part.ts'
import type { Cell, Table } from './table.ts'

/** Looks at the memory, evenly spread. */
const looks = 10

export async function benchStalledPanel({ directory, short, say }: Bench): Promise<Table[]> {
	if (withoutSocat !== null) throw new Error(withoutSocat)
	const seconds = short ? 10 : 300
	say(`papers for ${seconds} s`)
	const rows = await Promise.all(
		(['takes everything', 'takes nothing'] as const).map(async (display): Promise<Cell[]> => {
			const kiosk = new ScanningKiosk(join(directory, display.replace(' ', '-')))
			try {
				await kiosk.start()
				if (display === 'takes nothing') kiosk.stall()
				const { papers, resident } = await kiosk.scanFor(seconds)
				const [first = 0, ...later] = resident
				const half = later.slice(later.length >> 1)
				return [display, papers, first, half[0] ?? 0, half.at(-1) ?? 0, Math.max(...resident)]
			} finally {
				await kiosk.stop()
			}
		}),
	)
	return [
		{
			title: `A display that takes nothing for ${seconds} s: resident memory of the kiosk, MB (2^20 bytes)`,
			columns: ['the display', 'papers', `after ${seconds / looks} s`, 'half-way', 'at the end', 'most'],
			rows,
			notes: ['One acta over and over, as fast as the kiosk takes it: three screens or more for each paper.'],
		},
	]
}

class ScanningKiosk {
	readonly #directory: string
	readonly #cable: SerialCable
	#process: RunningProcess | undefined

	constructor(directory: string) {
		this.#directory = directory
		this.#cable = new SerialCable(directory)
	}

	async start(): Promise<void> {
		const at = (name: string) => join(this.#directory, name)
		await mkdir(at('inbox'), { recursive: true })
		gotten(await makeIdentity(at('device'), 'device', randomBytes))
		const display = new LcdEmulator()
		await this.#cable.plug({
			take: (bytes) => {
				display.take(bytes)
				return new Uint8Array()
			},
		})
		const settings = {
			...{ identity: at('device'), journal: at('journal'), state: at('state.json'), uplink: at('uplink') },
			camera: { kind: 'folder', directory: at('inbox'), settle: 20 },
			panel: { kind: 'lcd', port: this.#cable.port },
			glance: 0,
		}
		await writeFile(at('settings.json'), JSON.stringify(settings))
		const env = await shippedEnvironment()
		this.#process = RunningProcess.testigo(['kiosk', '--config', at('settings.json')], { env })
		await this.#process.heard(({ event }) => event === 'panel-opened')
	}

	/** From now on nothing passes the cable. */
	stall(): void {
		this.#cable.freeze()
	}

	async scanFor(seconds: number): Promise<{ papers: number; resident: number[] }> {
		const kiosk = this.#process
		if (kiosk === undefined) throw new Error('the kiosk was not started')
		const picture = await actaPicture('acta')
		const resident: number[] = []
		let papers = 0
		let ended = false
		const scanning = async () => {
			for (; !ended; papers++) {
				const done = kiosk.heard(({ event }) => event === 'recorded' || event === 'already-scanned')
				const paper = join(this.#directory, 'inbox', `${papers}.png`)
				await writeFile(`${paper}.part`, picture)
				await rename(`${paper}.part`, paper)
				await done
			}
		}
		const looking = async () => {
			for (let look = 0; look < looks; look++) {
				await after((seconds * 1_000) / looks)
				const memory = await memoryOf(kiosk.pid)
				resident.push(memory?.now ?? Number.NaN)
			}
			ended = true
		}
		await Promise.all([scanning(), looking()])
		return { papers, resident }
	}

	async stop(): Promise<void> {
		this.#cable.thaw()
		await this.#process?.stop()
		await this.#cable.unplug()
	}
}
