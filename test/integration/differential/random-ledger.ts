/**
 * Ledgers by seed, in which much of what COUNTING.md tells apart comes together: few tables, few ways to read each, and
 * devices, stations and officers that agree, differ, change their minds and are revoked.
 */
import { ElectionDefinition } from '#src/acta/election.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { Random } from '#src/simulator/random.js'
import { actaPayload, rulingPayload, transcriptionPayload } from '../../evidence/samples.ts'
import { registryWithPeople, revocationOf } from '../../vectors/authority-words.ts'
import { certificate } from '../../vectors/certificate.ts'
import { digestOf, lines } from '../../vectors/collections.ts'
import { authority, centre } from '../../vectors/object-vector.ts'
import { type SeededKey, seededKey } from '../../vectors/seeded-key.ts'
import { idOf } from '../../vectors/signed.ts'
import { SigningChain } from '../../vectors/signing-chain.ts'
import { mutatedText } from './mutate-text.ts'
import type { Files } from './verifiers.ts'

/** Invented, and small, so that readings often say the same. */
const smallElection = ElectionDefinition.parse({
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
		{ sigla: 'three', candidate: 'A' },
	],
	highestCount: 999,
})

const keysOf = (letter: string, count: number) =>
	Array.from({ length: count }, (_, number) => seededKey(`${letter}-random-${number}`))
const devices = keysOf('k', 4)
const stations = keysOf('s', 4)
const officers = keysOf('o', 3)

export interface RandomLedger {
	readonly files: Files
	/** The same lines in another order. */
	readonly shuffled: Files
	readonly election: ElectionDefinition
}

interface Paper {
	readonly id: string
	readonly table: string
	readonly device: string
	readonly pictures: readonly string[]
}

function pick<T>(from: readonly T[], random: Random): T {
	return from[random.whole(0, from.length - 1)] as T
}

export function randomLedger(random: Random): RandomLedger {
	const script = new Script(random)
	for (let steps = random.whole(1, 40); steps > 0; steps--) script.step()
	if (random.chance(0.25)) script.contradictAll()
	return script.result()
}

class Script {
	readonly #random: Random
	readonly #election: ElectionDefinition
	readonly #tables: readonly string[]
	readonly #devices = devices.map((key) => new SigningChain(key, 'entry'))
	readonly #stations = stations.map((key) => new SigningChain(key, 'transcription'))
	readonly #officers = officers.map((key) => new SigningChain(key, 'ruling'))
	readonly #papers: Paper[] = []
	readonly #answers: { readonly id: string; readonly station: string; readonly entry: string }[] = []
	readonly #rulings: { readonly id: string; readonly payload: object }[] = []
	readonly #lines: string[] = []
	readonly #revocations: string[] = []

	constructor(random: Random) {
		this.#random = random
		this.#election = random.chance(0.2) ? presidential2024 : smallElection
		const { digits } = this.#election.code
		const spelled = (number: number, part: number) => String(number).padStart(digits[part] ?? 0, '0')
		this.#tables = Array.from(
			{ length: random.whole(1, random.chance(0.6) ? 4 : 9) },
			(_, number) => `${spelled(101 + (number >> 1), 0)}.${spelled(1 + (number & 1), 1)}`,
		)
	}

	step(): void {
		this.#random.pick([
			...[() => this.#scan(), () => this.#scan(), () => this.#scan()],
			...[() => this.#answer(), () => this.#answer(), () => this.#answer(), () => this.#answer()],
			...[() => this.#rule(), () => this.#ruleAgain(), () => this.#void(), () => this.#revoke()],
			() => this.#pose(),
		] as const)()
	}

	/** Each table by two devices, of which one says mostly otherwise, and some by a station that says otherwise. */
	contradictAll(): void {
		const [one, other] = this.#random.shuffled(this.#devices)
		const station = pick(this.#stations, this.#random)
		for (const table of this.#tables) {
			this.#scan(one, table, 5)
			if (this.#random.chance(0.8)) this.#answer(station, 7)
			this.#scan(other, table, 7)
		}
	}

	#code(table: string): string {
		const { digits } = this.#election.code
		const rest = digits.slice(2).map((length) => '1'.padStart(length, String(this.#random.whole(0, 1))))
		return this.#random.chance(0.05) ? table : [table, ...rest].join('.')
	}

	#text(table: string, votesOfOne: number | undefined): string {
		const random = this.#random
		if (votesOfOne === undefined && random.chance(0.05))
			return random.pick(['x', '', '1!2', `${this.#code(table)}!1!0!0`])
		const votes = this.#election.cards.map(() => 5)
		votes[random.whole(0, 1)] = votesOfOne ?? random.pick([5, 5, 5, 7])
		return `${this.#code(table)}!${votes.join()}!${random.chance(0.1) ? 1 : 0}!0`
	}

	get #electionId(): string {
		return this.#random.chance(0.04) ? 'another' : this.#election.id
	}

	#scan(
		device = pick(this.#devices, this.#random),
		table = pick(this.#tables, this.#random),
		votesOfOne?: number,
	): void {
		const random = this.#random
		const method = votesOfOne === undefined ? random.pick(['qr', 'qr', 'ocr', 'none']) : 'qr'
		const reading = {
			method,
			text: method === 'none' && random.chance(0.9) ? null : this.#text(table, votesOfOne),
			code: random.chance(0.6)
				? this.#code(table)
				: random.pick([null, null, 'x', this.#code(pick(this.#tables, random))]),
		}
		const pictures = Array.from({ length: random.whole(1, 2) }, (_, at) =>
			digestOf(`${this.#papers.length}/${at}`),
		)
		const { images: given, ...payload } = actaPayload(device.id)
		const images = pictures.map((sha256) => ({ ...given[0], sha256 }))
		const line = device.sign({ ...payload, election: this.#electionId, reading, images })
		this.#papers.push({ id: idOf(line), table, device: device.id, pictures })
		this.#keep(line)
	}

	#keep(line: string): void {
		if (this.#random.chance(0.95)) this.#lines.push(line)
		if (this.#random.chance(0.05)) this.#lines.push(line)
	}

	#answer(station = pick(this.#stations, this.#random), votesOfOne?: number): void {
		const random = this.#random
		if (this.#papers.length === 0) return
		// The same few papers are read again and again.
		const paper = random.chance(0.7) ? this.#papers.at(-1) : pick(this.#papers, random)
		if (paper === undefined) return
		const { text: _, ...payload } = transcriptionPayload(station.id)
		const table = random.chance(0.9) ? paper.table : pick(this.#tables, random)
		const own = this.#answers.filter((one) => one.station === station.id)
		const before = random.chance(0.8) ? own.filter(({ entry }) => entry === paper.id).at(-1) : own.at(-1)
		const says = random.chance(0.75)
			? {
					text: this.#text(table, votesOfOne) || 'x',
					...(random.chance(0.1) ? { code: this.#code(table) } : {}),
				}
			: { unreadable: 'blurred', ...(random.chance(0.6) ? { code: this.#code(table) } : {}) }
		const line = station.sign({
			...payload,
			election: this.#electionId,
			entry: paper.id,
			image: random.chance(0.95) ? pick(paper.pictures, random) : digestOf('another'),
			...says,
			...(before !== undefined && random.chance(0.6) ? { replaces: before.id } : {}),
		})
		this.#answers.push({ id: idOf(line), station: station.id, entry: paper.id })
		this.#keep(line)
	}

	#rule(officer = pick(this.#officers, this.#random)): void {
		const random = this.#random
		const table = pick(this.#tables, random)
		const own = this.#papers
			.filter((paper) => random.chance(0.1) || paper.table === table)
			.map(({ id }) => id)
		const excludes = random.shuffled(own).slice(0, random.whole(0, 3))
		const before = this.#rulings.map(({ id }) => id)
		const replaces =
			before.length > 0 && random.chance(0.4)
				? { replaces: random.shuffled(before).slice(0, random.whole(1, 2)) }
				: {}
		const { officer: _, ...payload } = rulingPayload('o-x')
		this.#sign({ ...payload, election: this.#electionId, table, excludes, ...replaces }, officer)
	}

	/** Another officer signs the same, mostly. */
	#ruleAgain(): void {
		const random = this.#random
		if (this.#rulings.length === 0) return
		const { payload } = random.chance(0.7)
			? (this.#rulings.at(-1) ?? { payload: {} })
			: pick(this.#rulings, random)
		const again = payload as { readonly excludes: readonly string[] }
		this.#sign({ ...again, excludes: random.shuffled(again.excludes), reason: 'other' })
	}

	#sign(payload: object, officer = pick(this.#officers, this.#random)): void {
		const line = officer.sign({ ...payload, officer: officer.id })
		this.#rulings.push({ id: idOf(line), payload })
		this.#keep(line)
	}

	#void(): void {
		const random = this.#random
		if (this.#papers.length === 0) return
		const paper = pick(this.#papers, random)
		const device = random.chance(0.8)
			? (this.#devices.find(({ id }) => id === paper.device) ?? pick(this.#devices, random))
			: pick(this.#devices, random)
		const { reading: _, images: __, ...payload } = actaPayload(device.id)
		const voids = { seq: random.whole(1, 3), id: paper.id }
		this.#keep(device.sign({ ...payload, election: this.#electionId, kind: 'void', voids, reason: 'twice' }))
	}

	/** What somebody of another role signs, as if it were theirs to sign. */
	#pose(): void {
		const random = this.#random
		const before = this.#lines.length
		random.pick([
			() => this.#scan(new SigningChain(pick([...stations, ...officers], random), 'entry')),
			() => this.#answer(new SigningChain(pick([...devices, ...officers], random), 'transcription')),
			() => this.#rule(new SigningChain(pick([...devices, ...stations], random), 'ruling')),
		] as const)()
		const line = this.#lines.at(-1)
		if (this.#lines.length > before && line !== undefined && random.chance(0.2))
			this.#lines.push(mutatedText(line, random).replaceAll('\n', ''))
	}

	#revoke(): void {
		const random = this.#random
		if (random.chance(0.5)) return
		const one = pick([...this.#devices, ...this.#stations, ...this.#officers], random)
		this.#revocations.push(revocationOf(one.id, random.whole(0, one.seq)))
	}

	result(): RandomLedger {
		const random = this.#random
		/** Not listed, but for a certificate of its own. */
		const [apart, ...most] = devices
		const isListed = apart === undefined || random.chance(0.7)
		const registry = registryWithPeople(1, {
			devices: isListed ? devices : most,
			stations: random.chance(0.8) ? stations : stations.slice(1),
			officers: random.chance(0.8) ? officers : officers.slice(1),
		})
		const election = this.#election
		const files = {
			'authority.pem': authority.pem,
			'centre.pem': centre.pem,
			'registry.jws': lines(registry, ...this.#revocations),
			...(election === presidential2024 ? {} : { 'election.json': JSON.stringify(election) }),
			...(isListed ? {} : { [`devices/${apart.id}.pem`]: this.#certificateOf(apart) }),
			...(random.chance(0.85) ? { 'register.csv': this.#registerBytes() } : {}),
		}
		return {
			files: { ...files, 'ledger.jws': lines(...this.#lines) },
			shuffled: { ...files, 'ledger.jws': lines(...random.shuffled(this.#lines)) },
			election,
		}
	}

	/** Or its bare key, which counts for nothing once there is a registry. */
	#certificateOf(key: SeededKey): string {
		if (this.#random.chance(0.3)) return key.pem
		return certificate({ subject: key.id, key, issuer: authority.id, by: authority })
	}

	/** Each byte as a character; now and then not in its one spelling. */
	#registerBytes(): string {
		const bytes = Buffer.from(this.#register()).toString('latin1')
		return this.#random.chance(0.15) ? mutatedText(bytes, this.#random) : bytes
	}

	/** Of most tables, and of some of which nothing came. */
	#register(): string {
		const random = this.#random
		const listed = this.#tables.filter(() => random.chance(0.8))
		const more = this.#tables.map((table) => `9${table.slice(1)}`).slice(0, random.whole(1, 3))
		const rows = [...listed, ...more].map((table) => {
			return `Estado Ñ,"Municipio, el ""otro""",Parroquia,${table.replace('.', ',')},${random.whole(1, 999)}`
		})
		return ['state,municipality,parish,centro,mesa,electors', ...rows].map((row) => `${row}\n`).join('')
	}
}
