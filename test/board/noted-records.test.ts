import { expect, test } from 'vitest'
import { NotedRecords } from '#src/board/noted-records.js'
import { firstPosition } from '#src/records/centre-records.js'
import { LedgerRecords } from '#src/records/ledger-records.js'
import { CentreMaker } from '../support/centre-maker.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('a long look says that it goes on, batch by batch', async () => {
	const centre = new CentreMaker(await temporaryFolder())
	for (let line = 0; line < 640; line++) centre.line('none')
	let passed = 0
	const records = new NotedRecords(new LedgerRecords(centre.directory), () => passed++)
	let batches = 0
	for await (const { unreadable } of records.read(firstPosition)) {
		expect([unreadable > 0, passed]).toEqual([true, batches])
		batches++
	}
	expect(batches).toBeGreaterThan(1)
	expect(passed).toBe(batches)
})
