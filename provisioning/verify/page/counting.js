/**
 * How tables are counted, as COUNTING.md says it, from objects that verify. Nothing here depends on the order in which
 * they came, and nothing is decided by majority. A sum says what devices recorded, never that papers are genuine.
 */
import { picturesOf } from './answers.js'

export const tableStates = ['missing', 'unread', 'counted', 'conflict', 'quarantine', 'void']
/** How a version was read. */
const allMethods = ['qr', 'ocr', 'people']

/** What goes in: each id once. What is disowned is in it only where it still says something: an entry. */
export class Counted {
	/** Entries of kind acta. */
	#entries = new Map()
	/** Device and the id that it voids. */
	#voids = new Set()
	#answers = new Map()
	#rulings = new Map()
	constructor(election) {
		this.election = election
	}

	take(kind, objectId, payload, isDisowned) {
		if (payload.election !== this.election.id) return
		if (kind === 'entry' && payload.kind === 'acta')
			this.#entries.set(objectId, { entry: payload, isDisowned })
		if (isDisowned) return
		if (kind === 'entry' && payload.kind === 'void') this.#voids.add(`${payload.device} ${payload.voids.id}`)
		if (kind === 'transcription') this.#answers.set(objectId, payload)
		if (kind === 'ruling') this.#rulings.set(objectId, payload)
	}

	/** `register` is null without one. */
	figures(register) {
		return this.count(register).figures
	}

	/** The figures, and how each table stands: those of the register in its order, then the others by name. */
	count(register) {
		const papers = new Map()
		for (const [entryId, { entry, isDisowned }] of this.#entries) {
			const isVoid = this.#voids.has(`${entry.device} ${entryId}`)
			const standing = isDisowned ? 'disowned' : isVoid ? 'void' : 'good'
			papers.set(entryId, new Paper(entryId, entry, standing, this.election))
		}
		for (const [answerId, answer] of this.#answers) papers.get(answer.entry)?.take(answerId, answer)
		for (const paper of papers.values()) paper.conclude()
		const { excluded, ...rulings } = decide(this.#rulings)
		return figuresOf(this.election, register, [...papers.values()], rulings, excluded)
	}
}

/** An entry, and what stations answered to it. */
class Paper {
	/** By station: its answers, by id. */
	#answers = new Map()
	/** By station. */
	readings = new Map()
	/** The machine's reading, and people's; null where there is none. */
	machine = null
	people = null
	/** The tables that it names in dispute. */
	disputed = new Set()
	/** The table to which it belongs; null where to none. */
	belongs = null
	constructor(entryId, entry, standing, election) {
		const { method, text: written, code } = entry.reading
		this.id = entryId
		this.device = entry.device
		this.method = method
		this.standing = standing
		this.election = election
		if (method !== 'none') this.machine = election.read(written)
		this.codeTable = this.machine?.table ?? election.tableOf(code)
		this.pictures = picturesOf(entry)
	}

	get isGood() {
		return this.standing === 'good'
	}

	/** Good, and nobody's reading of it counts. */
	get isUnread() {
		return this.isGood && this.machine === null && this.people === null
	}

	take(answerId, answer) {
		if (!this.pictures.has(answer.image)) return
		const own = this.#answers.get(answer.station) ?? new Map()
		this.#answers.set(answer.station, own.set(answerId, answer))
	}

	conclude() {
		const { election, codeTable, machine } = this
		const tables = new Map()
		for (const [station, own] of this.#answers) {
			const replaced = new Set([...own.values()].map(({ replaces }) => replaces))
			const rest = [...own].filter(([answerId]) => !replaced.has(answerId)).map(([, answer]) => answer)
			const said = rest.map((answer) => {
				const reading = election.read(answer.text)
				return { reading, table: reading?.table ?? election.tableOf(answer.code) }
			})
			const [one] = said
			const isSame = ({ reading, table }) => reading?.key === one.reading?.key && table === one.table
			if (one === undefined || !said.every(isSame)) continue
			if (one.reading !== null) this.readings.set(station, one.reading)
			if (one.table !== null) tables.set(station, one.table)
		}
		const readings = [...this.readings.values()]
		const [reading] = readings
		const areSame = readings.every(({ key }) => key === reading.key)
		const isElsewhere = (one) => machine === null && codeTable !== null && one.table !== codeTable
		if (readings.length >= 2 && areSame && !isElsewhere(reading)) this.people = reading
		if (machine === null && readings.length >= 2 && (!areSame || readings.some(isElsewhere))) {
			this.disputed = new Set(readings.map(({ table }) => table))
			if (codeTable !== null) this.disputed.add(codeTable)
		}
		const [only, another] = new Set(tables.values())
		const peoplesCode = tables.size >= 2 && another === undefined ? only : null
		this.belongs = codeTable ?? this.people?.table ?? peoplesCode
	}

	/** The tables of which it says anything. */
	concerns() {
		const all = [this.belongs, this.machine?.table, this.people?.table, ...this.disputed]
		return new Set(all.filter((table) => table != null))
	}
}

/** How a table stands, without the entries that are excluded for it. */
function standingOf(table, papers, excluded) {
	/** By what they say: the reading, who says so, and whether machine and people say it of one entry. */
	const versions = new Map()
	const disputing = new Map()
	let [isContradicted, isNamed] = [false, false]
	const say = (reading, device, method) => {
		const fresh = { reading, devices: new Set(), methods: new Set(), isByBoth: false }
		const version = versions.get(reading.key) ?? fresh
		version.devices.add(device)
		version.methods.add(method)
		versions.set(reading.key, version)
		return version
	}
	for (const paper of papers.filter(({ id: entryId, isGood }) => isGood && !excluded.has(entryId))) {
		const { machine, people, device } = paper
		if (machine?.table === table) {
			say(machine, device, paper.method)
			if (people !== null && people.table !== table) isContradicted = true
		}
		if (people?.table === table) {
			if (machine === null || machine.table === table) {
				const version = say(people, device, 'people')
				if (machine?.key === people.key) version.isByBoth = true
			} else {
				isNamed = true
				disputing.set(people.key, people)
			}
		}
		if (paper.disputed.has(table)) {
			isNamed = true
			for (const one of paper.readings.values()) if (one.table === table) disputing.set(one.key, one)
		}
	}
	const [first, second] = versions.values()
	const all = [...versions.values()].map(({ reading }) => reading)
	if (second !== undefined || isContradicted) return { state: 'conflict', inConflict: all }
	if (first !== undefined) {
		const isConfirmed = first.devices.size > 1 || first.isByBoth
		const methods = allMethods.filter((method) => first.methods.has(method))
		return { state: 'counted', version: first.reading, isConfirmed, methods, devices: first.devices.size }
	}
	const state = stateWithoutVersion(
		papers.filter(({ belongs }) => belongs === table),
		excluded,
	)
	if (!isNamed || (state !== 'unread' && state !== 'missing')) return { state }
	return { state: 'conflict', inConflict: [...disputing.values(), null] }
}

function stateWithoutVersion(belonging, excluded) {
	const rest = belonging.filter(({ id: entryId }) => !excluded.has(entryId))
	if (rest.some(({ isUnread }) => isUnread)) return 'unread'
	if (rest.some(({ standing }) => standing === 'disowned')) return 'quarantine'
	const isVoid = rest.length < belonging.length || rest.some(({ standing }) => standing === 'void')
	return isVoid ? 'void' : 'missing'
}

function figuresOf(election, register, papers, rulings, excluded) {
	const byTable = new Map()
	for (const paper of papers) {
		for (const table of paper.concerns()) {
			if (!byTable.has(table)) byTable.set(table, [])
			byTable.get(table).push(paper)
		}
	}
	const electors = register?.electors ?? new Map()
	const belonging = papers.map(({ belongs }) => belongs)
	const unlisted = new Set(belonging.filter((table) => table !== null && !electors.has(table)))
	const extent = () => ({ tables: 0, electors: 0 })
	const tables = Object.fromEntries(tableStates.map((state) => [state, extent()]))
	const confirmed = extent()
	const { missing: _, ...apart } = Object.fromEntries(tableStates.map((state) => [state, 0]))
	const sums = { all: new Sums(election), confirmed: new Sums(election), withoutRulings: new Sums(election) }
	const [least, most] = [election.candidates.map(() => 0), election.candidates.map(() => 0)]
	const nothing = new Set()
	const standings = new Map()
	for (const table of [...electors.keys(), ...[...unlisted].sort()]) {
		const own = byTable.get(table) ?? []
		const ofTable = excluded.get(table) ?? nothing
		const standing = standingOf(table, own, ofTable)
		const left = own.filter(({ id: entryId, belongs }) => belongs === table && ofTable.has(entryId))
		standings.set(table, { ...standing, excluded: left.length })
		const { state, version, isConfirmed, inConflict } = standing
		const without = excluded.has(table) ? standingOf(table, own, nothing) : standing
		if (electors.has(table)) {
			for (const one of isConfirmed ? [tables[state], confirmed] : [tables[state]]) {
				one.tables++
				one.electors += electors.get(table)
			}
		} else apart[state]++
		sums.all.add(version)
		sums.withoutRulings.add(without.version)
		if (isConfirmed) sums.confirmed.add(version)
		if (inConflict !== undefined) {
			const votes = inConflict.map((one) => (one === null ? null : election.votesOf(one)))
			for (const at of election.candidates.keys()) {
				const ofOne = votes.map((one) => one?.[at] ?? 0)
				least[at] += ofOne.reduce((low, count) => Math.min(low, count))
				most[at] += ofOne.reduce((high, count) => Math.max(high, count))
			}
		}
	}
	const bounds = election.candidates.map((candidate, at) => {
		const sum = sums.all.votes[at]
		return [candidate, { least: sum + least[at], most: sum + most[at] }]
	})
	const inAll = { tables: electors.size, electors: [...electors.values()].reduce((sum, one) => sum + one, 0) }
	const figures = {
		election: election.id,
		register: register === null ? null : { sha256: register.sha256, ...inAll },
		tables,
		confirmed,
		unlisted: apart,
		unreadPapers: papers.filter(({ isUnread, belongs }) => isUnread && belongs === null).length,
		sums: Object.fromEntries(Object.entries(sums).map(([name, one]) => [name, one.report()])),
		bounds: Object.fromEntries(bounds),
		contradicting: contradicting(papers.filter(({ isGood }) => isGood)),
		rulings,
	}
	return { figures, standings }
}

class Sums {
	nullVotes = 0
	emptyVotes = 0
	constructor(election) {
		this.election = election
		this.votes = election.candidates.map(() => 0)
	}
	add(reading) {
		if (reading === undefined) return
		for (const [at, votes] of this.election.votesOf(reading).entries()) this.votes[at] += votes
		this.nullVotes += reading.nullVotes
		this.emptyVotes += reading.emptyVotes
	}
	report() {
		const { nullVotes, emptyVotes } = this
		const candidates = this.election.candidates.map((candidate, at) => [candidate, this.votes[at]])
		return { candidates: Object.fromEntries(candidates), nullVotes, emptyVotes }
	}
}

/** Devices and stations that contradict others. Rulings change nothing of it. */
function contradicting(good) {
	const counts = new Map()
	const note = (who, own, others) => {
		if (others.length === 0) return
		const count = counts.get(who) ?? { id: who, shared: 0, differs: 0 }
		count.shared++
		if (new Set([...own, ...others]).size > 1) count.differs++
		counts.set(who, count)
	}
	/** By table: what a device's machine read there, or people (null). */
	const said = new Map()
	const say = (table, who, { key }) => {
		if (!said.has(table)) said.set(table, new Map())
		const here = said.get(table)
		here.set(who, (here.get(who) ?? new Set()).add(key))
	}
	for (const { machine, people, device } of good) {
		if (machine !== null) say(machine.table, device, machine)
		if (people === null) continue
		say(people.table, null, people)
		if (machine !== null) say(machine.table, null, people)
	}
	for (const here of said.values()) {
		for (const [who, own] of here) {
			if (who === null) continue
			note(
				who,
				own,
				[...here].flatMap(([other, keys]) => (other === who ? [] : [...keys])),
			)
		}
	}
	for (const { machine, readings } of good) {
		for (const [station, { key }] of readings) {
			const others = [...readings].filter(([other]) => other !== station).map(([, one]) => one.key)
			note(station, [key], machine === null ? others : [...others, machine.key])
		}
	}
	return [...counts.values()]
		.filter(({ shared, differs }) => differs >= 5 && differs * 5 >= shared)
		.sort((a, b) => b.differs - a.differs || (a.id < b.id ? -1 : 1))
}

/** How many rulings count, are in force, are by one officer alone; and by table what those in force exclude. */
function decide(all) {
	const alike = new Map()
	for (const [rulingId, { table, excludes, replaces = [], officer }] of all) {
		const says = JSON.stringify([table, excludes.toSorted(), replaces.toSorted()])
		const one = alike.get(says) ?? { table, excludes, replaces, ids: new Set(), officers: new Set() }
		one.ids.add(rulingId)
		one.officers.add(officer)
		alike.set(says, one)
	}
	const counting = [...alike.values()].filter(({ officers }) => officers.size > 1)
	const replaced = new Set(counting.flatMap(({ replaces }) => replaces))
	const inForce = counting.filter(({ ids: own }) => ![...own].some((rulingId) => replaced.has(rulingId)))
	const excluded = new Map()
	for (const { table, excludes } of inForce)
		excluded.set(table, new Set([...(excluded.get(table) ?? []), ...excludes]))
	const single = alike.size - counting.length
	return { counted: counting.length, inForce: inForce.length, single, excluded }
}
