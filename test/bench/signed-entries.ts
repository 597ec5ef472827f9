/** Entries of a device as a kiosk would sign them, one after another, without end. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { type Entry, type SignedEntry, signEntry } from '#src/evidence/entry.js'
import { genesisOf, type Identity } from '#src/evidence/identity.js'
import { toLowS } from '#src/evidence/p256.js'
import type { Signer } from '#src/evidence/signer.js'
import { Random } from '#src/simulator/random.js'

export function signerOf(kid: string): Signer {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
	return {
		kid,
		publicKey,
		sign: async (bytes) => toLowS(sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' })),
	}
}

interface NamedImage {
	readonly sha256: string
	readonly size: number
}

/** Some 1,000 bytes each: an acta with a reading and one image. */
export class SignedEntries {
	readonly signer: Signer
	readonly #images: readonly NamedImage[]
	#last: SignedEntry | undefined

	/** `images`: what the entries name, one each; when there are no more, images that are nowhere. */
	constructor(signer: Signer, images: readonly NamedImage[] = []) {
		this.signer = signer
		this.#images = images
	}

	get device(): Identity {
		return { id: this.signer.kid, publicKey: this.signer.publicKey }
	}

	async next(): Promise<SignedEntry> {
		this.#last = await signEntry(this.#draft(), this.signer)
		return this.#last
	}

	#draft(): Entry {
		const seq = (this.#last?.entry.seq ?? 0) + 1
		const random = new Random(`entry ${seq}`)
		const centro = String(100_000_000 + Math.floor(seq / 15))
		const code = `${centro}.${String(1 + (seq % 15)).padStart(2, '0')}.1.0001`
		const votes = presidential2024.cards.map(() => (random.chance(0.3) ? random.whole(1, 120) : 0))
		return {
			v: 1,
			election: presidential2024.id,
			device: this.signer.kid,
			boot: 1,
			seq,
			prev: this.#last?.id ?? genesisOf(this.signer.publicKey),
			time: { wall: '2024-07-28T22:00:00Z', source: 'ntp', monotonicMs: seq * 1000 },
			anchor: null,
			software: 'testigo/bench',
			kind: 'acta',
			reading: { method: 'qr', text: `${code}!${votes.join(',')}!0!0`, code },
			images: [{ role: 'full', mediaType: 'image/jpeg', ...(this.#images[seq - 1] ?? imageNowhere(seq)) }],
		}
	}
}

function imageNowhere(seq: number): NamedImage {
	return { sha256: createHash('sha256').update(`image ${seq}`).digest('hex'), size: 260_000 }
}

/** Bytes that don't compress, always the same for the same seed. */
export function noise(size: number, seed: string): Buffer {
	const random = new Random(seed)
	const bytes = Buffer.alloc(Math.ceil(size / 4) * 4)
	for (let at = 0; at < size; at += 4) bytes.writeUInt32LE(random.bits(), at)
	return bytes.subarray(0, size)
}
