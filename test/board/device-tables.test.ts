import { expect, it } from 'vitest'
import { ArrivalCounts } from '#src/board/arrivals.js'
import { DeviceTables } from '#src/board/device-tables.js'

const [device, other] = ['k-aaaaaaaaaaaaaaaa', 'k-bbbbbbbbbbbbbbbb']

it('counts the tables of devices by municipality, and takes back what is no more', () => {
	const tables = new DeviceTables()
	const note = (table: string, municipality: string, ...devices: string[]) =>
		tables.note({ table, municipality: ['Uno', municipality], devices })
	for (let n = 0; n < 19; n++) note(`1.${n}`, 'Norte', device)
	note('2.1', 'Sur', device, other)
	expect(tables.actas(device)).toBe(20)
	expect(tables.unusual(device)).toEqual([{ names: ['Uno', 'Sur'], tables: 1 }])
	expect(tables.unusual(other)).toEqual([])
	note('2.1', 'Sur', other)
	expect(tables.municipalities(device)).toEqual([{ names: ['Uno', 'Norte'], tables: 19 }])
	expect(tables.unusual(device)).toEqual([])
	tables.note({ table: '2.1', municipality: null, devices: [] })
	expect([tables.actas(other), tables.municipalities(other)]).toEqual([0, []])
})

it('counts arrivals by hour without gaps, and a table once, however what is known of it changes', () => {
	const counts = new ArrivalCounts()
	const at = (text: string) => Date.parse(`2024-07-28T${text}:00Z`)
	counts.note('a', at('18:10'))
	counts.note('b', at('20:30'))
	counts.note('b', at('20:05'))
	counts.note('c', at('20:50'))
	counts.note('c', null)
	expect(counts.byHour(at('21:00')).map(({ fromMs, tables }) => [fromMs, tables])).toEqual([
		[at('18:00'), 1],
		[at('19:00'), 0],
		[at('20:00'), 1],
		[at('21:00'), 0],
	])
	expect(counts.lastHour(at('21:00'))).toBe(1)
	expect(counts.lastHour(at('21:06'))).toBe(0)
	expect(new ArrivalCounts().byHour(at('21:00'))).toEqual([{ fromMs: at('21:00'), tables: 0 }])
})
