/** What memory each engine takes, in a process of its own. */
import { fork } from 'node:child_process'
import type { Cell, Table } from '../table.ts'
import { endOf } from './child-end.ts'
import type { Footprint, FootprintOptions } from './footprint-process.ts'
import type { LargeFrame } from './large-frames.ts'
import { messageOf } from './message-of.ts'
import { engineTitles } from './tables.ts'
import type { EngineName } from './task.ts'

const deadlineMs = 300_000

export async function footprints(
	engines: readonly EngineName[],
	frames: readonly LargeFrame[],
): Promise<Table> {
	const rows: Cell[][] = []
	for (const engine of engines) {
		const options: FootprintOptions = { engine, frames }
		const child = fork(new URL('./footprint-process.ts', import.meta.url), [JSON.stringify(options)])
		try {
			const { before, started, peak } = await messageOf<Footprint>(child, deadlineMs)
			rows.push([engineTitles[engine], before, started, peak])
		} finally {
			if (child.connected) child.disconnect()
			await endOf(child)
		}
	}
	return {
		title: `Resident memory of a process with one engine, ${frames.length} frames of 12 MP, MB (2^20 bytes)`,
		columns: ['', 'before its start', 'after it', 'peak'],
		rows,
		notes: [
			'Testigo decodes the JPEG in the same memory; the others are handed 12 MB of grey, jsQR another 49 MB of colour.',
			'zbarimg and WeChat QR work in processes of their own, which are not counted.',
		],
	}
}
