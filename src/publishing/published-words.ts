/**
 * What the authority says at the centre goes on from what is published of it: a file of `keys/` only ever grows. A centre
 * that has only the newest line, as one whose disk was lost, takes nothing away; one that has another line of the same
 * number, or an older newest one, publishes nothing.
 */
import { join } from 'node:path'
import { keysFolder } from '../archive/layout.ts'
import { authorityFile } from '../evidence/authority/centres.ts'
import type { ForeignFiles } from '../platform/files/foreign-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { parseJson } from '../platform/strict-json.ts'
import type { CampaignWords } from './campaign-words.ts'

/** `words-forked`: two with one number. `words-behind`: what is published is newer. */
export type PublishedWordsFault = Fault<'words-forked' | 'words-behind' | 'other-authority' | 'unreadable'>

/** Bytes of one file of `keys/`. */
const longestWords = 256 * 1024 * 1024

/** The words with files that go on from those in the archive. `directory` is the centre's, to be named. */
export async function continuePublished(
	words: CampaignWords,
	archive: string,
	foreign: ForeignFiles,
	directory: string,
): Promise<Result<CampaignWords, PublishedWordsFault>> {
	const files = new Map(words.files)
	for (const [path, content] of words.files) {
		const [folder, name = ''] = path.split('/')
		if (folder !== keysFolder) continue
		const published = await foreign.readBelow(archive, [keysFolder, name], longestWords)
		if (!published.ok && published.fault.code === 'file-missing') continue
		if (!published.ok) return fail('unreadable', `${join(archive, path)}: ${published.fault.detail}`)
		const [before, now] = [published.value.bytes.toString('latin1'), textOf(content)]
		if (name !== authorityFile) {
			const merged = mergedLines(linesOf(before), linesOf(now), join(directory, name))
			if (!merged.ok) return merged
			files.set(path, merged.value)
		} else if (before !== now) {
			return fail(
				'other-authority',
				`${join(directory, name)}: is another authority than the one that is published, ${join(archive, path)}: bring the right file, or begin another archive`,
			)
		}
	}
	return ok({ ...words, files })
}

function mergedLines(
	published: readonly string[],
	own: readonly string[],
	path: string,
): Result<string, PublishedWordsFault> {
	const byIssue = new Map(published.map((line) => [issueOf(line), line]))
	const newest = Math.max(0, ...published.map((line) => issueOf(line) ?? 0))
	for (const line of own) {
		const issue = issueOf(line)
		const same = issue === null ? line : byIssue.get(issue)
		if (same !== undefined && same !== line) {
			return fail(
				'words-forked',
				`${path}: no. ${issue} is not the one that is published: the authority has signed two, or this file is another campaign's; nothing may be published after them`,
			)
		}
	}
	const ownNewest = Math.max(0, ...own.map((line) => issueOf(line) ?? 0))
	if (ownNewest < newest)
		return fail(
			'words-behind',
			`${path}: its newest in force is no. ${ownNewest}, and no. ${newest} is published: put the newest file there`,
		)
	const known = new Set(published)
	const more = own.filter((line) => !known.has(line) && (issueOf(line) ?? newest + 1) > newest)
	return ok([...published, ...more].map((line) => `${line}\n`).join(''))
}

/** Its number; null for a revocation of an earlier form, which has none. */
function issueOf(line: string): number | null {
	const payload = parseJson(Buffer.from(line.split('.')[1] ?? '', 'base64url'))
	const said = payload.ok ? (payload.value as { readonly issue?: unknown } | null) : null
	return typeof said?.issue === 'number' ? said.issue : null
}

function linesOf(text: string): readonly string[] {
	return text.split('\n').filter((line) => line !== '')
}

function textOf(content: Uint8Array | string): string {
	return typeof content === 'string' ? content : Buffer.from(content).toString('latin1')
}
