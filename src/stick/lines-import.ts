/**
 * Takes the signed lines of one file of a stick in at the centre, whoever signed them. Lines are handed in many at a
 * time: they share the ledger's syncs.
 */
import { type Jws, type Kind, parseJws } from '../evidence/jws.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import type { Fault } from '../platform/result.ts'
import type { StickFile } from './folder.ts'
import { largestLines } from './layout.ts'

/** What came of the lines of a file. */
export interface LinesReport {
	readonly stored: number
	readonly duplicates: number
	/** Kept, beside another that they don't go together with. */
	readonly conflicts: number
	/** Kept, of a version that this centre does not understand. */
	readonly foreign: number
	/** Kept, apart: signed after the last good one of who is revoked. */
	readonly quarantined: number
}

/** What the centre made of a line; the same for entries, answers and rulings. */
interface TakenLine {
	readonly outcome: 'stored' | 'conflict' | 'duplicate' | 'quarantined' | 'foreign' | 'rejected'
	readonly reason: string
}

export interface LinesImportParts<T extends TakenLine> {
	readonly kind: Kind
	/** Null once the centre can't go on. */
	readonly take: (jws: Jws) => Promise<T | null>
	/** Also of a line that was rejected. */
	readonly taken: (taken: T, jws: Jws, line: number) => void
	readonly refuse: (fault: Fault, line?: number) => void
	/** Bytes that were read, of all. */
	readonly progress?: (bytes: number, size: number) => void
}

const together = 128

/** Closes the file. Throws when the stick fails; what was accepted by then stays accepted. */
export async function importLines<T extends TakenLine>(
	{ handle, size }: StickFile,
	{ kind, take, taken, refuse, progress }: LinesImportParts<T>,
): Promise<LinesReport> {
	const counts = { stored: 0, duplicate: 0, conflict: 0, foreign: 0, quarantined: 0, rejected: 0 }
	let isOver = false
	const handIn = async (line: number, jws: Jws) => {
		const answer = await take(jws)
		if (answer === null) {
			isOver = true
			return
		}
		const { outcome, reason } = answer
		counts[outcome]++
		if (outcome === 'rejected') refuse({ code: reason, detail: explain(reason, jws.kid) }, line)
		taken(answer, jws, line)
	}
	try {
		if (size > largestLines) refuse({ code: 'too-large', detail: 'longer than any chain' })
		else {
			let batch: Promise<void>[] = []
			let bytes = 0
			for await (const line of evidenceLines(handle.createReadStream({ autoClose: false }))) {
				if (isOver) break
				const jws = line.ok ? parseJws(line.text, kind) : line
				if (jws.ok) batch.push(handIn(line.number, jws.value))
				else refuse(jws.fault, line.number)
				bytes += line.ok ? line.text.length + 1 : 0
				if (batch.length < together) continue
				await Promise.all(batch)
				batch = []
				progress?.(bytes, size)
			}
			await Promise.all(batch)
		}
	} finally {
		await handle.close()
	}
	const { stored, duplicate: duplicates, conflict: conflicts, foreign, quarantined } = counts
	return { stored, duplicates, conflicts, foreign, quarantined }
}

function explain(reason: string, signer: string): string {
	switch (reason) {
		case 'unknown-device':
			return `the centre has no key of ${signer}: put it into its devices/ first`
		case 'unknown-station':
		case 'unknown-officer':
			return `the registry does not list ${signer}: bring the newest registry.jws to devices/ of the centre`
		case 'wrong-role':
			return `the registry lists ${signer} in another role`
		case 'other-image':
			return 'the entry names no such picture'
		case 'quota':
			return 'over the quota of its signer, or more than the disk takes'
		default:
			return 'the centre refused it'
	}
}
