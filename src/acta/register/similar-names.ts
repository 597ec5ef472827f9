/** Names of places that people can't tell apart: they differ in case, marks, spaces, points or letters that look alike. */

/** Cyrillic and Greek letters that are drawn as Latin ones, in lower case. */
const drawnAlike: Readonly<Record<string, string>> = {
	...{
		а: 'a',
		в: 'b',
		с: 'c',
		е: 'e',
		һ: 'h',
		і: 'i',
		ј: 'j',
		к: 'k',
		м: 'm',
		н: 'h',
		о: 'o',
		р: 'p',
		ѕ: 's',
	},
	...{
		т: 't',
		у: 'y',
		х: 'x',
		α: 'a',
		β: 'b',
		ε: 'e',
		η: 'h',
		ι: 'i',
		κ: 'k',
		μ: 'm',
		ν: 'n',
		ο: 'o',
		ρ: 'p',
	},
	...{ τ: 't', υ: 'y', χ: 'x', ζ: 'z' },
}

/** What is left of a name when all that is easily overlooked is taken away. */
function bareName(name: string): string {
	return [...name.normalize('NFKD').toLowerCase()]
		.map((letter) => drawnAlike[letter] ?? letter)
		.join('')
		.replace(/[^\p{L}\p{N}]/gu, '')
}

export interface SimilarName {
	readonly name: string
	readonly line: number
}

/** The names under one place, as they come. */
export class NamesOfPlace {
	readonly #first = new Map<string, SimilarName>()
	readonly #seen = new Set<string>()

	/** The name of before that looks like this one, the first time that this one comes. */
	similarTo(name: string, line: number): SimilarName | undefined {
		if (this.#seen.has(name)) return undefined
		this.#seen.add(name)
		const bare = bareName(name)
		const first = this.#first.get(bare)
		if (first === undefined) this.#first.set(bare, { name, line })
		return first
	}
}
