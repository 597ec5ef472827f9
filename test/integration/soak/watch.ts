/** Memory and starts over a soak, and what is wrong with them. */

export interface Sample {
	readonly scans: number
	readonly entries: number
	/** Megabytes (2^20) resident, after the garbage was collected. */
	readonly resident: number
	/** Megabytes that are in use: objects, and buffers outside V8's heap. */
	readonly live: number
}

export interface Start {
	/** In the journal when it opened. */
	readonly entries: number
	readonly milliseconds: number
	/** Milliseconds of the processor, whatever else the machine did. */
	readonly processor: number
}

/** Code is compiled, caches and the heap have their sizes: from then on memory is to be flat. */
const warmUpScans = 10_000

/** What memory may grow by after that. */
const mostGrowth = 1.1

/** Milliseconds of the processor in which a kiosk with so many entries starts. */
const startAim = { entries: 30_000, processor: 2_000 }

export class Watch {
	readonly samples: Sample[] = []

	async look(scans: number, entries: number): Promise<Sample> {
		// Twice, with a turn between: what only finalisers hold goes with the second.
		globalThis.gc?.()
		await new Promise(setImmediate)
		globalThis.gc?.()
		const { rss, heapUsed, external } = process.memoryUsage()
		const sample = { scans, entries, resident: rss / 2 ** 20, live: (heapUsed + external) / 2 ** 20 }
		this.samples.push(sample)
		return sample
	}

	/** By which the live memory grew, by least squares; null where there is too little to tell. */
	bytesPerEntry(): number | null {
		const settled = settledOf(this.samples)
		if (settled.length < 5) return null
		const mean = (of: (sample: Sample) => number) =>
			settled.reduce((sum, sample) => sum + of(sample), 0) / settled.length
		const entries = mean((sample) => sample.entries)
		const live = mean((sample) => sample.live)
		const both = mean((sample) => (sample.entries - entries) * (sample.live - live))
		const spread = mean((sample) => (sample.entries - entries) ** 2)
		return Math.round((both / spread) * 2 ** 20)
	}
}

/** Those after the warm-up; in a short run those of its second half. */
function settledOf(samples: readonly Sample[]): readonly Sample[] {
	const last = samples.at(-1)?.scans ?? 0
	const from = Math.min(warmUpScans, last / 2)
	return samples.filter(({ scans }) => scans >= from)
}

/**
 * Resident memory once warm and at the end, each the median of a tenth of the samples in between, since single
 * ones go up and down with the garbage of the last start; and the most of them all.
 */
export function residentOf(samples: readonly Sample[]): Record<'settled' | 'last' | 'most', number> {
	const resident = settledOf(samples).map((sample) => sample.resident)
	const tenth = Math.ceil(resident.length / 10)
	const median = (of: readonly number[]) => of.toSorted((a, b) => a - b)[of.length >> 1] ?? Number.NaN
	return {
		settled: median(resident.slice(0, tenth)),
		last: median(resident.slice(-tenth)),
		most: Math.max(...resident),
	}
}

/** A line for each fault. */
export function faultsIn(samples: readonly Sample[], starts: readonly Start[]): string[] {
	const faults: string[] = []
	const { settled, last } = residentOf(samples)
	if (!(last <= settled * mostGrowth)) {
		faults.push(`resident memory grew from ${settled.toFixed(1)} to ${last.toFixed(1)} MB`)
	}
	for (const { entries, processor } of starts) {
		if (entries <= startAim.entries && processor > startAim.processor) {
			faults.push(`a start with ${entries} entries took ${processor.toFixed(0)} ms of the processor`)
		}
	}
	return faults
}
