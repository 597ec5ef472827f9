/** What is held to be so, told line by line, and how much of it is not. */
export class Checks {
	readonly #say: (line: string) => void
	failed = 0

	constructor(say: (line: string) => void) {
		this.#say = say
	}

	hold(what: string, isSo: boolean, seen = ''): void {
		if (!isSo) this.failed++
		this.#say(isSo ? `right: ${what}` : `WRONG: ${what}${seen === '' ? '' : `: ${seen}`}`)
	}
}
