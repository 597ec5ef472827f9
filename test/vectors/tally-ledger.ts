/** An invented election, its ledgers line by line, and its register. */
import { actaPayload, rulingPayload, transcriptionPayload } from '../evidence/samples.ts'
import { registryWithPeople, revocationOf } from './authority-words.ts'
import { type CollectionVector, digestOf, lines } from './collections.ts'
import {
	authority,
	centre,
	device,
	officer,
	otherDevice,
	otherOfficer,
	otherStation,
	station,
} from './object-vector.ts'
import { type SeededKey, seededKey } from './seeded-key.ts'
import { idOf } from './signed.ts'
import { SigningChain } from './signing-chain.ts'

export const election = {
	id: 'invented',
	title: 'Invented',
	code: { digits: [3, 2, 1], centro: 0, mesa: 1 },
	candidates: [
		{ id: 'A', name: 'A' },
		{ id: 'B', name: 'B' },
	],
	cards: [
		{ sigla: 'one', candidate: 'A' },
		{ sigla: 'two', candidate: 'B' },
	],
	highestCount: 999,
}

export const thirdStation = seededKey('s-vectors-c')
const registry = registryWithPeople(1, {
	devices: [device, otherDevice],
	stations: [station, otherStation, thirdStation],
	officers: [officer, otherOfficer],
})

export type Counts = readonly [a: number, b: number, nullVotes?: number, emptyVotes?: number]

/** What goes into a ledger, each line after the one before. */
export class TallyLedger {
	readonly #lines: string[] = []
	readonly #words: string[] = [registry]
	readonly #chains = new Map<string, SigningChain>()
	#papers = 0

	#signedBy(key: SeededKey, kind: 'entry' | 'transcription' | 'ruling', payload: object): string {
		const chain = this.#chains.get(key.id) ?? new SigningChain(key, kind)
		this.#chains.set(key.id, chain)
		const line = chain.sign(payload)
		this.#lines.push(line)
		return idOf(line)
	}

	#entry(by: SeededKey, reading: object, change: object = {}): Paper {
		const { images, ...payload } = actaPayload(by.id)
		const picture = digestOf(`paper ${++this.#papers}`)
		const more = { reading, images: [{ ...images[0], sha256: picture }], ...change }
		const id = this.#signedBy(by, 'entry', { ...payload, election: election.id, ...more })
		return { id, picture }
	}

	/** Read by a machine. */
	scan(by: SeededKey, table: string, counts: Counts, change: object = {}): Paper {
		return this.#entry(by, { method: 'qr', text: textOf(table, counts), code: codeOf(table) }, change)
	}

	/** Kept as a picture, with its code or without. */
	picture(by: SeededKey, table: string | null): Paper {
		return this.#entry(by, { method: 'none', text: null, code: table === null ? null : codeOf(table) })
	}

	void(by: SeededKey, { id }: Paper): void {
		const { reading: _, images: __, ...payload } = actaPayload(by.id)
		const said = { kind: 'void', voids: { seq: 1, id }, reason: 'twice' }
		this.#signedBy(by, 'entry', { ...payload, election: election.id, ...said })
	}

	/** `counts` null: unreadable, but for the code of `table`, which may be null too. */
	answer(
		by: SeededKey,
		paper: Paper,
		table: string | null,
		counts: Counts | null,
		change: object = {},
	): string {
		const { text: _, ...payload } = transcriptionPayload(by.id)
		const said =
			counts === null
				? { unreadable: 'faded', ...(table === null ? {} : { code: codeOf(table) }) }
				: { text: textOf(table ?? '', counts) }
		const to = { election: election.id, entry: paper.id, image: paper.picture }
		return this.#signedBy(by, 'transcription', { ...payload, ...to, ...said, ...change })
	}

	rule(by: SeededKey, table: string, excludes: readonly string[], replaces: readonly string[] = []): string {
		const payload = { ...rulingPayload(by.id), election: election.id, table, excludes }
		return this.#signedBy(by, 'ruling', { ...payload, ...(replaces.length > 0 ? { replaces } : {}) })
	}

	revoke({ id }: SeededKey, last: number): void {
		this.#words.push(revocationOf(id, last))
	}

	files(register: string): CollectionVector['files'] {
		return {
			'ledger.jws': lines(...this.#lines),
			'centre.pem': centre.pem,
			'authority.pem': authority.pem,
			'registry.jws': lines(...this.#words),
			'election.json': JSON.stringify(election),
			'register.csv': register,
		}
	}
}

interface Paper {
	readonly id: string
	readonly picture: string
}

function codeOf(table: string): string {
	return `${table}.1`
}

function textOf(table: string, [a, b, nullVotes = 0, emptyVotes = 0]: Counts): string {
	return `${codeOf(table)}!${a},${b}!${nullVotes}!${emptyVotes}`
}

export function registerOf(tables: Readonly<Record<string, number>>): string {
	const rows = Object.entries(tables).map(([table, count]) => `S,M,P,${table.replace('.', ',')},${count}`)
	return ['state,municipality,parish,centro,mesa,electors', ...rows].map((row) => `${row}\n`).join('')
}
