/** Whether the heads that devices sent to a centre go together with the entries: a chain alone does not show a tail cut off. */
import type { KeyObject } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { type Head, openHead } from '../evidence/head.ts'
import { parseJws } from '../evidence/jws.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { filePieces } from '../platform/files/plain-file.ts'
import { fail, ok, type Result } from '../platform/result.ts'
import type { AuditFault } from './audit-fault.ts'

/** In a centre's directory: a head a line. */
export const headsFile = 'heads.jws'

/** A line of it. */
export interface HeadLine {
	readonly line: number
	/** Verified. */
	readonly read: Result<Head>
}

interface Signers {
	/** The key of a device, or why there is none. */
	key(device: string): Promise<Result<KeyObject>>
}

/** The lines of the file at `path`; one that is not there has none. Throws when it can't be read. */
export async function* readHeads(path: string, signers: Signers): AsyncGenerator<HeadLine> {
	const missing = await stat(path).then(
		() => false,
		(error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return true
			throw error
		},
	)
	if (missing) return
	for await (const line of evidenceLines(filePieces(path))) {
		yield { line: line.number, read: line.ok ? await open(line.text, signers) : line }
	}
}

async function open(text: string, signers: Signers): Promise<Result<Head>> {
	const parsed = parseJws(text, 'head')
	if (!parsed.ok) return parsed
	const { kid } = parsed.value
	const key = await signers.key(kid)
	if (!key.ok) return fail('unknown-device', key.fault.detail)
	const opened = openHead(text, { id: kid, publicKey: key.value })
	return opened.ok ? ok(opened.value.head) : opened
}

/** What is known of the entry that a head speaks of. */
export interface HeadContext {
	/** The highest seq of the device that is there; 0 for none. */
	readonly highest: number
	/** The device is disowned, and this is after its last good entry. */
	readonly isRevoked: boolean
	/** Ids of the entries that bear that seq. */
	readonly ids: readonly string[]
}

/** Null where the head goes together with the entries. */
export function headFault(
	{ line, read }: HeadLine,
	contextOf: (head: Head) => HeadContext,
): AuditFault | null {
	const file = headsFile
	if (!read.ok) return { file, line, ...read.fault }
	const { seq, id } = read.value
	const { highest, isRevoked, ids } = contextOf(read.value)
	// Whoever stole a key can sign heads of what never was.
	if (isRevoked) return null
	const at = { file, line, device: read.value.device, seq }
	if (seq > highest) {
		return {
			...at,
			code: 'tail-cut-off',
			detail: `the device recorded up to ${seq}, what is here ends at ${highest}`,
		}
	}
	if (ids.length === 0 || ids.includes(id)) return null
	return { ...at, code: 'head-differs', detail: `the device showed another entry ${seq} as its last` }
}
