/** What is held to be so, said line by line, how much of it is not, and how long it took. */
export class Checks {
	readonly #say: (line: string) => void
	failed = 0
	/** Seconds. */
	readonly times: Record<string, number> = {}

	constructor(say: (line: string) => void) {
		this.#say = say
	}

	hold(what: string, isSo: boolean, seen = ''): void {
		if (!isSo) this.failed++
		this.#say(isSo ? `right: ${what}` : `WRONG: ${what}${seen === '' ? '' : `: ${seen}`}`)
	}

	async timed<T>(what: string, work: () => Promise<T>): Promise<T> {
		const begun = performance.now()
		const result = await work()
		this.times[what] = Math.round((performance.now() - begun) / 100) / 10
		this.#say(`${what}: ${this.times[what]} s`)
		return result
	}
}
