/** Drives a kiosk through every screen of the catalogue, and tells of those that it could not be brought to. */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { Scene } from '#src/panel/status.js'
import { ActaPrinter } from '#src/simulator/acta-printer.js'
import { Mount, withoutMounts } from '../../support/mounts.ts'
import { catalogue } from '../../support/panel/catalogue.ts'
import { troubledDisk } from './disk-screens.ts'
import { HandledBody } from './handled-body.ts'
import { closeOfDay, setBack, technician } from './keeper-screens.ts'
import { failingCamera, longReading, recordedActas, startAndNetwork, unreadPapers } from './paper-screens.ts'
import { causes, pictureOf } from './papers.ts'
import { otherCameras } from './rig-screens.ts'
import { kindOf } from './seen-screens.ts'
import { Walk } from './walk.ts'

export interface StatesReport {
	/** Screens of the catalogue that were shown, each to the last cell as the catalogue's own function has it. */
	readonly shown: readonly string[]
	/** The others, and why. */
	readonly absent: Readonly<Record<string, string>>
	/** Of the catalogue, neither shown nor known to be absent: must be none. */
	readonly missing: readonly string[]
	readonly strays: readonly string[]
	/** What a person would have had to do twice: must be none. */
	readonly repeats: readonly string[]
}

/** `directory` is empty. */
export async function runStates(directory: string, say: (what: string) => void): Promise<StatesReport> {
	const memory = await mkdtemp('/dev/shm/testigo-')
	const disk = withoutMounts === null ? Mount.small(directory) : null
	const journal = join(disk?.path ?? directory, 'journal')
	const printer = new ActaPrinter(presidential2024)
	const body = new HandledBody({ directory, memory, journal })
	try {
		await printer.start()
		const pictures = new Map(causes.map((cause) => [cause, pictureOf(cause, printer)]))
		const walk = new Walk(body, disk, pictures, say)
		await body.prepare()
		await walkAll(walk)
		return reportOf(walk)
	} finally {
		await printer.stop()
		await body.clear()
		disk?.clear()
		await rm(memory, { recursive: true, force: true })
	}
}

async function walkAll(walk: Walk): Promise<void> {
	await startAndNetwork(walk)
	await recordedActas(walk)
	await unreadPapers(walk)
	await longReading(walk)
	await failingCamera(walk)
	if (walk.disk !== null) await troubledDisk(walk, walk.disk)
	await closeOfDay(walk)
	await technician(walk)
	await setBack(walk)
	await walk.body.stop()
	await otherCameras(walk)
	walk.lacks(
		{ at: 'fault', device: 'key', fault: { code: '', detail: '' } },
		'a key that was read from a file goes on signing',
	)
	walk.lacks(
		{ at: 'disk-trouble', trouble: 'no-inodes', unfinished: true },
		'a write that finds no inode says only that there is no room: DISCO LLENO',
	)
}

function reportOf({ body, disk, shown, absent }: Walk): StatesReport {
	for (const { status } of catalogue) {
		const why = undriven(status.scene, disk !== null)
		if (why !== null && !shown.has(kindOf(status))) absent.set(kindOf(status), why)
	}
	const kinds = catalogue.map(({ status }) => kindOf(status))
	return {
		shown: [...shown].sort(),
		absent: Object.fromEntries(absent),
		missing: kinds.filter((kind) => !shown.has(kind) && !absent.has(kind)),
		strays: body.lcd.seen.strays.slice(0, 10),
		repeats: body.repeats,
	}
}

/** Why this run does not bring a kiosk there; null where it does. */
function undriven(scene: Scene, withDisk: boolean): string | null {
	switch (scene.at) {
		case 'recording':
		case 'closing':
		case 'disk-trouble':
			return withDisk ? null : withoutMounts
		case 'closed':
			return scene.head.spares === undefined ? null : 'of a kiosk whose days have identities of their own'
		case 'technician':
			return 'a page of a part that is broken, or of a network that this machine has or lacks'
		default:
			return null
	}
}
