/**
 * The reading pipeline on rendered frames by the severity scale, beside zxing's best setting alone on the same
 * grey planes. One shot a paper; a seed gives the same frames on every machine.
 */
import type { Acta } from '#src/acta/payload.js'
import { formatPayload } from '#src/acta/payload.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { fail } from '#src/platform/result.js'
import { chooseReading } from '#src/reading/choose.js'
import { decodeGrey } from '#src/reading/decode-grey.js'
import { searchPicture } from '#src/reading/search/picture-search.js'
import { QrSearch } from '#src/reading/search/qr-search.js'
import { openStripPrinter, type Paper } from '#src/simulator/paper/strip.js'
import { photographActa } from '#src/simulator/photograph/photograph.js'
import {
	drawPhotograph,
	type Megapixels,
	penStroke,
	type Severity,
} from '#src/simulator/photograph/severity.js'
import { Random } from '#src/simulator/random.js'

export interface SeverityRun {
	readonly seed: string
	readonly frames: number
	readonly severity: Severity
	readonly megapixels: Megapixels
	/** With a pen stroke over the code in every frame, or as the scale draws them. */
	readonly pen: 'forced' | 'as-drawn'
}

interface Score {
	readonly read: number
	readonly wrong: number
	readonly missed: number
	/** Of each frame, on ready grey, in the order of the frames. */
	readonly ms: readonly number[]
}

export interface SeverityScore {
	readonly run: SeverityRun
	readonly testigo: Score
	readonly zxing: Score
	/** How many frames each stage read. */
	readonly stages: Readonly<Record<string, number>>
	/** Decoding the JPEG to grey. */
	readonly decodeMs: readonly number[]
}

export async function scoreSeverity(run: SeverityRun): Promise<SeverityScore> {
	const press = await openStripPrinter()
	const search = await QrSearch.load()
	const [testigo, zxing] = [new Scoring(), new Scoring()]
	const stages: Record<string, number> = {}
	const decodeMs: number[] = []
	for (let frame = 0; frame < run.frames; frame++) {
		const seed = `${run.seed}/${run.severity}/${run.megapixels}/${frame}`
		const drawn = drawPhotograph(run.severity, seed, run.megapixels)
		const forced = run.pen === 'forced' && drawn.pen.length === 0
		const photograph = forced ? { ...drawn, pen: [penStroke(new Random(`${seed}/forced`))] } : drawn
		const paper = invented(seed)
		const text = formatPayload(paper.acta)
		const jpeg = await photographActa(press, paper, presidential2024, photograph)

		const decodedAt = performance.now()
		const grey = await decodeGrey(jpeg, 'image/jpeg', 20)
		decodeMs.push(performance.now() - decodedAt)
		if (!grey.ok) throw new Error(`the rendered frame is no picture: ${grey.fault.detail}`)

		const zxingAt = performance.now()
		const alone = search.codes(grey.value, 'thorough')
		zxing.add(
			alone.map(({ bytes }) => bytes),
			text,
			performance.now() - zxingAt,
		)
		const at = performance.now()
		const { codes, stage } = searchPicture(grey.value, search, presidential2024, () => performance.now())
		testigo.add(codes, text, performance.now() - at)
		if (stage !== null) stages[stage] = (stages[stage] ?? 0) + 1
	}
	return { run, testigo, zxing, stages, decodeMs }
}

class Scoring implements Score {
	read = 0
	wrong = 0
	missed = 0
	readonly ms: number[] = []

	add(codes: readonly Uint8Array[], text: string, ms: number): void {
		const reading = chooseReading(codes, presidential2024, () => fail('no-code', 'not looked into').fault)
		this.ms.push(ms)
		if (reading.kind !== 'acta') this.missed++
		else if (reading.text === text) this.read++
		else this.wrong++
	}
}

/** An acta of nowhere, with counts like those of 2024. */
export function invented(seed: string): Paper {
	const random = new Random(`${seed}/votes`)
	const digits = (most: number, length: number) => String(random.whole(1, most)).padStart(length, '0')
	const centro = `${digits(24, 2)}${digits(20, 2)}${digits(9, 2)}${digits(80, 3)}`
	const mesa = digits(15, 2)
	const votes = presidential2024.cards.map(({ candidate, sigla }) => {
		if (sigla === 'MUD' || sigla === 'PSUV') return random.whole(10, 400)
		return random.chance(candidate === 'EG' || candidate === 'NM' ? 0.5 : 0.2) ? random.whole(1, 30) : 0
	})
	const acta: Acta = {
		code: `${centro}.${mesa}.1.0001`,
		centro,
		mesa,
		votes,
		nullVotes: random.chance(0.04) ? 1 : 0,
		emptyVotes: 0,
	}
	const place = { state: 'EDO. MUESTRA', municipality: 'MP. MUESTRA', parish: 'PQ. MUESTRA', electors: 900 }
	return { acta, place, seed }
}
