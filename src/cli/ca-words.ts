/** What `testigo ca campaign` and `ca mirrors` share: the file of all issues, and what refuses a new one. */
import { join } from 'node:path'
import type { IssuingFault } from '../enrolment/publish-campaign.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { replaceFile } from '../platform/files/durable.ts'
import { refuseDiskErrors } from './ca-authority.ts'
import { CommandRefused, exit } from './exit.ts'

/** Bytes: a thousand issues of the longest. */
const longestFile = 64 * 1024 * 1024

/** All issues that lie in the authority's folder, one a line. Throws a CommandRefused. */
export async function publishedIssues(dir: string, file: string): Promise<readonly string[]> {
	const path = join(dir, file)
	const bytes = await readCapped(path, longestFile)
	if (bytes.ok) return bytes.value.toString('latin1').replace(/\n$/, '').split('\n')
	if (bytes.fault.code === 'file-missing') return []
	throw new CommandRefused(exit.environmentFailed, `${path}: ${bytes.fault.detail}`)
}

/** Gives its path. */
export async function publishIssues(dir: string, file: string, texts: readonly string[]): Promise<string> {
	const path = join(dir, file)
	await refuseDiskErrors(replaceFile(path, texts.map((text) => `${text}\n`).join('')))
	return path
}

export function notIssued(fault: IssuingFault, what: string): CommandRefused {
	if ('faults' in fault) return new CommandRefused(exit.usedWrongly, `no ${what} can say this:`, fault.faults)
	const { code, detail } = fault
	if (!('texts' in fault)) return new CommandRefused(exit.foundWrong, `${detail} (${code})`)
	const [here, other] = fault.texts
	return new CommandRefused(exit.foundWrong, `${detail} (${code}); nothing was signed. Keep both:`, [
		here,
		other,
	])
}
