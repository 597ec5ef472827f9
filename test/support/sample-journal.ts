/** Journals and ledgers as they lie on a disk, built without the code that writes them. */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { forge, headerOf, type TestKey } from '../evidence/forge.ts'

export interface SampleImage {
	readonly sha256: string
	readonly bytes: Buffer
}

export interface SampleJournal {
	readonly key: TestKey
	/** The compact form of entry n at n - 1. */
	readonly entries: readonly string[]
	readonly images: readonly SampleImage[]
	/** The file `entries.jws`. */
	readonly bytes: Buffer
}

export function idOf(jws: string): string {
	return createHash('sha256')
		.update(jws.slice(0, jws.lastIndexOf('.')))
		.digest('base64url')
}

export function genesisOf(key: TestKey): string {
	return createHash('sha256')
		.update(key.publicKey.export({ type: 'spki', format: 'der' }))
		.digest('base64url')
}

/** An entry of any kind; `more` is laid over it. */
export function sampleEntry(
	key: TestKey,
	seq: number,
	prev: string,
	kind: string,
	more: object = {},
): string {
	return forge(key, headerOf('entry', key.id), {
		v: 1,
		election: 've-2024-presidential',
		device: key.id,
		boot: 1,
		seq,
		prev,
		kind,
		time: { wall: '2024-07-28T22:14:00Z', source: 'rtc', monotonicMs: seq * 1000 },
		anchor: null,
		software: 'testigo test',
		...more,
	})
}

export function sampleImage(number: number): SampleImage {
	const bytes = Buffer.from(`not really a picture, but number ${number}`)
	return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** What an acta entry has beyond the others: table `number` of an invented centre, all votes 0 but one. */
export function actaFields(number: number, image: SampleImage): object {
	const code = `990101001.${String(number).padStart(2, '0')}.1.0001`
	return {
		reading: { method: 'qr', code, text: `${code}!${number}${',0'.repeat(37)}!0!0` },
		images: [{ role: 'full', mediaType: 'image/jpeg', size: image.bytes.length, sha256: image.sha256 }],
	}
}

/** `boot`, as many actas, `close`: entries 1 to actas + 2, each acta with an image. */
export function sampleJournal(key: TestKey, actas = 3): SampleJournal {
	const entries: string[] = []
	const images: SampleImage[] = []
	let prev = genesisOf(key)
	const append = (kind: string, more: object = {}) => {
		const entry = sampleEntry(key, entries.length + 1, prev, kind, more)
		entries.push(entry)
		prev = idOf(entry)
	}
	append('boot')
	for (let number = 1; number <= actas; number++) {
		const image = sampleImage(number)
		images.push(image)
		append('acta', actaFields(number, image))
	}
	append('close')
	return { key, entries, images, bytes: fileOf(entries) }
}

export function fileOf(lines: readonly string[]): Buffer {
	return Buffer.from(lines.map((line) => `${line}\n`).join(''))
}

export function pemOf(key: TestKey): string {
	return key.publicKey.export({ type: 'spki', format: 'pem' }).toString()
}

export async function writeImages(directory: string, images: readonly SampleImage[]): Promise<void> {
	for (const { sha256, bytes } of images) {
		const path = join(directory, 'images', sha256.slice(0, 2), sha256)
		await mkdir(dirname(path), { recursive: true })
		await writeFile(path, bytes)
	}
}

/** A journal's directory: `entries.jws`, `device.pem`, `images/`. */
export async function writeJournal(directory: string, { key, bytes, images }: SampleJournal): Promise<void> {
	await writeFile(join(directory, 'entries.jws'), bytes)
	await writeFile(join(directory, 'device.pem'), pemOf(key))
	await writeImages(directory, images)
}

/** A receipt by `centre` that entry `seq` is stored and everything up to it is held; `more` is laid over it. */
export function sampleReceipt(
	centre: TestKey,
	entry: string,
	device: string,
	seq: number,
	more: object = {},
): string {
	return forge(centre, headerOf('receipt', centre.id), {
		v: 1,
		device,
		seq,
		entry: idOf(entry),
		status: 'stored',
		images: [],
		upto: { seq, id: idOf(entry) },
		gaps: [],
		time: '2024-07-28T22:15:09Z',
		copies: 1,
		...more,
	})
}
