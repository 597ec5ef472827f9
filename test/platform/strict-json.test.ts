import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from '#src/platform/strict-json.js'

const read = (text: string) => parseJson(Buffer.from(text))

test('what JSON.stringify wrote is read as it was, whatever its strings hold', () => {
	fc.assert(
		fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }), (value) => {
			const text = JSON.stringify(value)
			expect(read(text)).toEqual({ ok: true, value: JSON.parse(text) })
		}),
	)
})

test('a key that stands twice is found, however it is spelled and whatever stands around it', () => {
	const key = fc.string({ unit: fc.constantFrom('a', '"', '\\', '{', '}', '[', ':', ',', 'é', '\n') })
	const escaped = (text: string) =>
		`"${[...text].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
	fc.assert(
		fc.property(key, key, fc.jsonValue({ maxDepth: 3 }), (twice, other, value) => {
			const inner = JSON.stringify(value)
			const around = other === twice ? '' : `${JSON.stringify(other)}:[${inner},"x"],`
			const text = `[{${JSON.stringify(twice)}:${inner},${around}${escaped(twice)}:1}]`
			expect(read(text)).toMatchObject({ ok: false, fault: { code: 'duplicate-key' } })
		}),
	)
})

test('strings of a list and equal keys of different objects are no duplicates', () => {
	expect(read('{"a":["a","a",{"a":"a"}],"b":{"a":"b"}}')).toMatchObject({ ok: true })
})

test('sixteen levels are read, seventeen are not', () => {
	expect(read('['.repeat(16) + ']'.repeat(16))).toMatchObject({ ok: true })
	expect(read('['.repeat(17) + ']'.repeat(17))).toMatchObject({ ok: false, fault: { code: 'too-deep' } })
})
