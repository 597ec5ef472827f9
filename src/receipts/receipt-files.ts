/**
 * Files of receipts in the uplink's directory, a line each. Who reads them does not trust who wrote them: only a
 * plain file is read, from its end as far as an honest one goes, a line only as far as a receipt goes, and no more of
 * a file in which too many lines can't be receipts.
 */
import { longestJws } from '../evidence/jws.ts'
import { type ForeignFile, ForeignFiles } from '../platform/files/foreign-file.ts'
import { readLines } from '../platform/files/line-reader.ts'
import { type Fault, fail } from '../platform/result.ts'

/** What an uplink was promised: every receipt that said something new, in the order in which they came. */
export const keptReceiptsFile = 'receipts.jws'

/** Bytes of the longest file of receipts: one for each of 100,000 entries. Of a longer one the end is read. */
export const largestReceipts = 128 * 1024 * 1024

/** Characters: under those of the signature alone. */
const shortestReceipt = 86

/** Lines of a file that can't be receipts: honest files have none, but for what a failing disk made of a few. */
const mostNonReceipts = 1_000

export interface ReceiptLine {
	readonly text: string
	/** Bytes from the start of the file. */
	readonly position: number
}

export interface ReceiptReading {
	/** Where to begin, in bytes from the start of the file: the start of a line. */
	readonly from?: number
	/** Bytes at the end of the file that are read at most. */
	readonly most?: number
	/** Called with what keeps the file, or a line of it, from being read. */
	readonly failed?: (fault: Fault) => void
	readonly files?: ForeignFiles
}

/**
 * The whole lines of the file at `path`, in order; none where there is no file. Ends behind `mostNonReceipts` lines that
 * can't be receipts. Throws when the disk fails, and `failed` is not there to be called.
 */
export async function* receiptLines(
	path: string,
	{ from = 0, most = largestReceipts, failed, files = new ForeignFiles() }: ReceiptReading = {},
): AsyncGenerator<ReceiptLine> {
	const opened = await files.open(path)
	if (!opened.ok) {
		if (opened.fault.code === 'no-answer') tell(failed, opened.fault)
		else if (opened.fault.code !== 'file-missing') failed?.(opened.fault)
		return
	}
	const file = opened.value
	const { size } = file
	try {
		// With the byte before what is read at most: it says whether a line begins there.
		const start = Math.max(from, size - most - 1)
		if (start >= size) return
		let nonReceipts = 0
		for await (const line of readLines(chunksOf(file, start, failed), longestJws, start)) {
			const position = line.offset
			if (line.length > longestJws) {
				const detail = `${path}: what stands at byte ${position} is longer than any receipt`
				failed?.(fail('line-too-long', detail).fault)
			} else if (line.ended && (line.number > 1 || start === from)) {
				const text = line.bytes.toString('latin1')
				if (!isJwsLike(text)) nonReceipts++
				if (nonReceipts > mostNonReceipts) {
					const detail = `${path}: ${nonReceipts} lines up to byte ${position} can't be receipts; no more is read`
					failed?.(fail('not-receipts', detail).fault)
					return
				}
				yield { text, position }
			}
		}
	} finally {
		file.close()
	}
}

/** Who asks not to be called must not take what could not be read for the end of the file. */
function tell(failed: ReceiptReading['failed'], fault: Fault): void {
	if (failed === undefined) throw new Error(fault.detail)
	failed(fault)
}

function isJwsLike(text: string): boolean {
	return text.length >= shortestReceipt && /^[\w.-]+$/.test(text)
}

/** All in one buffer: what is hostile may be long, and must leave no more behind to be collected than what is honest. */
async function* chunksOf(
	file: ForeignFile,
	from: number,
	failed: ReceiptReading['failed'],
): AsyncGenerator<Uint8Array> {
	const buffer = Buffer.alloc(Math.min(1 << 16, file.size - from))
	for (let at = from; at < file.size; ) {
		const read = await file.read(buffer.subarray(0, Math.min(buffer.length, file.size - at)), at)
		if (!read.ok) return tell(failed, read.fault)
		if (read.value === 0) return
		yield buffer.subarray(0, read.value)
		at += read.value
	}
}
