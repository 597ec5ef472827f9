import { expect, test } from 'vitest'
import { combine } from '#src/reading/combine.js'
import type { Reading } from '#src/reading/reading.js'

const acta = (text: string): Reading => ({
	kind: 'acta',
	text,
	acta: { code: 'c', centro: '1', mesa: '1', votes: [], nullVotes: 0, emptyVotes: 0 },
})
const unread: Reading = { kind: 'unread', fault: { code: 'no-code', detail: '' } }
const several: Reading = { kind: 'unread', fault: { code: 'several-codes', detail: '' } }
const link: Reading = {
	kind: 'foreign',
	bytes: Buffer.from('x'),
	text: 'x',
	fault: { code: 'web-address', detail: '' },
}
const broken: Reading = { kind: 'no-picture', fault: { code: 'damaged', detail: '' } }

test('an acta on any of the pictures is the acta', () => {
	expect(combine<Reading>([unread, acta('a'), broken])).toEqual(acta('a'))
	expect(combine<Reading>([acta('a'), link, acta('a')])).toEqual(acta('a'))
})

test('two different actas are none, in whatever order they come', () => {
	const two = { kind: 'unread', fault: { code: 'several-codes' } }
	expect(combine<Reading>([acta('a'), acta('b')])).toMatchObject(two)
	expect(combine<Reading>([acta('a'), unread, acta('a'), link, acta('b')])).toMatchObject(two)
})

test('without an acta the picture that tells most speaks for all', () => {
	expect(combine<Reading>([broken, unread])).toEqual(unread)
	expect(combine<Reading>([unread, link, broken])).toEqual(link)
	expect(combine<Reading>([link, several])).toEqual(several)
	expect(combine<Reading>([broken])).toEqual(broken)
})
