import { createHash } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { auditJournal } from '#src/audit/journal-audit.js'
import type { SignedEntry } from '#src/evidence/entry.js'
import { Journal, type JournalFault } from '#src/journal/journal.js'
import type { Result } from '#src/platform/result.js'
import { entryAfter } from '../support/journal-maker.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const signer = makeSigner('k-prefix')
let directory: string
let entries: SignedEntry[]

const file = () => join(directory, 'entries.jws')
const mark = () => join(directory, 'verified.json')

async function open(): Promise<Result<Journal, JournalFault>> {
	const opened = await Journal.open(directory, signer)
	if (opened.ok) onTestFinished(() => opened.value.close())
	return opened
}

async function opened(): Promise<Journal> {
	return gotten(await open())
}

async function sign(count: number, by = signer): Promise<SignedEntry[]> {
	const signed: SignedEntry[] = []
	for (let seq = 1; seq <= count; seq++) {
		const last = signed.at(-1)
		const text = `${121202007 + seq}.01.1.0001!1,0!0!0`
		signed.push(await entryAfter(last === undefined ? null : { seq: seq - 1, id: last.id }, by, text))
	}
	return signed
}

async function write(lines: readonly string[]): Promise<void> {
	await writeFile(file(), lines.map((line) => `${line}\n`).join(''))
}

/** A mark such as anybody could write who can write here. */
async function forgeMark(bytes?: number): Promise<void> {
	await writeFile(mark(), JSON.stringify(markOf((await readFile(file())).subarray(0, bytes))))
}

function markOf(bytes: Uint8Array) {
	const lines = bytes.filter((byte) => byte === 0x0a).length
	return { v: 1, bytes: bytes.length, lines, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** The mark is of all that the journal holds. */
async function expectMarked(): Promise<void> {
	expect(JSON.parse(await readFile(mark(), 'utf8'))).toEqual(markOf(await readFile(file())))
}

/** The same entry with a signature of the right form that is not its own. */
function withOtherSignature({ text }: { readonly text: string }, other: SignedEntry): string {
	return text.slice(0, text.lastIndexOf('.')) + other.text.slice(other.text.lastIndexOf('.'))
}

async function spoilSecond(): Promise<void> {
	const [first, second, ...more] = entries
	if (first === undefined || second === undefined) throw new Error('no entries')
	await write([first.text, withOtherSignature(second, first), ...more.map(({ text }) => text)])
}

beforeEach(async () => {
	directory = await temporaryFolder()
	// Makes the directory and the device's key in it.
	await (await opened()).close()
	entries = await sign(6)
	await write(entries.map(({ text }) => text))
})

test('a long journal is marked when it opens, and marked anew as it grows', async () => {
	entries = await sign(1_100)
	await write(entries.slice(0, 1_050).map(({ text }) => text))
	const journal = await opened()
	await expectMarked()
	for (const entry of entries.slice(1_050)) await journal.append(entry)
	for (let count = 50; count < 1_000; count++) await journal.append(await entryAfter(journal.tail, signer))
	// Closing waits for the verification under way.
	await journal.close()
	await expectMarked()
	expect((await opened()).tail?.seq).toBe(2_050)
})

test('with a mark a start finds the same as without', async () => {
	const bytes = await readFile(file())
	for (let length = 1; length <= bytes.length; length += 203) {
		await forgeMark(length)
		const journal = await opened()
		expect(journal.tail).toEqual({ seq: 6, id: entries[5]?.id })
		expect(journal.actas.count).toBe(6)
		await journal.close()
	}
	expect(await readFile(file())).toEqual(bytes)
})

test.each([
	['lost', () => rm(mark())],
	['empty', () => writeFile(mark(), '')],
	['broken', () => writeFile(mark(), '{"v":1,"bytes":')],
	['of another version', () => writeFile(mark(), '{"v":2,"bytes":5,"sha256":""}')],
	['of another journal', () => writeFile(mark(), `{"v":1,"bytes":5,"sha256":"${'0'.repeat(64)}"}`)],
	[
		'longer than the journal',
		async () => {
			await forgeMark()
			await write(entries.slice(0, 4).map(({ text }) => text))
		},
	],
])('a mark that is %s only means verifying more', async (_, spoil) => {
	await forgeMark()
	await spoil()
	const { tail } = await opened()
	expect(tail?.id).toBe(entries[(tail?.seq ?? 0) - 1]?.id)
	expect(tail?.seq).toBeGreaterThanOrEqual(4)
})

test('bytes that changed after they were marked are verified and refused', async () => {
	await forgeMark()
	await spoilSecond()
	const refused = await open()
	expect(refused).toMatchObject({ ok: false, fault: { code: 'damaged' } })
	expect(refused.ok ? '' : refused.fault.detail).toMatch(/entry 2, .*bad-signature/)
})

describe('a forged mark', () => {
	test('hides a spoilt signature from a start, and from nobody else', async () => {
		await spoilSecond()
		await forgeMark()
		expect((await opened()).tail?.seq).toBe(6)
		expect(await auditJournal(directory, { images: false })).toMatchObject({
			ok: true,
			value: { chainWhole: false, faults: [{ line: 2, code: 'bad-signature' }] },
		})
	})

	test.each([0, 1])('lets in no chain of another key, with %i torn bytes behind it', async (torn) => {
		const foreign = await sign(6, { ...makeSigner('k-prefix'), publicKey: signer.publicKey })
		await write(foreign.map(({ text }) => text))
		await writeFile(file(), 'x'.repeat(torn), { flag: 'a' })
		await forgeMark()
		const refused = await open()
		expect(refused.ok ? '' : refused.fault.detail).toMatch(/entry [16], .*bad-signature/)
	})

	test('lets in no entry that the chain does not name', async () => {
		const [first] = entries
		const other = await entryAfter({ seq: 1, id: first?.id ?? '' }, signer, '121202099.01.1.0001!5,5!0!0')
		await write(entries.map(({ text }, index) => (index === 1 ? other.text : text)))
		await forgeMark()
		const refused = await open()
		expect(refused.ok ? '' : refused.fault.detail).toMatch(/entry 3, .*bad-prev/)
	})
})

test('what reads back spoilt while the kiosk runs stops it', async () => {
	const journal = await opened()
	const [first] = entries
	if (first === undefined) throw new Error('no entries')
	const sign = async () => journal.append(await entryAfter(journal.tail, signer))
	await sign()
	// The seventh entry, as the disk gives it back.
	const lines = (await readFile(file(), 'utf8')).trimEnd().split('\n')
	const seventh = { text: lines.at(-1) ?? '' }
	await write([...lines.slice(0, -1), withOtherSignature(seventh, first)])
	let last = await sign()
	for (let count = 0; last.ok && count < 20_000; count++) last = await sign()
	expect(last).toMatchObject({ ok: false, fault: { code: 'damaged' } })
	expect(last.ok ? '' : last.fault.detail).toMatch(/entry 7, .*bad-signature/)
})
