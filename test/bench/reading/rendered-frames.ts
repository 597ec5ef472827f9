/**
 * The frames that the simulator takes, by fixed seeds: made when they are needed, because 6,000 of them are some
 * gigabytes. With a folder to keep them in, a second run of the same frames skips the work; the name of a kept
 * file is a digest of the parameters and of the simulator's own code, so a changed simulator finds none.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatPayload } from '#src/acta/payload.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { QrSymbol } from '#src/platform/qr-code.js'
import type { ResultRow } from '#src/simulator/figures/results.js'
import { actaOf, sampleResults } from '#src/simulator/figures/tables.js'
import { openStripPrinter, type Paper, type StripPrinter } from '#src/simulator/paper/strip.js'
import { photographActa } from '#src/simulator/photograph/photograph.js'
import { drawPhotograph, type Photograph, penStroke } from '#src/simulator/photograph/severity.js'
import { Random } from '#src/simulator/random.js'
import { codeOutOfView, scrambled, withoutCode } from './codeless.ts'
import type { CodelessTask, StripTask } from './task.ts'

export interface RenderedFrame {
	readonly bytes: Uint8Array
	/** What the code says; null where there is none. */
	readonly text: string | null
	readonly pen: boolean
}

export class RenderedFrames {
	readonly #seed: string
	readonly #folder: string | null
	#press: StripPrinter | undefined
	#rows: readonly ResultRow[] = []
	#simulator = ''

	/** Frames are kept in `folder`, unless it is null. */
	constructor(seed: string, folder: string | null) {
		this.#seed = seed
		this.#folder = folder
	}

	async start(): Promise<void> {
		this.#press = await openStripPrinter()
		this.#rows = await sampleResults(presidential2024)
		if (this.#folder === null) return
		await mkdir(this.#folder, { recursive: true })
		this.#simulator = await digestOfSimulator()
	}

	/**
	 * Shot `shot`, from 0, of one strip. The paper is laid down anew for each: print, fading, creases, pen and
	 * dead dots are its own; pose, curl, blur, light and noise are the shot's.
	 */
	async strip({ set, severity, megapixels, index }: StripTask, shot: number): Promise<RenderedFrame> {
		const seed = `${this.#seed}/${set}/S${severity}/${megapixels} MP/${index}`
		const first = drawPhotograph(severity, seed, megapixels)
		const drawn = shot === 0 ? first : drawPhotograph(severity, `${seed}/shot ${shot}`, megapixels)
		const { paper, darkestPrint, fading, creases, deadDots } = first
		const pen = set === 'pen' ? [penStroke(new Random(`${seed}/stroke`))] : first.pen
		const photograph = { ...drawn, paper, darkestPrint, fading, creases, deadDots, pen }
		const sheet = this.#paper(seed)
		const bytes = await this.#take('strip', sheet, photograph, (press) => press)
		return { bytes, text: formatPayload(sheet.acta), pen: pen.length > 0 }
	}

	async codeless({ content, severity, megapixels, index }: CodelessTask): Promise<RenderedFrame> {
		const seed = `${this.#seed}/${content}/S${severity}/${megapixels} MP/${index}`
		const drawn = drawPhotograph(severity, seed, megapixels)
		const outOfView = content === 'code out of view'
		const photograph = outOfView ? codeOutOfView(drawn, new Random(`${seed}/away`)) : drawn
		const change = (symbol: QrSymbol) => {
			if (content === 'no code printed') return withoutCode(symbol)
			return content === 'scrambled code' ? scrambled(symbol, new Random(`${seed}/scramble`)) : symbol
		}
		const bytes = await this.#take(`${content} ${seed}`, this.#paper(seed), photograph, (press) => ({
			...press,
			qr: async (text) => change(await press.qr(text)),
		}))
		return { bytes, text: null, pen: false }
	}

	#paper(seed: string): Paper {
		const row = this.#rows[new Random(`${seed}/table`).whole(0, this.#rows.length - 1)]
		if (row === undefined) throw new Error('not started')
		return { acta: actaOf(row, presidential2024), place: row.place, seed }
	}

	async #take(
		what: string,
		paper: Paper,
		photograph: Photograph,
		change: (press: StripPrinter) => StripPrinter,
	): Promise<Uint8Array> {
		const press = this.#press
		if (press === undefined) throw new Error('not started')
		const render = () => photographActa(change(press), paper, presidential2024, photograph)
		if (this.#folder === null) return await render()
		const key = JSON.stringify([this.#simulator, what, paper, photograph])
		const name = `${createHash('sha256').update(key).digest('hex')}.jpg`
		const path = join(this.#folder, name)
		const kept = await readFile(path).catch(() => null)
		if (kept !== null) return kept
		const bytes = await render()
		// Renamed when whole: the bench may be stopped, or run twice at once.
		const unfinished = `${path}.${process.pid}`
		await writeFile(unfinished, bytes)
		await rename(unfinished, path)
		return bytes
	}
}

async function digestOfSimulator(): Promise<string> {
	const folder = dirname(fileURLToPath(import.meta.resolve('#src/simulator/random.js')))
	const digest = createHash('sha256')
	const names = await readdir(folder, { recursive: true })
	for (const name of names.filter((one) => one.endsWith('.js')).toSorted()) {
		digest.update(name).update(await readFile(join(folder, name)))
	}
	return digest.digest('hex')
}
