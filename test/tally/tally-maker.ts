/** Objects as a tally takes them in, by few words; the ids tell who signed which. */
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { Register } from '#src/acta/register/register.js'
import type { Entry } from '#src/evidence/entry.js'
import type { Ruling } from '#src/evidence/ruling.js'
import type { Transcription } from '#src/evidence/transcription.js'
import type { NationalFigures } from '#src/tally/figures.js'
import { summaryOf, type TallySummary } from '#src/tally/summary.js'
import { Tally } from '#src/tally/tally.js'

const election = presidential2024.id

export class TallyMaker {
	readonly tally: Tally

	constructor(register: Register | null = null) {
		this.tally = new Tally(presidential2024, register)
	}

	/** Counts of an acta: of one candidate on the first card, of another on the 34th. */
	static counts(first: number, other: number): string {
		return Array.from({ length: 38 }, (_, card) => (card === 0 ? first : card === 33 ? other : 0)).join(',')
	}

	static readonly first = `121202007.01.1.0001!${TallyMaker.counts(46, 117)}!2!1`
	static readonly second = `121202007.02.1.0001!${TallyMaker.counts(10, 20)}!0!0`

	static at(signer: string, seq: number): { readonly seq: number; readonly id: string } {
		return { seq, id: `${signer}-${seq}-`.padEnd(43, '0') }
	}

	/** The picture that an entry names. */
	static image(device: string, seq: number): string {
		return `${device}-${seq}-`.padEnd(64, '0')
	}

	/** Without a text only a picture; `code` where it could be read alone. */
	scan(device: string, seq: number, text: string | null, more: object = {}, code?: string): this {
		const method = text === null ? 'none' : 'qr'
		const reading = { method, text, code: code ?? text?.split('!')[0] ?? null }
		const images = [{ role: 'full', mediaType: 'image/jpeg', size: 1, sha256: TallyMaker.image(device, seq) }]
		return this.add(device, seq, { kind: 'acta', reading, images, ...more })
	}

	voids(device: string, seq: number, voided: number): this {
		return this.add(device, seq, { kind: 'void', voids: TallyMaker.at(device, voided) })
	}

	add(device: string, seq: number, more: object): this {
		// The tally reads only the fields that are given here.
		const entry = { election, device, seq, ...more } as unknown as Entry
		this.tally.addEntry({ id: TallyMaker.at(device, seq).id, entry })
		return this
	}

	/** A station's answer to entry `of`; without a text it is unreadable. */
	answer(
		station: string,
		seq: number,
		of: readonly [string, number],
		text: string | null,
		more: object = {},
	): this {
		const said = text === null ? { unreadable: 'blurred' } : { text }
		const about = { entry: TallyMaker.at(...of).id, image: TallyMaker.image(...of) }
		const transcription = { election, station, seq, ...about, ...said, ...more } as unknown as Transcription
		this.tally.addTranscription({ id: TallyMaker.at(station, seq).id, transcription })
		return this
	}

	/** That entries of a table do not count. */
	rule(
		officer: string,
		seq: number,
		table: string,
		excludes: readonly (readonly [string, number])[],
		more: object = {},
	): this {
		const ids = excludes.map(([device, of]) => TallyMaker.at(device, of).id)
		const said = { table, excludes: ids, reason: 'misread', rests: 'paper' }
		const ruling = { election, officer, seq, ...said, ...more } as unknown as Ruling
		this.tally.addRuling({ id: TallyMaker.at(officer, seq).id, ruling })
		return this
	}

	revoke(signer: string, last: number): this {
		this.tally.revoke(signer, last)
		return this
	}

	get summary(): TallySummary {
		return summaryOf(this.tally)
	}

	get figures(): NationalFigures {
		return this.tally.figures()
	}
}
