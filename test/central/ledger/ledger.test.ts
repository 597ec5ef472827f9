import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { type LedgerRecord, openHeads, openLedger } from '#src/central/ledger/ledger.js'
import { signHead } from '#src/evidence/head.js'
import { signJws } from '#src/evidence/jws.js'
import { type Receipt, signReceipt } from '#src/evidence/receipt.js'
import { JournalMaker } from '../../support/journal-maker.ts'
import { receiptFor } from '../../support/receipts.ts'
import { gotten } from '../../support/result.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { makeSigner } from '../../support/test-identity.ts'

let root: string
beforeEach(async () => {
	root = await temporaryFolder()
})

/** Whose signatures nobody here can check. */
const nobody = () => undefined

async function reopen() {
	const records: LedgerRecord[] = []
	const opened = await openLedger(root, { signerOf: nobody, visit: (record) => records.push(record) })
	if (opened.ok) await opened.value.log.close()
	return { opened, records }
}

async function fill(): Promise<string[]> {
	const journal = new JournalMaker(join(root, 'journal'), makeSigner('kiosk-1'))
	const centre = makeSigner('centro')
	const lines: string[] = []
	for (let seq = 1; seq <= 3; seq++) {
		const { text, id } = await journal.boot()
		const receipt = await signReceipt(receiptFor('kiosk-1', { seq, id }), centre)
		lines.push(text, receipt.text)
	}
	const { log } = gotten(await openLedger(root, { signerOf: nobody, visit: () => {} }))
	await log.append(lines)
	await log.close()
	return lines
}

test('reads back what was written', async () => {
	await fill()
	const { opened, records } = await reopen()
	expect(opened).toMatchObject({ ok: true, value: { tornBytes: 0, lines: 6 } })
	const both = ['entry', 'receipt']
	expect(records.map(({ kind }) => kind)).toEqual([...both, ...both, ...both])
	expect(records[2]).toMatchObject({ kind: 'entry', device: 'kiosk-1', entry: { seq: 2 } })
})

test('a receipt of several is refused where one of them does not stand before it', async () => {
	await fill()
	const path = join(root, 'ledger.jws')
	const { records } = await reopen()
	const further = records.flatMap((record) =>
		record.kind === 'entry' && record.entry !== null
			? [{ seq: record.entry.seq, entry: record.id, status: 'stored' as const, images: [] }]
			: [],
	)
	const [first, ...also] = further
	if (first === undefined) throw new Error('nothing was written')
	const of = (more: Partial<Receipt>) =>
		signReceipt(receiptFor('kiosk-1', { seq: 1, id: first.entry }, more), makeSigner('centro'))
	const refused = { seq: 9, entry: 'B'.repeat(43), status: 'rejected' as const, reason: 'crit', images: [] }
	appendFileSync(path, `${(await of({ also: [...also, refused] })).text}\n`)
	expect((await reopen()).opened.ok).toBe(true)
	const missing = { ...refused, status: 'stored' as const }
	appendFileSync(path, `${(await of({ also: [...also, missing] })).text}\n`)
	expect((await reopen()).opened).toMatchObject({ fault: { code: 'damaged' } })
})

test('what an earlier program kept of version 2 as it came is no damage', async () => {
	await fill()
	const { text } = await signJws('entry', { v: 2, device: 'kiosk-1', anything: true }, makeSigner('kiosk-1'))
	appendFileSync(join(root, 'ledger.jws'), `${text}\n`)
	const { opened, records } = await reopen()
	expect(opened.ok).toBe(true)
	expect(records.at(-1)).toMatchObject({ kind: 'entry', entry: null })
})

test('a torn last line goes to quarantine', async () => {
	const lines = await fill()
	appendFileSync(join(root, 'ledger.jws'), (lines[0] ?? '').slice(0, 50))
	const { opened, records } = await reopen()
	expect(opened).toMatchObject({ ok: true, value: { tornBytes: 50 } })
	expect(records).toHaveLength(6)
	expect(readdirSync(join(root, 'quarantine'))).toHaveLength(1)
})

test('any changed byte of an entry is refused loudly, with its line', async () => {
	await fill()
	const path = join(root, 'ledger.jws')
	const whole = readFileSync(path)
	const start = whole.indexOf(10, whole.indexOf(10) + 1) + 1
	const end = whole.indexOf(10, start)
	const signature = whole.lastIndexOf('.', end)
	for (let at = start; at < signature; at += 7) {
		const bent = Buffer.from(whole)
		bent[at] = (bent[at] ?? 0) ^ 1
		writeFileSync(path, bent)
		const { opened } = await reopen()
		expect(opened).toMatchObject({ ok: false, fault: { code: 'damaged' } })
	}
})

test.each(['', 'hello', 'a.b.c', '\0\0\0\0'])('a line that says %j is refused', async (text) => {
	await fill()
	appendFileSync(join(root, 'ledger.jws'), `${text}\n`)
	expect((await reopen()).opened).toMatchObject({ ok: false, fault: { code: 'damaged' } })
})

test('heads stand in a file of their own, and in no other', async () => {
	const said = { device: 'kiosk-1', seq: 3, id: 'A'.repeat(43) }
	const counted = { ...said, v: 2 as const, receipts: 3, day: '2024-07-28' }
	const head = await signHead(counted, makeSigner('kiosk-1'))
	const { log } = gotten(await openHeads(root, { signerOf: nobody, visit: () => {} }))
	await log.append([head.text])
	await log.close()
	const records: LedgerRecord[] = []
	const again = gotten(await openHeads(root, { signerOf: nobody, visit: (record) => records.push(record) }))
	expect(records).toEqual([{ kind: 'head', ...said }])
	await again.log.close()
	writeFileSync(join(root, 'ledger.jws'), `${head.text}\n`)
	expect((await reopen()).opened).toMatchObject({ ok: false, fault: { code: 'damaged' } })
})
