/** What reading stations and officers signed, at a centre that knows them by its registry. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { Central } from '#src/central/central.js'
import type { PersonKind, TakenFromPerson } from '#src/central/people/people-intake.js'
import type { SignedEntry } from '#src/evidence/entry.js'
import { genesisOf } from '#src/evidence/identity.js'
import { signJws } from '#src/evidence/jws.js'
import type { Ruling } from '#src/evidence/ruling.js'
import type { Signer } from '#src/evidence/signer.js'
import type { Transcription } from '#src/evidence/transcription.js'
import type { Unlinked } from '#src/journal/signed-chain.js'
import { actaText, entryAfter } from '../../support/journal-maker.ts'
import { Authority } from '../../support/listed.ts'
import { gotten } from '../../support/result.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { makeSigner } from '../../support/test-identity.ts'
import { answerOf, rulingOf } from '../../support/transcribed.ts'

const [centre, kiosk] = [makeSigner('c-centre'), makeSigner('k-kiosk')]
const [station, officer, stranger] = [makeSigner('s-reads'), makeSigner('o-rules'), makeSigner('s-stranger')]
const listed = { devices: [kiosk], stations: [station], officers: [officer] }
const text = actaText(1)
const picture = createHash('sha256').update(text).digest('hex')
const otherPicture = 'b'.repeat(64)

let authority: Authority
let directory: string
let clock: SimulatedClock
let entry: SignedEntry
let central: Central

beforeEach(async () => {
	authority = new Authority()
	directory = await temporaryFolder()
	clock = new SimulatedClock()
	entry = await entryAfter(null, kiosk, text)
	await authority.publish(directory, listed)
	central = await start()
})

async function start(limits?: { entries: number }): Promise<Central> {
	const started = new Central({
		...{ directory, signer: centre, broker: null, clock },
		...{ random: () => 0.5, log: () => {}, failed: () => {} },
		...(limits && { limits: { ...limits, bytes: 1e9, partialFiles: 1, partialBytes: 1e6 } }),
	})
	expect(await started.start()).toMatchObject({ ok: true })
	onTestFinished(() => started.stop())
	return started
}

async function receive(): Promise<void> {
	const payload = Buffer.from(entry.text)
	gotten(await central.takeIn((intake) => intake.takeEntry({ device: kiosk.id, seq: null }, payload)))
}

async function take(kind: PersonKind, signed: { readonly text: string }): Promise<string> {
	const { outcome, reason, isChanged }: TakenFromPerson = gotten(
		await central.takeIn((intake) => intake.people.take(kind, signed.text)),
	)
	return [outcome, reason, isChanged ? 'changed' : ''].filter((word) => word !== '').join(' ')
}

/** A chain as its holder keeps it. */
class Chain {
	readonly #kind: PersonKind
	readonly #signer: Signer
	#last: { readonly seq: number; readonly id: string } | null = null

	constructor(kind: PersonKind, signer: Signer) {
		this.#kind = kind
		this.#signer = signer
	}

	async next(payload: Unlinked<Transcription> | Unlinked<Ruling>) {
		const seq = (this.#last?.seq ?? 0) + 1
		const prev = this.#last?.id ?? genesisOf(this.#signer.publicKey)
		const signed = await signJws(this.#kind, { ...payload, seq, prev }, this.#signer)
		this.#last = { seq, id: signed.id }
		return signed
	}
}

const answers = (by = station) => new Chain('transcription', by)
const answer = (by = station, said = text, image = picture) => answerOf(by.id, entry.id, image, said)
const lines = async () => (await readFile(join(directory, 'ledger.jws'), 'utf8')).split('\n').slice(0, -1)

test('answers and rulings are kept in the order in which they came, once, and are there after a start', async () => {
	await receive()
	const before = await lines()
	const read = await answers().next(answer())
	const ruled = await new Chain('ruling', officer).next(rulingOf(officer.id, '121202007.01', [entry.id]))
	expect(await take('transcription', read)).toBe('stored')
	expect(await take('ruling', ruled)).toBe('stored')
	expect(await take('transcription', read)).toBe('duplicate')
	expect(await lines()).toEqual([...before, read.text, ruled.text])
	await central.stop()
	central = await start()
	expect(await take('transcription', read)).toBe('duplicate')
	expect(await take('ruling', ruled)).toBe('duplicate')
	expect(await lines()).toHaveLength(before.length + 2)
})

test('whatever comes out of order is kept; two with one number, or that do not follow, are told', async () => {
	const chain = answers()
	const [first, , third] = [
		await chain.next(answer()),
		await chain.next(answer()),
		await chain.next(answer()),
	]
	expect(await take('transcription', third)).toBe('stored')
	expect(await take('transcription', first)).toBe('stored')
	expect(await take('transcription', await answers().next({ ...answer(), day: '2024-08-01' }))).toBe(
		'conflict',
	)
})

describe('refused', () => {
	test.each<[string, PersonKind, Signer]>([
		['unknown-station', 'transcription', stranger],
		['unknown-officer', 'ruling', stranger],
		['wrong-role', 'transcription', kiosk],
		['wrong-role', 'transcription', officer],
		['wrong-role', 'ruling', station],
		['wrong-role', 'ruling', kiosk],
	])('%s: a %s', async (code, kind, by) => {
		const said =
			kind === 'ruling' ? rulingOf(by.kid, '1.1', [entry.id]) : answerOf(by.kid, entry.id, picture, text)
		expect(await take(kind, await new Chain(kind, by).next(said))).toBe(`rejected ${code}`)
		expect(await lines()).toEqual([])
	})

	test('wrong-role: an entry by a station, an answer among rulings', async () => {
		const signed = await entryAfter(null, station, text)
		const payload = Buffer.from(signed.text)
		const taken = await central.takeIn((intake) =>
			intake.takeEntry({ device: station.id, seq: null }, payload),
		)
		expect(gotten(taken)).toMatchObject({ outcome: 'rejected', reason: 'wrong-role', receipts: [] })
		expect(await take('ruling', await answers().next(answer()))).toBe('rejected foreign-typ')
	})

	test('other-image: of an entry that is held; before that nobody can tell', async () => {
		const chain = answers()
		const early = await chain.next(answer(station, text, otherPicture))
		const late = await chain.next(answer(station, text, otherPicture))
		expect(await take('transcription', early)).toBe('stored')
		await receive()
		expect(await take('transcription', late)).toBe('rejected other-image')
		expect(await take('transcription', early)).toBe('duplicate')
	})

	test('bad-signature, bad-payload, wrong-station: what the key did not sign, or nobody would', async () => {
		const forged = await new Chain('transcription', { ...stranger, kid: station.id }).next(answer())
		expect(await take('transcription', forged)).toBe('rejected bad-signature')
		expect(await take('transcription', await answers().next({ ...answer(), signatures: [] }))).toBe(
			'rejected bad-payload',
		)
		expect(await take('transcription', await answers().next(answer(stranger)))).toBe('rejected wrong-station')
		expect(await lines()).toEqual([])
	})

	test('quota: more than one station may have kept; what is held costs nothing', async () => {
		await central.stop()
		central = await start({ entries: 1 })
		const chain = answers()
		const [first, second] = [await chain.next(answer()), await chain.next(answer())]
		expect(await take('transcription', first)).toBe('stored')
		expect(await take('transcription', second)).toBe('rejected quota')
		expect(await take('transcription', first)).toBe('duplicate')
	})
})

test('of another version: kept, and not understood', async () => {
	const later = await signJws('transcription', { v: 2, station: station.id }, station)
	expect(await take('transcription', later)).toBe('foreign')
	expect(await take('transcription', later)).toBe('duplicate')
	await central.stop()
	central = await start()
	expect(await take('transcription', later)).toBe('duplicate')
})

test('changed: another answer to the same entry is told and kept, unless it takes the first one back', async () => {
	await receive()
	const chain = answers()
	const first = await chain.next(answer())
	expect(await take('transcription', first)).toBe('stored')
	expect(await take('transcription', await chain.next(answer()))).toBe('stored')
	const other = await chain.next(answer(station, actaText(1, [11, 20])))
	expect(await take('transcription', other)).toBe('stored changed')
	const taken = { ...answer(station, actaText(1, [12, 20])), replaces: first.id }
	expect(await take('transcription', await chain.next(taken))).toBe('stored changed')
	expect(await lines()).toHaveLength(6)
	// What it was told of the first time it is told of again.
	expect(await take('transcription', other)).toBe('duplicate changed')
})

test('changed: not beside an answer that counts nowhere, after the last good one or to another picture', async () => {
	const chain = answers()
	const astray = await chain.next(answer(station, actaText(1, [13, 20]), otherPicture))
	const first = await chain.next(answer())
	const after = await chain.next(answer(station, actaText(1, [11, 20])))
	expect(await take('transcription', astray)).toBe('stored')
	await receive()
	await authority.publish(directory, listed, [{ device: station.id, last: 2 }])
	await clock.advance(1_000)
	expect(await take('transcription', after)).toBe('quarantined')
	expect(await take('transcription', first)).toBe('stored')
	expect(await take('transcription', first)).toBe('duplicate')
})

test('revoked: what came after the last good one is kept apart, also what comes later', async () => {
	const chain = answers()
	const [first, second] = [await chain.next(answer()), await chain.next(answer())]
	await take('transcription', first)
	await authority.publish(directory, listed, [{ device: station.id, last: 1 }])
	await clock.advance(1_000)
	expect(await take('transcription', second)).toBe('quarantined')
	await central.stop()
	central = await start()
	expect(await take('transcription', await chain.next(answer()))).toBe('quarantined')
	expect(await lines()).toHaveLength(3)
})
