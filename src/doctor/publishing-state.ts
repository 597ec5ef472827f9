/** What a publishing process would find, as the owner of the log's key finds it. Nothing is written. */
import { access, constants, lstat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ArchiveFolder } from '../archive/archive-folder.ts'
import { recordedTimeMs } from '../archive/feed.ts'
import { latestFeedFile } from '../archive/layout.ts'
import { openLogIdentity } from '../enrolment/log-identity.ts'
import { logKey } from '../evidence/authority/campaign.ts'
import { formatVerifierKey } from '../evidence/keys/verifier-key.ts'
import { systemClock } from '../platform/clock.ts'
import { clockSource } from '../platform/clock-source.ts'
import { buildTime } from '../platform/process/software.ts'
import { fail, ok, type Result } from '../platform/result.ts'
import { readCampaignWords } from '../publishing/campaign-words.ts'
import type { PublishConfig } from '../publishing/config.ts'
import { PublishingClock } from '../publishing/publishing-clock.ts'
import { readStanding } from '../publishing/standing.ts'

export interface PublishingState {
	/** The log's verifier key, where its key is there, is its own, and is ours alone. */
	readonly log: Result<string>
	/** The verifier key of the log that the campaign object names, where it and all that it names are right. */
	readonly words: Result<string>
	/** What may still be written to the archive: bytes and files, null where the file system counts none. */
	readonly room: Result<{ readonly bytes: number; readonly files: number | null }>
	/** Leaves that the key has signed, and those that the archive shows; null before the first publication. */
	readonly standing: Result<{ readonly signed: number; readonly shown: number | null }>
	/** Whether a publication may be dated now. */
	readonly clock: Result<null>
}

export async function probePublishing(config: PublishConfig): Promise<PublishingState> {
	const { directory, archive, log } = config
	const signer = await openLogIdentity(log)
	const { election = join(directory, 'election.json'), register = join(directory, 'register.csv') } = config
	const words = await readCampaignWords({ directory, definitionPath: election, registerPath: register })
	return {
		log: signer.ok ? ok(formatVerifierKey(signer.value.key)) : signer,
		words: words.ok ? ok(formatVerifierKey(logKey(words.value.campaign.said))) : words,
		room: await roomFor(archive),
		standing: signer.ok ? await standingOf(archive, log, signer.value.key) : signer,
		clock: await clockOf(directory, archive),
	}
}

async function standingOf(
	archive: string,
	log: string,
	key: Parameters<typeof readStanding>[2],
): Promise<PublishingState['standing']> {
	const standing = await readStanding(archive, log, key)
	if (!standing.ok) return standing
	const { tree, shownSize } = standing.value
	return ok({ signed: tree.size, shown: shownSize })
}

/** Where the archive is not there yet the service makes it: then of the disk on which it would be. */
async function roomFor(archive: string): Promise<PublishingState['room']> {
	for (let path = archive; ; path = dirname(path)) {
		try {
			const found = await lstat(path)
			if (path === archive && !found.isDirectory() && !found.isSymbolicLink())
				return fail('unwritable', `${path}: is no folder`)
			if (path === archive) await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
			const { bavail, bsize, files, ffree } = await statfs(path)
			return ok({ bytes: bavail * bsize, files: files === 0 ? null : ffree })
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException
			if (code === 'ENOENT' && path !== dirname(path)) continue
			return fail('unwritable', `${path}: can't be written (${code})`)
		}
	}
}

async function clockOf(directory: string, archive: string): Promise<Result<null>> {
	const record = await new ArchiveFolder(archive).read(latestFeedFile)
	const publishedMs = record.ok ? recordedTimeMs(record.value) : 0
	const clock = new PublishingClock({ directory, clock: systemClock, clockSource, built: buildTime })
	const fault = await clock.fault(publishedMs)
	return fault === null ? ok(null) : { ok: false, fault }
}
