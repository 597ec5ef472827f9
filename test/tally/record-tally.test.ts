/** A tally that follows a centre's directory while it changes. */
import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { FollowedDevices } from '#src/audit/followed-devices.js'
import { type DeviceRegistry, registered, signRegistry } from '#src/evidence/authority/registry.js'
import type { SignedEntry } from '#src/evidence/entry.js'
import { genesisOf, publicKeyPem } from '#src/evidence/identity.js'
import { signRuling } from '#src/evidence/ruling.js'
import type { Signer } from '#src/evidence/signer.js'
import { signTranscription } from '#src/evidence/transcription.js'
import { LedgerRecords } from '#src/records/ledger-records.js'
import { RecordTally } from '#src/tally/record-tally.js'
import { summaryOf } from '#src/tally/summary.js'
import { actaText, entryAfter } from '../support/journal-maker.ts'
import { ledgerSummary } from '../support/ledger-summary.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'
import { answerOf, rulingOf } from '../support/transcribed.ts'

const authority = makeSigner('a-test')
const [one, two] = [makeSigner('k-one'), makeSigner('k-two')]
const stations = [makeSigner('s-one'), makeSigner('s-two')]
const officers = [makeSigner('o-one'), makeSigner('o-two')]

const listing = (signers: readonly Signer[]) =>
	signers.map((signer) => registered({ id: signer.kid, publicKey: signer.publicKey }))

class Centre {
	readonly directory: string
	readonly following: RecordTally
	#issue = 0

	private constructor(directory: string) {
		this.directory = directory
		const [records, signers] = [new LedgerRecords(directory), new FollowedDevices(directory)]
		this.following = new RecordTally({ records, signers, election: presidential2024, register: null })
	}

	static async open(): Promise<Centre> {
		const directory = await temporaryFolder()
		await writeFile(join(directory, 'authority.pem'), publicKeyPem(authority.publicKey))
		await writeFile(join(directory, 'ledger.jws'), '')
		return new Centre(directory)
	}

	async publish(devices: readonly Signer[], more: Partial<DeviceRegistry> = {}): Promise<void> {
		this.#issue++
		const registry: DeviceRegistry = {
			...{ v: 1, issue: this.#issue, time: '2024-07-29T12:00:00Z', revocations: [] },
			...more,
			devices: listing(devices),
		}
		const { text } = await signRegistry(registry, authority)
		await appendFile(join(this.directory, 'registry.jws'), `${text}\n`)
	}

	async keep(...signed: readonly { readonly text: string }[]): Promise<void> {
		await appendFile(join(this.directory, 'ledger.jws'), signed.map(({ text }) => `${text}\n`).join(''))
	}

	/** What it says now, which is what one begun anew says. */
	async says() {
		const { tally, leftOut } = gotten(await this.following.update())
		const said = { ...summaryOf(tally), leftOut }
		expect(await ledgerSummary(this.directory)).toEqual(said)
		return said
	}
}

const position = ({ entry, id }: SignedEntry) => ({ seq: entry.seq, id })

test('what comes is added; what an unlisted device signed counts when a later registry lists it', async () => {
	const centre = await Centre.open()
	await centre.publish([one])
	expect(await centre.says()).toMatchObject({ tables: 0, leftOut: 0 })
	await centre.keep(await entryAfter(null, one, actaText(1)))
	expect(await centre.says()).toMatchObject({ tables: 1, leftOut: 0 })
	const { tally } = gotten(await centre.following.update())
	await centre.keep(await entryAfter(null, two, actaText(2)), await entryAfter(null, two, actaText(2)))
	expect(await centre.says()).toMatchObject({ tables: 1, leftOut: 2 })
	await centre.publish([one, two])
	expect(await centre.says()).toMatchObject({ tables: 2, leftOut: 0 })
	expect(centre.following.addedUp?.tally).toBe(tally)
})

test('a revocation that is published meanwhile is taken in on the way', async () => {
	const centre = await Centre.open()
	await centre.publish([one])
	const first = await entryAfter(null, one, actaText(1))
	await centre.keep(first, await entryAfter(position(first), one, actaText(2)))
	expect(await centre.says()).toMatchObject({ tables: 2, quarantined: [] })
	const revocation = { device: one.kid, last: 1, reason: 'stolen', time: '2024-07-29T12:00:00Z' } as const
	await centre.publish([one], { revocations: [revocation] })
	expect(await centre.says()).toMatchObject({ tables: 1, quarantined: [{ device: 'k-one', seq: 2 }] })
})

test('a key that counted and does not any more, and a ledger that begins anew, begin the tally anew', async () => {
	const centre = await Centre.open()
	await mkdir(join(centre.directory, 'devices'))
	await writeFile(join(centre.directory, 'devices', 'k-one.pem'), publicKeyPem(one.publicKey))
	await centre.keep(await entryAfter(null, one, actaText(1)), await entryAfter(null, two, actaText(2)))
	expect(await centre.says()).toMatchObject({ tables: 1, leftOut: 1 })
	// The first registry is the whole list: what lies in devices/ without a certificate is nobody's.
	await centre.publish([two])
	expect(await centre.says()).toMatchObject({ tables: 1, leftOut: 1, candidates: expect.anything() })
	const lost = await entryAfter(null, two, actaText(3))
	await writeFile(join(centre.directory, 'new'), `${lost.text}\n`)
	await rename(join(centre.directory, 'new'), join(centre.directory, 'ledger.jws'))
	expect(await centre.says()).toMatchObject({ tables: 1, leftOut: 0 })
})

test('two stations read, two officers rule, each by its role; in another role nobody does', async () => {
	const centre = await Centre.open()
	await centre.publish([one], { stations: listing(stations), officers: listing(officers) })
	const paper = await entryAfter(null, one, actaText(1).slice(0, 20))
	const other = await entryAfter(position(paper), one, actaText(2))
	await centre.keep(paper, other)
	expect(await centre.says()).toMatchObject({ tables: 1 })
	const sha256 = paper.entry.kind === 'acta' ? (paper.entry.images[0]?.sha256 ?? '') : ''
	const read = (signer: Signer) => {
		const link = { seq: 1, prev: genesisOf(signer.publicKey) }
		return signTranscription({ ...answerOf(signer.kid, paper.id, sha256, actaText(1)), ...link }, signer)
	}
	const rule = (signer: Signer) => {
		const link = { seq: 1, prev: genesisOf(signer.publicKey) }
		const table = actaText(2).split('.').slice(0, 2).join('.')
		return signRuling({ ...rulingOf(signer.kid, table, [other.id]), ...link }, signer)
	}
	for (const [at, tables] of [1, 2].entries()) {
		await centre.keep(await read(stations[at] ?? one))
		expect(await centre.says()).toMatchObject({ tables })
	}
	for (const [at, tables] of [2, 1].entries()) {
		await centre.keep(await rule(officers[at] ?? one))
		expect(await centre.says()).toMatchObject({ tables })
	}
	// A device that answers, an officer that records, a station that rules.
	const wrong = [
		await read(one),
		await entryAfter(null, officers[0] ?? one, actaText(4)),
		await rule(stations[0] ?? one),
	]
	await centre.keep(...wrong)
	expect(await centre.says()).toMatchObject({ tables: 1, leftOut: wrong.length })
})

test('without a ledger there is a fault that says so, and all is well when there is one', async () => {
	const centre = await Centre.open()
	const path = join(centre.directory, 'ledger.jws')
	await rename(path, `${path}.away`)
	const failed = await centre.following.update()
	expect(failed).toMatchObject({
		ok: false,
		fault: { code: 'unreadable', detail: expect.stringContaining('ledger.jws') },
	})
	await rename(`${path}.away`, path)
	await centre.publish([one])
	await centre.keep(await entryAfter(null, one, actaText(1)))
	expect(await centre.says()).toMatchObject({ tables: 1 })
})
