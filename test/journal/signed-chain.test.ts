import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { genesisOf } from '#src/evidence/identity.js'
import { openRuling } from '#src/evidence/ruling.js'
import { KeyUnavailable } from '#src/evidence/signer.js'
import { openTranscription } from '#src/evidence/transcription.js'
import { rulingsFile, SignedChain, transcriptionsFile } from '#src/journal/signed-chain.js'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'
import { answerOf, rulingOf } from '../support/transcribed.ts'

const station = makeSigner('s-reads')
const picture = 'a'.repeat(64)
const paper = (n: number) => Buffer.alloc(32, n).toString('base64url')
const answer = (n: number) => answerOf(station.id, paper(n), picture, '121202007.01.1.0001!1,0!0!0')
let directory: string

beforeEach(async () => {
	directory = await temporaryFolder()
})

async function open() {
	const opened = await SignedChain.open(directory, transcriptionsFile, station)
	if (opened.ok) onTestFinished(() => opened.value.close())
	return opened
}

const file = () => join(directory, 'transcriptions.jws')

test('answers follow on from each other, and are there again after a start', async () => {
	const chain = gotten(await open())
	expect(chain.last).toBeNull()
	const signed = await Promise.all([1, 2, 3].map((n) => chain.append(answer(n))))
	const [first, second, third] = signed.map(gotten)
	expect(first?.transcription).toMatchObject({ seq: 1, prev: genesisOf(station.publicKey) })
	expect(second?.transcription).toMatchObject({ seq: 2, prev: first?.id })
	await chain.close()

	const again = gotten(await open())
	expect(again.all).toEqual([first, second, third])
	expect(again.last).toMatchObject({ seq: 3, id: third?.id })
	expect(gotten(await again.append(answer(4))).transcription).toMatchObject({ seq: 4, prev: third?.id })
	const lines = (await readFile(file(), 'utf8')).trimEnd().split('\n')
	expect(lines.map((line) => openTranscription(line, station).ok)).toEqual([true, true, true, true])
})

test('rulings are kept in the same way', async () => {
	const officer = makeSigner('o-rules')
	const chain = gotten(await SignedChain.open(directory, rulingsFile, officer))
	onTestFinished(() => chain.close())
	gotten(await chain.append(rulingOf(officer.id, '121202007.01', [paper(1)])))
	const text = (await readFile(join(directory, 'rulings.jws'), 'utf8')).trimEnd()
	expect(gotten(openRuling(text, officer)).ruling).toMatchObject({ seq: 1, excludes: [paper(1)] })
})

test('a second window is refused', async () => {
	gotten(await open())
	expect(await open()).toMatchObject({ fault: { code: 'locked' } })
})

test('a torn last line is set aside, and its number given again', async () => {
	const chain = gotten(await open())
	gotten(await chain.append(answer(1)))
	await chain.close()
	await appendFile(file(), 'eyJhbGciOiJFUzI1NiIs')
	const again = gotten(await open())
	expect(again.quarantined).toMatchObject({ bytes: 20 })
	expect(gotten(await again.append(answer(2))).transcription.seq).toBe(2)
})

test('what was changed, taken out, or signed with another key is refused', async () => {
	const chain = gotten(await open())
	for (const n of [1, 2, 3]) gotten(await chain.append(answer(n)))
	await chain.close()
	const whole = await readFile(file(), 'utf8')
	const lines = whole.split('\n')
	for (const broken of [whole.replace('.', ','), [lines[0], lines[2], ''].join('\n')]) {
		await writeFile(file(), broken)
		expect(await open()).toMatchObject({ fault: { code: 'damaged' } })
	}
	await writeFile(file(), whole)
	expect(await SignedChain.open(directory, transcriptionsFile, makeSigner(station.id))).toMatchObject({
		fault: { code: 'damaged' },
	})
})

test('without its token nothing is signed, and no number is lost', async () => {
	let isThere = false
	const sign = (bytes: Uint8Array) => {
		if (!isThere) throw new KeyUnavailable('the token is not there')
		return station.sign(bytes)
	}
	const chain = gotten(await SignedChain.open(directory, transcriptionsFile, { ...station, sign }))
	onTestFinished(() => chain.close())
	expect(await chain.append(answer(1))).toMatchObject({ fault: { code: 'key-unavailable' } })
	isThere = true
	expect(gotten(await chain.append(answer(1))).transcription.seq).toBe(1)
})

test('key-broken: what does not verify is not kept', async () => {
	const chain = gotten(
		await SignedChain.open(directory, transcriptionsFile, { ...station, sign: makeSigner(station.id).sign }),
	)
	onTestFinished(() => chain.close())
	expect(await chain.append(answer(1))).toMatchObject({ fault: { code: 'key-broken' } })
	expect(chain.last).toBeNull()
})

test('after a failed write nothing is appended', async () => {
	const chain = gotten(await open())
	gotten(await chain.append(answer(1)))
	await chain.close()
	expect(await chain.append(answer(2))).toMatchObject({ ok: false })
	expect(await chain.append(answer(2))).toMatchObject({ fault: { code: 'chain-broken' } })
	expect(gotten(await open()).last).toMatchObject({ seq: 1 })
})
