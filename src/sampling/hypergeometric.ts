/** What a sample that was drawn without putting back says of those that were not drawn. Exact, no approximation. */

/**
 * The most wrong ones that there can be among `all`, where `wrong` of `drawn` were wrong: with any more, so few would
 * have been found with a chance of at most `1 - confidence`. One-sided.
 */
export function mostWrong(all: number, drawn: number, wrong: number, confidence = 0.95): number {
	if (drawn === 0) return all
	const logFactorials = new Float64Array(all + 1)
	for (let n = 2; n <= all; n++) logFactorials[n] = (logFactorials[n - 1] ?? 0) + Math.log(n)
	const logOf = (n: number) => logFactorials[n] ?? 0
	const logChoose = (n: number, k: number) => logOf(n) - logOf(k) - logOf(n - k)
	/** The chance of finding at most `wrong` where there are `bad`. */
	const chanceOf = (bad: number) => {
		let chance = 0
		for (let found = Math.max(0, drawn - (all - bad)); found <= Math.min(wrong, bad); found++) {
			const log = logChoose(bad, found) + logChoose(all - bad, drawn - found) - logChoose(all, drawn)
			chance += Math.exp(log)
		}
		return chance
	}
	// The more there are, the smaller the chance: the last whose chance is still above it.
	let [possible, impossible] = [wrong, all - (drawn - wrong) + 1]
	while (impossible - possible > 1) {
		const between = Math.floor((possible + impossible) / 2)
		if (chanceOf(between) > 1 - confidence) possible = between
		else impossible = between
	}
	return possible
}
