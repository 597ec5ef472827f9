import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Address, pageAddress, parseAddress, plainPages } from '#src/board/routes.js'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const unit = fc.oneof(
	fc.constantFrom('.', '/', '\\', '~', '~2f~', '.csv', '%', '?', '#', '\ud800', '\u200b'),
	text,
)
const name = fc.string({ unit, minLength: 1, maxLength: 6 })
const query = fc.record({
	find: text.map((one) => one.trim()),
	sort: fc.constantFrom('', 'electors', 'state'),
	isDescending: fc.boolean(),
	from: fc.nat(9_999_999),
})
const route = fc.oneof(
	fc.record({ page: fc.constant('coverage' as const), names: fc.array(name, { maxLength: 4 }) }),
	fc.record({ page: fc.constant('table' as const), table: name }),
	fc.record({ page: fc.constant('device' as const), id: name }),
	fc.record({ page: fc.constantFrom(...plainPages) }),
)

test('an address leads to the page that it was made for, whatever its names hold', () => {
	const address = fc.record({
		language: fc.constantFrom('es' as const, 'en' as const),
		route,
		query: query.map((one) => ({ ...one, isDescending: one.isDescending && one.sort !== '' })),
		isCsv: fc.boolean(),
	})
	fc.assert(
		fc.property(address, (one: Address) => {
			const target = pageAddress(one)
			expect(parseAddress(target)).toEqual(one)
			// What the server takes for a path: no stroke in a name, nothing unseen, no way up.
			const parts = target.split('?')[0]?.slice(1).split('/').map(decodeURIComponent)
			expect(parts?.filter((part) => /[\p{C}/\\]|^\.*$/u.test(part))).toEqual([])
		}),
	)
})

test('what is no address leads nowhere and throws nothing', () => {
	fc.assert(
		fc.property(fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }), (target) => {
			const address = parseAddress(`/es/${target}`)
			if (address !== null) expect(address.language).toBe('es')
		}),
	)
	for (const target of [
		'',
		'/',
		'/fr/',
		'/es/%',
		'/es//x',
		'/es/wall',
		'/es/cobertura/1/2/3/4/5',
		'/es/mesa',
	])
		expect(parseAddress(target)).toBeNull()
	expect(parseAddress(`/es/mesa/${'1'.repeat(3000)}`)).toBeNull()
})
