/** What a look at the machine says: a line for each part, and what to do about it. */

/**
 * `warn`: the kiosk works, but something is missing or will be soon. `wrong`: it could not work, or could not
 * keep what it promises. `unseen`: nobody can say, since it could not be looked at.
 */
export type Verdict = 'ok' | 'warn' | 'wrong' | 'unseen'

/** One line in each language of the kiosk. */
export interface Words {
	readonly es: string
	readonly en: string
}

export interface Finding {
	readonly part: string
	readonly verdict: Verdict
	/** Stable, for machines and tests. */
	readonly code: string
	readonly what: Words
	/** Null where there is nothing to do. */
	readonly todo: Words | null
}

/** Findings about one part, by verdict. */
export function findingsOf(part: string) {
	const finding =
		(verdict: Exclude<Verdict, 'ok'>) =>
		(code: string, what: Words, todo: Words): Finding => ({ part, verdict, code, what, todo })
	return {
		ok: (what: Words): Finding => ({ part, verdict: 'ok', code: 'ok', what, todo: null }),
		warn: finding('warn'),
		wrong: finding('wrong'),
		unseen: finding('unseen'),
	}
}

/** The same in both languages: names, numbers, and what a program says in its own words. */
export function sameInBothLanguages(text: string): Words {
	return { es: text, en: text }
}
