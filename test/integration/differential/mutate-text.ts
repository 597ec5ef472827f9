/** Mutations of text whose every character is a byte (Latin-1). */
import type { Random } from '#src/simulator/random.js'

export type Mutate = (text: string, random: Random) => string

const odd = [
	'\0',
	'\t',
	'\n',
	'\r',
	'\r\n',
	' ',
	'\xa0',
	'\xef\xbb\xbf',
	'\x1b',
	'\x7f',
	'\x80',
	'\xff',
	'"',
	'=',
] as const
const usual = [
	'A',
	'Z',
	'a',
	'z',
	'0',
	'9',
	'-',
	'_',
	'+',
	'/',
	'.',
	':',
	'{',
	'}',
	'[',
	']',
	',',
	'\\',
] as const

function someText(random: Random): string {
	return random.chance(0.4) ? random.pick(odd) : random.pick(usual)
}

/** Somewhere in it, both ends included. */
function somewhere(text: string, random: Random): number {
	const edge = random.fraction()
	if (edge < 0.1) return 0
	return edge < 0.2 ? text.length : random.whole(0, text.length)
}

const changes: readonly [Mutate, ...Mutate[]] = [
	/** A character exchanged. */
	(text, random) => {
		const at = somewhere(text, random)
		return `${text.slice(0, at)}${someText(random)}${text.slice(at + 1)}`
	},
	/** One put in. */
	(text, random) => {
		const at = somewhere(text, random)
		return `${text.slice(0, at)}${someText(random)}${text.slice(at)}`
	},
	/** Some taken out. */
	(text, random) => {
		const at = somewhere(text, random)
		return `${text.slice(0, at)}${text.slice(at + random.whole(1, 5))}`
	},
	/** A bit turned. */
	(text, random) => {
		const at = random.whole(0, Math.max(0, text.length - 1))
		const byte = (text.charCodeAt(at) || 0) ^ (1 << random.whole(0, 7))
		return `${text.slice(0, at)}${String.fromCharCode(byte)}${text.slice(at + 1)}`
	},
	/** The end cut off. */
	(text, random) => text.slice(0, somewhere(text, random)),
	/** A part said twice. */
	(text, random) => {
		const from = somewhere(text, random)
		const to = Math.min(text.length, from + random.whole(1, 200))
		return `${text.slice(0, to)}${text.slice(from)}`
	},
]

export const mutatedText: Mutate = (text, random) => random.pick(changes)(text, random)
