/** Whether enough of the witnesses that a campaign object lists have signed. */
import { formatKeyId } from '../evidence/keys/verifier-key.ts'
import type { Cosignature } from './cosignature.ts'

export interface Witnessing {
	/** `nobody-asked`: the threshold is 0, whoever signed. */
	readonly state: 'witnessed' | 'not-witnessed' | 'nobody-asked'
	/** One a witness, the newest, in the order in which they first signed. */
	readonly cosigned: readonly Cosignature[]
	/** POSIX time of the newest of all; null where there is none. */
	readonly newestSeconds: number | null
}

/** What verified cosignatures by listed witnesses amount to. A witness counts once, however often it signs. */
export function witnessing(cosignatures: readonly Cosignature[], threshold: number): Witnessing {
	const newest = new Map<string, Cosignature>()
	for (const one of cosignatures) {
		const key = `${one.witness.name}+${formatKeyId(one.witness.keyId)}`
		const before = newest.get(key)
		if (before === undefined || before.timeSeconds < one.timeSeconds) newest.set(key, one)
	}
	const cosigned = [...newest.values()]
	const state = cosigned.length < threshold ? 'not-witnessed' : threshold > 0 ? 'witnessed' : 'nobody-asked'
	const times = cosigned.map(({ timeSeconds }) => timeSeconds)
	return { state, cosigned, newestSeconds: times.length === 0 ? null : Math.max(...times) }
}
