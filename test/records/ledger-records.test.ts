import { appendFile, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { firstPosition, type RecordPosition } from '#src/records/centre-records.js'
import { LedgerRecords } from '#src/records/ledger-records.js'
import { actaText, entryAfter } from '../support/journal-maker.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

async function ledger(count: number) {
	const directory = await temporaryFolder()
	const path = join(directory, 'ledger.jws')
	const signer = makeSigner('k-one')
	const boot = await entryAfter(null, signer)
	const entries = [boot]
	for (let seq = 2; seq <= count; seq++) {
		const last = entries.at(-1) ?? boot
		entries.push(await entryAfter({ seq: last.entry.seq, id: last.id }, signer, actaText(seq)))
	}
	const lines = entries.map(({ text }) => `${text}\n`)
	await writeFile(path, lines.join(''))
	return { directory, path, lines, ids: entries.map(({ id }) => id), records: new LedgerRecords(directory) }
}

async function readAll(records: LedgerRecords, from: RecordPosition = firstPosition) {
	const ids: string[] = []
	let [next, unreadable] = [from, 0]
	for await (const batch of records.read(from)) {
		ids.push(...batch.records.map(({ jws }) => jws.id))
		unreadable += batch.unreadable
		next = batch.next
	}
	return { ids, next, unreadable }
}

test('all records in their order, in batches; later what was added since, from any position on', async () => {
	const { path, lines, ids, records } = await ledger(150)
	const [half, rest] = [lines.slice(0, 100).join(''), lines.slice(100).join('')]
	await writeFile(path, half)
	const first = await readAll(records)
	expect(first).toEqual({ ids: ids.slice(0, 100), next: half.length, unreadable: 0 })
	expect(await readAll(records, first.next)).toEqual({ ids: [], next: first.next, unreadable: 0 })
	await appendFile(path, rest)
	expect((await readAll(records, first.next)).ids).toEqual(ids.slice(100))
	const positions: RecordPosition[] = []
	for await (const { next } of records.read(firstPosition)) positions.push(next)
	expect(positions.length).toBeGreaterThan(1)
	for (const position of positions) {
		const known = lines.join('').slice(0, position).split('\n').length - 1
		expect((await readAll(records, position)).ids).toEqual(ids.slice(known))
	}
})

test('a last line without an end is not there yet', async () => {
	const { path, lines, ids, records } = await ledger(3)
	const whole = lines.slice(0, 2).join('')
	for (const torn of [1, 100, (lines[2]?.length ?? 0) - 1]) {
		await writeFile(path, whole + lines[2]?.slice(0, torn))
		expect(await readAll(records)).toEqual({ ids: ids.slice(0, 2), next: whole.length, unreadable: 0 })
	}
	await writeFile(path, lines.join(''))
	expect((await readAll(records, whole.length as RecordPosition)).ids).toEqual(ids.slice(2))
})

test('what is no record is counted and passed over', async () => {
	const { path, lines, ids, records } = await ledger(2)
	const head = Buffer.from('{"alg":"ES256","typ":"testigo-head+jws","kid":"k-one"}').toString('base64url')
	const strange = [
		'',
		'junk',
		'\u0000',
		`${head}.e30.AA`,
		'x'.repeat(70_000),
		lines[0]?.replace('.', '..').trimEnd(),
	]
	await writeFile(path, [lines[0], ...strange.map((line) => `${line}\n`), lines[1]].join(''))
	expect(await readAll(records)).toMatchObject({ ids, unreadable: strange.length })
})

test('another ledger, or one that has shrunk, is of another origin; one that grows is of the same', async () => {
	const { directory, path, lines, records } = await ledger(3)
	const origin = await records.origin()
	expect(await records.origin()).toBe(origin)
	const { next } = await readAll(records)
	await appendFile(path, lines[0] ?? '')
	expect(await records.origin()).toBe(origin)
	await truncate(path, next - 1)
	const shrunk = await records.origin()
	expect(shrunk).not.toBe(origin)
	await writeFile(join(directory, 'other'), lines.join(''))
	await rename(join(directory, 'other'), path)
	const replaced = await records.origin()
	expect(replaced).not.toBe(shrunk)
	const id = 'A'.repeat(22)
	await writeFile(join(directory, 'ledger.json'), JSON.stringify({ v: 1, id, askAll: false }))
	expect(await records.origin()).toContain(id)
})

test('a centre that has no ledger yet has an origin and no records', async () => {
	const records = new LedgerRecords(await temporaryFolder())
	expect(await records.origin()).toMatch(/./)
	await expect(readAll(records)).rejects.toMatchObject({ code: 'ENOENT' })
})
