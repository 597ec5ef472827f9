/** A centre whose records are published as a rehearsal, one publication after another. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { ArchiveFolder } from '#src/archive/archive-folder.js'
import { auditArchive } from '#src/archive/check/archive-audit.js'
import type { ArchiveReport } from '#src/archive/check/archive-report.js'
import { makeLogIdentity, openLogIdentity } from '#src/enrolment/log-identity.js'
import type { Result } from '#src/platform/result.js'
import type { TorrentSettings } from '#src/publishing/config.js'
import {
	type Published,
	Publisher,
	type PublisherFault,
	type PublisherParts,
} from '#src/publishing/publisher.js'
import { makeTrial, trialRipeness } from '#src/publishing/trial.js'
import { CentreMaker } from './centre-maker.ts'
import { gotten } from './result.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const publishedAt = Date.parse('2024-07-30T12:00:00Z')

export class PublishedCentre {
	readonly home: string
	readonly centre: CentreMaker
	readonly archive: string
	readonly keys: string
	torrent: TorrentSettings | undefined = undefined

	private constructor(home: string) {
		this.home = home
		this.centre = new CentreMaker(join(home, 'centre'))
		this.archive = join(home, 'archive')
		this.keys = join(home, 'keys')
	}

	static async make(): Promise<PublishedCentre> {
		const made = new PublishedCentre(await temporaryFolder())
		gotten(await makeLogIdentity(made.keys, 'log.example/test'))
		return made
	}

	/** As a process begun anew does. */
	async publish(nowMs = publishedAt, ripeness = trialRipeness): Promise<Published> {
		return gotten(await this.tryToPublish(nowMs, ripeness))
	}

	async tryToPublish(
		nowMs = publishedAt,
		ripeness = trialRipeness,
	): Promise<Result<Published, PublisherFault>> {
		const opened = await this.open(nowMs, ripeness)
		return opened.ok ? opened.value.publish() : opened
	}

	async open(
		nowMs = publishedAt,
		ripeness = trialRipeness,
		clockFault: PublisherParts['clockFault'] = async () => null,
	): Promise<Result<Publisher, PublisherFault>> {
		const signer = gotten(await openLogIdentity(this.keys))
		const { directory } = this.centre
		const words = gotten(
			await makeTrial({
				...{ directory, folder: this.keys, election: presidential2024, log: signer.key, nowMs },
				register: readFileSync(join(directory, 'register.csv')),
			}),
		)
		return Publisher.open({
			...{ directory, words, archive: this.archive, keyFolder: this.keys, signer, ripeness },
			torrent: this.torrent,
			nowMs: () => nowMs,
			clockFault,
		})
	}

	audit(): Promise<ArchiveReport> {
		return this.auditOf(this.archive)
	}

	/** Of a copy. */
	async auditOf(folder: string): Promise<ArchiveReport> {
		const archive = new ArchiveFolder(folder)
		return gotten(await auditArchive(archive, { rehearsal: true, images: true, progress: () => {} }))
	}

	file(path: string): string {
		return readFileSync(join(this.archive, path), 'utf8')
	}
}
