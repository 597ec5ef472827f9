import { createHash } from 'node:crypto'
import { type Entry, type SignedEntry, signEntry } from '#src/evidence/entry.js'
import type { Position } from '#src/evidence/fields.js'
import { genesisOf } from '#src/evidence/identity.js'
import type { Signer } from '#src/evidence/signer.js'

/** An entry that follows on from `previous`: an acta with this text, or a boot without one. */
export function entryAfter(previous: Position | null, signer: Signer, text?: string): Promise<SignedEntry> {
	const common = {
		v: 1 as const,
		election: 've-2024-presidential',
		device: signer.kid,
		boot: 1,
		seq: (previous?.seq ?? 0) + 1,
		prev: previous?.id ?? genesisOf(signer.publicKey),
		time: { wall: '2024-07-28T22:05:00Z', source: 'rtc' as const, monotonicMs: 1000 },
		anchor: null,
		software: 'testigo/test',
	}
	const entry: Entry =
		text === undefined
			? { ...common, kind: 'boot' }
			: {
					...common,
					kind: 'acta',
					reading: { method: 'qr', text, code: text.split('!')[0] ?? null },
					images: [
						{
							role: 'full',
							mediaType: 'image/jpeg',
							size: 3,
							sha256: createHash('sha256').update(text).digest('hex'),
						},
					],
				}
	return signEntry(entry, signer)
}
