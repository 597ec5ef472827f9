import { expect, test } from 'vitest'
import { diagnoseMachine, type Machine } from '#src/doctor/machine.js'
import { diagnoseStorage } from '#src/doctor/storage.js'

const machine: Machine = {
	node: '20.19.0',
	arenas: '2',
	uid: 1000,
	clockSource: 'ntp',
	now: Date.UTC(2026, 10, 22),
	built: Date.UTC(2026, 10, 1),
}
const codes = (changed: Partial<Machine>) =>
	diagnoseMachine({ ...machine, ...changed }).map(({ part, verdict, code }) => `${part} ${verdict} ${code}`)
const allWell = ['node ok ok', 'memory ok ok', 'user ok ok', 'clock ok ok']

test.each([
	[{}, allWell],
	[{ node: '22.1.0' }, allWell],
	[{ node: '20.18.3' }, ['node wrong old', ...allWell.slice(1)]],
	[{ node: '18.20.0' }, ['node wrong old', ...allWell.slice(1)]],
	[{ arenas: undefined }, [allWell[0], 'memory warn allocator', ...allWell.slice(2)]],
	[{ uid: 0 }, [...allWell.slice(0, 2), 'user warn root', allWell[3]]],
	[{ clockSource: 'none' }, [...allWell.slice(0, 3), 'clock warn no-source']],
	[{ clockSource: 'rtc', now: 0 }, [...allWell.slice(0, 3), 'clock warn behind']],
] as const)('a machine with %o', (changed, expected) => {
	expect(codes(changed)).toEqual(expected)
})

const storage = { path: '/var', freeBytes: 20e9, freeFiles: 1e6, syncedMs: 12 }

test.each([
	[{}, 'ok', 'ok'],
	[{ freeFiles: null }, 'ok', 'ok'],
	[{ freeBytes: 1.29e9 }, 'warn', 'low'],
	[{ freeBytes: 299e6 }, 'wrong', 'full'],
	[{ freeFiles: 5_063 }, 'warn', 'few-files'],
	[{ freeFiles: 63 }, 'wrong', 'no-files'],
	[{ syncedMs: 1_001 }, 'warn', 'slow'],
	[{ syncedMs: 'EROFS' }, 'wrong', 'unwritable'],
] as const)('a disk with %o', (changed, verdict, code) => {
	expect(diagnoseStorage({ ...storage, ...changed }, { room: 300e6, inodes: 64 })).toMatchObject({
		verdict,
		code,
	})
})
