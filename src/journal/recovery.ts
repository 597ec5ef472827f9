/**
 * What a start finds in `entries.jws`.
 *
 * A power cut can leave a torn tail: an unfinished last line, or one whose blocks never reached the disk and
 * read as NUL bytes. Such bytes were never shown as recorded; they move to `quarantine/`, are never deleted,
 * and the journal goes on before them. Anything else that does not verify is damage, and damage is refused:
 * going on would use a sequence number twice.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { checkLink } from '../evidence/chain.ts'
import { openEntry, type SignedEntry } from '../evidence/entry.ts'
import type { Position } from '../evidence/fields.ts'
import { genesisOf, type Identity } from '../evidence/identity.ts'
import { longestJws } from '../evidence/jws.ts'
import { makeDirectory, replaceFile } from '../platform/durable.ts'
import { type RawLine, splitLines } from '../platform/lines.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { turns } from '../platform/turns.ts'

export type RecoveryFault = Fault<'damaged'>

/** Where a torn tail went, and how many bytes it had. */
export interface Quarantined {
	readonly path: string
	readonly bytes: number
}

/** The most that one append can leave behind torn: a line and the block after it, generously. */
const longestTail = 1 << 20

/** Checks every entry of the file at `path`, where there is one, and hands it to `each` in order; sets a torn tail aside. */
export async function recover(
	path: string,
	device: Identity,
	each: (signed: SignedEntry) => void,
): Promise<Result<Quarantined | null, RecoveryFault>> {
	if (!(await isThere(path))) return ok(null)
	const genesis = genesisOf(device.publicKey)
	let tail: Position | null = null
	const turn = turns()
	for await (const line of splitLines(createReadStream(path, { highWaterMark: 256 * 1024 }), longestJws)) {
		if (isTorn(line)) return await setAside(path, line.offset)
		const signed = openEntry(line.bytes.toString('latin1'), device)
		if (!signed.ok) return damaged(path, line, tail, signed.fault)
		const link = checkLink(tail, signed.value, genesis)
		if (!link.ok) return damaged(path, line, tail, link.fault)
		tail = { seq: signed.value.entry.seq, id: signed.value.id }
		each(signed.value)
		await turn()
	}
	return ok(null)
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
		// Named after its bytes: a disk that fails again and again at the same place does not fill up with copies.
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
	line: RawLine,
	tail: Position | null,
	fault: Fault,
): Result<never, RecoveryFault> {
	const where = `${path}: entry ${(tail?.seq ?? 0) + 1}, at byte ${line.offset}, is damaged`
	return fail('damaged', `${where}: ${fault.detail} (${fault.code}); ${advice}`)
}
