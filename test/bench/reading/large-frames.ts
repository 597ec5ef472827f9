/** A few frames of 12 MP as files, for whoever reads the same ones again and again. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readyGrey } from './ready-grey.ts'
import type { RenderedFrames } from './rendered-frames.ts'

export interface LargeFrame {
	readonly jpeg: string
	/** The same as raw grey, a byte a pixel. */
	readonly grey: string
	readonly width: number
	readonly height: number
}

/** From S0 to S3 in turn: some are read at once, some need rescue, some can't be read. */
export async function largeFrames(
	frames: RenderedFrames,
	directory: string,
	count: number,
): Promise<LargeFrame[]> {
	const made: LargeFrame[] = []
	for (let index = 0; index < count; index++) {
		const severity = ([0, 1, 2, 3] as const)[index % 4] ?? 0
		const task = { kind: 'strip', set: 'drawn', severity, megapixels: 12, peers: false } as const
		// Beyond the indices that are read for the rates.
		const { bytes } = await frames.strip({ ...task, index: 100_000 + index }, 0)
		const { plane, width, height } = await readyGrey(bytes)
		const path = join(directory, `large-${index}`)
		await writeFile(`${path}.jpg`, bytes)
		await writeFile(`${path}.grey`, plane)
		made.push({ jpeg: `${path}.jpg`, grey: `${path}.grey`, width, height })
	}
	return made
}
