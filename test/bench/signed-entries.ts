/** Entries of a device as a kiosk would sign them, one after another, without end. */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { type NewEntry, type SignedEntry, signEntry } from '#src/evidence/entry.js'
import { genesisOf, type Identity, publicKeyPem } from '#src/evidence/identity.js'
import type { Signer } from '#src/evidence/signer.js'
import { ImageFiles } from '#src/journal/image-files.js'
import { deviceFile, entriesFile, imagesDirectory } from '#src/journal/journal.js'
import { Random } from '#src/simulator/random.js'
import { makeSigner } from '../support/test-identity.ts'

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

	#draft(): NewEntry {
		const seq = (this.#last?.entry.seq ?? 0) + 1
		const random = new Random(`entry ${seq}`)
		const centro = String(100_000_000 + Math.floor(seq / 15))
		const code = `${centro}.${String(1 + (seq % 15)).padStart(2, '0')}.1.0001`
		const votes = presidential2024.cards.map(() => (random.chance(0.3) ? random.whole(1, 120) : 0))
		return {
			v: 2,
			election: presidential2024.id,
			device: this.signer.kid,
			boot: 1,
			seq,
			prev: this.#last?.id ?? genesisOf(this.signer.publicKey),
			time: { day: '2024-07-28', source: 'ntp' },
			anchor: null,
			software: 'testigo/0.0.0',
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

/** A journal as a kiosk leaves it, written at once instead of entry by entry. */
export interface WrittenJournal {
	readonly directory: string
	readonly device: Identity
	readonly entries: number
	readonly images: readonly { readonly path: string; readonly sha256: string; readonly size: number }[]
}

/** With an `imageSize` of 0 the entries name images that are not there. */
export async function writeJournal(
	directory: string,
	{
		entries: count,
		imageSize,
		pictures = count,
		device = 'k-bench',
	}: {
		readonly entries: number
		readonly imageSize: number
		/** Of the first so many entries, which have one each; of all unless given. */
		readonly pictures?: number
		readonly device?: string
	},
): Promise<WrittenJournal> {
	const store = new ImageFiles(join(directory, imagesDirectory))
	const images: { path: string; sha256: string; size: number }[] = []
	for (let index = 0; imageSize > 0 && index < pictures; index++) {
		const { sha256, size } = await store.put(noise(imageSize, `image ${index} of ${device}`))
		images.push({ path: store.path(sha256), sha256, size })
	}
	const entries = new SignedEntries(makeSigner(device), images)
	await mkdir(directory, { recursive: true })
	await appendEntries(join(directory, entriesFile), entries, count)
	await writeFile(join(directory, deviceFile), publicKeyPem(entries.signer.publicKey))
	return { directory, device: entries.device, entries: count, images }
}

/** Signs `count` more entries and appends them to the file at `path` with one sync. */
export async function appendEntries(path: string, entries: SignedEntries, count: number): Promise<void> {
	const lines: string[] = []
	for (let written = 0; written < count; written++) lines.push(`${(await entries.next()).text}\n`)
	await writeFile(path, lines.join(''), { flag: 'a', flush: true })
}
