/** `testigo ca mirrors`: where else the archive can be had, signed, to be shown on its pages. */
import { Command } from 'commander'
import { issueMirrors, signedMirrors } from '../enrolment/publish-campaign.ts'
import { mirrorsFile } from '../evidence/authority/mirrors.ts'
import { withAuthority } from './ca-authority.ts'
import { notIssued, publishedIssues, publishIssues } from './ca-words.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printLines } from './output.ts'
import { timeOfDay } from './time-of-day.ts'

interface Options {
	readonly dir: string
	readonly none?: true
}

export function mirrorsCommand(): Command {
	return new Command('mirrors')
		.description(
			'sign the list of mirrors that every page of the archive shows; without one, print the newest',
		)
		.argument('[mirror...]', 'the whole list as it is to be: an address each, or words to find one by')
		.requiredOption('--dir <directory>', 'that of "testigo ca init"')
		.option('--none', 'there is none any more')
		.action(issue)
}

async function issue(mirrors: readonly string[], { dir, none }: Options): Promise<void> {
	if (none && mirrors.length > 0) throw new CommandRefused(exit.usedWrongly, 'mirrors, or --none')
	const now = timeOfDay()
	if (!none && mirrors.length === 0) {
		const newest = await withAuthority(dir, now, async (authority) => signedMirrors(authority))
		printLines(...(newest?.said.mirrors ?? []))
		printAside(newest === null ? 'No list was signed yet.' : `List of mirrors no. ${newest.said.issue}.`)
		return
	}
	const { newest, path, isNew } = await withAuthority(dir, now, async (authority) => {
		const issued = await issueMirrors(authority, mirrors, await publishedIssues(dir, mirrorsFile), now)
		if (!issued.ok) throw notIssued(issued.fault, 'list of mirrors')
		return { ...issued.value, path: await publishIssues(dir, mirrorsFile, issued.value.texts) }
	})
	printLines(path, ...newest.said.mirrors)
	printAside(
		isNew ? `List of mirrors no. ${newest.said.issue}.` : 'As in the issue before: nothing was signed.',
		`Carry ${mirrorsFile} to who publishes.`,
	)
}
