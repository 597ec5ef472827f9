/** Which of our own code ran, as V8 counts it (Chrome DevTools Protocol, domain Profiler): to the character. */
import { Session } from 'node:inspector'

const own = /\/dist\/.*\.js$/

interface Block {
	readonly startOffset: number
	readonly endOffset: number
	readonly count: number
}

interface Counted {
	readonly result: readonly {
		readonly url: string
		readonly functions: readonly { readonly ranges: readonly Block[] }[]
	}[]
}

/** What ran: a function, and where in it. The first block is the function, each other one lies in one before it. */
export interface Ran {
	readonly name: string
	readonly blocks: readonly Block[]
}

export class CoverageCounter {
	readonly #session = new Session()

	start(): void {
		this.#session.connect()
		this.#session.post('Profiler.enable')
		this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
	}

	stop(): void {
		this.#session.disconnect()
	}

	/** What ran since the last call. */
	take(): Ran[] {
		const ran: Ran[] = []
		// With a session in the same thread the answer comes before `post` returns.
		this.#session.post('Profiler.takePreciseCoverage', (error, counted) => {
			if (error !== null) throw error
			for (const { url, functions } of (counted as Counted).result) {
				if (!own.test(url)) continue
				for (const { ranges } of functions) {
					const [whole] = ranges
					if (whole === undefined || whole.count === 0) continue
					ran.push({ name: `${url}:${whole.startOffset}-${whole.endOffset}`, blocks: ranges })
				}
			}
		})
		return ran
	}
}

/** All that ever ran. */
export class Covered {
	readonly #functions = new Map<string, Uint8Array>()
	/** Characters. */
	size = 0

	add(ran: readonly Ran[]): void {
		for (const { name, blocks } of ran) {
			const known = this.#functions.get(name)
			const now = charactersOf(blocks)
			if (known === undefined) this.#functions.set(name, new Uint8Array(now.length))
			const all = known ?? this.#functions.get(name) ?? now
			for (const [at, runs] of now.entries()) {
				if (runs === 0 || all[at] === 1) continue
				all[at] = 1
				this.size++
			}
		}
	}

	/** Whether anything of it has never run. */
	lacks(ran: readonly Ran[]): boolean {
		return ran.some(({ name, blocks }) => {
			const known = this.#functions.get(name)
			return known === undefined || charactersOf(blocks).some((runs, at) => runs === 1 && known[at] === 0)
		})
	}
}

function charactersOf(blocks: readonly Block[]): Uint8Array {
	const [whole] = blocks
	if (whole === undefined) return new Uint8Array()
	const characters = new Uint8Array(whole.endOffset - whole.startOffset)
	for (const { startOffset, endOffset, count } of blocks) {
		characters.fill(count > 0 ? 1 : 0, startOffset - whole.startOffset, endOffset - whole.startOffset)
	}
	return characters
}
