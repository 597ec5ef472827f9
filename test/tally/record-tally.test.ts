/** A tally that follows a centre's directory while it changes. */
import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { FollowedDevices } from '#src/audit/followed-devices.js'
import { PublishedDevices } from '#src/audit/published-devices.js'
import { type DeviceRegistry, registered, signRegistry } from '#src/evidence/authority/registry.js'
import type { SignedEntry } from '#src/evidence/entry.js'
import { genesisOf, publicKeyPem } from '#src/evidence/identity.js'
import { signRuling } from '#src/evidence/ruling.js'
import type { Signer } from '#src/evidence/signer.js'
import { signTranscription } from '#src/evidence/transcription.js'
import type { RecordPosition } from '#src/records/centre-records.js'
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

test('a disk that fails once, at the first look or where a registry is new, loses nothing', async () => {
	const centre = await Centre.open()
	const { directory } = centre
	await centre.publish([one])
	await centre.keep(await entryAfter(null, one, actaText(1)), await entryAfter(null, two, actaText(2)))
	const ledger = new LedgerRecords(directory)
	let failures = 1
	const records = {
		async origin() {
			failures--
			if (failures >= 0) throw Object.assign(new Error('the disk'), { code: 'EIO' })
			return await ledger.origin()
		},
		read: (from: RecordPosition) => ledger.read(from),
	}
	const signers = new FollowedDevices(directory)
	const following = new RecordTally({ records, signers, election: presidential2024, register: null })
	const failed = { ok: false, fault: { code: 'unreadable', detail: 'the disk' } }
	expect(await following.update()).toEqual(failed)
	expect(summaryOf(gotten(await following.update()).tally).tables).toBe(1)
	await centre.publish([one, two])
	failures = 1
	expect(await following.update()).toEqual(failed)
	expect(summaryOf(gotten(await following.update()).tally).tables).toBe(2)
})

test.each([
	['fewer revocations', []],
	['a later last good entry', [2]],
] as const)('a registry file that now holds %s begins the tally anew', async (_, lasts) => {
	const centre = await Centre.open()
	const revoking = (last: number) =>
		({ device: one.kid, last, reason: 'stolen', time: '2024-07-29T12:00:00Z' }) as const
	await centre.publish([one], { revocations: [revoking(1)] })
	const first = await entryAfter(null, one, actaText(1))
	await centre.keep(first, await entryAfter(position(first), one, actaText(2)))
	expect(await centre.says()).toMatchObject({ tables: 1 })
	await rm(join(centre.directory, 'registry.jws'))
	await centre.publish([one], { revocations: lasts.map(revoking) })
	expect(await centre.says()).toMatchObject({ tables: 2, quarantined: [] })
})

test('a key that is written in place is noticed', async () => {
	const centre = await Centre.open()
	const path = join(centre.directory, 'devices', 'k-one.pem')
	await mkdir(join(centre.directory, 'devices'))
	await writeFile(path, 'no key yet')
	await centre.keep(await entryAfter(null, one, actaText(1)))
	expect(await centre.says()).toMatchObject({ tables: 0, leftOut: 1 })
	await writeFile(path, publicKeyPem(one.publicKey))
	expect(await centre.says()).toMatchObject({ tables: 1, leftOut: 0 })
})

test('a key that could not be read is read again', async () => {
	const { directory } = await Centre.open()
	const path = join(directory, 'devices', 'k-one.pem')
	await mkdir(path, { recursive: true })
	const devices = gotten(await PublishedDevices.read(directory))
	expect(await devices.key('k-one')).toMatchObject({ ok: false, fault: { code: 'file-unreadable' } })
	expect(await devices.readAgain()).toBe(false)
	await rm(path, { recursive: true })
	await writeFile(path, publicKeyPem(one.publicKey))
	expect(await devices.readAgain()).toBe(true)
	expect(await devices.key('k-one')).toMatchObject({ ok: true })
	expect(await devices.readAgain()).toBe(false)
})

test('a ledger that was cut within a line has left something out, unless somebody follows it', async () => {
	const centre = await Centre.open()
	await centre.publish([one])
	const first = await entryAfter(null, one, actaText(1))
	const { text } = await entryAfter(position(first), one, actaText(2))
	await centre.keep(first)
	expect(await ledgerSummary(centre.directory)).toMatchObject({ tables: 1, leftOut: 0 })
	await appendFile(join(centre.directory, 'ledger.jws'), text.slice(0, 200))
	expect(await ledgerSummary(centre.directory)).toMatchObject({ tables: 1, leftOut: 1 })
	expect(gotten(await centre.following.update()).leftOut).toBe(0)
	await appendFile(join(centre.directory, 'ledger.jws'), `${text.slice(200)}\n`)
	expect(await centre.says()).toMatchObject({ tables: 2, leftOut: 0 })
})
