import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HighWaterMark } from '#src/kiosk/recording/high-water-mark.js'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const idOf = (seq: number) => String(seq).padStart(43, 'A')
const at = (seq: number) => ({ seq, id: idOf(seq) })
const journal = (length: number, ids = idOf) => ({
	tail: length === 0 ? null : { seq: length, id: ids(length) },
	idAt: (seq: number) => (seq >= 1 && seq <= length ? ids(seq) : undefined),
})
const open = (directory: string, failed: (error: unknown) => void = () => {}) =>
	HighWaterMark.open(directory, 'k-aaaaaaaaaa', failed)

test('a key that has signed nothing yet may follow on any journal', async () => {
	const mark = await open(await temporaryFolder())
	expect(mark.rollbackOf(journal(0))).toBeNull()
	expect(mark.rollbackOf(journal(7))).toBeNull()
})

test('keeps the last of many that came at once, and forbids what lacks it', async () => {
	const directory = await temporaryFolder()
	const mark = await open(directory)
	for (let seq = 1; seq <= 50; seq++) mark.note(at(seq))
	await mark.settled()
	const again = await open(directory)
	expect(again.last).toEqual(at(50))
	expect(again.rollbackOf(journal(50))).toBeNull()
	expect(again.rollbackOf(journal(60))).toBeNull()
	expect(again.rollbackOf(journal(49))).toMatchObject({ code: 'journal-set-back' })
	expect(again.rollbackOf(journal(0))).toMatchObject({ code: 'journal-set-back' })
	expect(again.rollbackOf(journal(60, (seq) => idOf(seq + 1)))).toMatchObject({ code: 'other-entry' })
})

test("another key's mark is another file", async () => {
	const directory = await temporaryFolder()
	const mark = await open(directory)
	mark.note(at(3))
	await mark.settled()
	const other = await HighWaterMark.open(directory, 'k-bbbbbbbbbb', () => {})
	expect(other.last).toBeNull()
	expect((await open(directory)).last).toEqual(at(3))
})

test('of a place that was being written when the power went, the one before counts', async () => {
	const directory = await temporaryFolder()
	const path = join(directory, 'k-aaaaaaaaaa')
	const mark = await open(directory)
	for (const seq of [1, 2, 3]) {
		mark.note(at(seq))
		await mark.settled()
	}
	const whole = await readFile(path, 'latin1')
	expect(whole).toHaveLength(1024)
	const torn = whole.indexOf('"seq":3') + 4
	await writeFile(path, `${whole.slice(0, torn)}${'\0'.repeat(20)}${whole.slice(torn + 20)}`)
	const again = await open(directory)
	expect([again.lost, again.last]).toEqual([false, at(2)])
	// And it is not the one that is overwritten next.
	again.note(at(4))
	await again.settled()
	expect(await readFile(path, 'latin1')).toMatch(/"seq":4.*\n.*"seq":2.*\n$/)
})

test.each(['', '{"seq":7', '\0'.repeat(1024)])('a file that is broken is told of: %j', async (text) => {
	const directory = await temporaryFolder()
	await writeFile(join(directory, 'k-aaaaaaaaaa'), text)
	const mark = await open(directory)
	expect([mark.lost, mark.last]).toEqual([true, null])
	mark.note(at(3))
	await mark.settled()
	mark.note(at(4))
	await mark.settled()
	const again = await open(directory)
	expect([again.lost, again.last]).toEqual([false, at(4)])
})

test('a disk that fails is told of, and the next entry is tried again', async () => {
	const parent = await temporaryFolder()
	const directory = join(parent, 'signed')
	const failures: unknown[] = []
	const mark = await open(directory, (error) => failures.push(error))
	await rm(directory, { recursive: true })
	mark.note(at(1))
	await mark.settled()
	expect(failures).toMatchObject([{ code: 'ENOENT' }])
	const mended = await open(directory)
	mark.note(at(2))
	await mark.settled()
	expect(failures).toHaveLength(1)
	expect(mended.last).toBeNull()
	expect((await open(directory)).last).toEqual(at(2))
})
