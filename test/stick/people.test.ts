/** What stations and officers signed, from their laptops by stick to the centre. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { auditPeople } from '#src/audit/people-audit.js'
import { genesisOf } from '#src/evidence/identity.js'
import { signJws } from '#src/evidence/jws.js'
import { rulingsFile, SignedChain, transcriptionsFile } from '#src/journal/signed-chain.js'
import { exportPeople } from '#src/stick/people-export.js'
import { Carried } from '../support/carried.ts'
import { Authority } from '../support/listed.ts'
import { codeOf, gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'
import { answerOf, rulingOf } from '../support/transcribed.ts'

const [station, officer] = [makeSigner('s-reads'), makeSigner('o-rules')]
const entry = 'A'.repeat(43)
const picture = 'b'.repeat(64)
const paper = (n: number) => Buffer.alloc(32, n).toString('base64url')
const text = '121202007.01.1.0001!1,0!0!0'

let all: Carried
let authority: Authority
const identities = new Map<string, string>()

beforeEach(async () => {
	all = new Carried(await temporaryFolder())
	authority = new Authority()
	await authority.publish(all.centre, { stations: [station], officers: [officer] })
	identities.clear()
	for (const { id } of [station, officer]) identities.set(id, await temporaryFolder())
})

async function stationChain() {
	const chain = gotten(await SignedChain.open(identities.get(station.id) ?? '', transcriptionsFile, station))
	onTestFinished(() => chain.close())
	return chain
}

async function officerChain() {
	const chain = gotten(await SignedChain.open(identities.get(officer.id) ?? '', rulingsFile, officer))
	onTestFinished(() => chain.close())
	return chain
}

const published = (signer: typeof station) => ({ ...signer, certificate: null, authority: null })
const place = () => ({ stick: all.stick, anyFolder: true })

/** Answers to so many papers lie on the stick. */
async function answered(papers: number, by = station) {
	const chain = await stationChain()
	for (let n = 1; n <= papers; n++) gotten(await chain.append(answerOf(by.id, paper(n), picture, text)))
	gotten(await exportPeople(chain, published(station), place()))
	return chain
}

/** The import opens the ledger itself, or hands in to a centre that runs: the same must come of it. */
const ways = [
	['by itself', false],
	['beside a running centre', true],
] as const

test.each(ways)(
	'%s: answers and rulings come by stick, once; the ledger is whole, and so is each folder',
	async (_, runs) => {
		all.runs = runs
		await answered(3)
		const rulings = await officerChain()
		gotten(await rulings.append(rulingOf(officer.id, '121202007.01', [paper(1)])))
		gotten(await exportPeople(rulings, published(officer), place()))
		const none = { stored: 0, duplicates: 0, conflicts: 0, foreign: 0, quarantined: 0, changed: 0 }
		expect(gotten(await all.import())).toMatchObject({
			refused: [],
			chains: [
				{
					folder: officer.id,
					stored: 0,
					transcriptions: null,
					rulings: { ...none, signers: [officer.id], stored: 1 },
				},
				{ folder: station.id, transcriptions: { ...none, signers: [station.id], stored: 3 }, rulings: null },
			],
		})
		const ledger = all.ledger()
		expect(gotten(await all.import())).toMatchObject({
			refusedCount: 0,
			chains: [{ rulings: { stored: 0, duplicates: 1 } }, { transcriptions: { stored: 0, duplicates: 3 } }],
		})
		expect(all.ledger()).toEqual(ledger)
		expect(gotten(await auditLedger(all.centre))).toMatchObject({
			...{ faultCount: 0, stations: [{ entries: 3, upto: { seq: 3 } }], officers: [{ entries: 1 }] },
		})
		for (const [folder, name] of [
			[station.id, 'transcriptions'],
			[officer.id, 'rulings'],
		] as const) {
			expect(gotten(await auditPeople(all.onStick(folder), name)).faultCount).toBe(0)
		}
	},
)

test('a stick that has some of it already gets the rest; what was torn there is written again', async () => {
	const chain = await answered(2)
	const path = all.onStick(station.id, 'transcriptions.jws')
	const two = readFileSync(path)
	gotten(await chain.append(answerOf(station.id, paper(3), picture, text)))
	writeFileSync(path, two.subarray(0, two.length - 10))
	const report = gotten(await exportPeople(chain, published(station), place()))
	expect(report).toMatchObject({ folder: station.id, lines: 3, faults: [] })
	expect(gotten(await all.import())).toMatchObject({ chains: [{ transcriptions: { stored: 3 } }] })
})

test('another chain of the same station stays, and this one goes beside it', async () => {
	const chain = await answered(2)
	await chain.close()
	rmSync(chain.path)
	const restored = await answered(1, station)
	expect(readdirSync(join(all.stick, 'testigo')).toSorted()).toEqual(['README.txt', 's-reads', 's-reads.2'])
	const again = gotten(await exportPeople(restored, published(station), place()))
	expect(again.faults).toMatchObject([{ code: 'other-chain' }])
	const { chains } = gotten(await all.import())
	expect(chains).toMatchObject([
		{ folder: 's-reads', transcriptions: { stored: 2, conflicts: 0 } },
		{ folder: 's-reads.2' },
	])
})

test.each(ways)(
	'%s: refused by code, file and line; changed is told and kept; the rest is taken',
	async (_, runs) => {
		all.runs = runs
		const stranger = makeSigner('s-stranger')
		const sign = (kind: 'transcription' | 'ruling' | 'entry', payload: object, by = station) =>
			signJws(kind, { seq: 1, prev: genesisOf(by.publicKey), ...payload }, by)
		const kiosk = await all.kiosk('k-one', 1)
		const [boot, acta] = kiosk.entries
		gotten(await all.export(kiosk))
		const answer = answerOf(station.id, acta?.id ?? '', picture, text)
		const actaPicture = acta?.entry.kind === 'acta' ? (acta.entry.images[0]?.sha256 ?? '') : ''
		const right = { ...answer, image: actaPicture }
		const first = await sign('transcription', right)
		const lines = [
			first,
			await sign('transcription', { ...right, text: '121202007.01.1.0001!2,0!0!0', seq: 2, prev: first.id }),
			await sign('transcription', { ...answer, seq: 3 }),
			await sign('transcription', { ...right, station: stranger.id }, stranger),
			await sign('transcription', { ...right, station: officer.id }, officer),
			{ text: boot?.text ?? '' },
		]
		await stationChain()
		gotten(await exportPeople(await officerChain(), published(officer), place()))
		const write = (folder: string, name: string, all_: readonly { text: string }[]) =>
			writeFileSync(all.onStick(folder, name), all_.map((line) => `${line.text}\n`).join(''))
		write(officer.id, 'transcriptions.jws', lines)
		write(officer.id, 'rulings.jws', [await sign('ruling', rulingOf(station.id, '1.1', [entry]))])
		// Devices come first, by their names: what they recorded is held when it is answered.
		const report = gotten(await all.import())
		const codes = report.refused.map(({ file, line, code }) => `${file.split('/').at(-1)} ${line} ${code}`)
		expect(codes).toEqual([
			'rulings.jws 1 wrong-role',
			'transcriptions.jws 3 other-image',
			'transcriptions.jws 4 unknown-station',
			'transcriptions.jws 5 wrong-role',
			'transcriptions.jws 6 foreign-typ',
		])
		const changed = [{ file: `testigo/${officer.id}/transcriptions.jws`, line: 2, code: 'answer-changed' }]
		expect(report).toMatchObject({ changed, changedCount: 1 })
		// The same command again says the same, though all of it is there.
		const again = gotten(await all.import())
		expect(again).toMatchObject({ changed, changedCount: 1, refusedCount: report.refusedCount })
		expect(report.chains.find(({ folder }) => folder === officer.id)).toMatchObject({
			transcriptions: { signers: [station.id], stored: 2, changed: 1 },
			rulings: { stored: 0 },
		})
	},
)

test('revoked: kept in quarantine', async () => {
	await answered(2)
	await authority.publish(all.centre, undefined, [{ device: station.id, last: 1 }])
	expect(gotten(await all.import())).toMatchObject({
		refusedCount: 0,
		chains: [{ transcriptions: { stored: 1, quarantined: 1 } }],
	})
})

test("no-stick: a folder on the laptop's own disk", async () => {
	const chain = await stationChain()
	expect(codeOf(await exportPeople(chain, published(station), { stick: all.stick }))).toBe('no-stick')
})
