/**
 * The centre's own append-only files: `ledger.jws`, entries, transcriptions and rulings as received and receipts as
 * issued, and `heads.jws`, heads as published; one JWS a line.
 *
 * At start every line is read again: its form, and for each receipt that the entry it names stands before it with that
 * id. Signatures are verified of the lines behind the mark (`verified.json`: what was verified, by its digest), which
 * is all of them where there is no mark: 60,000 keep a centre from its work for some seconds. Where the mark does not
 * fit, lines were taken out, exchanged or cut off, though each that is there may verify: that is `cut`.
 */
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { Entry } from '../../evidence/entry.ts'
import type { Identity } from '../../evidence/identity.ts'
import { longestJws, parseJws, verifyJws } from '../../evidence/jws.ts'
import { Ruling } from '../../evidence/ruling.ts'
import { Transcription } from '../../evidence/transcription.ts'
import { LineLog, type MakeRoom } from '../../platform/files/line-log.ts'
import { readFileLines } from '../../platform/files/line-reader.ts'
import { markFile } from '../../platform/files/verified-mark.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { type Cut, LedgerMark } from './ledger-mark.ts'

export type LedgerRecord =
	/** `entry` is null for what is not understood here. */
	| { readonly kind: 'entry'; readonly device: string; readonly id: string; readonly entry: Entry | null }
	| {
			readonly kind: 'receipt'
			readonly device: string
			readonly id: string
			readonly seq: number
			/** Ids of the entries that it answers, but for further ones that it refuses. */
			readonly entries: readonly string[]
	  }
	/** `device`: the reading station; null for what is not understood here. */
	| {
			readonly kind: 'transcription'
			readonly device: string
			readonly id: string
			readonly transcription: Transcription | null
	  }
	/** `device`: the officer. */
	| { readonly kind: 'ruling'; readonly device: string; readonly id: string; readonly ruling: Ruling | null }
	| { readonly kind: 'head'; readonly device: string; readonly seq: number; readonly id: string }

export type LedgerFault = Fault<'damaged'>

export interface OpenedLedger {
	readonly log: LineLog
	readonly tornBytes: number
	readonly lines: number
	/** Lines whose signatures were verified at this start. */
	readonly verified: number
	/** False before the first mark. */
	readonly marked: boolean
	readonly cut: Cut | null
	/** Waits for what was appended, and keeps the mark. */
	close(): Promise<void>
}

/** An earlier program took in one character more. */
const longestLine = longestJws + 1

/** `sizeBytes`: what the record takes in the file. */
type Visit = (record: LedgerRecord, sizeBytes: number) => void

/** The key of who signed, where it is here: what nobody here can check is left to `testigo verify`. */
export type SignerOf = (kind: LedgerRecord['kind'], id: string) => Identity | undefined

interface LedgerOptions {
	readonly signerOf: SignerOf
	/** Gets every record, in order. */
	readonly visit: Visit
	readonly makeRoom?: MakeRoom
}

/** Opens or makes `<directory>/ledger.jws`. Throws when the disk fails. */
export function openLedger(
	directory: string,
	options: LedgerOptions,
): Promise<Result<OpenedLedger, LedgerFault>> {
	const mark = new LedgerMark(join(directory, markFile))
	return openRecords(
		directory,
		{ name: 'ledger.jws', kinds: ['entry', 'receipt', 'transcription', 'ruling'], mark },
		options,
	)
}

/** The same with `<directory>/heads.jws`, which is short, and has no mark. */
export function openHeads(
	directory: string,
	options: LedgerOptions,
): Promise<Result<OpenedLedger, LedgerFault>> {
	return openRecords(directory, { name: 'heads.jws', kinds: ['head'], mark: new LedgerMark(null) }, options)
}

interface RecordsFile {
	readonly name: string
	readonly kinds: readonly LedgerRecord['kind'][]
	readonly mark: LedgerMark
}

async function openRecords(
	directory: string,
	{ name, kinds, mark }: RecordsFile,
	{ signerOf, visit, makeRoom }: LedgerOptions,
): Promise<Result<OpenedLedger, LedgerFault>> {
	const path = join(directory, name)
	const appended = (bytes: Uint8Array) => mark.add(bytes)
	const { log, tornBytes } = await LineLog.open(path, join(directory, 'quarantine'), { makeRoom, appended })
	const found = await mark.find(path)
	const marked = mark.bytes
	const entries = new Set<string>()
	let lines = 0
	let verified = 0
	for await (const { bytes, length, offset } of readFileLines(path, longestLine)) {
		lines++
		const isMarked = offset + length < marked
		const read =
			length > longestLine ? tooLong : recordIn(bytes.toString('latin1'), isMarked ? null : signerOf)
		const fault = read.ok ? misplaced(read.value, kinds, entries) : read.fault
		if (fault !== null || !read.ok) {
			await log.close()
			return fail(
				'damaged',
				`${path}: line ${lines} is damaged: ${fault?.detail} (${fault?.code}); ${advice}`,
			)
		}
		const record = read.value
		if (record.kind === 'entry') entries.add(record.id)
		visit(record, length + 1)
		if (isMarked) continue
		verified++
		mark.add(bytes)
		mark.add(lineFeed)
	}
	if (verified > 0 || found === 'differs') await mark.keep()
	const close = async () => {
		await log.close()
		await mark.keep()
	}
	return ok({ log, tornBytes, lines, verified, marked: found !== 'none', cut: mark.cut, close })
}

const advice =
	'keep this file as it is, put a copy that verifies in its place, and start once with --ask-again, so that kiosks send what it lacks'

const lineFeed = Buffer.from('\n')

const tooLong = fail('line-too-long', 'longer than any line that is ever written')

/** With `signerOf` its signature is verified too. */
function recordIn(text: string, signerOf: SignerOf | null): Result<LedgerRecord> {
	const record = readRecord(text)
	if (record === null) return fail('not-a-record', 'no entry, receipt, transcription, ruling or head')
	if (signerOf === null || text.length > longestJws) return ok(record)
	const jws = parseJws(text, record.kind)
	if (!jws.ok) return jws
	const signer = signerOf(record.kind, jws.value.kid)
	const verified = signer === undefined ? ok(jws.value) : verifyJws(jws.value, signer)
	return verified.ok ? ok(record) : verified
}

function misplaced(
	record: LedgerRecord,
	kinds: readonly LedgerRecord['kind'][],
	entries: ReadonlySet<string>,
): Fault | null {
	if (!kinds.includes(record.kind))
		return { code: 'foreign-typ', detail: `a ${record.kind} does not belong here` }
	if (record.kind !== 'receipt' || record.entries.every((id) => entries.has(id))) return null
	return { code: 'receipt-unfounded', detail: 'an entry that it names does not stand above it' }
}

/** Null when the line is none that a ledger holds. */
function readRecord(text: string): LedgerRecord | null {
	const [header = '', payload = '', signature = '', more] = text.split('.')
	if (more !== undefined || signature.length !== 86) return null
	const head = decode(header) as { typ?: unknown; kid?: unknown } | null
	const said = decode(payload) as Record<string, unknown> | null
	if (head === null || said === null || typeof head.kid !== 'string') return null
	const { v, device, seq, entry, id } = said
	const own = hash('sha256', `${header}.${payload}`, 'base64url')
	switch (head.typ) {
		case 'testigo-entry+jws': {
			const read = Entry.safeParse(said)
			// An earlier program kept what is not of version 1 as it came, whatever stands in it.
			if (!read.success && v === 1) return null
			return { kind: 'entry', device: head.kid, id: own, entry: read.success ? read.data : null }
		}
		case 'testigo-transcription+jws': {
			const read = Transcription.safeParse(said)
			if (!read.success && v === 1) return null
			return { kind: 'transcription', device: head.kid, id: own, transcription: read.data ?? null }
		}
		case 'testigo-ruling+jws': {
			const read = Ruling.safeParse(said)
			if (!read.success && v === 1) return null
			return { kind: 'ruling', device: head.kid, id: own, ruling: read.data ?? null }
		}
		case 'testigo-receipt+jws':
			return typeof device === 'string' && typeof seq === 'number' && typeof entry === 'string'
				? { kind: 'receipt', device, id: own, seq, entries: [entry, ...furtherEntries(said)] }
				: null
		case 'testigo-head+jws':
			return typeof seq === 'number' && typeof id === 'string'
				? { kind: 'head', device: head.kid, seq, id }
				: null
		default:
			return null
	}
}

function furtherEntries({ also }: Record<string, unknown>): string[] {
	if (!Array.isArray(also)) return []
	return also.flatMap((further) => (further?.status === 'rejected' ? [] : [String(further?.entry)]))
}

function decode(part: string): object | null {
	try {
		const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
		return typeof value === 'object' ? value : null
	} catch {
		return null
	}
}
