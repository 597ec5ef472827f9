/** What stations and officers signed, as an audit of a ledger, and of their own chains, finds it. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { auditPeople } from '#src/audit/people-audit.js'
import { registered, signRegistry } from '#src/evidence/authority/registry.js'
import { genesisOf, publicKeyPem } from '#src/evidence/identity.js'
import { signJws } from '#src/evidence/jws.js'
import type { Signer } from '#src/evidence/signer.js'
import { actaText, entryAfter } from '../support/journal-maker.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'
import { answerOf, rulingOf } from '../support/transcribed.ts'

const [authority, centre, kiosk] = [makeSigner('a-one'), makeSigner('c-one'), makeSigner('k-one')]
const [one, two, officer] = [makeSigner('s-one'), makeSigner('s-two'), makeSigner('o-one')]
const text = actaText(1)

let directory: string

beforeEach(async () => {
	directory = await temporaryFolder()
})

async function entryOf(signer: Signer) {
	const signed = await entryAfter(null, signer, text)
	const { entry } = signed
	return { ...signed, image: entry.kind === 'acta' ? (entry.images[0]?.sha256 ?? '') : '' }
}

/** Signs what each follows on from the one before. */
function chainOf(kind: 'transcription' | 'ruling', by: Signer) {
	let last: { seq: number; id: string } | null = null
	return async (payload: object): Promise<{ readonly id: string; readonly text: string }> => {
		const link: object = { seq: (last?.seq ?? 0) + 1, prev: last?.id ?? genesisOf(by.publicKey) }
		const signed = await signJws(kind, { ...payload, ...link }, by)
		last = { seq: (last?.seq ?? 0) + 1, id: signed.id }
		return signed
	}
}

/** Lays out a ledger of these lines and gives the faults, a line each. */
async function faultsOf(
	lines: readonly { readonly text: string }[],
	revoked: readonly { readonly device: string; readonly last: number }[] = [],
): Promise<string[]> {
	await publish(directory, revoked)
	await writeFile(join(directory, 'centre.pem'), publicKeyPem(centre.publicKey))
	await writeFile(join(directory, 'ledger.jws'), lines.map((line) => `${line.text}\n`).join(''))
	const report = gotten(await auditLedger(directory))
	expect(report.faultCount).toBe(report.faults.length)
	return report.faults.map(({ line, code, device, seq }) => `${line} ${code} ${device} ${seq ?? '-'}`)
}

async function publish(
	at: string,
	revoked: readonly { readonly device: string; readonly last: number }[] = [],
): Promise<void> {
	const [time, reason] = ['2024-07-29T12:00:00Z', 'lost'] as const
	const { text: registry } = await signRegistry(
		{
			...{ v: 1, issue: 1, time, devices: [registered(kiosk)] },
			stations: [registered(one), registered(two)],
			officers: [registered(officer)],
			revocations: revoked.map((each) => ({ ...each, reason, time })),
		},
		authority,
	)
	await writeFile(join(at, 'authority.pem'), publicKeyPem(authority.publicKey))
	await writeFile(join(at, 'registry.jws'), `${registry}\n`)
}

test('answers and rulings of whom the registry lists are whole, and stand in the report by role', async () => {
	const entry = await entryOf(kiosk)
	const [read, readToo] = [chainOf('transcription', one), chainOf('transcription', two)]
	const lines = [
		await read(answerOf(one.id, entry.id, entry.image, text)),
		entry,
		await readToo(answerOf(two.id, entry.id, entry.image, text)),
		await read(answerOf(one.id, 'x'.repeat(42).concat('A'), entry.image, text)),
		await chainOf('ruling', officer)(rulingOf(officer.id, '1.1', [entry.id])),
	]
	expect(await faultsOf(lines)).toEqual([])
	const report = gotten(await auditLedger(directory))
	expect(report).toMatchObject({
		entries: 1,
		devices: [{ device: kiosk.id, entries: 1 }],
		stations: [
			{ device: one.id, entries: 2, upto: { seq: 2 }, gaps: [], revoked: null },
			{ device: two.id, entries: 1 },
		],
		officers: [{ device: officer.id, entries: 1 }],
	})
})

test('unknown-station, unknown-officer, wrong-role, wrong-station: who may not say that', async () => {
	const entry = await entryOf(kiosk)
	const stranger = makeSigner('x-stranger')
	const answer = answerOf(one.id, entry.id, entry.image, text)
	const ruling = rulingOf(officer.id, '1.1', [entry.id])
	const lines = [
		await chainOf('transcription', stranger)(answer),
		await chainOf('ruling', stranger)(ruling),
		await chainOf('transcription', kiosk)(answer),
		await chainOf('transcription', officer)(answer),
		await chainOf('ruling', one)(ruling),
		await entryOf(one),
		await chainOf('transcription', two)(answer),
		await chainOf('ruling', { ...two, kid: officer.id })(ruling),
	]
	expect(await faultsOf(lines)).toEqual([
		'1 unknown-station x-stranger -',
		'2 unknown-officer x-stranger -',
		'3 wrong-role k-one -',
		'4 wrong-role o-one -',
		'5 wrong-role s-one -',
		'6 wrong-role s-one -',
		'7 wrong-station s-two -',
		'8 bad-signature o-one -',
	])
})

test('other-image, answer-changed: held against the entry, by line, the first and the replaced aside', async () => {
	const entry = await entryOf(kiosk)
	const read = chainOf('transcription', one)
	const answer = (said: string, image = entry.image) => answerOf(one.id, entry.id, image, said)
	const early = await read(answer(text, 'b'.repeat(64)))
	const first = await read(answer(text))
	const other = await read(answer(actaText(1, [11, 20])))
	const replacing = await read({ ...answer(actaText(1, [12, 20])), replaces: other.id })
	const again = await read(answer(text))
	expect(await faultsOf([early, first, other, entry, replacing, again, again])).toEqual([
		'1 other-image s-one 1',
		'5 answer-changed s-one 4',
	])
})

test('gap, equivocation, bad-prev, revoked: a chain as any', async () => {
	const entry = await entryOf(kiosk)
	const read = chainOf('transcription', one)
	const answer = answerOf(one.id, entry.id, entry.image, text)
	const [first, , third] = [await read(answer), await read(answer), await read(answer)]
	const clone = await chainOf('transcription', one)({ ...answer, day: '2024-08-01' })
	expect(await faultsOf([entry, first, clone, third], [{ device: one.id, last: 2 }])).toEqual([
		'3 equivocation s-one 1',
		'4 gap s-one 2',
		'4 revoked s-one 3',
	])
})

describe('a lone chain', () => {
	async function layOut(
		name: string,
		by: Signer,
		lines: readonly { readonly text: string }[],
	): Promise<void> {
		await mkdir(directory, { recursive: true })
		const key = by.kid.startsWith('o-') ? 'officer.pem' : 'station.pem'
		await writeFile(join(directory, key), publicKeyPem(by.publicKey))
		await writeFile(join(directory, `${name}.jws`), lines.map((line) => `${line.text}\n`).join(''))
	}

	test('of a station, and of an officer, is checked by the key beside it', async () => {
		const read = chainOf('transcription', one)
		const answer = answerOf(one.id, 'A'.repeat(43), 'b'.repeat(64), text)
		await layOut('transcriptions', one, [await read(answer), await read(answer)])
		expect(gotten(await auditPeople(directory, 'transcriptions'))).toMatchObject({
			...{ device: one.id, entries: 2, chainWhole: true, head: { seq: 2 }, faultCount: 0 },
			restsOn: [{ file: 'station.pem' }],
		})
		await publish(directory, [{ device: officer.id, last: 0 }])
		await layOut('rulings', officer, [await chainOf('ruling', officer)(rulingOf(officer.id, '1.1', []))])
		expect(gotten(await auditPeople(directory, 'rulings'))).toMatchObject({
			...{ device: officer.id, entries: 1, chainWhole: true, quarantined: 1 },
			restsOn: [{ file: 'authority.pem' }],
			faults: [{ code: 'revoked', seq: 1 }],
		})
	})

	test('that is empty, broken, or of nobody the authority lists', async () => {
		await layOut('transcriptions', one, [])
		expect(gotten(await auditPeople(directory, 'transcriptions')).faults).toMatchObject([
			{ code: 'nothing-to-check' },
		])
		const stranger = makeSigner('s-stranger')
		const read = chainOf('transcription', stranger)
		const answer = answerOf(stranger.id, 'A'.repeat(43), 'b'.repeat(64), text)
		const [first, second, third] = [await read(answer), await read(answer), await read(answer)]
		await publish(directory)
		await layOut('transcriptions', stranger, [first, third, second])
		expect(gotten(await auditPeople(directory, 'transcriptions')).faults).toMatchObject([
			{ line: 2, code: 'seq-gap' },
			{ line: 3, code: 'seq-repeated' },
			{ file: 'station.pem', code: 'unknown-station' },
		])
	})
})
