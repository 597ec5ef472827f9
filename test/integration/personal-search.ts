/**
 * Searches every byte of an archive for what must never be public: as it lies there, unpacked, and in what is encoded in
 * it, however often. It knows nothing of the program that publishes: fields and formats stand here once more.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

export interface Secrets {
	/** Names, ID numbers, notes: in whatever case and encoding. */
	readonly words: readonly string[]
	/** Receipts as the centre issued them. */
	readonly receipts: readonly string[]
}

export interface Finding {
	readonly path: string
	readonly what: 'word' | 'receipt' | 'instant' | 'unknown-field' | 'picture-metadata'
	readonly found: string
}

/** Where instants belong: of publications, and of the authority's words. Files, and what of them. */
const rightfulInstants: readonly { readonly path: RegExp; readonly at: RegExp }[] = [
	{ path: /^feed\/(?:\d+\.json|latest)$/, at: /^time$/ },
	{ path: /^keys\/(?:registry|centres|campaign|mirrors)\.jws$/, at: /^payload\.time$/ },
	// An issue of the campaign object is a leaf.
	{ path: /^tile\/entries\//, at: /^payload of campaign\.time$/ },
]

/** By kind all fields, at any depth. */
const fields: Readonly<Record<string, readonly string[]>> = {
	entry:
		'v election device boot seq prev kind time day source anchor software voids id reason reading method text code hmac print images role mediaType size sha256 sealed format'.split(
			' ',
		),
	head: 'v device seq id receipts day'.split(' '),
	transcription:
		'v election station seq prev entry image text unreadable code hmac signatures replaces day'.split(' '),
	ruling: 'v election officer seq prev table excludes reason rests replaces day'.split(' '),
	campaign:
		'v issue time election definition register registry sha256 centres log origin vkey witnesses organisation country threshold rehearsal earlier size root'.split(
			' ',
		),
	registry: 'v issue time devices stations officers id spki revocations device last reason'.split(' '),
	centres: 'v issue time centres id spki revoked reason'.split(' '),
	mirrors: 'v issue time mirrors'.split(' '),
}
const headerFields = ['alg', 'typ', 'kid']

/** Seconds and milliseconds since 1970, of the years 2004 to 2052. */
const isEpoch = (number: number) =>
	[1, 1e3, 1e6].some((unit) => number >= 1.1e9 * unit && number < 2.6e9 * unit)
const instantTexts = [
	// RFC 3339 and its like, with a time of day.
	/\d{4}-\d\d-\d\d[T _]\d\d:?\d\d/g,
	/\d{8}T\d{4}/g,
	// As mail and HTTP write it, and EXIF.
	/\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d/g,
	/\d{4}:\d\d:\d\d \d\d:\d\d/g,
	// A time of day alone.
	/(?<![\w:.,!-])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![\w:])/g,
]
const jws = /eyJ[\w-]{10,}\.[\w-]+\.[\w-]+/g

export function searchArchive(folder: string, secrets: Secrets): readonly Finding[] {
	const findings: Finding[] = []
	const words = secrets.words.map(plain)
	const receiptParts = secrets.receipts.flatMap(partsOfReceipt)
	for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
		if (!statSync(join(folder, path)).isFile()) continue
		const found = (what: Finding['what'], said: string) =>
			findings.push({ path, what, found: said.slice(0, 100) })
		const stored = readFileSync(join(folder, path))
		const bytes = stored[0] === 0x1f && stored[1] === 0x8b ? gunzipSync(stored) : stored
		if (/^image\//.test(path) || bytes.subarray(0, 2).equals(Buffer.of(0xff, 0xd8)))
			for (const said of pictureMetadata(bytes)) found('picture-metadata', said)
		const views = [path, ...viewsOf(bytes, 0)]
		for (const view of views) {
			const said = plain(view)
			for (const word of words) if (said.includes(word)) found('word', word)
			for (const part of receiptParts) if (view.includes(part)) found('receipt', part)
			if (view.includes('testigo-receipt+jws')) found('receipt', 'testigo-receipt+jws')
		}
		const text = bytes.toString('latin1')
		if (/^(?:tile\/(?!entries)|image\/|keys\/authority)/.test(path)) continue
		for (const token of text.match(jws) ?? []) searchToken(path, token, found)
		const isJson = path.endsWith('.json') || path === 'feed/latest'
		if (isJson) searchInstants(path, '', JSON.parse(bytes.toString()), found)
		// Encoded text has its own fields; digits in digests stand between other letters.
		else searchText(text.replace(jws, '').replace(/[\w+/=-]{40,}/g, ''), found)
	}
	return findings
}

type Found = (what: Finding['what'], said: string) => void

function searchToken(path: string, token: string, found: Found): void {
	const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
	const head = JSON.parse(header ?? '') as Readonly<Record<string, unknown>>
	const kind = /^testigo-([a-z]+)\+jws$/.exec(String(head['typ']))?.[1] ?? ''
	for (const field of Object.keys(head)) if (!headerFields.includes(field)) found('unknown-field', field)
	const said: unknown = JSON.parse(payload ?? '')
	for (const field of fieldsIn(said))
		if (fields[kind]?.includes(field) !== true) found('unknown-field', field)
	searchInstants(path, path.startsWith('keys/') ? 'payload' : `payload of ${kind}`, said, found)
}

function searchInstants(path: string, at: string, said: unknown, found: Found): void {
	if (rightfulInstants.some((right) => right.path.test(path) && right.at.test(at))) return
	if (typeof said === 'string') searchText(said, (what, what2) => found(what, `${at}: ${what2}`))
	else if (typeof said === 'number' && isEpoch(said)) found('instant', `${at}: ${said}`)
	else if (Array.isArray(said)) for (const one of said) searchInstants(path, at, one, found)
	else if (typeof said === 'object' && said !== null)
		for (const [field, one] of Object.entries(said))
			searchInstants(path, at === '' ? field : `${at}.${field}`, one, found)
}

function searchText(text: string, found: Found): void {
	for (const pattern of instantTexts) for (const [said] of text.matchAll(pattern)) found('instant', said)
	for (const [said] of text.matchAll(/(?<![\w.])\d{10,16}(?![\w.])/g))
		if (isEpoch(Number(said))) found('instant', said)
}

function fieldsIn(said: unknown): readonly string[] {
	if (Array.isArray(said)) return said.flatMap(fieldsIn)
	if (typeof said !== 'object' || said === null) return []
	return Object.entries(said).flatMap(([field, one]) => [field, ...fieldsIn(one)])
}

/** As text in its encodings, and what is base64 in it, three deep. */
function viewsOf(bytes: Buffer, depth: number): readonly string[] {
	const latin1 = bytes.toString('latin1')
	const views = [
		latin1,
		bytes.toString('utf8'),
		bytes.toString('utf16le'),
		bytes.subarray(1).toString('utf16le'),
	]
	if (depth === 3) return views
	for (const [token] of latin1.matchAll(/[\w+/-]{16,}/g))
		views.push(...viewsOf(Buffer.from(token, 'base64'), depth + 1))
	return views
}

function plain(text: string): string {
	return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

function partsOfReceipt(receipt: string): readonly string[] {
	const [, payload = '', signature = ''] = receipt.split('.')
	const { nonce } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { readonly nonce?: string }
	const inBytes = [signature, nonce ?? ''].map((part) => Buffer.from(part, 'base64url').toString('latin1'))
	return [payload, signature, nonce ?? '', ...inBytes].filter((part) => part !== '')
}

/** Of a JPEG all that is no picture: notes, other pictures in it, what follows its end. */
function pictureMetadata(bytes: Buffer): readonly string[] {
	if (!bytes.subarray(0, 2).equals(Buffer.of(0xff, 0xd8))) return ['not a JPEG']
	const found: string[] = []
	let at = 2
	for (
		let marker = bytes[at + 1];
		bytes[at] === 0xff && marker !== 0xda && marker !== 0xd9;
		marker = bytes[at + 1]
	) {
		const isNote = marker === 0xfe || (marker !== undefined && marker >= 0xe1 && marker <= 0xef)
		if (isNote) found.push(`segment ${marker?.toString(16)} ${bytes.toString('latin1', at + 4, at + 12)}`)
		at += 2 + bytes.readUInt16BE(at + 2)
	}
	if (bytes.indexOf(Buffer.of(0xff, 0xd9), at) !== bytes.length - 2)
		found.push('more than one picture, or no end')
	if (bytes.includes('Exif\0')) found.push('Exif')
	if (bytes.includes('ns.adobe.com')) found.push('XMP')
	return found
}
