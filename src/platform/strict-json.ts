/**
 * JSON from outside, read so that two readers can't see two different things in the same bytes: UTF-8
 * without a byte-order mark, no key twice in one object (RFC 8259, section 4 leaves that open), not deep.
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

/** A string (unrolled, so that a long one costs the regular expression no stack) or a mark of structure. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]/g

/** Walks the tokens of a text that JSON.parse accepted. */
function lookForTraps(text: string): { ok: false; fault: JsonFault } | undefined {
	const open: (Set<string> | null)[] = []
	let key = false
	for (const [mark] of text.matchAll(token)) {
		const keys = open.at(-1)
		switch (mark) {
			case '{':
			case '[':
				open.push(mark === '{' ? new Set() : null)
				if (open.length > deepest) return fail('too-deep', `more than ${deepest} levels`)
				key = mark === '{'
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
			default: {
				// In a list a string is never a key.
				if (!key || keys == null) break
				const name = JSON.parse(mark) as string
				if (keys.has(name)) return fail('duplicate-key', `the key ${JSON.stringify(name)} stands twice`)
				keys.add(name)
			}
		}
	}
	return undefined
}
