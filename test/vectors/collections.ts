/** What journals and ledgers are put together from, and what a vector of one holds. */
import { actaPayload, receiptPayload } from '../evidence/samples.ts'
import { type SeededKey, sha256 } from './seeded-key.ts'
import { headerOf, idOf, signed } from './signed.ts'

/** One fault that every verifier must find: `line code`, `line seq code` or `line device seq code`. */
interface ExpectedFault {
	/** Where it is another file than the journal's or the ledger's own. */
	readonly file?: string
	readonly line: number
	readonly code: string
	readonly device?: string
	readonly seq?: number
}

export interface CollectionVector {
	readonly name: string
	readonly kind: 'journal' | 'ledger' | 'transcriptions' | 'rulings'
	/** Path to content, each byte as the character of that number (Latin-1). */
	readonly files: Readonly<Record<string, string>>
	/** Why nothing in it could be checked at all; null where it could. */
	readonly refusal: string | null
	/** In the order in which they must be reported. */
	readonly faults: readonly ExpectedFault[]
}

export type Files = Record<string, string>

/** Null takes away one that would be there. */
export type GivenFiles = Readonly<Record<string, string | null>>

/**
 * `faults`: `line/seq code, …`, with `file:` before the line and `@device` behind (`@a`: k-vectors-a), and without the
 * seq, where so reported; or `!` and why nothing could be checked at all.
 */
export function collection(
	kind: CollectionVector['kind'],
	name: string,
	files: GivenFiles,
	faults: string,
): CollectionVector {
	const there = Object.entries(files).filter((file): file is [string, string] => file[1] !== null)
	const refusal = faults.startsWith('!') ? faults.slice(1) : null
	const expected = refusal !== null || faults === '' ? [] : faults.split(', ').map(faultOf)
	return { name: `${kind}${name}`, kind, files: Object.fromEntries(there), refusal, faults: expected }
}

function faultOf(text: string): ExpectedFault {
	const [, file, line, seq, code = '', of] =
		/^(?:(.+):)?(\d+)(?:\/(\d+))? ([^@]+)(?:@(.+))?$/.exec(text) ?? []
	return {
		...(file && { file }),
		line: Number(line),
		...(of && { device: of.length === 1 ? `k-vectors-${of}` : of }),
		...(seq && { seq: Number(seq) }),
		code,
	}
}

export function genesisOf(key: SeededKey): string {
	return sha256(key.spki).toString('base64url')
}

/** The one picture of entry `seq`, as it would be stored. */
export function pictureOf(seq: number): string {
	return `picture ${seq}, of no acta`
}

export function digestOf(text: string): string {
	return sha256(Buffer.from(text, 'latin1')).toString('hex')
}

export function addressOf(text: string): string {
	const digest = digestOf(text)
	return `images/${digest.slice(0, 2)}/${digest}`
}

/** Signs entry `seq` after `prev`: seq 1 is a start, the rest are actas, each with one picture. */
export function entryAfter(key: SeededKey, prev: string, seq: number, change: object = {}): string {
	const { reading, images, ...common } = actaPayload(key.id)
	const [image] = images
	const picture = pictureOf(seq)
	const sealed = { format: 'age-v1', size: picture.length, sha256: digestOf(picture) }
	const code = `121202007.01.1.${String(seq).padStart(4, '0')}`
	const acta = {
		kind: 'acta',
		reading: { ...reading, text: `${code}!1!2`, code },
		images: [{ ...image, sealed }],
	}
	const payload = { ...common, seq, prev, ...(seq === 1 ? { kind: 'boot' } : acta), ...change }
	return signed(key, headerOf('entry', key.id), payload)
}

/** `change` alters the payload of some entries before they are signed; the chain goes on from what was signed. */
export function chainOf(
	key: SeededKey,
	length: number,
	change: (seq: number) => object = () => ({}),
): readonly string[] {
	const texts: string[] = []
	let prev = genesisOf(key)
	for (let seq = 1; seq <= length; seq++) {
		const text = entryAfter(key, prev, seq, change(seq))
		texts.push(text)
		prev = idOf(text)
	}
	return texts
}

/** The same of entries without an image, which are short. */
export function shortChainOf(key: SeededKey, length: number): readonly string[] {
	return chainOf(key, length, shortEntry)
}

/** A start, three actas and a close. */
export function closedChainOf(key: SeededKey): readonly string[] {
	return chainOf(key, 5, (seq) => (seq === 5 ? { ...shortEntry(), kind: 'close' } : {}))
}

export function shortEntry(): object {
	return { kind: 'clock', reading: undefined, images: undefined }
}

export function lines(...texts: readonly string[]): string {
	return texts.map((text) => `${text}\n`).join('')
}

/** The pictures of the entries `from` to `to`. */
export function pictures(from: number, to: number): Files {
	const files: Files = {}
	for (let seq = from; seq <= to; seq++) files[addressOf(pictureOf(seq))] = pictureOf(seq)
	return files
}

/** The receipt of entry `seq` of `chain`, which holds everything up to there. */
export function receiptOf(
	centre: SeededKey,
	device: SeededKey,
	chain: readonly string[],
	seq: number,
	change: object = {},
): string {
	const id = idOf(chain[seq - 1] ?? '')
	const images = seq === 1 ? [] : [{ sha256: digestOf(pictureOf(seq)), status: 'stored', missing: [] }]
	const payload = { ...receiptPayload(device.id), seq, entry: id, images, upto: { seq, id }, gaps: [] }
	return signed(centre, headerOf('receipt', centre.id), { ...payload, ...change })
}
