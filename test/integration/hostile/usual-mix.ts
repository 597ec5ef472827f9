import type { Random } from '#src/simulator/random.js'
import { type Behaviour, behaviours, type Mix } from '../../support/hostile/behaviour.ts'

/** The largest share of each behaviour with which something still gets through. */
export const most: Readonly<Record<Behaviour, number>> = {
	drop: 0.6,
	delay: 0.6,
	reorder: 0.9,
	duplicate: 0.9,
	replay: 0.9,
	forge: 0.9,
	truncate: 0.5,
	flood: 0.03,
	cut: 0.03,
	'refuse-size': 0.3,
	vanish: 0.02,
}

/** That behaviour alone, in some strength. */
export function alone(behaviour: Behaviour, random: Random): Mix {
	return { [behaviour]: most[behaviour] * random.between(0.2, 1) }
}

/** Several at a time, each weaker. */
export function several(random: Random): Mix {
	const chosen = random.shuffled(behaviours).slice(0, random.whole(2, behaviours.length))
	const weaker = (behaviour: Behaviour) => (most[behaviour] * random.between(0.1, 1)) / 3
	return Object.fromEntries(chosen.map((behaviour) => [behaviour, weaker(behaviour)]))
}
