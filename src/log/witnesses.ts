/** Which witnesses a campaign asks for, and whether enough of them have signed. */
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { Cosignature } from './cosignature.ts'
import {
	cosignatureType,
	formatKeyId,
	parseVerifierKey,
	type VerifierKey,
	type VerifierKeyFault,
} from './verifier-key.ts'

/** `key-twice`: a key that is another witness's, or the log's, would count for two. */
export type WitnessesFault = VerifierKeyFault | Fault<'not-a-witness' | 'key-twice' | 'bad-threshold'>

/** No more are listed: each may have a line below a checkpoint. */
export const mostWitnesses = 32

/** The witnesses of these keys, of which `threshold` have to sign. None may be the log itself. */
export function readWitnesses(
	vkeys: readonly string[],
	threshold: number,
	log: VerifierKey,
): Result<VerifierKey[], WitnessesFault> {
	if (vkeys.length > mostWitnesses) return fail('bad-threshold', `over ${mostWitnesses} witnesses`)
	if (!Number.isInteger(threshold) || threshold < 0 || threshold > vkeys.length)
		return fail('bad-threshold', `${threshold} of ${vkeys.length} witnesses can't sign`)
	const witnesses: VerifierKey[] = []
	for (const vkey of vkeys) {
		const witness = parseVerifierKey(vkey)
		if (!witness.ok) return witness
		const { name, type } = witness.value
		if (type !== cosignatureType)
			return fail('not-a-witness', `${name}: its key signs notes (type 1), not checkpoints with a time (4)`)
		const twin = [log, ...witnesses].find((one) => isSameSigner(one, witness.value))
		if (twin !== undefined)
			return fail('key-twice', `${name} has the key, or name and key id, of ${twin.name}`)
		witnesses.push(witness.value)
	}
	return ok(witnesses)
}

function isSameSigner(one: VerifierKey, other: VerifierKey): boolean {
	const isSameKey = Buffer.compare(one.publicKey, other.publicKey) === 0
	return isSameKey || (one.name === other.name && one.keyId === other.keyId)
}

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
