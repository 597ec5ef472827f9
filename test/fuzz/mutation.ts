/** Changes of bytes as fuzzers make them, by a seeded chance. */
import type { Random } from '#src/simulator/random.js'

const interesting = ['\0', '\n', '\r\n', '\ufeff', '\u202e', '\ud800', '0', '-1', '1e999', '9007199254740993']
const forJson = [
	'null',
	'{}',
	'[]',
	'""',
	'"v":2',
	'"__proto__":1',
	'[[[[[[[[',
	'}',
	']',
	',',
	':',
	'\\u0000',
]

/** Another input made of one, and of pieces of others; at most `longest` bytes. */
export function mutated(
	input: Uint8Array,
	others: readonly Uint8Array[],
	words: readonly string[],
	{ random, longest }: { readonly random: Random; readonly longest: number },
): Buffer {
	let bytes = Buffer.from(input)
	const below = (limit: number) => random.whole(0, Math.max(1, limit) - 1)
	const dictionary = [...interesting, ...forJson, ...words]
	for (let times = 1 + below(4); times > 0; times--) {
		const at = below(bytes.length + 1)
		const until = Math.min(bytes.length, at + 1 + below(8))
		switch (below(9)) {
			case 0:
				if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8))
				break
			case 1:
				if (at < bytes.length) bytes[at] = below(256)
				break
			case 2:
				bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(until)])
				break
			case 3:
				bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([below(256)]), bytes.subarray(at)])
				break
			case 4: {
				const word = Buffer.from(dictionary[below(dictionary.length)] ?? '')
				bytes = Buffer.concat([
					bytes.subarray(0, at),
					word,
					bytes.subarray(random.fraction() < 0.5 ? at : until),
				])
				break
			}
			case 5: {
				const longer = Math.min(bytes.length, at + 1 + below(64))
				bytes = Buffer.concat([bytes.subarray(0, longer), bytes.subarray(at)])
				break
			}
			case 6: {
				const other = others[below(others.length)] ?? bytes
				const from = below(other.length)
				const piece = other.subarray(from, from + 1 + below(64))
				bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(until)])
				break
			}
			case 7: {
				const other = others[below(others.length)] ?? bytes
				bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(Math.min(at, other.length))])
				break
			}
			default:
				bytes = bytes.subarray(0, at)
		}
	}
	return bytes.subarray(0, longest)
}
