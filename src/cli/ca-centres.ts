/** `testigo ca centres`: whose receipts count, signed for centres, kiosks and strangers. */
import { join } from 'node:path'
import { Command } from 'commander'
import { currentCentres } from '../enrolment/publish-centres.ts'
import { centresFile } from '../evidence/authority/centres.ts'
import { replaceFile } from '../platform/files/durable.ts'
import { refuseDiskErrors, withAuthority } from './ca-authority.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printLines } from './output.ts'
import { timeOfDay } from './time-of-day.ts'

export function centresCommand(): Command {
	return new Command('centres')
		.description('sign the list of centres whose receipts count; its number rises only when it changes')
		.requiredOption('--dir <directory>', 'that of "testigo ca init"')
		.action(async ({ dir }: { readonly dir: string }) => {
			const now = timeOfDay()
			const centres = await withAuthority(dir, now, (authority) => currentCentres(authority, now))
			if (centres === null) throw new CommandRefused(exit.usedWrongly, 'no centre was certified yet')
			await publishCentres(dir, centres.text)
		})
}

/** Writes what is to be carried to each centre, and says so. */
export async function publishCentres(dir: string, text: string): Promise<void> {
	const path = join(dir, centresFile)
	await refuseDiskErrors(replaceFile(path, `${text}\n`))
	printLines(path)
	printAside(`Carry ${centresFile} to devices/ of each centre: it takes it to its kiosks.`)
}
