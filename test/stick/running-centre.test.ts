/** A stick is taken in while the centre runs: what dies, hangs, lies or fills up on either side. */
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createConnection, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { centreKeyFile } from '#src/audit/ledger-lines.js'
import { DiskLimits } from '#src/central/admission/limits.js'
import type { Central, CentralOptions } from '#src/central/central.js'
import type { CentralEvent } from '#src/central/events.js'
import { frameOf } from '#src/central/hand-in/frames.js'
import { mostBearers } from '#src/central/hand-in/hand-in-listener.js'
import { handInVersion } from '#src/central/hand-in/messages.js'
import { RunningCentre } from '#src/central/hand-in/running-centre.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { fail } from '#src/platform/result.js'
import { chunkSize } from '#src/protocol/chunks.js'
import type { ImportOptions } from '#src/stick/import.js'
import { Carried } from '../support/carried.ts'
import { actaText, someBytes } from '../support/journal-maker.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'
import { until } from '../support/until.ts'

const ending: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
	for (const end of ending.splice(0).reverse()) await end()
})

/** A stick with a kiosk's journal at a centre that runs. */
async function carried({ actas = 3, ...more }: { actas?: number } & Partial<CentralOptions> = {}) {
	const all = new Carried(await temporaryFolder())
	const kiosk = await all.kiosk('k-one', actas)
	gotten(await all.export(kiosk))
	const events: CentralEvent[] = []
	const central = await all.run({ log: (event) => events.push(event), ...more })
	ending.push(() => central.stop())
	return { all, kiosk, central, events }
}

/** By the centre's socket, as any program of its user can. */
async function bearer(all: Carried): Promise<Socket> {
	const folder = await open(join(all.centre, 'import'), 'r')
	const socket = createConnection(`/proc/self/fd/${folder.fd}/socket`)
	ending.push(() => socket.destroy())
	await once(socket, 'connect')
	await folder.close()
	socket.on('error', () => {})
	return socket
}

/** What is there is taken in whole, once, and its receipts verify at the kiosk. */
async function completes(
	all: Carried,
	kiosk: Parameters<Carried['export']>[0],
	central: Central,
): Promise<void> {
	const { refused } = gotten(await all.import())
	expect(refused).toEqual([])
	const entries = kiosk.entries.length
	expect(gotten(await all.export(kiosk)).receipts).toMatchObject({ held: entries, upto: entries })
	await central.stop()
	const images = { named: kiosk.files.length, present: kiosk.files.length, awaited: 0 }
	expect(gotten(await auditLedger(all.centre))).toMatchObject({ faults: [], entries, images })
	const lines = all.ledger().toString().split('\n')
	for (const { text } of kiosk.entries) expect(lines.filter((line) => line === text)).toHaveLength(1)
}

test('the folder of the socket is open to the centre alone, and the next start takes an old socket away', async () => {
	const { all, central, kiosk } = await carried()
	const folder = join(all.centre, 'import')
	expect(statSync(folder).mode & 0o777).toBe(0o700)
	expect(gotten(await all.import())).toMatchObject({ runs: true, centre: 'c-centre', isListed: true })
	await central.stop()
	expect(existsSync(join(folder, 'socket'))).toBe(false)
	writeFileSync(join(folder, 'socket'), 'left by a centre that was killed')
	// Nobody listens there: the ledger is opened by the import itself.
	expect(gotten(await all.import())).toMatchObject({ runs: false, chains: [{ duplicates: 4 }] })
	const next = await all.run()
	ending.push(() => next.stop())
	expect(gotten(await all.import())).toMatchObject({ runs: true, chains: [{ duplicates: 4 }] })
	await completes(all, kiosk, next)
})

test('the key that signs receipts is not asked for', async () => {
	const { all } = await carried()
	const signer = async () => fail('identity', 'not to be read by the centre’s user')
	expect(gotten(await all.import(all.stick, { signer }))).toMatchObject({ chains: [{ stored: 4 }] })
})

test('where no socket can be made the centre goes on, and says so; the import says what holds the ledger', async () => {
	const all = new Carried(await temporaryFolder())
	gotten(await all.export(await all.kiosk('k-one', 1)))
	mkdirSync(join(all.root, 'elsewhere'))
	symlinkSync(join(all.root, 'elsewhere'), join(all.centre, 'import'))
	const events: CentralEvent[] = []
	const central = await all.run({ log: (event) => events.push(event) })
	ending.push(() => central.stop())
	expect(events).toMatchObject([{ event: 'started' }, { event: 'import-closed' }])
	expect(await all.import()).toMatchObject({ fault: { code: 'centre-failed' } })
	rmSync(join(all.centre, 'import'))
	expect(await all.import()).toMatchObject({ fault: { code: 'centre-locked' } })
})

test('an import that dies in the middle of a picture: the next one completes it', async () => {
	const { all, kiosk, central, events } = await carried({ actas: 2 })
	const big = someBytes(3 * chunkSize, 7)
	await kiosk.acta(actaText(9), [big])
	gotten(await all.export(kiosk))
	const dying = gotten(await RunningCentre.connect(all.centre))
	for (const { text } of kiosk.entries) gotten(await dying.takeEntry('k-one', text))
	const [sha256 = ''] = kiosk.files.slice(-1)
	gotten(await dying.takeChunk({ device: 'k-one', sha256, index: 1 }, big.subarray(chunkSize, 2 * chunkSize)))
	// What it still asked is finished, with nobody to answer.
	void dying.takeChunk({ device: 'k-one', sha256, index: 2 }, big.subarray(2 * chunkSize))
	await dying.close()
	await until(() => events.some(({ event }) => event === 'import-ended'))
	await completes(all, kiosk, central)
})

test('a centre that hangs is waited for no longer than it was given, neither for an answer nor to close', async () => {
	const all = new Carried(await temporaryFolder())
	const folder = join(all.centre, 'import')
	mkdirSync(folder, { recursive: true, mode: 0o700 })
	writeFileSync(join(all.centre, centreKeyFile), publicKeyPem(makeSigner('c-centre').publicKey))
	const sockets: Socket[] = []
	const hanging = createServer({ allowHalfOpen: true }, (socket) => {
		sockets.push(socket)
		socket.on('error', () => {}).write(frameOf({ v: handInVersion, centre: 'c-centre' }))
	})
	hanging.listen(join(folder, 'socket'))
	ending.push(() => {
		for (const socket of sockets) socket.destroy()
		hanging.close()
	})
	await once(hanging, 'listening')
	const withinMs = 2_000
	const [asking, closing] = [
		gotten(await RunningCentre.connect(all.centre, withinMs)),
		gotten(await RunningCentre.connect(all.centre, withinMs)),
	]
	const [asked] = await Promise.all([asking.standing(), closing.close()])
	expect(asked).toMatchObject({ ok: false, fault: { code: 'centre-gone' } })
	await asking.close()
})

test('a centre that ends during an import: one line, and the next import completes it', async () => {
	const { all, kiosk, central } = await carried({ actas: 4 })
	let stopped: Promise<void> | undefined
	const progress: ImportOptions['progress'] = (_, what) => {
		if (what === 'images') stopped ??= central.stop()
	}
	expect(await all.import(all.stick, { progress })).toMatchObject({
		fault: {
			code: 'centre-failed',
			detail: expect.stringMatching(/it ended, or was stopped.*run the same command again$/),
		},
	})
	await stopped
	const again = await all.run()
	ending.push(() => again.stop())
	await completes(all, kiosk, again)
})

test('a stick pulled out during an import: one line, the centre goes on, and the next import completes it', async () => {
	const { all, kiosk, central } = await carried({ actas: 4 })
	const pulled: ImportOptions['progress'] = (_, what, done) => {
		if (what === 'images' && done === 2)
			throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
	}
	expect(await all.import(all.stick, { progress: pulled })).toMatchObject({ fault: { code: 'stick-failed' } })
	await completes(all, kiosk, central)
})

test('two imports at once: two sticks are both taken in; one stick is one import’s', async () => {
	const { all, kiosk, central } = await carried()
	const other = join(all.root, 'other')
	mkdirSync(other)
	const two = await all.kiosk('k-two', 2)
	gotten(await all.export(two, other))
	gotten(await all.export(kiosk, other))
	const [one, both, same] = await Promise.all([all.import(), all.import(other), all.import(other)])
	const busy = [both, same].filter((taken) => !taken.ok && taken.fault.code === 'stick-busy')
	expect(busy).toHaveLength(1)
	expect([one, ...[both, same].filter(({ ok }) => ok)]).toMatchObject([
		{ value: { refusedCount: 0 } },
		{ value: { refusedCount: 0 } },
	])
	expect(gotten(await all.export(two, other)).receipts).toMatchObject({ held: 3, upto: 3 })
	await central.stop()
	expect(gotten(await auditLedger(all.centre))).toMatchObject({
		faults: [],
		entries: 7,
		images: { awaited: 0 },
	})
	expect(
		all
			.ledger()
			.toString()
			.split('\n')
			.filter((line) => line === kiosk.entries[0]?.text),
	).toHaveLength(1)
})

test('more imports than it takes are sent away; when one has ended the next is let in', async () => {
	const { all, kiosk, central, events } = await carried()
	const bearers = []
	for (let count = 0; count < mostBearers; count++) bearers.push(await bearer(all))
	await until(() => events.filter(({ event }) => event === 'import-begun').length === mostBearers)
	expect(await all.import()).toMatchObject({
		fault: { code: 'centre-failed', detail: expect.stringContaining('wait for one to end') },
	})
	bearers[0]?.destroy()
	await until(() => events.some(({ event }) => event === 'import-ended'))
	await completes(all, kiosk, central)
})

test('a disk that is full: refused by file and line as a quota; with room the next import completes it', async () => {
	const { all, kiosk, central } = await carried({
		disk: DiskLimits.parse({ entries: Number.MAX_SAFE_INTEGER }),
	})
	const taken = gotten(await all.import())
	expect(taken).toMatchObject({ refusedCount: 4, chains: [{ stored: 0, receipts: 0 }] })
	expect(taken.refused[0]).toMatchObject({ file: 'testigo/k-one/entries.jws', line: 1, code: 'quota' })
	await central.stop()
	const roomy = await all.run()
	ending.push(() => roomy.stop())
	await completes(all, kiosk, roomy)
})

test.each([
	['words of no frame', Buffer.from('GET / HTTP/1.1\r\nHost: centre\r\n\r\n')],
	['a question that there is none of', frameOf({ ask: 'the-key' })],
	['an entry of no name', frameOf({ ask: 'take-entry', device: '../k-one' }, Buffer.from('x'))],
	['a field that nobody knows', frameOf({ ask: 'standing', more: 1 })],
	['a body larger than any', frameOf({ ask: 'take-head', device: 'k-one' }, Buffer.alloc(200_000))],
])('%s: cut off, logged, and the centre goes on', async (_, said) => {
	const { all, central, kiosk, events } = await carried({ actas: 1 })
	const hostile = await bearer(all)
	// Not `once` of events: that rejects at an error, and a connection may be reset.
	const gone = new Promise((resolve) => hostile.resume().once('close', resolve))
	hostile.write(said)
	await gone
	await until(() => events.some(({ event }) => event === 'import-ended'))
	expect(events).toContainEqual(
		expect.objectContaining({
			event: 'import-refused',
			fault: expect.objectContaining({ code: 'bearer-refused' }),
		}),
	)
	await completes(all, kiosk, central)
})

test('one that asks without end and reads no answer waits in its own socket; others are served', async () => {
	const { all, central, kiosk } = await carried({ actas: 1 })
	const hostile = await bearer(all)
	hostile.pause()
	const question = frameOf({ ask: 'take-entry', device: 'k-one' }, Buffer.from(kiosk.entries[0]?.text ?? ''))
	while (hostile.write(question)) await new Promise(setImmediate)
	gotten(await all.import())
	// It was not drained while the other was served: what it sends is not read without end.
	for (let count = 0; count < 2_000; count++) hostile.write(question)
	expect(gotten(await all.import())).toMatchObject({ chains: [{ duplicates: 2 }] })
	expect(hostile.writableLength).toBeGreaterThan(100 * question.length)
	hostile.destroy()
	await completes(all, kiosk, central)
})

test('who listens in a centre’s place is believed nothing', async () => {
	const { all, central } = await carried({ actas: 1 })
	// Another key than the receipts are signed with.
	writeFileSync(join(all.centre, 'centre.pem'), publicKeyPem((await all.kiosk('k-two', 0)).signer.publicKey))
	expect(await all.import()).toMatchObject({
		fault: { code: 'centre-failed', detail: expect.stringContaining('its receipt does not verify') },
	})
	expect(existsSync(all.onStick('k-one', 'receipts-c-centre.jws'))).toBe(false)
	await central.stop()
	expect(readFileSync(join(all.centre, 'ledger.jws'), 'utf8')).not.toBe('')
})
