/**
 * The counting of provisioning/verify/COUNTING.md written down once more, plainly: of a whole set of objects at once, slow,
 * and knowing nothing of how `src/tally/` keeps its sums. Only the grammar of payloads and codes is shared.
 */
import type { ElectionDefinition } from '#src/acta/election.js'
import { type Acta, parsePayload, tableInCode } from '#src/acta/payload.js'
import type { Register, RegisteredTable } from '#src/acta/register/register.js'
import type { NationalFigures, PlaceFigures, Sums, TableState } from '#src/tally/figures.js'
import type { EntryObject, RulingObject, TallyObject } from './objects.ts'

interface Said {
	readonly table: string
	readonly counts: string
	readonly acta: Acta
}

interface Paper {
	readonly entry: EntryObject
	readonly standing: 'good' | 'void' | 'disowned'
	readonly machine: Said | null
	readonly codeTable: string | null
	/** Stations' readings. */
	readonly readings: readonly { readonly station: string; readonly said: Said }[]
	readonly people: Said | null
	readonly disputed: boolean
	readonly belongs: string | null
}

interface TableCase {
	readonly state: TableState
	readonly confirmed: boolean
	readonly versions: readonly Said[]
	readonly named: readonly Said[]
}

export class Reference {
	readonly #election: ElectionDefinition
	readonly #register: Register
	readonly #objects: readonly TallyObject[]
	readonly #papers: readonly Paper[]
	/** Looked at before: only to be quick. */
	readonly #cases = new Map<string, TableCase>()
	readonly #inForce: readonly Decision[]
	readonly #rulings: NationalFigures['rulings']

	constructor(election: ElectionDefinition, register: Register, objects: readonly TallyObject[]) {
		this.#election = election
		this.#register = register
		this.#objects = objects
		this.#papers = this.#of('entry')
			.filter((entry) => entry.reading !== undefined)
			.map((entry) => this.#paper(entry))
		const decisions = this.#decisions()
		const counting = decisions.filter(({ officers }) => officers >= 2)
		this.#inForce = counting.filter(
			({ ids }) => !counting.some(({ replaces }) => replaces.some((id) => ids.includes(id))),
		)
		this.#rulings = {
			counted: counting.length,
			inForce: this.#inForce.length,
			single: decisions.filter(({ officers }) => officers === 1).length,
		}
	}

	figures(): NationalFigures {
		const { electors, sha256, tables } = this.#register
		const unlisted = { unread: 0, counted: 0, conflict: 0, quarantine: 0, void: 0 }
		for (const table of this.#unlisted()) {
			const { state } = this.#tableCase(table)
			if (state === 'missing') throw new Error(`${table}: no entry belongs to it`)
			unlisted[state]++
		}
		return {
			election: this.#election.id,
			register: { sha256, tables: tables.size, electors },
			...this.place([...tables.values()], this.#unlisted()),
			unlisted,
			unreadPapers: this.#papers.filter((paper) => isUnread(paper) && paper.belongs === null).length,
			contradicting: this.#contradicting(),
			rulings: this.#rulings,
		}
	}

	/** Of some tables of the register; `unlisted` count in the sums alone. */
	place(rows: readonly RegisteredTable[], unlisted: readonly string[] = []): PlaceFigures {
		const extent = (of: readonly RegisteredTable[]) => ({
			tables: of.length,
			electors: of.reduce((sum, { electors }) => sum + electors, 0),
		})
		const inState = (state: TableState) =>
			extent(rows.filter(({ table }) => this.#tableCase(table).state === state))
		const all = [...rows.map(({ table }) => table), ...unlisted]
		const cases = all.map((table) => this.#tableCase(table))
		const counted = cases.filter(({ state }) => state === 'counted')
		const sums = this.#sum(counted.map(({ versions }) => versions[0]))
		const bounds = this.#election.candidates.map(({ id }) => {
			let [least, most] = [sums.candidates[id] ?? 0, sums.candidates[id] ?? 0]
			for (const { state, versions, named } of cases) {
				if (state !== 'conflict') continue
				const votes = (versions.length > 0 ? versions : named).map(
					(said) => this.#sum([said]).candidates[id] ?? 0,
				)
				if (versions.length === 0) votes.push(0)
				least += Math.min(...votes)
				most += Math.max(...votes)
			}
			return [id, { least, most }] as const
		})
		return {
			tables: {
				missing: inState('missing'),
				unread: inState('unread'),
				counted: inState('counted'),
				conflict: inState('conflict'),
				quarantine: inState('quarantine'),
				void: inState('void'),
			},
			extent: extent(rows),
			confirmed: extent(rows.filter(({ table }) => this.#tableCase(table).confirmed)),
			sums: {
				all: sums,
				confirmed: this.#sum(counted.filter(({ confirmed }) => confirmed).map(({ versions }) => versions[0])),
				withoutRulings: this.#sum(
					all
						.map((table) => this.#tableCase(table, []))
						.filter(({ state }) => state === 'counted')
						.map(({ versions }) => versions[0]),
				),
			},
			bounds: Object.fromEntries(bounds),
		}
	}

	sumsWithout(signer: string): Sums {
		const rest = this.#objects.filter((object) => object.kind === 'revocation' || object.signer !== signer)
		return new Reference(this.#election, this.#register, rest).figures().sums.all
	}

	#of<K extends TallyObject['kind']>(kind: K): Extract<TallyObject, { kind: K }>[] {
		return this.#objects.filter((object): object is Extract<TallyObject, { kind: K }> => object.kind === kind)
	}

	#isDisowned({ signer, seq }: { readonly signer: string; readonly seq: number }): boolean {
		return this.#of('revocation').some((revocation) => revocation.signer === signer && seq > revocation.last)
	}

	#said(text: string | null): Said | null {
		if (text === null) return null
		const read = parsePayload(Buffer.from(text), this.#election)
		if (!read.ok) return null
		const { centro, mesa, votes, nullVotes, emptyVotes } = read.value
		const counts = JSON.stringify([votes, nullVotes, emptyVotes])
		return { table: `${centro}.${mesa}`, counts, acta: read.value }
	}

	#tableOfCode(code: string | null): string | null {
		const named = code === null ? null : tableInCode(code, this.#election)
		return named === null ? null : `${named.centro}.${named.mesa}`
	}

	#paper(entry: EntryObject): Paper {
		const { method = 'none', text = null, code = null } = entry.reading ?? {}
		const machine = method === 'none' ? null : this.#said(text)
		const codeTable = machine?.table ?? this.#tableOfCode(code)
		const isVoid = this.#of('entry').some(
			(other) => other.voids === entry.id && other.signer === entry.signer && !this.#isDisowned(other),
		)
		const standing = this.#isDisowned(entry) ? 'disowned' : isVoid ? 'void' : 'good'

		const answers = this.#of('answer').filter(
			(answer) => answer.entry === entry.id && answer.image === entry.image && !this.#isDisowned(answer),
		)
		const byStation = new Map<string, { said: Said | null; table: string | null }>()
		for (const station of new Set(answers.map(({ signer }) => signer))) {
			const own = answers.filter(({ signer }) => signer === station)
			const rest = own.filter(({ id }) => !own.some(({ replaces }) => replaces === id))
			const said = rest.map((answer) => ({ said: this.#said(answer.text), answer }))
			const words = said.map(({ said: one, answer }) =>
				one === null ? `unreadable ${this.#tableOfCode(answer.code)}` : `${one.table} ${one.counts}`,
			)
			const [first] = said
			if (first === undefined || new Set(words).size > 1) continue
			const table = first.said?.table ?? this.#tableOfCode(first.answer.code)
			byStation.set(station, { said: first.said, table })
		}
		const readings = [...byStation].flatMap(([station, { said }]) =>
			said === null ? [] : [{ station, said }],
		)
		const agree = new Set(readings.map(({ said }) => said.table + said.counts)).size === 1
		const elsewhere = readings.some(({ said }) => codeTable !== null && said.table !== codeTable)
		const isPeoples = readings.length >= 2 && agree && (machine !== null || !elsewhere)
		const people = isPeoples ? (readings[0]?.said ?? null) : null
		const named = [...byStation.values()].flatMap(({ table }) => (table === null ? [] : [table]))
		const peoplesCode = named.length >= 2 && new Set(named).size === 1 ? (named[0] ?? null) : null
		const disputed = machine === null && readings.length >= 2 && (!agree || elsewhere)
		const belongs = codeTable ?? people?.table ?? peoplesCode
		return { entry, standing, machine, codeTable, readings, people, disputed, belongs }
	}

	#decisions(): Decision[] {
		const decisions = new Map<string, RulingObject[]>()
		for (const ruling of this.#of('ruling')) {
			if (this.#isDisowned(ruling)) continue
			const key = JSON.stringify([ruling.table, [...ruling.excludes].sort(), [...ruling.replaces].sort()])
			decisions.set(key, [...(decisions.get(key) ?? []), ruling])
		}
		return [...decisions.values()].map((rulings) => ({
			table: rulings[0]?.table ?? '',
			excludes: rulings[0]?.excludes ?? [],
			replaces: rulings[0]?.replaces ?? [],
			ids: rulings.map(({ id }) => id),
			officers: new Set(rulings.map(({ signer }) => signer)).size,
		}))
	}

	#tableCase(table: string, inForce: readonly Decision[] = this.#inForce): TableCase {
		const key = `${table} ${inForce === this.#inForce}`
		const known = this.#cases.get(key) ?? this.#lookAt(table, inForce)
		this.#cases.set(key, known)
		return known
	}

	#lookAt(table: string, inForce: readonly Decision[]): TableCase {
		const excluded = inForce.filter((one) => one.table === table).flatMap(({ excludes }) => excludes)
		const papers = this.#papers.filter(({ entry }) => !excluded.includes(entry.id))
		const good = papers.filter(({ standing }) => standing === 'good')
		const isHere = (said: Said | null): said is Said => said?.table === table
		const versions = new Map<string, Said>()
		const sayers = new Map<string, Set<string>>()
		let [contradicted, twice] = [false, false]
		const named: Said[] = []
		let isNamed = false
		for (const { entry, machine, people, disputed, readings, codeTable } of good) {
			const isPeoplesVersion = isHere(people) && (machine === null || isHere(machine))
			for (const said of [isHere(machine) ? machine : null, isPeoplesVersion ? people : null]) {
				if (said === null) continue
				versions.set(said.counts, said)
				sayers.set(said.counts, (sayers.get(said.counts) ?? new Set()).add(entry.signer))
			}
			if (isHere(machine) && isHere(people) && machine.counts === people.counts) twice = true
			if (isHere(machine) && people !== null && !isHere(people)) contradicted = true
			if (machine !== null && !isHere(machine) && isHere(people)) named.push(people)
			if (disputed) {
				named.push(...readings.map(({ said }) => said).filter(isHere))
				if (codeTable === table) isNamed = true
			}
		}
		const own = papers.filter(({ belongs }) => belongs === table)
		const isExcluded = this.#papers.some(
			({ entry, belongs }) => belongs === table && excluded.includes(entry.id),
		)
		const rest = own.some(isUnread)
			? 'unread'
			: own.some(({ standing }) => standing === 'disowned')
				? 'quarantine'
				: isExcluded || own.some(({ standing }) => standing === 'void')
					? 'void'
					: 'missing'
		const isDisputed = (isNamed || named.length > 0) && (rest === 'unread' || rest === 'missing')
		const state =
			versions.size > 1 || contradicted
				? 'conflict'
				: versions.size === 1
					? 'counted'
					: isDisputed
						? 'conflict'
						: rest
		const byDevices = [...sayers.values()].some(({ size }) => size >= 2)
		const confirmed = state === 'counted' && (byDevices || twice)
		return { state, confirmed, versions: [...versions.values()], named }
	}

	#unlisted(): string[] {
		const belongs = this.#papers.flatMap((paper) => (paper.belongs === null ? [] : [paper.belongs]))
		return [...new Set(belongs)].filter((table) => !this.#register.tables.has(table))
	}

	#sum(all: readonly (Said | undefined)[]): Sums {
		const { candidates, cards } = this.#election
		const actas = all.flatMap((said) => (said === undefined ? [] : [said.acta]))
		const votesOf = (candidate: string) =>
			actas.reduce(
				(sum, { votes }) =>
					sum + votes.reduce((own, n, card) => own + (cards[card]?.candidate === candidate ? n : 0), 0),
				0,
			)
		return {
			candidates: Object.fromEntries(candidates.map(({ id }) => [id, votesOf(id)])),
			nullVotes: actas.reduce((sum, { nullVotes }) => sum + nullVotes, 0),
			emptyVotes: actas.reduce((sum, { emptyVotes }) => sum + emptyVotes, 0),
		}
	}

	#contradicting(): NationalFigures['contradicting'] {
		const counts = new Map<string, { shared: number; differs: number }>()
		const note = (id: string, differs: boolean) => {
			const { shared, differs: before } = counts.get(id) ?? { shared: 0, differs: 0 }
			counts.set(id, { shared: shared + 1, differs: before + (differs ? 1 : 0) })
		}
		const good = this.#papers.filter(({ standing }) => standing === 'good')
		const tables = new Set(good.flatMap(({ machine }) => (machine === null ? [] : [machine.table])))
		for (const table of tables) {
			const byDevice = good.flatMap(({ entry, machine }) =>
				machine?.table === table ? [{ device: entry.signer, counts: machine.counts }] : [],
			)
			const people = good.flatMap((paper) => {
				if (paper.people?.table === table) return [paper.people.counts]
				return paper.people !== null && paper.machine?.table === table ? ['of another table'] : []
			})
			for (const device of new Set(byDevice.map((one) => one.device))) {
				const own = byDevice.filter((one) => one.device === device).map((one) => one.counts)
				const others = byDevice.filter((one) => one.device !== device).map((one) => one.counts)
				const beside = [...others, ...people]
				if (beside.length > 0)
					note(
						device,
						own.some((one) => beside.some((other) => other !== one)),
					)
			}
		}
		for (const { machine, readings } of good) {
			for (const { station, said } of readings) {
				const others = readings.filter((one) => one.station !== station).map((one) => one.said)
				const beside = [...others, ...(machine === null ? [] : [machine])]
				const differs = beside.some((other) => other.table !== said.table || other.counts !== said.counts)
				if (beside.length > 0) note(station, differs)
			}
		}
		return [...counts]
			.filter(([, { shared, differs }]) => differs >= 5 && differs >= shared / 5)
			.map(([id, { shared, differs }]) => ({ id, shared, differs }))
			.sort((one, other) => other.differs - one.differs || (one.id < other.id ? -1 : 1))
	}
}

interface Decision {
	readonly table: string
	readonly excludes: readonly string[]
	readonly replaces: readonly string[]
	readonly ids: readonly string[]
	readonly officers: number
}

function isUnread({ standing, machine, people }: Paper): boolean {
	return standing === 'good' && machine === null && people === null
}
