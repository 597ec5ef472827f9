/** What the centre keeps and when it says so, whatever comes and however often. */
import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { auditLedger } from '#src/audit/ledger-audit.js'
import type { Room } from '#src/central/admission/disk-room.js'
import { DeviceLimits } from '#src/central/admission/limits.js'
import { Quotas } from '#src/central/admission/quotas.js'
import { ThinnedLog } from '#src/central/admission/thinned-log.js'
import { Registry } from '#src/central/authority/registry.js'
import { DeviceStatuses } from '#src/central/device-statuses.js'
import type { CentralEvent } from '#src/central/events.js'
import { Holdings } from '#src/central/holdings.js'
import { IncomingFiles } from '#src/central/incoming-files.js'
import { Intake } from '#src/central/intake.js'
import { ChargedLog } from '#src/central/ledger/charged-log.js'
import type { OpenedLedger } from '#src/central/ledger/ledger.js'
import { openRecords } from '#src/central/ledger/records.js'
import { ReceiptIssuer } from '#src/central/receipt-issuer.js'
import { Reconciliation } from '#src/central/reconciliation.js'
import { ResendCommand } from '#src/central/resend-command.js'
import type { Taken } from '#src/central/taken.js'
import type { SignedEntry } from '#src/evidence/entry.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { signJws } from '#src/evidence/jws.js'
import { openReceipt, type SignedReceipt } from '#src/evidence/receipt.js'
import { ImageFiles } from '#src/journal/image-files.js'
import { systemClock } from '#src/platform/clock.js'
import { entryAfter } from '../support/journal-maker.ts'
import { gotten } from '../support/result.ts'
import { SimulatedClock, settled } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const centre = makeSigner('c-centre')
const devices = [makeSigner('k-one'), makeSigner('k-two')]
const ledgerId = 'A'.repeat(22)

/** Of each device a chain, and of some seqs a second entry. */
const honest: SignedEntry[] = []
const equivocations: SignedEntry[] = []
beforeAll(async () => {
	for (const device of devices) {
		let last: SignedEntry | undefined
		for (let seq = 1; seq <= 5; seq++) {
			const previous = last === undefined ? null : { seq: seq - 1, id: last.id }
			if (seq > 2) equivocations.push(await entryAfter(previous, device, `121202007.0${seq}.1.0001!1,2!0!0`))
			last = await entryAfter(previous, device)
			honest.push(last)
		}
	}
})

afterEach(() => {
	vi.restoreAllMocks()
})

const usualLimits = DeviceLimits.parse({})

/** A centre without its connection, in a directory of its own. */
class Desk {
	readonly directory: string
	intake: Intake | undefined
	readonly log: CentralEvent[] = []
	readonly clock = new SimulatedClock()
	limits = usualLimits
	room: Room = { pictures: 1e12, entries: 1e12 }
	#close: () => Promise<void> = async () => {}

	constructor(directory: string) {
		this.directory = directory
		mkdirSync(join(directory, 'devices'))
		writeFileSync(join(directory, 'centre.pem'), publicKeyPem(centre.publicKey))
		for (const { id, publicKey } of devices) {
			writeFileSync(join(directory, 'devices', `${id}.pem`), publicKeyPem(publicKey))
		}
	}

	async start(): Promise<this> {
		const { directory } = this
		const registry = new Registry(directory, systemClock, () => {}, centre)
		await registry.start()
		const statuses = new DeviceStatuses({ directory, clock: systemClock, failed: () => {} })
		const quotas = new Quotas({ limits: this.limits, room: () => this.room })
		const deviceLog = new ThinnedLog({
			log: (event) => this.log.push(event),
			isKnown: (device) => registry.known(device) !== undefined,
			counted: () => {},
		})
		const holdings = new Holdings(registry, statuses)
		const makeRoom = async () => false
		const parts = { self: centre, registry, holdings, quotas, makeRoom }
		const records = gotten(await openRecords(directory, parts))
		const charged = ({ log }: OpenedLedger) => new ChargedLog({ log, quotas, noteWritten: () => {} })
		const incoming = new IncomingFiles(
			join(directory, 'incoming'),
			new ImageFiles(join(directory, 'images')),
			usualLimits,
		)
		await incoming.start()
		const shared = {
			ledger: charged(records.ledger),
			...{ registry, holdings, incoming, quotas, deviceLog: deviceLog.log },
			log: (event: CentralEvent) => this.log.push(event),
			issuer: new ReceiptIssuer({
				holdings,
				incoming,
				signer: centre,
				clock: systemClock,
				randomBytes,
				ledger: { id: ledgerId },
			}),
		}
		this.intake = new Intake({
			...shared,
			...{ centre, heads: charged(records.heads), clock: this.clock },
			noteWritten: () => {},
			noteFormat: async () => {},
			received: () => {},
			reconciliation: new Reconciliation({
				...shared,
				resendCommand: new ResendCommand({
					ledger: { id: ledgerId, askAll: false },
					signer: centre,
					clock: systemClock,
				}),
				ledgerId: { id: ledgerId, askAll: false, replace: async () => {}, noteFormat: async () => {} },
				statusHeard: () => {},
			}),
		})
		this.#close = async () => {
			await records.ledger.close()
			await records.heads.close()
		}
		return this
	}

	async stop(): Promise<void> {
		await this.#close()
		this.intake = undefined
	}

	entry({ text, entry }: SignedEntry, device = entry.device, seq = entry.seq): Promise<Taken> {
		return this.#take({ kind: 'entry', device, seq }, text)
	}

	returned(device: string, text: string): Promise<Taken> {
		return this.#take({ kind: 'returned', device }, text)
	}

	head(device: string, text: string): Promise<Taken> {
		return this.#take({ kind: 'head', device }, text)
	}

	/** Of all that grows. */
	get bytes(): number {
		return ['ledger.jws', 'heads.jws'].reduce(
			(sum, name) => sum + readFileSync(join(this.directory, name)).length,
			0,
		)
	}

	get lines(): string[] {
		return readFileSync(join(this.directory, 'ledger.jws'), 'utf8').split('\n').slice(0, -1)
	}

	#take(topic: Parameters<Intake['take']>[0], text: string): Promise<Taken> {
		if (this.intake === undefined) throw new Error('not started')
		return this.intake.take(topic, Buffer.from(text))
	}
}

function deviceOf({ entry }: SignedEntry) {
	const signer = devices.find(({ kid }) => kid === entry.device)
	if (signer === undefined) throw new Error('no such device')
	return signer
}

function receiptsOf({ receipts }: Taken): SignedReceipt[] {
	return receipts.map(({ text }) => gotten(openReceipt(text, centre)))
}

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
			const desk = await new Desk(await temporaryFolder()).start()
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
	const desk = await new Desk(await temporaryFolder()).start()
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
	const desk = await new Desk(await temporaryFolder()).start()
	const [first, second] = honest
	if (first === undefined || second === undefined) throw new Error('no entries')
	vi.spyOn(await anyFileHandle(), 'datasync').mockRejectedValueOnce(new Error('EIO: i/o error, fdatasync'))
	await expect(desk.entry(first)).rejects.toThrow('EIO')
	await expect(desk.entry(second)).rejects.toThrow('EIO')
	await expect(desk.entry(first)).rejects.toThrow('EIO')
	await desk.stop()
})

test('what one device repeats without end is logged at its 1st, 2nd, 4th, 8th … time', async () => {
	const desk = await new Desk(await temporaryFolder()).start()
	const [first] = honest
	if (first === undefined) throw new Error('no entries')
	const bent = { ...first, text: `${first.text.slice(0, -86)}${'A'.repeat(86)}` }
	for (let times = 1; times <= 20; times++) await desk.entry(bent)
	expect(desk.log).toEqual(
		[1, 2, 4, 8, 16].map((count) => ({
			event: 'rejected',
			device: first.entry.device,
			reason: 'bad-signature',
			count,
		})),
	)
	await desk.stop()
})

test('over its quota nothing of a device is kept, and one refusal a minute is signed; what is held passes', async () => {
	const desk = new Desk(await temporaryFolder())
	desk.limits = { ...usualLimits, entries: 3 }
	await desk.start()
	const [one, two] = [honest.slice(0, 5), honest.slice(5)]
	for (const entry of one.slice(0, 3)) await desk.entry(entry)
	const full = desk.lines
	const [, , , fourth, fifth] = one
	if (fourth === undefined || fifth === undefined) throw new Error('no entries')
	const unknown = await signJws('entry', { ...fourth.entry, v: 999_999 }, deviceOf(fourth))
	expect(receiptsOf(await desk.entry(fourth))).toMatchObject([
		{ receipt: { status: 'rejected', reason: 'quota', seq: 4, entry: fourth.id } },
	])
	for (let times = 0; times < 50; times++) {
		expect(await desk.entry(fifth)).toMatchObject({ outcome: 'rejected', reason: 'quota', receipts: [] })
		expect(await desk.entry({ ...fifth, text: unknown.text })).toMatchObject({ receipts: [] })
	}
	await desk.clock.advance(60_000)
	expect(receiptsOf(await desk.entry(fifth))).toMatchObject([{ receipt: { reason: 'quota', seq: 5 } }])
	expect(await desk.entry(fifth)).toMatchObject({ receipts: [] })
	// All that it holds it may send again, and the others are as they were.
	for (const entry of one.slice(0, 3)) {
		expect(receiptsOf(await desk.entry(entry))).toMatchObject([{ receipt: { status: 'duplicate' } }])
	}
	expect(desk.lines).toEqual(full)
	for (const entry of two.slice(0, 3)) {
		expect(receiptsOf(await desk.entry(entry))).toMatchObject([{ receipt: { status: 'stored' } }])
	}
	// So it is after a start: the ledger tells it again.
	await desk.stop()
	await desk.start()
	expect(await desk.entry(fifth)).toMatchObject({ outcome: 'rejected', reason: 'quota' })
	expect(receiptsOf(await desk.entry(one[2] ?? fifth))).toMatchObject([{ receipt: { status: 'duplicate' } }])
	await desk.stop()
})

test('entries of unknown versions, heads and receipts that come back count as entries do', async () => {
	const desk = new Desk(await temporaryFolder())
	desk.limits = { ...usualLimits, bytes: 1 << 20 }
	await desk.start()
	const [first] = honest
	if (first === undefined) throw new Error('no entries')
	const padding = 'x'.repeat(40_000)
	const outcomes = new Set<string>()
	for (let seq = 1; seq <= 40; seq++) {
		const foreign = await signJws('entry', { ...first.entry, v: 999_999, seq, padding }, deviceOf(first))
		outcomes.add((await desk.entry({ ...first, text: foreign.text }, first.entry.device, seq)).outcome)
		const head = { v: 1, device: first.entry.device, seq, id: first.id, receipts: 0, time: null, padding }
		await desk.head(first.entry.device, (await signJws('head', head, deviceOf(first))).text)
	}
	expect(outcomes).toEqual(new Set(['foreign', 'rejected']))
	expect(desk.bytes).toBeLessThan(1 << 20)
	await desk.stop()
})

test('a disk with little room takes no pictures, then no entries, and of nobody more than is left for the others', async () => {
	const desk = await new Desk(await temporaryFolder()).start()
	const [one, two] = [honest.slice(0, 5), honest.slice(5)]
	const size = one[0]?.text.length ?? 0
	desk.room = { pictures: 0, entries: 3 * size }
	const outcomes = []
	for (const entry of one) outcomes.push((await desk.entry(entry)).outcome)
	expect(outcomes[0]).toBe('stored')
	expect(outcomes.at(-1)).toBe('rejected')
	expect((await desk.entry(two[0] as SignedEntry)).outcome).toBe('stored')
	desk.room = { pictures: 0, entries: 0 }
	expect((await desk.entry(two[1] as SignedEntry)).outcome).toBe('rejected')
	desk.room = { pictures: 1e12, entries: 1e12 }
	for (const entry of [...one, ...two]) expect((await desk.entry(entry)).outcome).not.toBe('rejected')
	await desk.stop()
})

test('a torn line is set aside at the next start, and what was promised is there', async () => {
	const desk = await new Desk(await temporaryFolder()).start()
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
