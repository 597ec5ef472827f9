/** What people at reading stations say of one entry (`provisioning/verify/COUNTING.md`, "Answers of people"). Pure. */
import type { UnreadableReason } from '../evidence/transcription.ts'
import { allSayTheSame, type Reading } from './reading.ts'

/** One signed answer. */
export interface Answer {
	readonly id: string
	readonly station: string
	readonly seq: number
	/** The plain SHA-256 of the picture that was looked at. */
	readonly image: string
	readonly replaces: string | undefined
	/** Null: unreadable. */
	readonly reading: Reading | null
	/** Null also where a text was given that is no acta's. */
	readonly unreadable: UnreadableReason | null
	/** Which it names, by its reading or by a code alone. */
	readonly table: string | null
}

/** What a station says when all its answers that are left are taken together. */
export type StationAnswer = Pick<Answer, 'station' | 'reading' | 'unreadable' | 'table'>

type AnswerCode = 'revoked' | 'other-image' | 'answer-changed'

export interface AnswerFault {
	readonly code: AnswerCode
	readonly answer: Answer
}

/** `images`: the plain SHA-256 of those that the entry names. */
export function stationAnswers(
	answers: readonly Answer[],
	images: readonly string[],
	isDisowned: (station: string, seq: number) => boolean,
): { readonly counted: readonly StationAnswer[]; readonly faults: readonly AnswerFault[] } {
	const faults: AnswerFault[] = []
	const byStation = new Map<string, Answer[]>()
	for (const answer of answers) {
		if (isDisowned(answer.station, answer.seq)) faults.push({ code: 'revoked', answer })
		else if (!images.includes(answer.image)) faults.push({ code: 'other-image', answer })
		else {
			const own = byStation.get(answer.station)
			if (own === undefined) byStation.set(answer.station, [answer])
			else own.push(answer)
		}
	}
	const counted: StationAnswer[] = []
	// By station: what follows from the first of them must not depend on what came first.
	for (const [station, own] of [...byStation].sort(([one], [other]) => (one < other ? -1 : 1))) {
		const replaced = new Set(own.map(({ replaces }) => replaces))
		const rest = own.filter(({ id }) => !replaced.has(id))
		// Which of several stands for them must not depend on what came first.
		const [first] = rest.toSorted((one, other) => one.seq - other.seq || (one.id < other.id ? -1 : 1))
		if (first === undefined) continue
		const { reading, unreadable, table } = first
		if (isOneAnswer(rest)) counted.push({ station, reading, unreadable, table })
		else faults.push(...rest.map((answer) => ({ code: 'answer-changed' as const, answer })))
	}
	return { counted, faults }
}

function isOneAnswer(answers: readonly Answer[]): boolean {
	const readings = readingsOf(answers)
	if (readings.length > 0) return readings.length === answers.length && allSayTheSame(readings)
	return answers.every(({ table }) => table === answers[0]?.table)
}

/** What the machine made of the entry. */
export interface MachineResult {
	readonly reading: Reading | null
	/** That its code names. */
	readonly table: string | null
}

export interface PeopleResult {
	readonly reading: Reading | null
	/** Of an entry in dispute the stations' readings, else null. */
	readonly disputed: readonly Reading[] | null
	/** The table of people's code. */
	readonly table: string | null
}

const nothing: PeopleResult = { reading: null, disputed: null, table: null }

export function peopleResult(answers: readonly StationAnswer[], machine: MachineResult): PeopleResult {
	if (answers.length === 0) return nothing
	const readings = readingsOf(answers)
	const agree = allSayTheSame(readings)
	const [first] = readings
	const fits = (reading: Reading) => machine.table === null || reading.table === machine.table
	const isReading = readings.length >= 2 && agree && first !== undefined
	const isDisputed = machine.reading === null && readings.length >= 2 && (!agree || !readings.every(fits))
	const named = answers.flatMap(({ table }) => (table === null ? [] : [table]))
	return {
		reading: isReading && (machine.reading !== null || fits(first)) ? first : null,
		disputed: isDisputed ? readings : null,
		table: named.length >= 2 && new Set(named).size === 1 ? (named[0] ?? null) : null,
	}
}

function readingsOf(answers: readonly { readonly reading: Reading | null }[]): Reading[] {
	return answers.flatMap(({ reading }) => (reading === null ? [] : [reading]))
}
