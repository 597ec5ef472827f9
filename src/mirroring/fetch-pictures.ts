/** The public pictures of an archive that a copy lacks. Each is held against the digest by which a leaf names it. */
import { createHash } from 'node:crypto'
import { longestArchived } from '../archive/archive-folder.ts'
import { pictureFile } from '../archive/layout.ts'
import { ok, type Result } from '../platform/result.ts'
import type { ArchiveSource, SourceFault } from './archive-source.ts'
import { eachAtOnce } from './at-once.ts'
import type { StagedArchive } from './staged-archive.ts'

export interface FetchedPictures {
	/** All that leaves name. */
	readonly named: number
	readonly fetched: number
	/** The source has none. */
	readonly absent: number
	readonly withdrawn: number
	/** The source has other bytes: left out. */
	readonly altered: number
}

export interface PictureParts {
	readonly source: ArchiveSource
	readonly staged: StagedArchive
	/** Bytes by digest. */
	readonly named: ReadonlyMap<string, number>
	/** Digests. */
	readonly withdrawn: ReadonlySet<string>
	readonly progress: (what: string, done: number, total: number) => void
}

const atOnce = 4

export async function fetchPictures(parts: PictureParts): Promise<Result<FetchedPictures, SourceFault>> {
	const { source, staged, named, withdrawn, progress } = parts
	const counts = { named: named.size, fetched: 0, absent: 0, withdrawn: 0, altered: 0 }
	let done = 0
	const fetched = await eachAtOnce(named, atOnce, async ([sha256, size]) => {
		progress('pictures', ++done, named.size)
		if (withdrawn.has(sha256)) {
			counts.withdrawn++
			return ok(null)
		}
		const path = pictureFile(sha256)
		if ((await staged.withDigest(path, sha256)) !== null) return ok(null)
		const got = await source.fetch(path, Math.min(size, longestArchived))
		if (!got.ok) {
			const isAltered = got.fault.code === 'source-too-large'
			if (!isAltered && got.fault.code !== 'source-missing') return got
			counts[isAltered ? 'altered' : 'absent']++
			return ok(null)
		}
		const isRight = createHash('sha256').update(got.value).digest('hex') === sha256
		counts[isRight ? 'fetched' : 'altered']++
		if (isRight) await staged.put(path, got.value)
		return ok(null)
	})
	return fetched.ok ? ok(counts) : fetched
}
