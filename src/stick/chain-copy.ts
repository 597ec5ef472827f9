/**
 * Copies the lines of a chain to the stick, a journal's or a person's, and finds out first with what it has to do there.
 *
 * The copy only grows: renaming a whole new copy over the old one is not atomic on FAT, and a stick pulled in
 * the middle could have neither. What was torn when a stick was pulled is cut off where it begins to differ.
 */
import type { FileHandle } from 'node:fs/promises'
import type { ChainKind, ChainObject } from '../evidence/chain.ts'
import type { Identity } from '../evidence/identity.ts'
import { longestJws, parseJws, verifyJws } from '../evidence/jws.ts'
import { forgetTime } from '../platform/files/forget-times.ts'
import { readLines } from '../platform/files/line-reader.ts'
import { endOfLastLine } from '../platform/files/torn-tail.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { NameFault, StickFolder } from './folder.ts'
import { largestLines } from './layout.ts'
import { refusedOnStick } from './mounted.ts'
import { type ReadFrom, readBack } from './read-back.ts'

/** A chain as it is on the disk now: what is synced, whole lines. */
export interface ChainSnapshot<T extends ChainObject> {
	readonly chain: ChainKind<T>
	readonly signer: Identity
	/** Its name on the stick, and that of the key beside it. */
	readonly file: string
	readonly keyFile: string
	/** Bytes. */
	readonly size: number
	/** Fills `buffer` with what stands there from `position` on, as far as it goes; gives the bytes read. */
	read(buffer: Buffer, position: number): Promise<number>
	/** The id of the object at `seq`, null where there is none. */
	idAt(seq: number): string | null
}

/** The disk under the chain failed while it was being copied: not the stick's fault. */
export class ChainUnreadable extends Error {}

/** How a file of lines on the stick stands to the chain. */
export interface CopyStanding {
	/** Whole lines of the chain that stand in it at its beginning, in bytes. */
	readonly common: number
	/** All of the chain stands in it, and nothing else. */
	readonly whole: boolean
	readonly from: ReadFrom
}

/**
 * `other-chain`: the file holds what this key signed and this chain has not. `too-large`: it is longer than any copy of
 * a chain.
 */
export type CopyFault = NameFault | Fault<'other-chain' | 'too-large'>

const block = 1 << 18

/** Reads all of the file, as the stick has it. */
export async function compare<T extends ChainObject>(
	folder: StickFolder,
	snapshot: ChainSnapshot<T>,
): Promise<Result<CopyStanding, CopyFault>> {
	const { file } = snapshot
	const size = await sizeOf(folder, file)
	if (!size.ok) return size
	if (size.value > largestLines) return fail('too-large', `${file} is longer than any chain`)
	let same = 0
	let differs = false
	let lineStart = 0
	const own = Buffer.alloc(block)
	const read = await readBack(folder, file, async (theirs) => {
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
		const other = await otherObject(folder, lineStart, snapshot)
		if (!other.ok) return other
	}
	return ok({ common: lineStart, whole: !differs && same === snapshot.size, from: read.value })
}

async function sizeOf(folder: StickFolder, name: string): Promise<Result<number, NameFault>> {
	const file = await folder.file(name)
	if (!file.ok) return file
	await file.value.handle.close()
	return ok(file.value.size)
}

/** Bytes at the beginning that two buffers of one length share. */
function equalBytes(left: Buffer, right: Buffer): number {
	if (left.equals(right)) return left.length
	return left.findIndex((byte, index) => byte !== right[index])
}

/** Damage is rewritten, evidence is not: looks behind the common beginning for what this key signed. */
async function otherObject<T extends ChainObject>(
	folder: StickFolder,
	from: number,
	{ file: name, chain, signer, idAt }: ChainSnapshot<T>,
): Promise<Result<true, CopyFault>> {
	const file = await folder.file(name)
	if (!file.ok) return file
	const { handle, size } = file.value
	try {
		if (from >= size) return ok(true)
		const bytes = handle.createReadStream({ autoClose: false, start: from })
		for await (const line of readLines(bytes, longestJws)) {
			const jws = parseJws(line.bytes.toString('latin1'), chain.kind)
			const verified = jws.ok ? verifyJws(jws.value, signer) : jws
			const read = verified.ok ? chain.read(verified.value) : verified
			if (!read.ok) continue
			const { seq, id } = chain.linkOf(read.value)
			if (idAt(seq) !== id)
				return fail('other-chain', `another ${chain.kind} ${seq} by ${signer.id} than here`)
		}
		return ok(true)
	} finally {
		await handle.close()
	}
}

/** Has all of the chain stand there; gives how it was read back. */
export async function copyLines<T extends ChainObject>(
	folder: StickFolder,
	snapshot: ChainSnapshot<T>,
	{ common, whole, from }: CopyStanding,
): Promise<Result<ReadFrom, Fault<'refused' | 'not-read-back'>>> {
	if (whole) return ok(from)
	const appended = await append(folder, snapshot, common)
	if (!appended.ok) return refusedOnStick(appended.fault)
	const back = await compare(folder, snapshot)
	if (!back.ok) return refusedOnStick(back.fault)
	if (!back.value.whole) return fail('not-read-back', 'the stick gives other bytes than were written')
	return ok(from === 'cache' ? from : back.value.from)
}

/** Cuts off what stands behind `common`, writes the rest of the chain there and syncs it. */
async function append<T extends ChainObject>(
	folder: StickFolder,
	snapshot: ChainSnapshot<T>,
	common: number,
): Promise<Result<true, NameFault>> {
	const opened = await folder.fileToWrite(snapshot.file)
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

async function copyBytes<T extends ChainObject>(
	{ read, size, file }: ChainSnapshot<T>,
	to: FileHandle,
	from: number,
): Promise<void> {
	const buffer = Buffer.alloc(block)
	for (let at = from; at < size; ) {
		const bytesRead = await read(buffer.subarray(0, size - at), at)
		if (bytesRead === 0) throw new ChainUnreadable(`${file} became shorter`)
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
