/**
 * The digests of the records that were published, kept beside the log's key, where who can write the archive can't: a record
 * that was changed since is never signed as if it had been so. As `sha256sum` prints them, one a line, from number 0.
 */
import { join } from 'node:path'
import { type CappedFileFault, readCapped } from '../platform/files/capped-file.ts'
import { replaceFile } from '../platform/files/durable.ts'
import { fail, ok, type Result } from '../platform/result.ts'

const file = 'feed.sha256'
const line = /^(?<digest>[0-9a-f]{64}) {2}(?<publication>0|[1-9][0-9]{0,8})\.json$/
/** Bytes: a hundred thousand publications. */
const longest = 10_000_000

/** By publication; none where no file is, as before a first publication. */
export async function keptRecords(
	keyFolder: string,
): Promise<Result<ReadonlyMap<number, string>, CappedFileFault>> {
	const path = join(keyFolder, file)
	const read = await readCapped(path, longest)
	const kept = new Map<number, string>()
	if (!read.ok) {
		const { code, detail } = read.fault
		return code === 'file-missing' ? ok(kept) : fail(code, `${path}: ${detail}`)
	}
	for (const text of read.value.toString('latin1').split('\n')) {
		const { digest, publication } = line.exec(text)?.groups ?? {}
		if (digest !== undefined) kept.set(Number(publication), digest)
	}
	return ok(kept)
}

/** Throws when the disk fails. */
export async function keepRecords(keyFolder: string, digests: readonly string[]): Promise<void> {
	const text = digests.map((digest, publication) => `${digest}  ${publication}.json\n`).join('')
	await replaceFile(join(keyFolder, file), text)
}
