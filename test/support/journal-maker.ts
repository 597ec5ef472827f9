import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Entry, type SignedEntry, signEntry } from '#src/evidence/entry.js'
import { genesisOf, type Identity, publicKeyPem } from '#src/evidence/identity.js'
import { toLowS } from '#src/evidence/p256.js'
import type { Signer } from '#src/evidence/signer.js'

export function testSigner(kid: string): Signer {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
	return {
		kid,
		publicKey,
		sign: async (bytes) => toLowS(sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' })),
	}
}

export function identityOf({ kid, publicKey }: { kid: string; publicKey: KeyObject }): Identity {
	return { id: kid, publicKey }
}

/** An acta's text: table `table` of centre 121202007, `votes` for the first card and for the 34th. */
export function actaText(table: number, votes: readonly [number, number] = [10, 20]): string {
	const counts = Array.from({ length: 38 }, (_, card) => (card === 0 ? votes[0] : card === 33 ? votes[1] : 0))
	const centro = 100_000_000 + Math.floor(table / 15)
	return `${centro}.${String((table % 15) + 1).padStart(2, '0')}.1.0001!${counts.join(',')}!0!0`
}

/** Writes a journal as a kiosk does, without its care for the disk. */
export class JournalMaker {
	readonly directory: string
	readonly signer: Signer
	readonly entries: SignedEntry[] = []
	readonly files: string[] = []

	constructor(directory: string, signer: Signer) {
		this.directory = directory
		this.signer = signer
		mkdirSync(directory, { recursive: true })
		writeFileSync(join(directory, 'device.pem'), publicKeyPem(signer.publicKey))
	}

	get identity(): Identity {
		return identityOf(this.signer)
	}

	/** Signs what would be the next entry. */
	async next(more: object): Promise<SignedEntry> {
		const seq = this.entries.length + 1
		const entry = {
			v: 1,
			election: 've-2024-presidential',
			device: this.signer.kid,
			boot: 1,
			seq,
			prev: this.entries.at(-1)?.id ?? genesisOf(this.signer.publicKey),
			time: { wall: '2024-07-28T18:00:00Z', source: 'ntp', monotonicMs: seq * 1000 },
			anchor: null,
			software: 'test',
			...more,
		}
		return await signEntry(entry as Entry, this.signer)
	}

	async boot(): Promise<SignedEntry> {
		return this.append(await this.next({ kind: 'boot' }))
	}

	/** `images`: the bytes of each. */
	async acta(text: string | null, images: readonly Uint8Array[] = []): Promise<SignedEntry> {
		const stored = images.map((bytes, index) => ({
			role: ['full', 'top', 'bottom'][index] ?? 'more',
			mediaType: 'image/jpeg',
			size: bytes.length,
			sha256: this.image(bytes),
		}))
		const reading = { method: text === null ? 'none' : 'qr', text, code: text?.split('!')[0] ?? null }
		return this.append(await this.next({ kind: 'acta', reading, images: stored }))
	}

	image(bytes: Uint8Array): string {
		const sha256 = createHash('sha256').update(bytes).digest('hex')
		const folder = join(this.directory, 'images', sha256.slice(0, 2))
		mkdirSync(folder, { recursive: true })
		writeFileSync(join(folder, sha256), bytes)
		this.files.push(sha256)
		return sha256
	}

	append(entry: SignedEntry): SignedEntry {
		this.entries.push(entry)
		appendFileSync(join(this.directory, 'entries.jws'), `${entry.text}\n`)
		return entry
	}
}

/** Bytes that look like nothing and are always the same for the same seed. */
export function someBytes(size: number, seed: number): Uint8Array {
	const bytes = Buffer.alloc(size)
	let state = (seed * 2654435761 + 12345) >>> 0
	for (let index = 0; index < size; index++) {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0
		bytes[index] = state >>> 24
	}
	return bytes
}
