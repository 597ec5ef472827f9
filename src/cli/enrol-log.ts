/** `testigo enrol log`: the key that signs a public log, for `testigo publish`. */
import { Command } from 'commander'
import { makeLogIdentity } from '../enrolment/log-identity.ts'
import { fingerprintWords } from '../evidence/keys/fingerprint-words.ts'
import type { WordLanguage } from '../platform/word-lists.ts'
import { languageOption } from './arguments.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printLines } from './output.ts'

interface Options {
	readonly dir: string
	readonly origin: string
	readonly language: WordLanguage
}

export function enrolLogCommand(): Command {
	return new Command('log')
		.description('make the key of a public log, and sign its first checkpoint, of size 0')
		.requiredOption('--dir <directory>', 'where to keep it; nothing there is overwritten')
		.requiredOption('--origin <name>', 'what the log is called for ever, as log.example/2024')
		.addOption(languageOption())
		.action(async ({ dir, origin, language }: Options) => {
			await asOwnerOf(dir)
			const made = await makeLogIdentity(dir, origin)
			if (!made.ok) {
				const { code, detail } = made.fault
				throw new CommandRefused(code === 'not-writable' ? exit.environmentFailed : exit.usedWrongly, detail)
			}
			const { vkey, vkeyPath, checkpointPath } = made.value
			printLines(vkey, vkeyPath, checkpointPath, fingerprintWords(Buffer.from(vkey), language).join(' '))
			printAside(
				'Carry the verifier key to the authority ("testigo ca campaign --log …"), and compare the words there.',
				'Show the checkpoint to observers and publish it before the polls open: it shows that the log began empty.',
			)
		})
}
