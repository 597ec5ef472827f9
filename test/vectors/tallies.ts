/** Ledgers with a register, and the figures that every verifier must give (provisioning/verify/COUNTING.md), by hand. */
import { type CollectionVector, digestOf } from './collections.ts'
import { device, officer, otherDevice, otherOfficer, otherStation, station } from './object-vector.ts'
import { type Expected, figuresOf } from './tally-figures.ts'
import { registerOf, TallyLedger, thirdStation } from './tally-ledger.ts'

export interface TallyVector {
	readonly name: string
	/** As of a collection; with `election.json` and `register.csv`. */
	readonly files: CollectionVector['files']
	readonly figures: object
}

/** Electors by table. */
const electors: Readonly<Record<string, number>> = { '101.01': 1, '101.02': 20, '102.01': 300 }

function tally(
	name: string,
	happens: (at: TallyLedger) => void,
	expected: Expected,
	tables: Readonly<Record<string, number>> = electors,
): TallyVector {
	const at = new TallyLedger()
	happens(at)
	return { name: `tally: ${name}`, files: at.files(registerOf(tables)), figures: figuresOf(expected, tables) }
}

const five = { '101.01': 1, '101.02': 2, '101.03': 4, '101.04': 8, '101.05': 16 }

export const tallies: readonly TallyVector[] = [
	tally('nothing came', () => {}, { states: {} }),
	tally(
		'one device alone, and two that say the same',
		(at) => {
			at.scan(device, '101.01', [5, 1, 2, 3])
			at.scan(device, '101.02', [10, 20])
			at.scan(otherDevice, '101.02', [10, 20])
		},
		{
			states: { '101.01': 'counted', '101.02': 'counted' },
			confirmed: ['101.02'],
			all: [15, 21, 2, 3],
			sumsOfConfirmed: [10, 20],
		},
	),
	tally(
		'one device twice confirms nothing',
		(at) => {
			at.scan(device, '101.01', [5, 1])
			at.scan(device, '101.01', [5, 1])
		},
		{ states: { '101.01': 'counted' }, all: [5, 1] },
	),
	tally(
		'two readings that differ',
		(at) => {
			at.scan(device, '101.01', [5, 1])
			at.scan(otherDevice, '101.01', [2, 4])
			at.scan(device, '101.02', [1, 1])
		},
		{
			states: { '101.01': 'conflict', '101.02': 'counted' },
			all: [1, 1],
			bounds: [
				[3, 6],
				[2, 5],
			],
		},
	),
	tally(
		'void by its device, not by another; after a revocation',
		(at) => {
			at.void(device, at.scan(device, '101.01', [5, 1]))
			at.void(otherDevice, at.scan(device, '101.02', [5, 1]))
			at.scan(device, '102.01', [9, 9])
			at.revoke(device, 3)
		},
		{ states: { '101.01': 'void', '101.02': 'counted', '102.01': 'quarantine' }, all: [5, 1] },
	),
	tally(
		'what voids it is disowned',
		(at) => {
			at.void(device, at.scan(device, '101.01', [5, 1]))
			at.revoke(device, 1)
		},
		{ states: { '101.01': 'counted' }, all: [5, 1] },
	),
	tally(
		'unread, an unread paper, and outside the register',
		(at) => {
			at.picture(device, '101.01')
			at.picture(device, null)
			at.scan(device, '999.01', [3, 3])
			at.picture(device, '999.02')
		},
		{ states: { '101.01': 'unread' }, unreadPapers: 1, unlisted: { counted: 1, unread: 1 }, all: [3, 3] },
	),
	tally(
		'of another election',
		(at) => {
			at.scan(device, '101.01', [5, 1], { election: 'another' })
			const paper = at.picture(device, '101.02')
			at.answer(station, paper, '101.02', [7, 7])
			at.answer(otherStation, paper, '101.02', [7, 7], { election: 'another' })
		},
		{ states: { '101.02': 'unread' } },
	),
	tally(
		'people read: by one, by two, by two and a third otherwise',
		(at) => {
			at.answer(station, at.picture(device, '101.01'), '101.01', [7, 7])
			const second = at.picture(device, null)
			at.answer(station, second, '101.02', [1, 2])
			at.answer(otherStation, second, '101.02', [1, 2])
			const third = at.picture(device, '102.01')
			at.answer(station, third, '102.01', [3, 4])
			at.answer(otherStation, third, '102.01', [3, 4])
			at.answer(thirdStation, third, '102.01', [4, 3])
		},
		{
			states: { '101.01': 'unread', '101.02': 'counted', '102.01': 'conflict' },
			all: [1, 2],
			bounds: [
				[1, 5],
				[2, 6],
			],
		},
	),
	tally(
		'people confirm a machine, contradict one in counts, and in the table',
		(at) => {
			const [first, second, third] = [
				at.scan(device, '101.01', [5, 1]),
				at.scan(device, '101.02', [2, 2]),
				at.scan(device, '102.01', [6, 6]),
			]
			for (const by of [station, otherStation]) {
				at.answer(by, first, '101.01', [5, 1])
				at.answer(by, second, '101.02', [3, 1])
				at.answer(by, third, '102.02', [6, 6])
			}
		},
		{
			states: { '101.01': 'counted', '101.02': 'conflict', '102.01': 'conflict', '102.02': 'conflict' },
			confirmed: ['101.01'],
			all: [5, 1],
			sumsOfConfirmed: [5, 1],
			bounds: [
				[13, 20],
				[8, 15],
			],
		},
		{ ...electors, '102.02': 400 },
	),
	tally(
		'one station contradicts no machine',
		(at) => {
			const paper = at.scan(device, '101.01', [5, 1])
			at.answer(station, paper, '101.02', [9, 9])
		},
		{ states: { '101.01': 'counted' }, all: [5, 1] },
	),
	tally(
		'one station alone names another table than the code: nothing changes',
		(at) => {
			at.answer(station, at.picture(device, '101.01'), '101.02', [9, 9])
			at.scan(otherDevice, '102.01', [1, 1])
		},
		{ states: { '101.01': 'unread', '102.01': 'counted' }, all: [1, 1] },
	),
	tally(
		'two stations name another table than the code: both are in dispute, not what is counted',
		(at) => {
			const [first, second] = [at.picture(device, '101.01'), at.picture(device, '101.01')]
			for (const by of [station, otherStation]) {
				at.answer(by, first, '101.02', [9, 9])
				at.answer(by, second, '102.01', [8, 8])
			}
			at.scan(otherDevice, '102.01', [1, 1])
		},
		{
			states: { '101.01': 'conflict', '101.02': 'conflict', '102.01': 'counted' },
			all: [1, 1],
			bounds: [
				[1, 10],
				[1, 10],
			],
		},
	),
	tally(
		'named in dispute where an entry is void: not in conflict',
		(at) => {
			at.void(device, at.scan(device, '101.02', [5, 1]))
			const paper = at.picture(device, '101.01')
			at.answer(station, paper, '101.02', [9, 9])
			at.answer(otherStation, paper, '101.02', [9, 9])
		},
		{ states: { '101.01': 'conflict', '101.02': 'void' } },
	),
	tally(
		'its code is all that people read',
		(at) => {
			const paper = at.picture(device, null)
			at.answer(station, paper, '101.01', null)
			at.answer(otherStation, paper, '101.01', [4, 4])
			const other = at.picture(device, null)
			at.answer(station, other, '101.02', null)
			at.answer(otherStation, other, null, null)
		},
		{ states: { '101.01': 'unread' }, unreadPapers: 1 },
	),
	tally(
		'a station that says two things, and one that takes the first back',
		(at) => {
			const paper = at.picture(device, '101.01')
			at.answer(station, paper, '101.01', [4, 4])
			at.answer(station, paper, '101.01', [5, 5])
			at.answer(otherStation, paper, '101.01', [4, 4])
			const other = at.picture(device, '101.02')
			const first = at.answer(station, other, '101.02', [4, 4])
			at.answer(station, other, '101.02', [5, 5], { replaces: first })
			at.answer(otherStation, other, '101.02', [5, 5])
		},
		{ states: { '101.01': 'unread', '101.02': 'counted' }, all: [5, 5] },
	),
	tally(
		'answers to another picture, and of a station that is revoked',
		(at) => {
			const paper = at.picture(device, '101.01')
			at.answer(station, paper, '101.01', [4, 4])
			at.answer(otherStation, paper, '101.01', [4, 4], { image: digestOf('another') })
			const other = at.picture(device, '101.02')
			at.answer(station, other, '101.02', [4, 4])
			at.answer(thirdStation, other, '101.02', [4, 4])
			at.revoke(thirdStation, 0)
		},
		{ states: { '101.01': 'unread', '101.02': 'unread' } },
	),
	tally(
		'a ruling by one officer',
		(at) => {
			at.scan(device, '101.01', [5, 1])
			at.rule(officer, '101.01', [at.scan(otherDevice, '101.01', [2, 4]).id])
		},
		{
			states: { '101.01': 'conflict' },
			bounds: [
				[2, 5],
				[1, 4],
			],
			rulings: [0, 0, 1],
		},
	),
	tally(
		'a ruling by two, for its table alone',
		(at) => {
			at.scan(device, '101.01', [5, 1])
			const { id } = at.scan(otherDevice, '101.01', [2, 4])
			const other = at.scan(otherDevice, '101.02', [1, 1])
			at.rule(officer, '101.01', [id, other.id])
			at.rule(otherOfficer, '101.01', [other.id, id])
		},
		{
			states: { '101.01': 'counted', '101.02': 'counted' },
			all: [6, 2],
			withoutRulings: [1, 1],
			rulings: [1, 1, 0],
		},
	),
	tally(
		'a ruling by two that a later one replaces',
		(at) => {
			const one = at.scan(device, '101.01', [5, 1])
			const other = at.scan(otherDevice, '101.01', [2, 4])
			const first = at.rule(officer, '101.01', [one.id])
			at.rule(otherOfficer, '101.01', [one.id])
			at.rule(officer, '101.01', [other.id], [first])
			at.rule(otherOfficer, '101.01', [other.id], [first])
		},
		{ states: { '101.01': 'counted' }, all: [5, 1], withoutRulings: [0, 0], rulings: [2, 1, 0] },
	),
	tally(
		'all of a table ruled out; a ruling by one who is revoked',
		(at) => {
			const { id } = at.scan(device, '101.01', [5, 1])
			const other = at.scan(device, '101.02', [5, 1])
			at.rule(officer, '101.01', [id])
			at.rule(otherOfficer, '101.01', [id])
			at.rule(officer, '101.02', [other.id])
			at.rule(otherOfficer, '101.02', [other.id])
			at.revoke(otherOfficer, 1)
		},
		{
			states: { '101.01': 'void', '101.02': 'counted' },
			all: [5, 1],
			withoutRulings: [10, 2],
			rulings: [1, 1, 1],
		},
	),
	tally(
		'one device contradicts five tables of another, and a station a machine',
		(at) => {
			for (const table of Object.keys(five)) {
				const paper = at.scan(device, table, [5, 1])
				at.answer(station, paper, table, [1, 1])
				at.scan(otherDevice, table, [2, 4])
			}
		},
		{
			states: Object.fromEntries(Object.keys(five).map((table) => [table, 'conflict'])),
			bounds: [
				[10, 25],
				[5, 20],
			],
			contradicting: [
				{ id: device.id, shared: 5, differs: 5 },
				{ id: otherDevice.id, shared: 5, differs: 5 },
				{ id: station.id, shared: 5, differs: 5 },
			],
		},
		five,
	),
	tally(
		'one device whose papers are of other tables than it says',
		(at) => {
			for (const table of Object.keys(five)) {
				const paper = at.scan(device, table, [5, 1])
				for (const by of [station, otherStation]) at.answer(by, paper, '999.01', [5, 1])
			}
		},
		{
			states: Object.fromEntries(Object.keys(five).map((table) => [table, 'conflict'])),
			bounds: [
				[25, 25],
				[5, 5],
			],
			contradicting: [device, station, otherStation].map(({ id }) => ({ id, shared: 5, differs: 5 })),
		},
		five,
	),
	tally(
		'and once it is revoked',
		(at) => {
			for (const table of Object.keys(five)) {
				at.scan(device, table, [5, 1])
				at.scan(otherDevice, table, [2, 4])
			}
			at.revoke(otherDevice, 0)
		},
		{
			states: Object.fromEntries(Object.keys(five).map((table) => [table, 'counted'])),
			all: [25, 5],
		},
		five,
	),
]
