/**
 * JSON from outside, read so that two readers can't see two different things in the same bytes: UTF-8
 * without a byte-order mark, no key twice in one object (RFC 8259, section 4 leaves that open), not deep. Ours: `JSON.parse`
 * keeps the last of two keys and says nothing.
 */
import { type Fault, fail, ok, type Result } from './result.ts'

export type JsonFault = Fault<'not-utf8' | 'not-json' | 'duplicate-key' | 'too-deep'>

const deepest = 16

/** One for all: making one costs more than a short text does. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function parseJson(bytes: Uint8Array): Result<unknown, JsonFault> {
	let text: string
	try {
		text = utf8.decode(bytes)
	} catch {
		return fail('not-utf8', 'the bytes are not UTF-8')
	}
	let value: unknown
	try {
		value = JSON.parse(text)
	} catch {
		return fail('not-json', 'the text is not JSON')
	}
	const fault = lookForTraps(text)
	return fault ?? ok(value)
}

/** Walks the structure of a text that JSON.parse accepted. */
function lookForTraps(text: string): { ok: false; fault: JsonFault } | undefined {
	const open: (Set<string> | null)[] = []
	let key = false
	for (let at = 0; at < text.length; at++) {
		switch (text[at]) {
			case '{':
				open.push(new Set())
				key = true
				break
			case '[':
				open.push(null)
				key = false
				break
			case '}':
			case ']':
				open.pop()
				key = false
				break
			case ',':
				key = true
				break
			case ':':
				key = false
				break
			case '"': {
				const end = endOfString(text, at)
				// In a list a string is never a key.
				const keys = key ? open.at(-1) : null
				if (keys != null) {
					const name = nameOf(text.slice(at, end + 1))
					if (keys.has(name)) return fail('duplicate-key', `the key ${JSON.stringify(name)} stands twice`)
					keys.add(name)
				}
				at = end
			}
		}
		if (open.length > deepest) return fail('too-deep', `more than ${deepest} levels`)
	}
	return undefined
}

/** Where the string that begins at `start` has its closing quote: one behind an even number of backslashes. */
function endOfString(text: string, start: number): number {
	for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
		let slashes = 0
		while (text[end - 1 - slashes] === '\\') slashes++
		if (slashes % 2 === 0) return end
	}
}

/** The key that a string spells: `"\u0061"` is `"a"`. */
function nameOf(quoted: string): string {
	return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1)
}
