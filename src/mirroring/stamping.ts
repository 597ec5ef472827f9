/** Has authorities of time stamp an archive's newest checkpoint, and keeps what they answer beside it. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type ArchivedFiles, ArchiveFolder } from '../archive/archive-folder.ts'
import { checkpointFile, checkpointsFolder, earlierCheckpointFile } from '../archive/layout.ts'
import { parseCheckpoint } from '../log/checkpoint.ts'
import { longestNote, parseNote } from '../log/note.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { ArchiveFiles } from '../publishing/archive-files.ts'
import { isOn, longestTimeStamp, readTimeStamp, stampedDigest, timeStampRequest } from './time-stamp.ts'

/** Of one checkpoint. */
const mostStamps = 8
const deadlineMs = 30_000

export type StampFault = Fault<
	'no-checkpoint' | 'no-answer' | 'bad-time-stamp' | 'other-time-stamp' | 'not-trusted' | 'too-many'
>

export interface Stamped {
	/** From the archive's folder. */
	readonly path: string
	readonly time: string
	/** Null where no certificate was given to verify it by. */
	readonly isVerified: boolean | null
}

export interface StampParts {
	readonly archive: string
	/** http or https. */
	readonly authority: string
	/** A file of certificates that are trusted to certify authorities of time; null verifies no signature. */
	readonly trusted: string | null
}

/** Rejects when the disk fails. */
export async function stampCheckpoint({
	archive,
	authority,
	trusted,
}: StampParts): Promise<Result<Stamped, StampFault>> {
	const folder = new ArchiveFolder(archive)
	const note = await folder.read(checkpointFile, longestNote)
	const parsed = note.ok ? parseNote(note.value) : note
	const checkpoint = parsed.ok ? parseCheckpoint(parsed.value.text) : parsed
	if (!parsed.ok || !checkpoint.ok)
		return fail('no-checkpoint', `${archive}: has no checkpoint; is this an archive?`)
	const { size } = checkpoint.value
	const digest = stampedDigest(parsed.value.text)
	const nonce = randomBytes(8)
	const answer = await ask(authority, timeStampRequest(digest, nonce))
	if (!answer.ok) return answer
	const stamp = readTimeStamp(answer.value)
	if (!stamp.ok) return fail(stamp.fault.code, `${authority}: ${stamp.fault.detail}`)
	if (!isOn(stamp.value, digest, nonce))
		return fail('other-time-stamp', `${authority}: answers with a stamp of something else`)
	const files = new ArchiveFiles(archive)
	const path = await freePath(folder, size)
	if (path === null) return fail('too-many', `${archive}: has ${mostStamps} time stamps of this checkpoint`)
	await files.put(path, answer.value)
	await files.sync()
	const isVerified = trusted === null ? null : await verifyStamp(join(archive, path), digest, trusted)
	if (isVerified === false) {
		await files.remove(path)
		return fail('not-trusted', `${authority}: does not verify by the certificates in ${trusted}`)
	}
	return ok({ path, time: stamp.value.time, isVerified })
}

function timeStampFile(size: number, number: number): string {
	return `${earlierCheckpointFile(size)}.${number}.tsr`
}

/** The paths at which stamps of a checkpoint are looked for, in order. */
export function timeStampFiles(size: number): readonly string[] {
	return Array.from({ length: mostStamps }, (_, index) => timeStampFile(size, index + 1))
}

async function freePath(folder: ArchivedFiles, size: number): Promise<string | null> {
	for (const path of timeStampFiles(size)) if (!(await folder.read(path, longestTimeStamp)).ok) return path
	return null
}

/** By openssl, which knows what a time-stamping certificate is; false also where it is not installed. */
async function verifyStamp(path: string, digest: Uint8Array, trusted: string): Promise<boolean> {
	const words = [
		'ts',
		'-verify',
		'-digest',
		Buffer.from(digest).toString('hex'),
		'-in',
		path,
		'-CAfile',
		trusted,
	]
	return await promisify(execFile)('openssl', words, { timeout: deadlineMs }).then(
		() => true,
		() => false,
	)
}

async function ask(authority: string, request: Buffer): Promise<Result<Buffer, StampFault>> {
	const silent = (why: string) => fail('no-answer', `${authority}: ${why}`)
	try {
		const response = await fetch(authority, {
			...{ method: 'POST', body: new Uint8Array(request), redirect: 'error' as const },
			headers: { 'content-type': 'application/timestamp-query' },
			signal: AbortSignal.timeout(deadlineMs),
		})
		if (response.status !== 200 || response.body === null) return silent(`answers ${response.status}`)
		const parts: Uint8Array[] = []
		let length = 0
		for await (const part of response.body as AsyncIterable<Uint8Array>) {
			length += part.length
			if (length > longestTimeStamp) return silent(`over ${longestTimeStamp} bytes`)
			parts.push(part)
		}
		return ok(Buffer.concat(parts))
	} catch (error) {
		const { message, cause } = error as Error
		return silent(cause instanceof Error ? cause.message : message)
	}
}

export interface FoundStamp {
	readonly path: string
	readonly size: number
	/** Null where it is none, or of something else. */
	readonly time: string | null
	/** Null where no certificate was given. */
	readonly isVerified: boolean | null
}

/** All stamps that lie in an archive, by size. */
export async function findStamps(
	archive: ArchivedFiles,
	trusted: string | null,
): Promise<readonly FoundStamp[]> {
	const found: FoundStamp[] = []
	for (const name of await archive.names(checkpointsFolder)) {
		const [, decimal] = /^(0|[1-9][0-9]{0,14})\.[0-9]{1,3}\.tsr$/.exec(name) ?? []
		if (decimal === undefined) continue
		const [path, size] = [`${checkpointsFolder}/${name}`, Number(decimal)]
		const note = await archive.read(earlierCheckpointFile(size), longestNote)
		const parsed = note.ok ? parseNote(note.value) : note
		const bytes = await archive.read(path, longestTimeStamp)
		const stamp = bytes.ok ? readTimeStamp(bytes.value) : bytes
		const digest = parsed.ok ? stampedDigest(parsed.value.text) : null
		const isOf = stamp.ok && digest !== null && stamp.value.digest.equals(digest)
		const isVerified =
			isOf && trusted !== null ? await verifyStamp(join(archive.folder, path), digest, trusted) : null
		found.push({ path, size, time: isOf ? stamp.value.time : null, isVerified })
	}
	return found.sort((one, other) => one.size - other.size || (one.path < other.path ? -1 : 1))
}
