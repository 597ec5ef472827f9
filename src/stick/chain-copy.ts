/**
 * Copies a journal's lines to the stick, and finds out first with what it has to do there.
 *
 * The copy only grows: renaming a whole new copy over the old one is not atomic on FAT, and a stick pulled in
 * the middle could have neither. What was torn when a stick was pulled is cut off where it begins to differ.
 */
import type { FileHandle } from 'node:fs/promises'
import { openEntry } from '../evidence/entry.ts'
import { longestJws } from '../evidence/jws.ts'
import { entriesFile } from '../journal/journal.ts'
import { forgetTime } from '../platform/files/forget-times.ts'
import { readLines } from '../platform/files/line-reader.ts'
import { endOfLastLine } from '../platform/files/torn-tail.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { NameFault, StickFolder } from './folder.ts'
import { type JournalSnapshot, JournalUnreadable } from './journal-snapshot.ts'
import { largestLines } from './layout.ts'
import { type ReadFrom, readBack } from './read-back.ts'

/** How a file of lines on the stick stands to the journal. */
export interface CopyStanding {
	/** Whole lines of the journal that stand in it at its beginning, in bytes. */
	readonly common: number
	/** All of the journal stands in it, and nothing else. */
	readonly whole: boolean
	readonly from: ReadFrom
}

/**
 * `other-chain`: the file holds an entry that this device signed and this journal has not. `too-large`: it is
 * longer than any copy of a journal.
 */
export type CopyFault = NameFault | Fault<'other-chain' | 'too-large'>

const block = 1 << 18

/** Reads all of the file, as the stick has it. */
export async function compare(
	folder: StickFolder,
	snapshot: JournalSnapshot,
): Promise<Result<CopyStanding, CopyFault>> {
	const size = await sizeOf(folder)
	if (!size.ok) return size
	if (size.value > largestLines) return fail('too-large', `${entriesFile} is longer than any journal`)
	let same = 0
	let differs = false
	let lineStart = 0
	const own = Buffer.alloc(block)
	const read = await readBack(folder, entriesFile, async (theirs) => {
		for (let at = 0; at < theirs.length && !differs; ) {
			const wanted = Math.min(block, theirs.length - at, snapshot.size - same)
			const bytesRead = await snapshot.read(own.subarray(0, wanted), same)
			const part = theirs.subarray(at, at + bytesRead)
			const equal = equalBytes(own.subarray(0, bytesRead), part)
			const feed = own.subarray(0, equal).lastIndexOf(10)
			if (feed >= 0) lineStart = same + feed + 1
			same += equal
			at += bytesRead
			differs = bytesRead === 0 || equal < bytesRead
		}
		return !differs
	})
	if (!read.ok) return read
	if (differs || same < snapshot.size) {
		const other = await otherEntry(folder, lineStart, snapshot)
		if (!other.ok) return other
	}
	return ok({ common: lineStart, whole: !differs && same === snapshot.size, from: read.value })
}

async function sizeOf(folder: StickFolder): Promise<Result<number, NameFault>> {
	const file = await folder.file(entriesFile)
	if (!file.ok) return file
	await file.value.handle.close()
	return ok(file.value.size)
}

/** Bytes at the beginning that two buffers of one length share. */
function equalBytes(left: Buffer, right: Buffer): number {
	if (left.equals(right)) return left.length
	return left.findIndex((byte, index) => byte !== right[index])
}

/** Damage is rewritten, evidence is not: looks behind the common beginning for what this device signed. */
async function otherEntry(
	folder: StickFolder,
	from: number,
	{ device, idAt }: JournalSnapshot,
): Promise<Result<true, CopyFault>> {
	const file = await folder.file(entriesFile)
	if (!file.ok) return file
	const { handle, size } = file.value
	try {
		if (from >= size) return ok(true)
		const bytes = handle.createReadStream({ autoClose: false, start: from })
		for await (const line of readLines(bytes, longestJws)) {
			const entry = openEntry(line.bytes.toString('latin1'), device)
			if (entry.ok && idAt(entry.value.entry.seq) !== entry.value.id) {
				const { seq } = entry.value.entry
				return fail('other-chain', `another entry ${seq} by ${device.id} than in this journal`)
			}
		}
		return ok(true)
	} finally {
		await handle.close()
	}
}

/** Cuts off what stands behind `common`, writes the rest of the journal there and syncs it. */
export async function append(
	folder: StickFolder,
	snapshot: JournalSnapshot,
	common: number,
): Promise<Result<true, NameFault>> {
	const opened = await folder.fileToWrite(entriesFile)
	if (!opened.ok) return opened
	const handle = opened.value
	try {
		await handle.truncate(common)
		await copyBytes(snapshot, handle, common)
		await forgetTime(handle)
		await handle.sync()
		return ok(true)
	} catch (error) {
		// On a full stick nothing torn stays; one that is gone fails here too, and the next run sees to it.
		await cutToWholeLine(handle, common).catch(() => {})
		throw error
	} finally {
		await handle.close()
	}
}

async function copyBytes({ read, size }: JournalSnapshot, to: FileHandle, from: number): Promise<void> {
	const buffer = Buffer.alloc(block)
	for (let at = from; at < size; ) {
		const bytesRead = await read(buffer.subarray(0, size - at), at)
		if (bytesRead === 0) throw new JournalUnreadable('entries.jws became shorter')
		for (let done = 0; done < bytesRead; ) {
			const { bytesWritten } = await to.write(buffer, done, bytesRead - done, at + done)
			done += bytesWritten
		}
		at += bytesRead
	}
}

async function cutToWholeLine(handle: FileHandle, least: number): Promise<void> {
	const { size } = await handle.stat()
	await handle.truncate(await endOfLastLine(handle, size, least))
	await handle.sync()
}
