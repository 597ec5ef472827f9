/**
 * What a start finds in `entries.jws`.
 *
 * A power cut can leave a torn tail: an unfinished last line, or one whose blocks never reached the disk and
 * read as NUL bytes. Such bytes were never shown as recorded; they move to `quarantine/`, are never deleted,
 * and the journal goes on before them. Anything else that does not verify is damage, and damage is refused:
 * going on would use a sequence number twice. Which entries are verified anew: see `verified-prefix.ts`.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { SignedEntry } from '../evidence/entry.ts'
import type { Identity } from '../evidence/identity.ts'
import { longestJws } from '../evidence/jws.ts'
import { makeDirectory, replaceFile } from '../platform/files/durable.ts'
import { type RawLine, splitLines } from '../platform/files/line-reader.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { entriesPerMark, markedBytes, readAhead, VerifiedPrefix } from './verified-prefix.ts'

export type RecoveryFault = Fault<'damaged'>

/** Where a torn tail went, and how many bytes it had. */
export interface Quarantined {
	readonly path: string
	readonly bytes: number
}

/** The most that one append can leave behind torn: a line and the block after it, generously. */
const longestTail = 1 << 20

export interface Recovered {
	readonly quarantined: Quarantined | null
	readonly verified: VerifiedPrefix
}

/** Checks every entry of the file at `path`, where there is one, and hands it to `each` in order; sets a torn tail aside. */
export async function recover(
	path: string,
	device: Identity,
	each: (signed: SignedEntry) => void,
): Promise<Result<Recovered, RecoveryFault>> {
	const verified = new VerifiedPrefix(device)
	if (!(await isThere(path))) return ok({ quarantined: null, verified })
	const directory = dirname(path)
	const marked = await markedBytes(directory, path)
	let atMark = 0
	let torn: RawLine | undefined
	const yieldIfDue = yieldToEventLoop()
	for await (const line of splitLines(createReadStream(path, { highWaterMark: readAhead }), longestJws)) {
		if (isTorn(line)) {
			torn = line
			break
		}
		const isMarked = line.offset + line.length < marked
		const taken = verified.take(line, isMarked)
		if (!taken.ok) return damaged(path, verified.entries + 1, line.offset, taken.fault)
		if (isMarked) atMark = verified.entries
		each(taken.value)
		await yieldIfDue()
	}
	const proven = verified.prove()
	if (!proven.ok) return damaged(path, verified.entries, verified.bytes, proven.fault)
	const aside = torn === undefined ? ok(null) : await setAside(path, torn.offset)
	if (!aside.ok) return aside
	if (verified.entries - atMark >= entriesPerMark) await keepMark(verified, directory)
	return ok({ quarantined: aside.value, verified })
}

/**
 * Verifies what was appended since, up to byte `end` of the file at `path`, as it reads back from there: a key
 * or a disk that fails in silence is found out while the paper is still at hand.
 */
export async function verifyOn(
	verified: VerifiedPrefix,
	path: string,
	end: number,
): Promise<Result<true, RecoveryFault>> {
	const yieldIfDue = yieldToEventLoop()
	const added = createReadStream(path, { start: verified.bytes, end: end - 1, highWaterMark: readAhead })
	for await (const line of splitLines(added, longestJws)) {
		const taken = verified.take(line)
		if (!taken.ok) return damaged(path, verified.entries + 1, verified.bytes, taken.fault)
		await yieldIfDue()
	}
	await keepMark(verified, dirname(path))
	return ok(true)
}

/** Without a mark the next start is slower, no more: a disk that is full says so where it matters. */
async function keepMark(verified: VerifiedPrefix, directory: string): Promise<void> {
	await verified.mark(directory).catch(() => {})
}

/** Throws when the disk does not say: a journal that can't be looked at is not one that was never begun. */
async function isThere(path: string): Promise<boolean> {
	try {
		await stat(path)
		return true
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
		throw error
	}
}

function isTorn(line: RawLine): boolean {
	return !line.ended || line.bytes.includes(0)
}

/** Moves everything from `offset` on into quarantine: the copy is durable before the original is cut. */
async function setAside(path: string, offset: number): Promise<Result<Quarantined, RecoveryFault>> {
	const handle = await open(path, 'r+')
	try {
		const bytes = await readFrom(handle, offset)
		if (bytes === null || holdsWholeLine(bytes)) {
			return fail('damaged', `${path}: damaged at byte ${offset}, with entries behind it; ${advice}`)
		}
		const directory = join(dirname(path), 'quarantine')
		await makeDirectory(directory)
		// Named by what it holds: a clock that begins anew at each start would give a name twice, and a disk that
		// fails again and again at the same place must not fill up with copies.
		const name = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
		const copy = join(directory, `${basename(path)}.${offset}.${name}`)
		await replaceFile(copy, bytes)
		await handle.truncate(offset)
		await handle.sync()
		return ok({ path: copy, bytes: bytes.length })
	} finally {
		await handle.close()
	}
}

async function readFrom(handle: FileHandle, offset: number): Promise<Buffer | null> {
	const length = (await handle.stat()).size - offset
	if (length > longestTail) return null
	const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset)
	return buffer.subarray(0, bytesRead)
}

/** Torn bytes end the file. Where a line without NUL bytes follows them, something else has happened. */
function holdsWholeLine(bytes: Buffer): boolean {
	const [, ...following] = bytes.toString('latin1').split('\n').slice(0, -1)
	return following.some((line) => !line.includes('\0'))
}

const advice = 'keep this disk as it is, and go on with an empty journal and a newly enrolled device'

function damaged(
	path: string,
	entry: number,
	offset: number,
	fault: Fault,
): { readonly ok: false; readonly fault: RecoveryFault } {
	const where = `${path}: entry ${entry}, at byte ${offset}, is damaged`
	return fail('damaged', `${where}: ${fault.detail} (${fault.code}); ${advice}`)
}
