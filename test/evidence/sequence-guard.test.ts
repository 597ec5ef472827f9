import { expect, test } from 'vitest'
import type { NewEntry } from '#src/evidence/entry.js'
import { openEntry, signEntry } from '#src/evidence/entry.js'
import { signHead } from '#src/evidence/head.js'
import { SequenceGuard } from '#src/evidence/sequence-guard.js'
import { entryAfter } from '../support/journal-maker.ts'
import { makeSigner } from '../support/test-identity.ts'

const key = makeSigner('k-aaaaaaaaaa')
const first = await entryAfter(null, key)
const second = await entryAfter({ seq: 1, id: first.id }, key)
const otherSecond: NewEntry = { ...second.entry, boot: 2 }
const refusal = /has signed entry 2 already, and signs no other entry [12]/

test('signs entries one after another, and the very same one again', async () => {
	const guard = new SequenceGuard(key, null)
	for (const { entry } of [first, second, second]) {
		expect(openEntry((await signEntry(entry, guard)).text, key)).toMatchObject({ ok: true })
	}
})

test('signs no other entry with a number that it has signed, or one before it', async () => {
	const guard = new SequenceGuard(key, null)
	await signEntry(first.entry, guard)
	await signEntry(second.entry, guard)
	await expect(signEntry(otherSecond, guard)).rejects.toThrow(refusal)
	await expect(signEntry({ ...first.entry, boot: 2 }, guard)).rejects.toThrow(refusal)
})

test('of two at once one is signed', async () => {
	const guard = new SequenceGuard(key, { seq: 1, id: first.id })
	const both = await Promise.allSettled([signEntry(second.entry, guard), signEntry(otherSecond, guard)])
	expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
})

test('knows from the start what was signed before', async () => {
	const guard = new SequenceGuard(key, { seq: 2, id: second.id })
	await expect(signEntry(otherSecond, guard)).rejects.toThrow(refusal)
	await expect(signEntry(second.entry, guard)).resolves.toMatchObject({ id: second.id })
})

test('a number without a signature stays free', async () => {
	let there = false
	const sign = (bytes: Uint8Array) => (there ? key.sign(bytes) : Promise.reject(new Error('taken out')))
	const guard = new SequenceGuard({ ...key, sign }, { seq: 1, id: first.id })
	await expect(signEntry(second.entry, guard)).rejects.toThrow('taken out')
	there = true
	await expect(signEntry(otherSecond, guard)).resolves.toMatchObject({ entry: { boot: 2 } })
})

test('what is no entry is signed as often as asked for', async () => {
	const guard = new SequenceGuard(key, { seq: 2, id: second.id })
	const head = { v: 2 as const, device: key.kid, seq: 1, id: first.id, receipts: 0, day: '2024-07-28' }
	for (const receipts of [0, 1]) {
		await expect(signHead({ ...head, receipts }, guard)).resolves.toMatchObject({ head: { receipts } })
	}
})
