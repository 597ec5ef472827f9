/**
 * A centre's records as its ledger file has them. The file may grow while it is read: a last line that has no end yet is
 * not there yet.
 *
 * A position is the number of bytes before it. Where another file lies in its place, or it holds less than was read of it,
 * positions mean nothing any more, and the origin is another one.
 */
import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { ledgerFile } from '../audit/verified-entries.ts'
import { LedgerId } from '../evidence/fields.ts'
import { kindOfText, longestJws, parseJws } from '../evidence/jws.ts'
import { readJsonFile } from '../platform/files/json-file.ts'
import { readFileLines } from '../platform/files/line-reader.ts'
import type { CentreRecord, CentreRecords, RecordBatch, RecordPosition } from './centre-records.ts'

/** Of `ledger.json`; one that is not there, as in a copy, names none. */
const NamedLedger = z.looseObject({ id: LedgerId })

/** Some milliseconds of work for who reads them. */
const mostInBatch = 64

export class LedgerRecords implements CentreRecords {
	readonly #directory: string
	#seen: Pick<Stats, 'dev' | 'ino'> | null = null
	/** Bytes that were handed out. */
	#furthest = 0
	/** How often the file was another one, or had shrunk. */
	#replaced = 0
	#hasTornTail = false

	/** `directory` is the centre's, or a copy of it. */
	constructor(directory: string) {
		this.#directory = directory
	}

	get path(): string {
		return join(this.#directory, ledgerFile)
	}

	/** What was read last ended in a line without an end: it comes yet, or was cut off. */
	get hasTornTail(): boolean {
		return this.#hasTornTail
	}

	async origin(): Promise<string> {
		const named = await readJsonFile(join(this.#directory, 'ledger.json'), NamedLedger)
		const now = await stat(this.path).catch((error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return null
			throw error
		})
		if (this.#isReplaced(now)) {
			this.#replaced++
			this.#furthest = 0
		}
		this.#seen = now
		return [named.ok ? named.value.id : 'unnamed', this.#replaced].join('/')
	}

	async *read(from: RecordPosition): AsyncGenerator<RecordBatch> {
		let records: CentreRecord[] = []
		let unreadable = 0
		let next = from
		this.#hasTornTail = false
		const batch = (): RecordBatch => ({ records, unreadable, next })
		for await (const { bytes, length, offset, ended } of readFileLines(this.path, longestJws, { from })) {
			if (!ended) {
				this.#hasTornTail = true
				break
			}
			// Latin-1 keeps every byte apart from every other; what is not base64url is refused.
			const record = length > longestJws ? null : recordOf(bytes.toString('latin1'))
			if (record === null) unreadable++
			else records.push(record)
			next = (offset + length + 1) as RecordPosition
			this.#furthest = Math.max(this.#furthest, next)
			if (records.length + unreadable < mostInBatch) continue
			yield batch()
			records = []
			unreadable = 0
		}
		if (next > from && records.length + unreadable > 0) yield batch()
	}

	#isReplaced(now: Stats | null): boolean {
		if (this.#seen === null) return false
		return (
			now === null || now.dev !== this.#seen.dev || now.ino !== this.#seen.ino || now.size < this.#furthest
		)
	}
}

function recordOf(text: string): CentreRecord | null {
	const kind = kindOfText(text)
	switch (kind) {
		case 'entry':
		case 'receipt':
		case 'transcription':
		case 'ruling': {
			const parsed = parseJws(text, kind)
			return parsed.ok ? { kind, jws: parsed.value } : null
		}
		default:
			return null
	}
}
