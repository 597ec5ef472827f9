/** What the authority says at a centre, for a process that publishes for days: read again when what lies there is another. */
import { join } from 'node:path'
import { registryFile } from '../audit/published-authority.ts'
import { campaignFile } from '../evidence/authority/campaign.ts'
import { authorityFile, centresFile } from '../evidence/authority/centres.ts'
import { mirrorsFile } from '../evidence/authority/mirrors.ts'
import { fileStamp } from '../platform/files/file-stamp.ts'
import type { Result } from '../platform/result.ts'
import {
	type CampaignWords,
	type CampaignWordsFault,
	readCampaignWords,
	type WordsSource,
} from './campaign-words.ts'

export class FollowedWords {
	readonly #source: WordsSource
	#stamp: string | null = null
	#given: Result<CampaignWords, CampaignWordsFault> | null = null

	constructor(source: WordsSource) {
		this.#source = source
	}

	/** Rejects when the disk fails. */
	async look(): Promise<Result<CampaignWords, CampaignWordsFault>> {
		// Before the files are read: what changes meanwhile is seen the next time.
		const stamp = await this.#stampNow()
		if (stamp !== this.#stamp || this.#given?.ok !== true) this.#given = await readCampaignWords(this.#source)
		this.#stamp = stamp
		return this.#given
	}

	async #stampNow(): Promise<string> {
		const { directory, definitionPath, registerPath } = this.#source
		const words = [authorityFile, registryFile, centresFile, campaignFile, mirrorsFile]
		const paths = [...words.map((name) => join(directory, name)), definitionPath, registerPath]
		return (await Promise.all(paths.map(fileStamp))).join(' ')
	}
}
