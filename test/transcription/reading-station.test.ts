import { expect, onTestFinished, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { SignedChain, transcriptionsFile } from '#src/journal/signed-chain.js'
import type { Paper, Queue } from '#src/transcription/queue/queue.js'
import { type Given, ReadingStation } from '#src/transcription/station/reading-station.js'
import { text } from '../support/printed-actas.ts'
import { codeOf, gotten } from '../support/result.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const image = 'a'.repeat(64)
const picture = { sha256: image, size: 1, mediaType: 'image/jpeg' } as const
const papers: Paper[] = [1, 2, 3].map((n) => ({
	entry: Buffer.alloc(32, n).toString('base64url'),
	...{ source: 0, block: 0, pictures: [picture] },
}))
const queue: Queue = { v: 1, election: presidential2024, sources: [{ noActa: 0, isLast: false }], papers }
const signer = makeSigner('s-reads')
const signatures = Array.from({ length: 6 }, () => 'filled' as const)
const given = (entry: string | undefined, more: Partial<Given> = {}): Given => ({
	...{ entry: entry ?? '', image, replaces: null, answer: { text, signatures } },
	...more,
})

async function open(directory: string) {
	const chain = gotten(await SignedChain.open(directory, transcriptionsFile, signer))
	onTestFinished(() => chain.close())
	return { chain, station: new ReadingStation(queue, signer.id, chain, new SimulatedClock()) }
}

test('an answer is signed and kept before the next paper is named, and is there after a start', async () => {
	const directory = await temporaryFolder()
	const { chain, station } = await open(directory)
	const first = station.next
	const signed = gotten(await station.answer(given(first?.entry)))
	// The 28th in Caracas, where it is the 29th in UTC.
	expect(signed.transcription).toMatchObject({ seq: 1, text, entry: first?.entry, image, day: '2024-07-28' })
	expect(station.next).not.toEqual(first)
	await chain.close()

	const { station: again } = await open(directory)
	expect(again.next).toEqual(station.next)
	expect(again.answered).toEqual([{ paper: first, answer: signed }])
	const other = { unreadable: 'faded', signatures } as const
	expect(codeOf(await again.answer(given(again.next?.entry, { answer: other })))).toBe('ok')
	expect(gotten(await again.answer(given(again.next?.entry))).transcription.seq).toBe(3)
	expect(again.next).toBeNull()
})

test('sent twice, also at once, it is one answer; another one of the same form is refused', async () => {
	const { chain, station } = await open(await temporaryFolder())
	const entry = station.next?.entry
	const [one, two] = await Promise.all([station.answer(given(entry)), station.answer(given(entry))])
	expect(gotten(one)).toEqual(gotten(two))
	const other = given(entry, { answer: { unreadable: 'blurred', signatures } })
	expect(codeOf(await station.answer(other))).toBe('answered-meanwhile')
	expect(chain.all).toHaveLength(1)
})

test('a change names what it replaces, and a change back does too', async () => {
	const { chain, station } = await open(await temporaryFolder())
	const entry = station.next?.entry
	const first = gotten(await station.answer(given(entry)))
	const faded = { unreadable: 'faded', code: '121202007.01.1.0001', signatures } as const
	const second = gotten(await station.answer(given(entry, { answer: faded, replaces: first.id })))
	expect(second.transcription).toMatchObject({ replaces: first.id, ...faded })
	const third = gotten(await station.answer(given(entry, { replaces: second.id })))
	expect(third.transcription).toMatchObject({ replaces: second.id, text })
	expect(gotten(await station.answer(given(entry, { replaces: third.id })))).toEqual(third)
	expect(chain.all).toHaveLength(3)
	expect(station.paper(entry ?? '')?.answer).toEqual(third)
})

test('nothing is signed of what is not in the queue', async () => {
	const { chain, station } = await open(await temporaryFolder())
	expect(codeOf(await station.answer(given('B'.repeat(43))))).toBe('no-such-paper')
	const elsewhere = given(station.next?.entry, { image: 'b'.repeat(64) })
	expect(codeOf(await station.answer(elsewhere))).toBe('no-such-picture')
	expect(chain.all).toEqual([])
})
