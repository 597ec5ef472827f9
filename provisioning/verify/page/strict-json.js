/** JSON without a key twice in one object, and not deep. JSON.parse lets both pass, so the tokens are walked as well. */
import { refuse } from './faults.js'

export const deepest = 16
export function parseJson(bytes) {
	let text
	try {
		text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
	} catch {
		refuse('not-utf8')
	}
	let value
	try {
		value = JSON.parse(text)
	} catch {
		refuse('not-json')
	}
	const around = []
	let before = ''
	for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
		const inside = around[around.length - 1]
		if (token === '{' || token === '[') {
			around.push(token === '{' ? new Set() : null)
			if (around.length > deepest) refuse('too-deep')
		} else if (token === '}' || token === ']') {
			around.pop()
		} else if (token !== ',' && inside && (before === '{' || before === ',')) {
			const key = JSON.parse(token)
			if (inside.has(key)) refuse('duplicate-key')
			inside.add(key)
		}
		before = token
	}
	return value
}
