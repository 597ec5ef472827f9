/** Holds the head that was signed at the close of a day against the entries that are there. */
import type { KeyObject } from 'node:crypto'
import type { Position } from '../evidence/fields.ts'
import { type Head, openHead } from '../evidence/head.ts'
import { parseJws } from '../evidence/jws.ts'
import { headFile } from '../journal/head-file.ts'
import { fail, type Result } from '../platform/result.ts'
import type { AuditFault } from './audit-fault.ts'

export class HeadAudit {
	readonly #head: Result<Head>
	/** The id of the entry that stands where the head says. */
	#found: string | undefined

	/** `text` is the file's line, of which nothing is known. */
	constructor(text: string, publicKey: KeyObject) {
		const parsed = parseJws(text, 'head')
		const opened = parsed.ok ? openHead(text, { id: parsed.value.kid, publicKey }) : parsed
		this.#head = opened.ok ? { ok: true, value: opened.value.head } : fail('bad-head', opened.fault.detail)
	}

	/** Null where it is not signed with this key, or no head at all. */
	get head(): Head | null {
		return this.#head.ok ? this.#head.value : null
	}

	/** To be called with every entry. */
	see({ seq, id }: Position): void {
		if (seq === this.head?.seq) this.#found = id
	}

	/** What is wrong when all entries were seen, of which `last` is the last and `device` the signer; null when nothing is. */
	fault(device: string | null, last: Position | null): AuditFault | null {
		if (!this.#head.ok) return faultOf(this.#head.fault.code, this.#head.fault.detail)
		const { seq, id, device: signer } = this.#head.value
		if (device !== null && signer !== device) {
			return faultOf('wrong-device', `the head is of ${signer}, the entries of ${device}`)
		}
		if (seq > (last?.seq ?? 0)) {
			const there = last === null ? 'none is there' : `the last one is ${last.seq}`
			return faultOf('tail-cut-off', `entry ${seq} was the last when the day was closed, ${there}`, seq)
		}
		// Where the line can't be read its own fault says so.
		if (this.#found === undefined || this.#found === id) return null
		return faultOf(
			'head-differs',
			`entry ${seq} is another one than was the last when the day was closed`,
			seq,
		)
	}
}

function faultOf(code: string, detail: string, seq?: number): AuditFault {
	return { line: 1, file: headFile, ...(seq === undefined ? {} : { seq }), code, detail }
}
