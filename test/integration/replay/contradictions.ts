/**
 * Somebody says otherwise of every acta that was published: first a kiosk that had recorded honestly before, then a
 * reading station. The bounds must hold what they say and what was there; who did it is named; and when it is disowned,
 * everything is as it was.
 */
import type { ElectionDefinition } from '#src/acta/election.js'
import { formatPayload } from '#src/acta/payload.js'
import type { ResultRow } from '#src/simulator/figures/results.js'
import { actaOf } from '#src/simulator/figures/tables.js'
import { Random } from '#src/simulator/random.js'
import type { Tally } from '#src/tally/tally.js'
import type { Country } from './country.ts'
import { contradicted, type Expected, otherwise, tableOf } from './expected.ts'
import type { KioskFleet } from './kiosk-fleet.ts'
import type { ReadingStation } from './reading-stations.ts'
import type { Script } from './script.ts'
import type { WatchedBoard } from './watched-board.ts'

interface Parts {
	readonly script: Script
	readonly rows: readonly ResultRow[]
	readonly election: ElectionDefinition
	readonly country: Country
	readonly fleet: KioskFleet
	readonly board: WatchedBoard
	/** Adds up what came, and holds it against this. */
	readonly look: (when: string, expected: Expected) => Promise<Tally>
	/** Where a stick is mounted. */
	readonly stick: string
}

interface Outcome {
	readonly wrong: readonly string[]
	readonly told: {
		readonly tables: number
		/** From the last thing that came to the board that names who did it. */
		readonly namedAfterSeconds: number
		readonly restoredAfterSeconds: number
	}
}

export class Contradictions {
	readonly #parts: Parts
	/** What is said otherwise, by table. */
	readonly #others: ReadonlyMap<string, ResultRow>

	constructor(parts: Parts) {
		this.#parts = parts
		const random = new Random('said otherwise')
		this.#others = new Map(parts.rows.map((row) => [tableOf(row), otherwise(row, random)]))
	}

	/** The last of the kiosks, to which honest actas came too. */
	async byKiosk(): Promise<Outcome> {
		const { script, country, fleet } = this.#parts
		const index = country.kiosks.length - 1
		const kiosk = country.kiosks[index]
		if (kiosk === undefined) throw new Error('no kiosk')
		// A start, what it recorded, a close.
		const honest = (script.devices[index]?.length ?? 0) + 2
		const steps = [...this.#others.values()].map((row) => {
			const text = this.#textOf(row)
			const code = text.split('!')[0] ?? null
			return { kind: 'acta', label: `otherwise ${code}`, text, code, ownPicture: false } as const
		})
		await fleet.recordMore(kiosk.id, steps)
		await fleet.received(1)
		await fleet.complete()
		const alone = [...script.first.values()].filter(
			({ device, byPeople, isSeenElsewhere }) => device === index && !byPeople && !isSeenElsewhere,
		)
		return this.#follow({
			who: kiosk.id,
			differs: this.#others.size - alone.length + (script.differing.get(index) ?? 0),
			expected: contradicted(script.expected, [...this.#others.values()], 'conflict'),
			disown: () => country.revoke(kiosk, honest),
		})
	}

	/** It types something else of each acta that was recorded. */
	async byStation(station: ReadingStation): Promise<Outcome> {
		const { script, country, fleet, stick } = this.#parts
		const answers = [...this.#others].map(([table, row]) => {
			const { label = '' } = script.first.get(table) ?? {}
			return { of: fleet.entry(label), read: { text: this.#textOf(row) } }
		})
		await station.read(answers)
		await station.carry(stick)
		await country.importStick(stick)
		// Against a machine's reading one station says nothing; it undoes what only people read, and confirmed.
		const byPeople = [...this.#others].filter(([table]) => script.first.get(table)?.byPeople)
		const disputed = contradicted(
			script.expected,
			byPeople.map(([, row]) => row),
			'dispute',
		)
		const unconfirmed = new Set(
			[...script.first].flatMap(([table, { typedToo }]) => (typedToo ? [table] : [])),
		)
		const confirmed = new Set([...disputed.confirmed].filter((table) => !unconfirmed.has(table)))
		return this.#follow({
			who: station.member.id,
			differs: answers.length,
			expected: { ...disputed, confirmed },
			disown: () => country.revoke(station.member, 0),
		})
	}

	async #follow(of: {
		readonly who: string
		readonly differs: number
		readonly expected: Expected
		readonly disown: () => Promise<void>
	}): Promise<Outcome> {
		const { script, board, look } = this.#parts
		const { who, differs, expected, disown } = of
		const wrong: string[] = []
		const begun = performance.now()
		const tally = await look(`${who} says otherwise`, expected)
		const [named] = tally.figures().contradicting
		const onTheBoard = await board.namedFirst()
		const namedAfterSeconds = (performance.now() - begun) / 1_000
		if (onTheBoard !== who) wrong.push(`the board names ${onTheBoard} first, not ${who}`)
		if (named?.id !== who || named.differs !== differs) {
			wrong.push(`${who} differs on ${differs}; named first is ${JSON.stringify(named)}`)
		}
		const again = performance.now()
		await disown()
		const restored = await look(`${who} is disowned`, script.expected)
		if (restored.figures().contradicting.length > 0) wrong.push(`${who} is still named`)
		const restoredAfterSeconds = (performance.now() - again) / 1_000
		return { wrong, told: { tables: differs, namedAfterSeconds, restoredAfterSeconds } }
	}

	#textOf(row: ResultRow): string {
		return formatPayload(actaOf(row, this.#parts.election))
	}
}
