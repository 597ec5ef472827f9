/** Photographs of simulated actas, each taken once in a run and kept as a file for whoever needs it. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatPayload } from '#src/acta/payload.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { openStripPrinter, type Paper, type StripPrinter } from '#src/simulator/paper/strip.js'
import { photographActa } from '#src/simulator/photograph/photograph.js'
import { drawPhotograph, type Megapixels, type Severity } from '#src/simulator/photograph/severity.js'
import { Random } from '#src/simulator/random.js'

export interface Taken {
	readonly path: string
	/** The payload that is printed on the paper. */
	readonly text: string
}

export class Photographs {
	readonly #directory: string
	readonly #taken = new Map<string, Promise<Taken>>()
	#press: Promise<StripPrinter> | undefined

	constructor(directory: string) {
		this.#directory = directory
	}

	/** The lower end of acta `index`, as the bottom camera sees it. The same arguments, the same bytes. */
	take(megapixels: Megapixels, severity: Severity, index: number): Promise<Taken> {
		const name = `${megapixels}mp-s${severity}-${String(index).padStart(3, '0')}.jpg`
		const taken = this.#taken.get(name) ?? this.#take(name, megapixels, severity, index)
		this.#taken.set(name, taken)
		return taken
	}

	async #take(name: string, megapixels: Megapixels, severity: Severity, index: number): Promise<Taken> {
		this.#press ??= openStripPrinter()
		const paper = paperOf(`bench ${index}`, index)
		const photograph = drawPhotograph(severity, `bench ${index}`, megapixels)
		const path = join(this.#directory, name)
		await writeFile(path, await photographActa(await this.#press, paper, presidential2024, photograph))
		return { path, text: formatPayload(paper.acta) }
	}
}

/** Of a table for each index. */
export function paperOf(seed: string, index: number): Paper {
	const random = new Random(`${seed}/paper`)
	const centro = String(100_000_000 + Math.floor(index / 15))
	const mesa = String(1 + (index % 15)).padStart(2, '0')
	const votes = presidential2024.cards.map(() => (random.chance(0.3) ? random.whole(1, 120) : 0))
	return {
		acta: { code: `${centro}.${mesa}.1.0001`, centro, mesa, votes, nullVotes: 0, emptyVotes: 0 },
		place: { state: 'EDO. DE MUESTRA', municipality: 'MP. MUESTRA', parish: 'PQ. MUESTRA', electors: 3000 },
		seed,
	}
}
