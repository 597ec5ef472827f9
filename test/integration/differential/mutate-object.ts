/** Signed objects, good ones and the bad of the vectors, changed before or after they are signed. */
import type { Random } from '#src/simulator/random.js'
import { allKeys, device } from '../../vectors/object-vector.ts'
import { highTwin, octets, type SeededKey } from '../../vectors/seeded-key.ts'
import { payloadOf, signed } from '../../vectors/signed.ts'
import { vectors } from '../../vectors/vectors.ts'
import { mutatedJson } from './mutate-json.ts'
import { mutatedText } from './mutate-text.ts'
import type { Asked } from './verifiers.ts'

const signers: Readonly<Record<string, SeededKey>> = Object.fromEntries(allKeys.map((key) => [key.id, key]))

/** The longest only now and then: they say nothing that shorter ones do not. */
const bases = vectors.objects.filter(({ text }) => text.length < 20_000)
const good = bases.filter(({ code }) => code === null)

export function seededKeyOf(id: string): SeededKey {
	return signers[id] ?? device
}

/** The n-th: first the vectors themselves, then what is made of them. */
export function mutatedObject(number: number, random: Random): Asked {
	const own = vectors.objects[number]
	if (own !== undefined) return own
	const kind = random.fraction()
	const base = pick(kind < 0.75 ? good : bases, random)
	if (kind < 0.6) return { ...base, text: signedAnew(base.text, seededKeyOf(base.by), random) }
	if (kind < 0.7) return { ...base, kind: pick(bases, random).kind }
	if (kind < 0.75) return { ...base, by: pick(allKeys, random).id }
	const once = mutatedText(base.text, random)
	return { ...base, text: random.chance(0.2) ? mutatedText(once, random) : once }
}

/** Header or payload changed, and signed by the key that should; or the signature changed. */
export function signedAnew(text: string, key: SeededKey, random: Random): string {
	const header = Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()
	const kind = random.fraction()
	if (kind < 0.15) return signed(key, mutatedJson(header, random).toString('latin1'), payloadOf(text))
	if (kind < 0.25) {
		return signed(key, header, payloadOf(text), (signature) => {
			const [r, s] = [signature.subarray(0, 32), signature.subarray(32)]
			return random.pick([
				highTwin(signature),
				Buffer.concat([s, r]),
				Buffer.concat([octets(0n), s]),
				Buffer.concat([r, octets(0n)]),
				Buffer.concat([octets(2n ** 256n - 1n), s]),
				Buffer.concat([r, octets(1n)]),
				signature.subarray(0, random.whole(0, 63)),
				Buffer.concat([signature, signature.subarray(0, random.whole(1, 64))]),
			])
		})
	}
	return signed(key, header, mutatedJson(payloadOf(text), random))
}

function pick<T>(from: readonly T[], random: Random): T {
	return from[random.whole(0, from.length - 1)] as T
}
