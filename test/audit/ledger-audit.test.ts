/** What an audit of a ledger counts, and faults at every byte; each code by itself is in test/vectors. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { auditLedgerBytes } from '#src/audit/ledger-lines.js'
import { keyFingerprint } from '#src/evidence/keys/key-fingerprint.js'
import { fail, ok } from '#src/platform/result.js'
import { inDirectory } from '../support/in-directory.ts'
import { shortOrLong } from '../support/short-or-long.ts'
import {
	addressOf,
	chainOf,
	digestOf,
	entryAfter,
	lines,
	pictureOf,
	pictures,
	receiptOf,
} from '../vectors/collections.ts'
import { centre, device, otherDevice } from '../vectors/object-vector.ts'
import { layOut } from '../vectors/reference.ts'
import { idOf } from '../vectors/signed.ts'

const chain = chainOf(device, 5)
const [e1 = '', e2 = '', e3 = '', e4 = '', e5 = ''] = chain
const otherChain = chainOf(otherDevice, 3)
const receipt = (seq: number, change: object = {}) => receiptOf(centre, device, chain, seq, change)

/** Two devices' entries mixed, each answered at once. */
const healthy = chain.flatMap((entry, index) => {
	const other = otherChain[index]
	const answer = other && receiptOf(centre, otherDevice, otherChain, index + 1)
	return [entry, receipt(index + 1), ...(other && answer ? [other, answer] : [])]
})

function audit(texts: readonly string[]) {
	return auditBytes(Buffer.from(lines(...texts)))
}

function auditBytes(bytes: Uint8Array) {
	const keys = new Map([device, otherDevice].map(({ id, publicKey }) => [id, publicKey]))
	const devices = {
		async signer(_: string, id: string) {
			const key = keys.get(id)
			return key === undefined ? fail('file-missing', 'no such device') : ok(key)
		},
		restsOn: () => null,
		revocationOf: () => undefined,
		authority: null,
	}
	async function* parts() {
		yield bytes
	}
	return auditLedgerBytes(parts(), { publicKey: centre.publicKey, certified: false }, devices, null)
}

test('a healthy ledger is whole, with its devices and receipts', async () => {
	const good = { gaps: [], equivocations: [], revoked: null, quarantined: 0 }
	expect(await audit(healthy)).toEqual({
		centre: centre.id,
		entries: 8,
		actas: 4,
		devices: [
			{ device: device.id, entries: 5, upto: { seq: 5, id: idOf(e5) }, ...good },
			{ device: otherDevice.id, entries: 3, upto: { seq: 3, id: idOf(otherChain[2] ?? '') }, ...good },
		],
		stations: [],
		officers: [],
		receipts: 8,
		restsOn: [{ file: 'centre.pem', ...keyFingerprint(centre.publicKey) }],
		revokedReceipts: 0,
		authority: null,
		heads: 0,
		proofs: [],
		images: null,
		faults: [],
		faultCount: 0,
	})
})

test('entries in any order, and the same one twice, count once', async () => {
	const texts = [e3, e1, e1, receipt(1), receipt(1, { status: 'duplicate' }), e2, receipt(3)]
	expect(await audit(texts)).toMatchObject({ entries: 3, receipts: 3, faultCount: 0 })
})

test('gaps and equivocations are told of their device', async () => {
	const { devices } = await audit([e1, e4, e5])
	expect(devices).toMatchObject([{ entries: 3, upto: { seq: 1 }, gaps: [[2, 3]] }])
	const report = await audit([e1, e2, e3, e4, entryAfter(device, idOf(e2), 3, { boot: 9 })])
	expect(report.devices).toMatchObject([{ entries: 5, equivocations: [3] }])
	const detail = expect.stringContaining('line 3')
	expect(report.faults).toMatchObject([{ line: 5, seq: 3, code: 'equivocation', detail }])
})

test('receipt-unfounded: for a conflict of which nothing was kept', async () => {
	const conflict = receiptOf(centre, device, [e2], 1, { status: 'conflict', reason: 'seq-taken', upto: null })
	const { faults } = await audit([e1, conflict])
	expect(faults).toMatchObject([{ line: 2, device: device.id, seq: 1, code: 'receipt-unfounded' }])
})

test('crlf: a line that Windows has ended', async () => {
	expect(await audit([e1, `${e2}\r`])).toMatchObject({ faults: [{ line: 2, code: 'crlf' }] })
})

test('one bit of any byte changed is found, and in its own line', async () => {
	// A few lines are enough: what checks a single line is the same as in a journal.
	const bytes = Buffer.from(lines(...healthy.slice(0, 4)))
	// No multiple of four: each place within a group of Base64 comes.
	const step = shortOrLong({ short: 7, long: 1 })
	let line = 1
	for (const [at, byte] of bytes.entries()) {
		if (at % step === 0 || byte === 10) {
			const changed = Buffer.from(bytes)
			changed[at] = byte ^ 0x01
			expect((await auditBytes(changed)).faults[0], `byte ${at}`).toMatchObject({ line })
		}
		if (byte === 10) line++
	}
})

const stored = addressOf(pictureOf(2))
const wanted = [{ sha256: digestOf(pictureOf(3)), status: 'missing', missing: [[0, 0]] }]
const files = {
	'ledger.jws': lines(e1, e2, receipt(2), e3, receipt(3, { images: wanted })),
	'centre.pem': centre.pem,
	[`devices/${device.id}.pem`]: device.pem,
	...pictures(2, 2),
}

test('an image on its way is no fault; one that a receipt claims must be there', () =>
	inDirectory(async (directory) => {
		const awaiting = { named: 2, present: 1, awaited: 1, missing: 0, altered: 0 }
		await layOut(files, directory)
		expect(await auditLedger(directory)).toMatchObject({
			ok: true,
			value: { entries: 3, receipts: 2, images: awaiting, faultCount: 0 },
		})
		await layOut({ [stored]: 'other' }, directory)
		expect(await auditLedger(directory)).toMatchObject({
			value: { images: { altered: 1 }, faults: [{ line: 2, seq: 2, code: 'image-altered' }] },
		})
		await rm(join(directory, stored))
		expect(await auditLedger(directory)).toMatchObject({
			value: { images: { missing: 1, awaited: 1 }, faults: [{ line: 2, seq: 2, code: 'image-missing' }] },
		})
		expect(await auditLedger(directory, { images: false })).toMatchObject({
			value: { images: null, faultCount: 0 },
		})
	}))

test('unreadable: no ledger', () =>
	inDirectory(async (directory) => {
		await layOut({ 'centre.pem': centre.pem }, directory)
		expect(await auditLedger(directory)).toMatchObject({ ok: false, fault: { code: 'unreadable' } })
	}))
