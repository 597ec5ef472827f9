/** A centre and devices that the authority of the campaign lists and revokes. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { Central } from '#src/central/central.js'
import type { CentralEvent } from '#src/central/events.js'
import { registered, signRegistry } from '#src/evidence/authority/registry.js'
import { type RevokedDevice, signRevocation } from '#src/evidence/authority/revocation.js'
import { type SignedEntry, signEntry } from '#src/evidence/entry.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { openReceipt, type Receipt } from '#src/evidence/receipt.js'
import { actaText } from '../../reading/qr-picture.ts'
import { entryAfter } from '../../support/journal-maker.ts'
import { ledgerSummary } from '../../support/ledger-summary.ts'
import { gotten } from '../../support/result.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { makeSigner } from '../../support/test-identity.ts'
import { until } from '../../support/until.ts'

const centre = makeSigner('c-centre')
const authority = makeSigner('a-campaign')
const device = makeSigner('k-stolen')
const time = '2024-07-28T23:00:00Z'
const stolen: RevokedDevice = { device: device.id, last: 2, reason: 'stolen', time }

/** A start and four actas of different tables; the last is no acta but voids entry 2. */
const chain: SignedEntry[] = []
beforeAll(async () => {
	let last: SignedEntry | null = null
	for (let seq = 1; seq <= 5; seq++) {
		const text = seq === 1 ? undefined : actaText.replace(/\.\d\d\./, `.0${seq}.`)
		const previous: SignedEntry | null = last
		const made = await entryAfter(previous && { seq: seq - 1, id: previous.id }, device, text)
		const voids = { seq: 2, id: chain[1]?.id ?? '' }
		last = seq < 5 ? made : await signEntry({ ...made.entry, kind: 'void', voids, reason: 'test' }, device)
		chain.push(last)
	}
})

function registry(issue: number, revocations: RevokedDevice[] = []) {
	return signRegistry({ v: 1, issue, time, devices: [registered(device)], revocations }, authority)
}

/** A centre that has pinned the authority, and knows devices by its registry only. */
class Desk {
	readonly clock = new SimulatedClock()
	readonly events: CentralEvent[] = []
	readonly directory: string
	#central: Central | undefined

	constructor(directory: string) {
		this.directory = directory
	}

	static async open(): Promise<Desk> {
		const desk = new Desk(await temporaryFolder())
		await mkdir(join(desk.directory, 'devices'))
		await writeFile(join(desk.directory, 'authority.pem'), publicKeyPem(authority.publicKey))
		await desk.publish(await registry(1))
		onTestFinished(() => desk.stop())
		return desk
	}

	/** Puts down what the authority signed, and lets the next look come. */
	async publish(...signed: readonly { readonly text: string }[]): Promise<void> {
		const lines = signed.map(({ text }) => `${text}\n`).join('')
		await writeFile(join(this.directory, 'devices', 'registry.jws'), lines)
		await this.clock.advance(1_000)
	}

	/** What it says to being started. */
	begin() {
		this.#central = new Central({
			directory: this.directory,
			signer: centre,
			broker: null,
			clock: this.clock,
			random: () => 0.5,
			log: (event) => this.events.push(event),
			failed: () => {},
		})
		return this.#central.start()
	}

	async start(): Promise<this> {
		expect(await this.begin()).toMatchObject({ ok: true })
		return this
	}

	async stop(): Promise<void> {
		await this.#central?.stop()
		this.#central = undefined
	}

	get central(): Central {
		if (this.#central === undefined) throw new Error('not started')
		return this.#central
	}

	/** The receipts that answer these entries. */
	async send(...entries: readonly SignedEntry[]): Promise<Receipt[]> {
		const receipts: Receipt[] = []
		for (const { text, entry } of entries) {
			const topic = { kind: 'entry', device: device.id, seq: entry.seq } as const
			const taken = await this.central.takeIn((intake) => intake.take(topic, Buffer.from(text)))
			for (const signed of taken.ok ? taken.value.receipts : []) {
				receipts.push(gotten(openReceipt(signed.text, centre)).receipt)
			}
		}
		return receipts
	}

	/** Entries that stand in the ledger. */
	async held(): Promise<number[]> {
		const lines = await readFile(join(this.directory, 'ledger.jws'), 'utf8')
		return chain.filter(({ text }) => lines.includes(`${text}\n`)).map(({ entry }) => entry.seq)
	}

	told(event: CentralEvent['event']): CentralEvent[] {
		return this.events.filter((one) => one.event === event)
	}
}

const statusOf = ({ seq, status, reason, upto }: Receipt) => ({ seq, status, reason, upto: upto?.seq })

test('a device that only the registry lists is known', async () => {
	const desk = await (await Desk.open()).start()
	expect((await desk.send(...chain)).map(({ status }) => status)).toEqual(Array(5).fill('stored'))
})

test('a revocation is taken up also while no kiosk says anything', async () => {
	const desk = await (await Desk.open()).start()
	await desk.send(...chain)
	await desk.publish(await registry(2, [stolen]))
	await until(() => desk.told('revoked').length > 0)
	expect(desk.told('revoked')).toMatchObject([{ device: device.id, quarantined: 3 }])
})

test('a revocation judges anew what is there: kept, told, in no sum, and its receipt says so', async () => {
	const desk = await (await Desk.open()).start()
	await desk.send(...chain)
	// Entry 5 voids entry 2.
	expect(await ledgerSummary(desk.directory)).toMatchObject({ tables: 2, voided: 1, quarantined: [] })

	await desk.publish(await registry(2, [stolen]))
	const again = await desk.send(...chain.slice(1))
	expect(again.map(statusOf)).toEqual([
		{ seq: 2, status: 'duplicate', reason: undefined, upto: 2 },
		...[3, 4, 5].map((seq) => ({ seq, status: 'rejected', reason: 'revoked', upto: 2 })),
	])
	expect(desk.told('revoked')).toEqual([
		{ event: 'revoked', device: device.id, last: 2, reason: 'stolen', quarantined: 3 },
	])
	expect(await ledgerSummary(desk.directory)).toMatchObject({
		...{ tables: 1, voided: 0, quarantined: [{ seq: 3 }, { seq: 4 }] },
		countedAgain: [{ by: { device: device.id, seq: 2 }, voidedBy: 5 }],
	})
	expect(desk.central.devices()).toMatchObject([{ device: device.id, entries: 5, upto: 5, quarantined: 3 }])
	expect(await desk.held()).toEqual([1, 2, 3, 4, 5])
})

test('what comes after the revocation is kept in quarantine; what comes late of before it is good', async () => {
	const desk = await Desk.open()
	await desk.publish(await registry(1), await signRevocation({ v: 1, ...stolen }, authority))
	await desk.start()
	const [first, second, third, fourth] = chain
	if (!first || !second || !third || !fourth) throw new Error('no chain')
	const receipts = await desk.send(first, third, fourth, second)
	expect(receipts.map(statusOf)).toEqual([
		{ seq: 1, status: 'stored', reason: undefined, upto: 1 },
		{ seq: 3, status: 'rejected', reason: 'revoked', upto: 1 },
		{ seq: 4, status: 'rejected', reason: 'revoked', upto: 1 },
		{ seq: 2, status: 'stored', reason: undefined, upto: 2 },
	])
	expect(await desk.held()).toEqual([1, 2, 3, 4])
	expect(await ledgerSummary(desk.directory)).toMatchObject({
		tables: 1,
		quarantined: [{ seq: 3 }, { seq: 4 }],
	})
})

test('after a restart all is as before, whatever lies in devices/ then', async () => {
	const desk = await (await Desk.open()).start()
	await desk.publish(await registry(2, [stolen]))
	await desk.send(...chain)
	await desk.stop()
	await desk.publish()
	await desk.start()
	expect(await ledgerSummary(desk.directory)).toMatchObject({
		tables: 1,
		quarantined: [{ seq: 3 }, { seq: 4 }],
	})
	expect((await desk.send(...chain.slice(3))).map(({ reason }) => reason)).toEqual(['revoked', 'revoked'])
})

test('an older registry never takes the place of a newer, nor does another one of that number', async () => {
	const desk = await (await Desk.open()).start()
	await desk.publish(await registry(3, [stolen]))
	await desk.send(...chain)
	await desk.publish(await registry(2))
	await desk.send(...chain.slice(4))
	await desk.publish(await registry(3, [{ ...stolen, last: 4 }]))
	expect((await desk.send(...chain.slice(2))).map(({ reason }) => reason)).toEqual(Array(3).fill('revoked'))
	expect(desk.told('device-key-refused')).toMatchObject([
		{ file: 'registry.jws', fault: { code: 'registry-rollback' } },
		{ file: 'registry.jws', fault: { code: 'registry-rollback' } },
	])
})

test('a later registry without the revocation, or with a higher last seq, lets nothing back in', async () => {
	const desk = await (await Desk.open()).start()
	await desk.publish(await registry(2, [stolen]), await registry(3))
	await desk.send(...chain)
	await desk.publish(await registry(4, [{ ...stolen, last: 9 }]))
	expect((await desk.send(...chain.slice(2))).map(({ reason }) => reason)).toEqual(Array(3).fill('revoked'))
})

test('what the authority did not sign is without effect, and is told', async () => {
	const desk = await (await Desk.open()).start()
	const foreign = makeSigner('a-foreign')
	const impostor = makeSigner(authority.id)
	const forged = [foreign, impostor, device, centre].map((by) => signRevocation({ v: 1, ...stolen }, by))
	await desk.publish(...(await Promise.all(forged)))
	const receipts = await desk.send(...chain)
	expect(receipts.map(({ status }) => status)).toEqual(Array(5).fill('stored'))
	expect(desk.told('device-key-refused').map((event) => 'fault' in event && event.fault.code)).toEqual(
		Array(4).fill('bad-signature'),
	)
})

test('an id is never given to another key', async () => {
	const desk = await (await Desk.open()).start()
	const other = makeSigner(device.id)
	const reused = await signRegistry(
		{ v: 1, issue: 2, time, devices: [registered(other)], revocations: [] },
		authority,
	)
	await desk.publish(reused)
	expect(await desk.send(...chain.slice(0, 1))).toMatchObject([{ status: 'stored' }])
	expect(desk.told('device-key-refused')).toMatchObject([{ fault: { code: 'id-reused' } }])
})

test('strangers see in the published folder what is in quarantine, and by whose word', async () => {
	const desk = await (await Desk.open()).start()
	await desk.send(...chain)
	await desk.publish(await registry(2, [stolen]))
	await desk.send(...chain.slice(4))
	await desk.stop()
	const audit = await auditLedger(desk.directory, { images: false })
	expect(audit).toMatchObject({
		ok: true,
		value: {
			authority: { issue: 2 },
			devices: [
				{
					device: device.id,
					entries: 5,
					quarantined: 3,
					revoked: { last: 2, reason: 'stolen', time },
				},
			],
			faults: [3, 4, 5].map((seq) => ({ device: device.id, seq, code: 'revoked' })),
		},
	})
	expect(await ledgerSummary(desk.directory)).toMatchObject({
		...{ leftOut: 0, tables: 1, quarantined: [{ seq: 3 }, { seq: 4 }] },
	})
})

test('a centre whose pinned authority is another than signed its registry does not start', async () => {
	const desk = await (await Desk.open()).start()
	await desk.stop()
	await writeFile(join(desk.directory, 'authority.pem'), publicKeyPem(makeSigner('a-other').publicKey))
	expect(await desk.begin()).toMatchObject({ ok: false, fault: { code: 'damaged' } })
})
