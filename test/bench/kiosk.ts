/** From a finished file in the folder to GUARDADA, in the kiosk as it is composed, phase by phase. */
import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { makeIdentity } from '#src/enrolment/device-identity.js'
import { type ComposedKiosk, composeKiosk } from '#src/kiosk/composition.js'
import { KioskConfig } from '#src/kiosk/config/kiosk-config.js'
import type { Panel } from '#src/panel/panel.js'
import type { Scene } from '#src/panel/status.js'
import { systemClock } from '#src/platform/clock.js'
import type { Megapixels } from '#src/simulator/photograph/severity.js'
import { gotten } from '../support/result.ts'
import type { Bench } from './part.ts'
import { type Cell, spreadRow, type Table } from './table.ts'

export async function benchKiosk(bench: Bench): Promise<Table[]> {
	const { directory, short, say } = bench
	gotten(await makeIdentity(join(directory, 'identity'), 'device', randomBytes))
	const inbox = join(directory, 'inbox')
	await mkdir(inbox)
	const settle = 400
	const config = KioskConfig.parse({
		identity: join(directory, 'identity'),
		journal: join(directory, 'journal'),
		state: join(directory, 'kiosk.json'),
		uplink: join(directory, 'uplink'),
		camera: { kind: 'folder', directory: inbox, settle },
		unread: 'record',
		glance: 0,
	})
	const stage = new Stage()
	const surroundings = { election: presidential2024, clock: systemClock, log: () => {}, panel: stage }
	const kiosk = gotten(await composeKiosk(config, surroundings))
	stage.kiosk = kiosk
	await kiosk.start()
	try {
		const rows: Cell[][] = []
		for (const megapixels of [3, 12] as const satisfies Megapixels[]) {
			say(`photographs of ${megapixels} MP`)
			rows.push(...(await layDown(bench, megapixels, short ? 3 : 20, inbox, stage)))
		}
		return [
			{
				title: 'Kiosk: from the finished file to GUARDADA, milliseconds',
				columns: ['', 'papers', 'median', 'p95'],
				rows,
				notes: [
					`Seen as finished: ${settle} ms without a change, and the look after that.`,
					'Read: to the worker and back. Recorded: image and entry written and synced.',
				],
			},
		]
	} finally {
		await kiosk.stop()
	}
}

const stages = ['capturing', 'reading', 'recording', 'recorded'] as const
type StageName = (typeof stages)[number]

async function layDown(
	{ photographs }: Bench,
	megapixels: Megapixels,
	count: number,
	inbox: string,
	stage: Stage,
): Promise<Cell[][]> {
	const parts: Record<StageName | 'all', number[]> = {
		capturing: [],
		reading: [],
		recording: [],
		recorded: [],
		all: [],
	}
	// Indices of their own for each size: the same acta twice would be "already scanned".
	const first = megapixels * 1000
	for (let index = first; index < first + count; index++) {
		const { path } = await photographs.take(megapixels, 0, index)
		const hidden = join(inbox, `.${index}.jpg`)
		await copyFile(path, hidden)
		const recorded = stage.enters('recorded')
		await rename(hidden, join(inbox, `${index}.jpg`))
		const laid = performance.now()
		await recorded
		let before = laid
		for (const name of stages) {
			const at = stage.entered.get(name) ?? Number.NaN
			parts[name].push(at - before)
			before = at
		}
		parts.all.push(before - laid)
	}
	return [
		spreadRow(`${megapixels} MP, S0: all of it`, parts.all),
		spreadRow('  seen as finished', parts.capturing),
		spreadRow('  taken into memory', parts.reading),
		spreadRow('  read', parts.recording),
		spreadRow('  recorded', parts.recorded),
	]
}

/** A display that notes when the kiosk came to each stage. */
class Stage implements Panel {
	kiosk: ComposedKiosk | undefined
	readonly entered = new Map<string, number>()
	#at: Scene['at'] = 'starting'
	#waiting: { readonly scene: Scene['at']; readonly done: () => void } | undefined

	async start(): Promise<void> {}

	async stop(): Promise<void> {}

	show(): void {
		const { at } = this.kiosk?.kiosk.status.scene ?? { at: 'starting' }
		if (at === this.#at) return
		this.#at = at
		this.entered.set(at, performance.now())
		if (this.#waiting?.scene === at) this.#waiting.done()
	}

	enters(scene: Scene['at']): Promise<void> {
		return new Promise((done) => {
			this.#waiting = { scene, done }
		})
	}
}
