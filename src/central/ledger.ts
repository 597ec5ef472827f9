/**
 * The centre's own append-only files: `ledger.jws`, entries as received and receipts as issued, and `heads.jws`,
 * heads as published; one JWS a line.
 *
 * At start every line is read again. Form, and for each receipt that the entry it names stands before it with
 * that id, are checked; signatures are not: all were verified before they were written, and 60,000 checks would
 * keep a centre from its work for ten seconds. A changed byte in an entry changes its id, so it shows all the
 * same; `testigo verify` checks the rest.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Entry } from '../evidence/entry.ts'
import { longestJws } from '../evidence/jws.ts'
import { LineLog, type MakeRoom } from '../platform/files/line-log.ts'
import { readFileLines } from '../platform/files/line-reader.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

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
	| { readonly kind: 'head'; readonly device: string; readonly seq: number; readonly id: string }

export type LedgerFault = Fault<'damaged'>

export interface OpenedLedger {
	readonly log: LineLog
	readonly tornBytes: number
	readonly lines: number
}

/** An earlier program took in one character more. */
const longestLine = longestJws + 1

/** `sizeBytes`: what the record takes in the file. */
type Visit = (record: LedgerRecord, sizeBytes: number) => void

/** Opens or makes `<directory>/ledger.jws`; `visit` gets every record in order. Throws when the disk fails. */
export function openLedger(
	directory: string,
	visit: Visit,
	makeRoom?: MakeRoom,
): Promise<Result<OpenedLedger, LedgerFault>> {
	return openRecords(directory, { name: 'ledger.jws', kinds: ['entry', 'receipt'], visit, makeRoom })
}

/** The same with `<directory>/heads.jws`. */
export function openHeads(
	directory: string,
	visit: Visit,
	makeRoom?: MakeRoom,
): Promise<Result<OpenedLedger, LedgerFault>> {
	return openRecords(directory, { name: 'heads.jws', kinds: ['head'], visit, makeRoom })
}

interface RecordsFile {
	readonly name: string
	readonly kinds: readonly LedgerRecord['kind'][]
	readonly visit: Visit
	readonly makeRoom: MakeRoom | undefined
}

async function openRecords(
	directory: string,
	{ name, kinds, visit, makeRoom }: RecordsFile,
): Promise<Result<OpenedLedger, LedgerFault>> {
	const path = join(directory, name)
	const { log, tornBytes } = await LineLog.open(path, join(directory, 'quarantine'), makeRoom)
	const entries = new Set<string>()
	let lines = 0
	for await (const { bytes, length } of readFileLines(path, longestLine)) {
		lines++
		const record = length > longestLine ? null : readRecord(bytes.toString('latin1'))
		const whole =
			record !== null &&
			kinds.includes(record.kind) &&
			(record.kind !== 'receipt' || record.entries.every((id) => entries.has(id)))
		if (!whole) {
			await log.close()
			return fail(
				'damaged',
				`${path}: line ${lines} is damaged; keep this file, take a copy that verifies, and start again`,
			)
		}
		if (record.kind === 'entry') entries.add(record.id)
		visit(record, length + 1)
	}
	return ok({ log, tornBytes, lines })
}

/** Null when the line is none that a ledger holds. */
function readRecord(text: string): LedgerRecord | null {
	const [header = '', payload = '', signature = '', more] = text.split('.')
	if (more !== undefined || signature.length !== 86) return null
	const head = decode(header) as { typ?: unknown; kid?: unknown } | null
	const said = decode(payload) as Record<string, unknown> | null
	if (head === null || said === null || typeof head.kid !== 'string') return null
	const { v, device, seq, entry, id } = said
	const own = createHash('sha256').update(`${header}.${payload}`).digest('base64url')
	switch (head.typ) {
		case 'testigo-entry+jws': {
			const read = Entry.safeParse(said)
			// An earlier program kept what is not of version 1 as it came, whatever stands in it.
			if (!read.success && v === 1) return null
			return { kind: 'entry', device: head.kid, id: own, entry: read.success ? read.data : null }
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
