import { expect, test } from 'vitest'
import { instantsIn, shownNumber, wholePercent } from '#src/platform/shown.js'

test('numbers are grouped as their language does', () => {
	expect(shownNumber(7_156_462, 'es')).toBe('7\u202f156\u202f462')
	expect(shownNumber(7_156_462n, 'en')).toBe('7,156,462')
	expect([0, 999, 1000, -1000].map((value) => shownNumber(value, 'en'))).toEqual([
		'0',
		'999',
		'1,000',
		'−1,000',
	])
})

test('all but one of many is not 100 %, and nothing has no share', () => {
	expect(wholePercent(30_025, 30_026)).toBe(99)
	expect(wholePercent(30_026, 30_026)).toBe(100)
	expect(wholePercent(0, 0)).toBeNull()
})

test('an instant is told in the zone of the election, with what it is from UTC', () => {
	const at = Date.UTC(2024, 6, 30, 22, 0)
	expect(instantsIn('America/Caracas', 'es')(at)).toBe('30 jul 2024, 18:00 (UTC−4)')
	expect(instantsIn('America/Caracas', 'en')(at)).toBe('30 Jul 2024, 18:00 (UTC−4)')
	expect(instantsIn('UTC', 'en')(at)).toBe('30 Jul 2024, 22:00 (UTC)')
	expect(instantsIn('Asia/Kathmandu', 'es')(at)).toBe('31 jul 2024, 03:45 (UTC+5:45)')
})
