/** Mutations of JSON, of its values and of its spelling, to be signed again. */
import type { Random } from '#src/simulator/random.js'
import { mutatedText } from './mutate-text.ts'

/** Values as JSON spells them: what the readers of three languages could take for different things. */
const values: readonly [string, ...string[]] = [
	...(['null', 'true', 'false', '0', '-0', '1', '2', '3.0', '3e0', '30e-1', '1.5', '-1', '1E+2'] as const),
	...[
		'9007199254740991',
		'9007199254740992',
		'9007199254740993',
		'1e15',
		'1e16',
		'1e21',
		'1e308',
		'1e309',
		'-1e400',
	],
	...['18446744073709551616', '0.1', '5e-324', '1e-400', '01', '+1', '.5', '1.', '0x10', 'NaN', 'Infinity'],
	...[
		'""',
		'"a"',
		'"k-vectors-a"',
		'"K"',
		'"\\u0000"',
		'"\\ud800"',
		'"\\udc00\\ud800"',
		'"\\ud83d\\ude00"',
		'"ñ"',
		'"é"',
	],
	...[
		'"\\u0041"',
		'"\\/"',
		'"\\x41"',
		"'a'",
		'"\t"',
		'"stored"',
		'"acta"',
		'"2024-02-30T00:00:00Z"',
		'"2024-02-29T00:00:00Z"',
	],
	...[
		'"2024-07-28T24:00:00Z"',
		'"2024-07-28T22:14:60Z"',
		'"2024-07-28T22:14:00z"',
		'"2024-07-28T22:14:00+00:00"',
	],
	...[
		'"0000-01-01T00:00:00Z"',
		'"9999-12-31T23:59:00Z"',
		'"2024-07-28T22:14:00.0Z"',
		'"2024-07-28"',
		'"1900-02-29"',
	],
	...[
		`"${'A'.repeat(43)}"`,
		`"${'0'.repeat(64)}"`,
		`"${'F'.repeat(64)}"`,
		`"${'x'.repeat(64)}"`,
		`"${'x'.repeat(65)}"`,
	],
	...[`"${'😀'.repeat(64)}"`, `"${'😀'.repeat(65)}"`, `"${'x'.repeat(4097)}"`, `"${'ñ'.repeat(200)}"`],
	...[
		'[]',
		'{}',
		'[null]',
		'[[]]',
		'[1,1]',
		'[2,1]',
		'[0,0]',
		'[1,2,3]',
		'[[1,2],[3,4]]',
		'{"seq":1}',
		'{"v":1}',
	],
	...['['.repeat(14) + ']'.repeat(14), '['.repeat(15) + ']'.repeat(15), '['.repeat(16) + ']'.repeat(16)],
	...['['.repeat(17) + ']'.repeat(17), '['.repeat(20_000), `${'{"a":'.repeat(18)}1${'}'.repeat(18)}`],
	...[
		'{"a":1,"a":1}',
		'{"__proto__":1}',
		'{"__proto__":1,"__proto__":2}',
		'{"constructor":{}}',
		'{"toString":1}',
	],
]

const keys = [
	'v',
	'seq',
	'__proto__',
	'constructor',
	'hasOwnProperty',
	'toString',
	'length',
	'',
	'ñ',
	'\\u0076',
	'\\ud800',
] as const

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path = []): Path[] {
	if (typeof value !== 'object' || value === null) return [path]
	return [path, ...Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...path, name]))]
}

const placeholder = '@@here@@'

/** The value at some place exchanged for another, spelled as it is; or taken out, or a key put beside it. */
function changedValue(text: string, random: Random): string {
	const value: unknown = JSON.parse(text)
	const [firstPath = [], ...more] = pathsOf(value).filter((path) => path.length > 0)
	const path = random.pick([firstPath, ...more])
	const last = path.at(-1) ?? ''
	const parent = path
		.slice(0, -1)
		.reduce((at, step) => Reflect.get(at as object, step) as unknown, value) as object
	if (random.chance(0.15)) {
		Reflect.deleteProperty(parent, last)
		return JSON.stringify(value)
	}
	if (random.chance(0.15) && !Array.isArray(parent)) {
		const again = random.chance(0.5) ? String(last) : random.pick(keys)
		const spelled = JSON.stringify(parent).replace('{', `{"${again}":${random.pick(values)},`)
		return JSON.stringify(value).replace(JSON.stringify(parent), () => spelled)
	}
	if (random.chance(0.1)) {
		const from: unknown = Reflect.get(parent, last)
		const moved = typeof from === 'number' ? from + random.whole(-2, 2) : from
		Reflect.set(parent, last, moved)
		return JSON.stringify(value)
	}
	Reflect.set(parent, last, placeholder)
	return JSON.stringify(value).replace(`"${placeholder}"`, () => random.pick(values))
}

/** Characters that some readers take for blanks, and other spellings of the whole. */
function changedSpelling(text: string, random: Random): string {
	const blanks = [' ', '\n', '\t', '\r', '\u00a0', '\ufeff', '\u2028', '\v', '\f', '\0', '/**/', ','] as const
	const at = [...text]
		.map((character, index) => (/[{}[\],:]/.test(character) ? index : -1))
		.filter((index) => index >= 0)
	const place = random.chance(0.3)
		? random.pick([0, text.length])
		: (at[random.whole(0, at.length - 1)] ?? 0) + random.whole(0, 1)
	return `${text.slice(0, place)}${random.pick(blanks)}${text.slice(place)}`
}

/** The bytes of JSON changed somehow; they need be none any more. */
export function mutatedJson(text: string, random: Random): Buffer {
	const kind = random.fraction()
	if (kind < 0.15) return Buffer.from(mutatedText(Buffer.from(text).toString('latin1'), random), 'latin1')
	try {
		const changed = kind < 0.3 ? changedSpelling(text, random) : changedValue(text, random)
		return Buffer.from(random.chance(0.1) ? changedAgain(changed, random) : changed)
	} catch {
		return Buffer.from(changedSpelling(text, random))
	}
}

function changedAgain(text: string, random: Random): string {
	try {
		return changedValue(text, random)
	} catch {
		return text
	}
}
