/** What a raid would look for in a kiosk's storage, and the search through every byte of it. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A kind of trace, and what it is known by. */
export interface Trace {
	readonly kind: 'image' | 'person' | 'text' | 'key'
	readonly bytes: Buffer
}

/** Long enough each that a gigabyte of sealed bytes does not have one by chance. */
const pictureMarks: readonly Buffer[] = [
	// JPEG: SOI with APP0 (JFIF), with a quantisation table at once; what Exif, ICC and XMP segments begin with.
	'ffd8ffe000104a46494600',
	'ffd8ffdb004300',
	'457869660000',
	Buffer.from('ICC_PROFILE\0').toString('hex'),
	Buffer.from('http://ns.adobe.com/xap/').toString('hex'),
	// PNG with its first chunk, WebP, TIFF in either order with the usual first offset.
	'89504e470d0a1a0a0000000d49484452',
	'57454250565038',
	'49492a0008000000',
	'4d4d002a00000008',
].map((hex) => Buffer.from(hex, 'hex'))

export const imageMarks: readonly Trace[] = pictureMarks.map((bytes) => ({ kind: 'image', bytes }))

export function wordsOf(kind: 'person' | 'text', words: readonly string[]): Trace[] {
	return words.map((word) => ({ kind, bytes: Buffer.from(word) }))
}

/** Private keys in PEM and of age, and this one in any form: DER, and its number raw, in hex and in base64. */
export function marksOfKeys(keys: readonly KeyObject[]): Trace[] {
	const words = ['-----BEGIN PRIVATE KEY', '-----BEGIN EC PRIVATE KEY', 'AGE-SECRET-KEY-']
	const forms = keys.flatMap((key) => {
		const number = numberOf(key)
		const base64 = number.toString('base64url')
		return [number, Buffer.from(number.toString('hex')), Buffer.from(base64)]
	})
	return [...words.map((word) => Buffer.from(word)), ...forms].map((bytes) => ({ kind: 'key', bytes }))
}

/** The secret number of a key on P-256: 32 bytes. */
export function numberOf(key: KeyObject): Buffer {
	return Buffer.from(String(key.export({ format: 'jwk' }).d), 'base64url')
}

export function keyIn(path: string): KeyObject {
	return createPrivateKey(readFileSync(path))
}

const block = 4096
const sector = 512
const probe = 16
/** Different bytes that a probe has at least: a run of zeros is no trace of anything. */
const variety = 8

export interface Found {
	readonly images: number
	/** Blocks of the very pictures that were laid down, wherever in the storage. */
	readonly blocks: number
	readonly persons: number
	readonly texts: number
	readonly keys: number
	/** Bytes looked through. */
	readonly searched: number
}

/** Searches everything in `parts`: files, or a disk as a whole with the blocks that no file has any more. */
export function search(
	parts: Iterable<Buffer>,
	traces: readonly Trace[],
	pictures: readonly Buffer[],
): Found {
	const known = new Set<string>()
	for (const picture of pictures) {
		for (let at = 0; at + probe <= picture.length; at += block) {
			const bytes = picture.toString('latin1', at, at + probe)
			if (new Set(bytes).size >= variety) known.add(bytes)
		}
	}
	const count = { image: 0, person: 0, text: 0, key: 0 }
	let [blocks, searched] = [0, 0]
	for (const part of parts) {
		searched += part.length
		for (const { kind, bytes } of traces) {
			for (let at = part.indexOf(bytes); at !== -1; at = part.indexOf(bytes, at + 1)) count[kind]++
		}
		for (let at = 0; at + probe <= part.length; at += sector) {
			if (known.has(part.toString('latin1', at, at + probe))) blocks++
		}
	}
	return { images: count.image, blocks, persons: count.person, texts: count.text, keys: count.key, searched }
}

/** Every file under `directory`, with its name. */
export function* filesUnder(directory: string): Generator<Buffer> {
	for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
		yield Buffer.from(entry.name)
		if (entry.isFile()) yield readFileSync(join(entry.parentPath, entry.name))
	}
}
