import type { Fault } from '../platform/result.ts'

/** What an audit found wrong. */
export interface AuditFault extends Fault {
	/** Counted from 1. Line n of a healthy journal is entry n. */
	readonly line: number
	/** Which file the line is of, where it is not the entries'. */
	readonly file?: string
	/** Whose chain, where the file holds several. */
	readonly device?: string
	/** The entry that stands there, or should. */
	readonly seq?: number
}

/** Where not one record stands, nothing was checked: an emptied file must not read as one that is well. */
export function nothingToCheck(
	what: 'entries.jws' | 'ledger.jws' | 'transcriptions.jws' | 'rulings.jws',
): AuditFault {
	return {
		line: 1,
		code: 'nothing-to-check',
		detail: `${what} holds nothing signed: emptied, not the right folder, or nothing was recorded yet`,
	}
}
