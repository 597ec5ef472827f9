/**
 * What a start finds in `entries.jws`, or another file of a chain.
 *
 * A power cut can leave a torn tail: an unfinished last line, or one whose blocks never reached the disk and
 * read as NUL bytes. Such bytes were never shown as recorded; they move to `quarantine/`, are never deleted,
 * and the journal goes on before them. Anything else that does not verify is damage, and damage is refused:
 * going on would use a sequence number twice. Which entries are verified anew: see `verified-prefix.ts`.
 */
import { basename, dirname, join } from 'node:path'
import type { ChainKind, ChainObject } from '../evidence/chain.ts'
import type { Identity } from '../evidence/identity.ts'
import { type Kind, longestJws } from '../evidence/jws.ts'
import { type Line, readFileLines } from '../platform/files/line-reader.ts'
import { openOwn } from '../platform/files/own-file.ts'
import { type Quarantined, quarantineTail } from '../platform/files/torn-tail.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { entriesPerMark, markedBytes, VerifiedPrefix } from './verified-prefix.ts'

export type RecoveryFault = Fault<'damaged'>

/** The most that one append can leave behind torn: a line and the block after it, generously. */
const longestTail = 1 << 20

export interface Recovered<T extends ChainObject> {
	readonly quarantined: Quarantined | null
	readonly verified: VerifiedPrefix<T>
}

/** Checks all that stands in the file at `path`, where there is one, and hands it to `each` in order; sets a torn tail aside. */
export async function recover<T extends ChainObject>(
	path: string,
	chain: ChainKind<T>,
	signer: Identity,
	each: (signed: T) => void,
): Promise<Result<Recovered<T>, RecoveryFault>> {
	const verified = new VerifiedPrefix(chain, signer)
	if (!(await isThere(path))) return ok({ quarantined: null, verified })
	const directory = dirname(path)
	const marked = await markedBytes(directory, path)
	let atMark = 0
	let torn: Line | undefined
	let isTail = true
	const yieldIfDue = yieldToEventLoop()
	for await (const line of readFileLines(path, longestJws)) {
		if (torn !== undefined || isTorn(line)) {
			torn ??= line
			isTail = isTorn(line) && line.offset + line.length - torn.offset <= longestTail
			if (isTail) continue
			break
		}
		const isMarked = line.offset + line.length < marked
		const taken = verified.take(line, isMarked)
		if (!taken.ok) return damaged(path, chain.kind, verified.length + 1, line.offset, taken.fault)
		if (isMarked) atMark = verified.length
		each(taken.value)
		await yieldIfDue()
	}
	const proven = verified.prove()
	if (!proven.ok) return damaged(path, chain.kind, verified.length, verified.bytes, proven.fault)
	// Torn bytes end the file. Where a whole line follows them, or more than an append has, it is something else.
	if (torn !== undefined && !isTail) {
		return fail('damaged', `${path}: damaged at byte ${torn.offset}, with entries behind it; ${advice}`)
	}
	const quarantined = torn === undefined ? null : await quarantine(path, torn.offset)
	if (verified.length - atMark >= entriesPerMark) await keepMark(verified, directory)
	return ok({ quarantined, verified })
}

/**
 * Verifies what was appended since, up to byte `end` of the file at `path`, as it reads back from there: a key
 * or a disk that fails in silence is found out while the paper is still at hand.
 */
export async function verifyFrom<T extends ChainObject>(
	verified: VerifiedPrefix<T>,
	path: string,
	end: number,
): Promise<Result<true, RecoveryFault>> {
	const yieldIfDue = yieldToEventLoop()
	for await (const line of readFileLines(path, longestJws, { from: verified.bytes, end })) {
		const taken = verified.take(line)
		if (!taken.ok) return damaged(path, verified.kind, verified.length + 1, verified.bytes, taken.fault)
		await yieldIfDue()
	}
	await keepMark(verified, dirname(path))
	return ok(true)
}

/** Without a mark the next start is slower, no more: a disk that is full says so where it matters. */
async function keepMark<T extends ChainObject>(
	verified: VerifiedPrefix<T>,
	directory: string,
): Promise<void> {
	await verified.mark(directory).catch(() => {})
}

/** Throws when the disk does not say: a journal that can't be looked at is not one that was never begun. */
async function isThere(path: string): Promise<boolean> {
	try {
		await (await openOwn(path, 'read')).close()
		return true
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
		throw error
	}
}

function isTorn(line: Line): boolean {
	return !line.ended || line.bytes.includes(0)
}

function quarantine(path: string, offset: number): Promise<Quarantined> {
	const directory = join(dirname(path), 'quarantine')
	return quarantineTail(path, offset, directory, (digest) => `${basename(path)}.${offset}.${digest}`)
}

const advice = 'keep this disk as it is, and go on newly enrolled, with an empty folder'

function damaged(
	path: string,
	kind: Kind,
	number: number,
	offset: number,
	fault: Fault,
): { readonly ok: false; readonly fault: RecoveryFault } {
	const where = `${path}: ${kind} ${number}, at byte ${offset}, is damaged`
	return fail('damaged', `${where}: ${fault.detail} (${fault.code}); ${advice}`)
}
