/** Objects of a small country: two states, three centres, a handful of tables, as scripts that fast-check makes up. */
import fc from 'fast-check'
import { ElectionDefinition } from '#src/acta/election.js'
import { formatRegister, parseRegister } from '#src/acta/register/canonical.js'
import type { Entry } from '#src/evidence/entry.js'
import type { Ruling } from '#src/evidence/ruling.js'
import type { Transcription } from '#src/evidence/transcription.js'
import type { Tally } from '#src/tally/tally.js'
import { gotten } from '../support/result.ts'

export const smallElection = ElectionDefinition.parse({
	id: 'small',
	title: 'A small election',
	code: { digits: [2, 2, 1], centro: 0, mesa: 1 },
	candidates: [
		{ id: 'A', name: 'Ana' },
		{ id: 'B', name: 'Bo' },
	],
	cards: [
		{ sigla: 'ONE', candidate: 'A' },
		{ sigla: 'TWO', candidate: 'B' },
		{ sigla: 'THREE', candidate: 'A' },
	],
	highestCount: 999,
})

const rows = [
	['NORTH', 'N1', 'P', '11', '01', 100],
	['NORTH', 'N1', 'P', '11', '02', 200],
	['NORTH', 'N2', 'P', '12', '01', 400],
	['NORTH', 'N2', 'P', '12', '02', 500],
	['SOUTH', 'N1', 'P', '13', '01', 800],
] as const

export const smallRegister = gotten(
	parseRegister(
		Buffer.from(
			formatRegister(
				rows.map(([state, municipality, parish, centro, mesa, electors]) => ({
					...{ state, municipality, parish, centro, mesa, electors },
					...{ table: `${centro}.${mesa}`, centroName: '' },
				})),
			),
		),
		smallElection,
	),
)

interface Signed {
	readonly id: string
	readonly signer: string
	readonly seq: number
}

export interface EntryObject extends Signed {
	readonly kind: 'entry'
	readonly image: string
	readonly reading?: {
		readonly method: 'qr' | 'ocr' | 'none'
		readonly text: string | null
		readonly code: string | null
	}
	/** Of the entry that it marks as a mistake. */
	readonly voids?: string
}

interface AnswerObject extends Signed {
	readonly kind: 'answer'
	readonly entry: string
	readonly image: string
	readonly text: string | null
	readonly code: string | null
	readonly replaces: string | undefined
}

export interface RulingObject extends Signed {
	readonly kind: 'ruling'
	readonly table: string
	readonly excludes: readonly string[]
	readonly replaces: readonly string[]
}

interface RevocationObject {
	readonly kind: 'revocation'
	readonly signer: string
	readonly last: number
}

export type TallyObject = EntryObject | AnswerObject | RulingObject | RevocationObject

export const devices = ['k-1', 'k-2', 'k-3']
export const stations = ['s-1', 's-2', 's-3']
const officers = ['o-1', 'o-2', 'o-3']
/** The last one is in no register. */
const tables = ['11.01', '11.02', '12.01', '12.02', '13.01', '99.01']

/** What one says of a table: few, so that they agree often; two spell the rest of the code otherwise. */
const says = [
	['1', '5,3,1!0!2'],
	['2', '5,3,1!0!2'],
	['1', '0,9,0!1!0'],
] as const

function textOf(table: number, says_: number): string {
	const [rest, counts] = says[says_ % says.length] ?? says[0]
	return `${tables[table % tables.length]}.${rest}!${counts}`
}

const number = fc.nat(1_000)
const kinds = [
	...['entry', 'entry', 'entry', 'sweep', 'void', 'void', 'answer', 'answer', 'agreement', 'agreement'],
	...['agreement', 'ruling', 'decision', 'decision', 'revocation'],
] as const
const step = fc.record({
	kind: fc.constantFrom(...kinds),
	a: number,
	b: number,
	c: number,
	d: number,
	e: number,
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** A set of objects, in the order in which they were signed. */
export const scripts = fc.array(step, { minLength: 1, maxLength: 30, size: 'max' }).map((steps) => {
	const script = new Script()
	for (const one of steps) script.take(one)
	return script.objects
})

class Script {
	readonly objects: TallyObject[] = []
	readonly #seqs = new Map<string, number>()

	take({ kind, a, b, c, d, e }: Step): void {
		const [device, station, officer] = [pick(devices, a), pick(stations, a), pick(officers, a)]
		const entry = pick(this.#of('entry'), b)
		switch (kind) {
			case 'entry':
				this.#record(device, textOf(b, d), c)
				break
			case 'sweep':
				for (let table = 0; table < tables.length; table++) this.#record(device, textOf(table, d), 0)
				break
			case 'void':
				if (entry === undefined) break
				// Mostly of its own.
				this.objects.push({
					...{
						kind: 'entry',
						...this.#sign(c % 4 === 0 ? device : entry.signer),
						image: '',
						voids: entry.id,
					},
				})
				break
			case 'answer':
				this.#answer(station, entry, { a, c, d, e })
				break
			case 'agreement':
				// Two stations say the same, mostly what the device says too.
				for (const one of [station, pick(stations, a + 1)])
					this.#answer(one, entry, { a: 1, c: c % 7, d, e: 1 })
				break
			case 'ruling':
				this.#rule([officer], { b, c, d, e })
				break
			case 'decision':
				this.#rule([officer, pick(officers, a + 1)], { b, c, d, e })
				break
			case 'revocation':
				this.objects.push({
					...{ kind: 'revocation', signer: pick([...devices, ...stations, ...officers], a), last: c % 12 },
				})
		}
	}

	#of<K extends TallyObject['kind']>(kind: K): Extract<TallyObject, { kind: K }>[] {
		return this.objects.filter((object): object is Extract<TallyObject, { kind: K }> => object.kind === kind)
	}

	#sign(signer: string): Signed {
		const seq = (this.#seqs.get(signer) ?? 0) + 1
		this.#seqs.set(signer, seq)
		return { signer, seq, id: `${signer}/${seq}` }
	}

	#record(device: string, text: string, how: number): void {
		const signed = this.#sign(device)
		const code = text.split('!')[0] ?? ''
		const reading = pick(
			[
				{ method: 'qr', text, code },
				{ method: 'ocr', text, code },
				{ method: 'none', text: null, code: null },
				{ method: 'none', text: null, code },
				{ method: 'qr', text: `${code}!1`, code },
				{ method: 'ocr', text: 'no acta', code: 'none' },
			] as const,
			how,
		)
		this.objects.push({ kind: 'entry', ...signed, image: `picture ${signed.id}`, reading })
	}

	#answer(station: string, entry: EntryObject | undefined, { a, c, d, e }: Omit<Step, 'kind' | 'b'>): void {
		const asked = entry?.reading?.text ?? textOf(c, 0)
		const text = e % 5 === 0 ? null : d % 3 !== 0 && asked.split('!').length === 4 ? asked : textOf(c, d)
		const code = e % 2 === 0 ? (textOf(c, d).split('!')[0] ?? null) : null
		this.objects.push({
			...{ kind: 'answer', ...this.#sign(station) },
			// Now and then to one that is not there, or to another picture.
			entry: c % 13 === 0 ? 'nowhere' : (entry?.id ?? 'nowhere'),
			image: a % 11 === 0 ? 'another' : (entry?.image ?? ''),
			...{ text, code },
			replaces: c % 3 === 0 ? pick([undefined, ...this.#of('answer')], d)?.id : undefined,
		})
	}

	#rule(signers: readonly string[], { b, c, d, e }: Omit<Step, 'kind' | 'a'>): void {
		const earlier = this.#of('ruling')
		const excluded = pick([undefined, ...this.#of('entry')], d)
		const ownTable = excluded?.reading?.text?.slice(0, 5) ?? pick(tables, c)
		const said = pick([undefined, undefined, ...earlier], b) ?? {
			table: c % 4 === 0 ? pick(tables, c) : ownTable,
			excludes: excluded === undefined ? [] : [excluded.id],
			replaces: e % 2 === 0 && earlier.length > 0 ? [pick(earlier, e).id] : [],
		}
		const { table, excludes, replaces } = said
		for (const signer of signers)
			this.objects.push({ kind: 'ruling', ...this.#sign(signer), table, excludes, replaces })
	}
}

/** Of a list that is not empty; undefined of one that is. */
function pick<T>(all: readonly T[], at: number): T {
	return all[at % all.length] as T
}

export function give(tally: Tally, object: TallyObject): void {
	const election = smallElection.id
	// The tally reads only the fields that are given here.
	switch (object.kind) {
		case 'entry': {
			const { id, signer: device, seq, image, reading, voids } = object
			const said =
				voids === undefined
					? { kind: 'acta', reading, images: [{ sha256: image }] }
					: { kind: 'void', voids: { id: voids, seq: 1 } }
			tally.addEntry({ id, entry: { election, device, seq, ...said } as unknown as Entry })
			break
		}
		case 'answer': {
			const { id, signer: station, kind: _, text, code, ...more } = object
			const said = {
				...(text === null ? { unreadable: 'other' } : { text }),
				...(code === null ? {} : { code }),
			}
			tally.addTranscription({
				id,
				transcription: { election, station, ...more, ...said } as unknown as Transcription,
			})
			break
		}
		case 'ruling': {
			const { id, signer: officer, kind: _, replaces, ...more } = object
			const said = { election, officer, ...more, ...(replaces.length === 0 ? {} : { replaces }) }
			tally.addRuling({ id, ruling: said as unknown as Ruling })
			break
		}
		case 'revocation':
			tally.revoke(object.signer, object.last)
	}
}
