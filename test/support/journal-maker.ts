import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type NewEntry, type SignedEntry, signEntry } from '#src/evidence/entry.js'
import type { Position } from '#src/evidence/fields.js'
import { genesisOf, type Identity, publicKeyPem } from '#src/evidence/identity.js'
import type { Signer } from '#src/evidence/signer.js'

/** An acta's text: table `table` of centre 121202007, `votes` for the first card and for the 34th. */
export function actaText(table: number, votes: readonly [number, number] = [10, 20]): string {
	const counts = Array.from({ length: 38 }, (_, card) => (card === 0 ? votes[0] : card === 33 ? votes[1] : 0))
	const centro = 100_000_000 + Math.floor(table / 15)
	return `${centro}.${String((table % 15) + 1).padStart(2, '0')}.1.0001!${counts.join(',')}!0!0`
}

/** What follows on from `previous`; `more` is laid over it. */
export function draftAfter(previous: Position | null, { kid, publicKey }: Signer, more: object): NewEntry {
	const seq = (previous?.seq ?? 0) + 1
	const draft = {
		v: 2,
		election: 've-2024-presidential',
		device: kid,
		boot: 1,
		seq,
		prev: previous?.id ?? genesisOf(publicKey),
		time: { day: '2024-07-28', source: 'ntp' },
		anchor: null,
		software: 'testigo/0.0.0',
		...more,
	}
	return draft as NewEntry
}

/** An entry that follows on from `previous`: an acta with this text, or a boot without one. */
export function entryAfter(
	previous: Position | null,
	signer: Signer,
	text?: string,
): Promise<SignedEntry<NewEntry>> {
	const time = { day: '2024-07-28', source: 'rtc' }
	if (text === undefined) return signEntry(draftAfter(previous, signer, { time, kind: 'boot' }), signer)
	const sha256 = createHash('sha256').update(text).digest('hex')
	const reading = { method: 'qr', text, code: text.split('!')[0] ?? null }
	const images = [{ role: 'full', mediaType: 'image/jpeg', size: 3, sha256 }]
	return signEntry(draftAfter(previous, signer, { time, kind: 'acta', reading, images }), signer)
}

/** Writes a journal as a kiosk does, without its care for the disk. */
export class JournalMaker {
	readonly directory: string
	readonly signer: Signer
	readonly entries: SignedEntry<NewEntry>[] = []
	readonly files: string[] = []

	constructor(directory: string, signer: Signer) {
		this.directory = directory
		this.signer = signer
		mkdirSync(directory, { recursive: true })
		writeFileSync(join(directory, 'device.pem'), publicKeyPem(signer.publicKey))
	}

	get identity(): Identity {
		return { id: this.signer.kid, publicKey: this.signer.publicKey }
	}

	/** Signs what would be the next entry. */
	next(more: object): Promise<SignedEntry<NewEntry>> {
		const last = this.entries.at(-1)
		return signEntry(
			draftAfter(last ? { seq: this.entries.length, id: last.id } : null, this.signer, more),
			this.signer,
		)
	}

	async boot(): Promise<SignedEntry<NewEntry>> {
		return this.append(await this.next({ kind: 'boot' }))
	}

	/** `images`: the bytes of each. */
	async acta(text: string | null, images: readonly Uint8Array[] = []): Promise<SignedEntry<NewEntry>> {
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

	append(entry: SignedEntry<NewEntry>): SignedEntry<NewEntry> {
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
