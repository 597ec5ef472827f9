/** What the centre keeps and when it says so, whatever comes and however often. */
import { appendFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { auditLedger } from '#src/audit/ledger-audit.js'
import type { Taken } from '#src/central/taken.js'
import { settled } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { entriesOfDevices, IntakeMaker, receiptsOf } from './intake-maker.ts'

const { honest, equivocations } = await entriesOfDevices()

afterEach(() => {
	vi.restoreAllMocks()
})

const anEntry = fc.nat({ max: 9 }).map((at) => ({ what: 'entry' as const, at }))
const step = fc.oneof(
	{ weight: 4, arbitrary: anEntry },
	{ weight: 2, arbitrary: fc.nat({ max: 5 }).map((at) => ({ what: 'equivocation' as const, at })) },
	{ weight: 1, arbitrary: fc.nat({ max: 9 }).map((at) => ({ what: 'wrong-seq' as const, at })) },
	{ weight: 1, arbitrary: fc.nat({ max: 9 }).map((at) => ({ what: 'wrong-device' as const, at })) },
	{ weight: 1, arbitrary: fc.nat({ max: 9 }).map((at) => ({ what: 'bent' as const, at })) },
	{ weight: 2, arbitrary: fc.nat({ max: 30 }).map((at) => ({ what: 'returned' as const, at })) },
	{ weight: 1, arbitrary: fc.constant({ what: 'restart' as const, at: 0 }) },
)

test('whatever comes, in any order and however often: kept once, kept for ever, told only of what is kept', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
			const desk = await new IntakeMaker(await temporaryFolder()).start()
			const kept = new Set<string>()
			const given: string[] = []
			try {
				for (const { what, at } of steps) {
					const before = desk.lines
					const fresh = (what === 'equivocation' ? equivocations : honest)[at % honest.length]
					if (fresh === undefined) throw new Error('no such entry')
					let taken: Taken = { outcome: 'nothing', receipts: [] }
					switch (what) {
						case 'entry':
						case 'equivocation':
							taken = await desk.entry(fresh)
							break
						case 'wrong-seq':
							taken = await desk.entry(fresh, fresh.entry.device, fresh.entry.seq + 1)
							break
						case 'wrong-device':
							taken = await desk.entry(fresh, at < 5 ? 'k-two' : 'k-one')
							break
						case 'bent':
							taken = await desk.entry({ ...fresh, text: `${fresh.text.slice(0, -4)}AAAA` })
							break
						case 'returned':
							if (given.length > 0) taken = await desk.returned('k-one', given[at % given.length] ?? '')
							break
						case 'restart':
							await desk.stop()
							await desk.start()
							break
					}
					const after = desk.lines
					// Nothing that was there ever changes; a message adds itself and its receipt, or nothing at all.
					expect(after.slice(0, before.length)).toEqual(before)
					const isNew = (what === 'entry' || what === 'equivocation') && !kept.has(fresh.id)
					expect(after.length - before.length).toBe(isNew ? 2 : 0)
					if (isNew) kept.add(fresh.id)
					for (const { text, receipt } of receiptsOf(taken)) {
						given.push(text)
						expect(receipt.status).toBe(statusOf(what, isNew, receipt.status))
						if (receipt.status === 'rejected') continue
						expect(kept.has(receipt.entry)).toBe(true)
						if (receipt.upto !== null) expect(kept.has(receipt.upto.id)).toBe(true)
						if (receipt.status !== 'duplicate') expect(after).toContain(text)
					}
				}
			} finally {
				await desk.stop()
			}
			const audit = await auditLedger(desk.directory)
			const codes = audit.ok ? audit.value.faults.map(({ code }) => code) : ['refused']
			// Gaps, equivocations or nothing are what came; the centre adds no fault of its own.
			const came = ['gap', 'equivocation', 'bad-prev', 'nothing-to-check']
			expect(codes.filter((code) => !came.includes(code))).toEqual([])
		}),
		{ numRuns: 40 },
	)
})

function statusOf(what: string, isNew: boolean, said: string): string {
	if (what === 'entry' || what === 'equivocation')
		return isNew ? (said === 'conflict' ? 'conflict' : 'stored') : 'duplicate'
	return what === 'returned' ? 'duplicate' : 'rejected'
}

async function anyFileHandle(): Promise<FileHandle> {
	const handle = await open(import.meta.filename)
	await handle.close()
	return Object.getPrototypeOf(handle)
}

/** Lets no file be synced until told to; counts the syncs. */
async function holdSyncs(): Promise<{ readonly count: () => number; release(): void }> {
	const prototype = await anyFileHandle()
	const real = prototype.datasync
	let release: () => void = () => {}
	const gate = new Promise<void>((resolve) => {
		release = resolve
	})
	const spy = vi.spyOn(prototype, 'datasync').mockImplementation(async function (this: FileHandle) {
		await gate
		return real.call(this)
	})
	return { count: () => spy.mock.calls.length, release: () => release() }
}

test('a receipt leaves only after the sync, and all that came meanwhile shares the next one', async () => {
	const desk = await new IntakeMaker(await temporaryFolder()).start()
	const syncs = await holdSyncs()
	let answered = 0
	// A duplicate of what is not on the disk yet waits for it too.
	const takes = [...honest, ...honest.slice(0, 3)].map(async (entry) => {
		const taken = await desk.entry(entry)
		answered++
		return taken
	})
	while (syncs.count() === 0) await settled()
	await settled()
	expect(answered).toBe(0)
	syncs.release()
	const receipts = (await Promise.all(takes)).flatMap(receiptsOf)
	expect(receipts.map(({ receipt }) => receipt.status)).toEqual([
		...honest.map(() => 'stored'),
		...['duplicate', 'duplicate', 'duplicate'],
	])
	expect(desk.lines).toHaveLength(2 * honest.length)
	// Ten entries of two devices and their ten receipts: not twenty syncs.
	expect(syncs.count()).toBeLessThanOrEqual(3)
	await desk.stop()
})

test('when the sync fails no receipt leaves, and nothing more is promised', async () => {
	const desk = await new IntakeMaker(await temporaryFolder()).start()
	const [first, second] = honest
	if (first === undefined || second === undefined) throw new Error('no entries')
	vi.spyOn(await anyFileHandle(), 'datasync').mockRejectedValueOnce(new Error('EIO: i/o error, fdatasync'))
	await expect(desk.entry(first)).rejects.toThrow('EIO')
	await expect(desk.entry(second)).rejects.toThrow('EIO')
	await expect(desk.entry(first)).rejects.toThrow('EIO')
	await desk.stop()
})

test('a torn line is set aside at the next start, and what was promised is there', async () => {
	const desk = await new IntakeMaker(await temporaryFolder()).start()
	const [first, second] = honest
	if (first === undefined || second === undefined) throw new Error('no entries')
	await desk.entry(first)
	await desk.stop()
	const whole = desk.lines
	appendFileSync(join(desk.directory, 'ledger.jws'), second.text.slice(0, 100))
	await desk.start()
	expect(desk.lines).toEqual(whole)
	expect(receiptsOf(await desk.entry(first))).toMatchObject([{ receipt: { status: 'duplicate' } }])
	expect(receiptsOf(await desk.entry(second))).toMatchObject([{ receipt: { status: 'stored' } }])
	await desk.stop()
})
