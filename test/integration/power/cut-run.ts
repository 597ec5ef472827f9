/** Cuts, one after another: each life goes on with what the last cut left on the disk. */
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import type { Random } from '#src/simulator/random.js'
import { type DataMode, Mount } from '../../support/mounts.ts'
import type { Life, RemovedSyncs } from './life.ts'
import { addTo, countOf, type Findings, noFindings, type Station } from './station.ts'

export interface Around {
	/** Everything that is made is made in here. */
	readonly root: string
	readonly station: Station
	readonly random: Random
	readonly say: (line: string) => void
	/** Lives are measured by it: how long the last start took that was seen, in milliseconds. */
	readonly pace: { startMs: number }
	/** Ends the run after the cut under way. */
	readonly signal: AbortSignal
}

export interface CutRun {
	readonly findings: Findings
	/** Cuts before the process said that it had started. */
	readonly duringStart: number
	readonly done: number
}

/** After so many cuts on one disk comes an empty one, so that first starts are cut as well. */
const cutsOnOneDisk = 20

const modes: readonly DataMode[] = ['ordered', 'writeback', 'journal']

export async function cutRun(around: Around, cuts: number): Promise<CutRun> {
	const { say, signal } = around
	const findings = noFindings()
	let duringStart = 0
	let done = 0
	for (let disk = 0; done < cuts && !signal.aborted; disk++) {
		const mode = modes[disk % modes.length] ?? 'ordered'
		const onDisk = await CutDisk.make(around, mode)
		try {
			for (let cut = 0; cut < cutsOnOneDisk && done < cuts && !signal.aborted; cut++) {
				const { found, started } = await onDisk.cut('none')
				done++
				if (!started) duringStart++
				addTo(findings, found)
				if (countOf(found) === 0) continue
				await onDisk.keep(`cut-${done}`)
				say(`cut ${done} found: ${JSON.stringify(found)}`)
				break
			}
		} finally {
			await onDisk.end()
		}
		say(`${done} cuts, data=${mode}, ${countOf(findings)} findings; ${JSON.stringify(around.station.counts)}`)
	}
	return { findings, duringStart, done }
}

export class CutDisk {
	readonly #around: Around
	readonly #mount: Mount

	private constructor(around: Around, mount: Mount) {
		this.#around = around
		this.#mount = mount
	}

	static async make(around: Around, mode: DataMode): Promise<CutDisk> {
		const mount = Mount.cuttable(join(around.root, 'mounted'), join(around.root, 'disk.img'), 256, mode)
		await around.station.furnish(mount.path)
		return new CutDisk(around, mount)
	}

	/** Starts the station on what the last cut left, cuts it, and compares. Its life is `stretch` times the usual. */
	async cut(
		removed: RemovedSyncs,
		stretch = 1,
	): Promise<{ readonly found: Findings; readonly started: boolean }> {
		const { station, pace } = this.#around
		const { path: directory } = this.#mount
		const life = await station.start(directory, removed)
		const { refused, shownBytes } = await this.#cutUnder(life, stretch)
		await station.kill(life, shownBytes)
		if (life.startMs !== null) pace.startMs = life.startMs
		await this.#mount.mountAnew()
		const found = await station.check(directory)
		if (refused) found.refused.push(life.lastWords)
		return { found, started: life.startMs !== null }
	}

	/** `refused`: it had ended by itself before. */
	async #cutUnder(
		life: Life,
		stretch: number,
	): Promise<{ readonly refused: boolean; readonly shownBytes: number }> {
		const { random, pace, station } = this.#around
		try {
			// From nothing to two and a half times the start: its whole life, two fifths of it the start.
			await after(random.fraction() * 2.5 * pace.startMs * stretch)
			const refused = life.ended
			const shownBytes = await this.#mount.cutPower(station.shown)
			// What it may still begin then must not reach the disk.
			if (random.chance(0.5)) await after(random.fraction() * 100)
			return { refused, shownBytes }
		} catch (error) {
			await life.kill()
			throw error
		}
	}

	/** Keeps a copy of the disk as it is, for whoever looks for the cause. */
	async keep(name: string): Promise<void> {
		await this.#mount.unmount()
		const copy = `${this.#around.root}-${name}.img`
		await copyFile(join(this.#around.root, 'disk.img'), copy)
		this.#mount.mount()
		this.#around.say(`the disk is kept as ${copy}`)
	}

	async end(): Promise<void> {
		await this.#mount.unmount()
	}
}
