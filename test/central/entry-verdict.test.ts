import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { DeviceChain } from '#src/central/device-chain.js'
import { type ClaimedEntry, entryVerdict, heldEntry } from '#src/central/entry-verdict.js'
import { type SignedEntry, signEntry } from '#src/evidence/entry.js'
import { genesisOf } from '#src/evidence/identity.js'
import { signJws } from '#src/evidence/jws.js'
import { draftAfter } from '../support/journal-maker.ts'
import { makeSigner } from '../support/test-identity.ts'

const signer = makeSigner('kiosk-1')
const genesis = genesisOf(signer.publicKey)

const draft = (seq: number, prev: string, more: object = {}) =>
	draftAfter({ seq: seq - 1, id: prev }, signer, { kind: 'boot', ...more })

const honest: SignedEntry[] = []
beforeAll(async () => {
	for (let seq = 1; seq <= 8; seq++) {
		honest.push(await signEntry(draft(seq, honest.at(-1)?.id ?? genesis), signer))
	}
})

function at(seq: number): SignedEntry {
	const entry = honest[seq - 1]
	if (entry === undefined) throw new Error('no such entry')
	return entry
}

function arrival({ text }: { text: string }, seq: number, device = 'kiosk-1'): ClaimedEntry {
	return { device, seq, payload: Buffer.from(text) }
}

/** Judges and keeps, as the centre does. */
function receive(chain: DeviceChain, entry: SignedEntry) {
	const verdict = entryVerdict(arrival(entry, entry.entry.seq), signer, chain)
	if (verdict.kind === 'new') chain.add(verdict.held)
	return verdict
}

describe('an entry', () => {
	test('new, then a duplicate for ever', () => {
		const chain = new DeviceChain(genesis)
		expect(receive(chain, at(1))).toMatchObject({ kind: 'new', held: { conflict: null } })
		expect(receive(chain, at(1))).toMatchObject({ kind: 'duplicate', held: { id: at(1).id } })
		expect(chain.size).toBe(1)
		expect(chain.upto).toEqual({ seq: 1, id: at(1).id })
	})

	test('another one with the same seq is kept as a conflict', async () => {
		const chain = new DeviceChain(genesis)
		receive(chain, at(1))
		const other = await signEntry(draft(1, genesis, { kind: 'close' }), signer)
		expect(receive(chain, other)).toMatchObject({ kind: 'new', held: { conflict: 'seq-taken' } })
		expect(receive(chain, other)).toMatchObject({ kind: 'duplicate', held: { conflict: 'seq-taken' } })
		expect(chain.size).toBe(2)
		expect(chain.upto).toEqual({ seq: 1, id: at(1).id })
	})

	test('one that does not follow from the one before is kept as a conflict', async () => {
		const chain = new DeviceChain(genesis)
		receive(chain, at(1))
		const stray = await signEntry(draft(2, genesis), signer)
		expect(receive(chain, stray)).toMatchObject({ kind: 'new', held: { conflict: 'bad-prev' } })
		expect(chain.upto?.seq).toBe(1)
		expect(receive(chain, at(2))).toMatchObject({ kind: 'new', held: { conflict: 'seq-taken' } })
		expect(chain.upto).toEqual({ seq: 2, id: at(2).id })
	})

	test('a first one that does not follow from the device key is a conflict', async () => {
		const chain = new DeviceChain(genesis)
		const stray = await signEntry(draft(1, at(3).id), signer)
		expect(receive(chain, stray)).toMatchObject({ kind: 'new', held: { conflict: 'bad-prev' } })
		expect(chain.upto).toBeNull()
	})

	test('one from which the next does not follow is a conflict', async () => {
		const chain = new DeviceChain(genesis)
		receive(chain, at(3))
		const stray = await signEntry(draft(2, at(1).id, { kind: 'close' }), signer)
		expect(receive(chain, stray)).toMatchObject({ kind: 'new', held: { conflict: 'bad-next' } })
	})

	test('of another version is proven and kept, not understood', async () => {
		const jws = await signJws('entry', { v: 3, device: 'kiosk-1', anything: true }, signer)
		expect(entryVerdict(arrival(jws, 4), signer, new DeviceChain(genesis))).toEqual({
			kind: 'foreign',
			text: jws.text,
			id: jws.id,
		})
	})

	test('files are named as they travel', async () => {
		const image = { role: 'full', mediaType: 'image/jpeg', size: 9, sha256: 'a'.repeat(64) } as const
		const sealed = { format: 'age-v1', size: 99, sha256: 'b'.repeat(64) } as const
		const reading = { method: 'none', text: null, code: null }
		const images = [image, { ...image, sealed }]
		const entry = await signEntry(draft(1, genesis, { kind: 'acta', reading, images }), signer)
		expect(heldEntry(entry, null).files).toEqual([
			{ sha256: 'a'.repeat(64), size: 9 },
			{ sha256: 'b'.repeat(64), size: 99 },
		])
	})
})

describe('rejected', () => {
	const chain = new DeviceChain(genesis)
	const reasonOf = (what: ClaimedEntry) => {
		const verdict = entryVerdict(what, signer, chain)
		return verdict.kind === 'rejected' ? verdict.reason : verdict.kind
	}

	test('unknown-device', () => {
		expect(entryVerdict(arrival(at(1), 1), undefined, undefined)).toEqual({
			kind: 'rejected',
			id: at(1).id,
			reason: 'unknown-device',
		})
	})

	test('bad-signature: by another key, or bent', async () => {
		const forged = await signEntry(draft(1, genesis), makeSigner('kiosk-1'))
		expect(reasonOf(arrival(forged, 1))).toBe('bad-signature')
		const [header, payload] = at(1).text.split('.')
		const other = at(2).text.split('.')[2]
		expect(reasonOf(arrival({ text: `${header}.${payload}.${other}` }, 1))).toBe('bad-signature')
	})

	test('topic-mismatch: another device or another seq', async () => {
		const foreign = await signEntry(draft(1, genesis, { device: 'kiosk-2' }), makeSigner('kiosk-2'))
		expect(reasonOf(arrival(foreign, 1))).toBe('topic-mismatch')
		expect(reasonOf(arrival(at(1), 2))).toBe('topic-mismatch')
	})

	test('wrong-device: signed by this device, speaking for another', async () => {
		const posing = await signJws('entry', draft(1, genesis, { device: 'kiosk-2' }), signer)
		expect(reasonOf(arrival(posing, 1))).toBe('wrong-device')
	})

	test('bad-payload', async () => {
		const jws = await signJws('entry', { ...draft(1, genesis), boot: 0 }, signer)
		expect(reasonOf(arrival(jws, 1))).toBe('bad-payload')
	})

	test.each([
		['too-large', 'x'.repeat(70_000)],
		['not-a-jws', ''],
		['not-a-jws', 'a.b'],
		['bad-base64url', 'a.b.c'],
	])('%s', (reason, text) => {
		expect(reasonOf(arrival({ text }, 1))).toBe(reason)
	})

	test('any bytes at all give a verdict and an id of the right form', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (payload) => {
				const verdict = entryVerdict({ device: 'kiosk-1', seq: 1, payload }, signer, chain)
				expect(verdict.kind === 'rejected' && verdict.id).toMatch(/^[A-Za-z0-9_-]{43}$/)
			}),
		)
	})
})

test('in whatever order and however often entries come, the chain and its gaps are the same', () => {
	const order = fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 30 })
	fc.assert(
		fc.property(order, (seqs) => {
			const chain = new DeviceChain(genesis)
			const held = new Set<number>()
			for (const seq of seqs) {
				expect(receive(chain, at(seq)).kind).toBe(held.has(seq) ? 'duplicate' : 'new')
				held.add(seq)
				let upto = 0
				while (held.has(upto + 1)) upto++
				expect(chain.upto).toEqual(upto === 0 ? null : { seq: upto, id: at(upto).id })
				expect(chain.size).toBe(held.size)
				const lacking = chain.gaps(100).flatMap(([first, last]) => {
					return Array.from({ length: last - first + 1 }, (_, index) => first + index)
				})
				const highest = Math.max(...held)
				expect(lacking).toEqual(
					[1, 2, 3, 4, 5, 6, 7, 8].filter((number) => number < highest && !held.has(number)),
				)
			}
		}),
	)
})
