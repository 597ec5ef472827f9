/** `testigo custodian log`: who opened which images, as the log of unsealings has it. */
import { Command } from 'commander'
import { fingerprintWords } from '../evidence/keys/fingerprint-words.ts'
import { printable } from '../platform/printable.ts'
import type { WordLanguage } from '../platform/word-lists.ts'
import { longestReason, type UnsealingLine, verifyUnsealings } from '../sealing/unsealing-log.ts'
import { languageOption } from './arguments.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printJson, printLines } from './output.ts'

interface Options {
	readonly json?: true
	readonly language: WordLanguage
}

export function unsealingsCommand(): Command {
	return new Command('log')
		.description('verify a log of unsealings, and print who opened what, and why')
		.argument('<file>', 'as "testigo unseal --log" keeps it')
		.option('--json', 'a JSON object a line, with the digests of the images')
		.addOption(languageOption())
		.action(async (path: string, { json, language }: Options) => {
			const { lines, fault } = await verifyUnsealings(path)
			if (fault?.code === 'log-missing' || fault?.code === 'log-unreadable') {
				throw new CommandRefused(exit.environmentFailed, printable(fault.detail, 300))
			}
			for (const line of lines) {
				if (json) printJson({ ...line.unsealing, by: line.by })
				else printLines(...told(line))
			}
			const last = lines.at(-1)
			if (last !== undefined && !json) printLines(lastLine(last, language))
			if (fault === null) return
			printAside(`WRONG: ${printable(fault.detail, 300)} (${fault.code}). What stands above verifies.`)
			process.exitCode = exit.foundWrong
		})
}

/** What shows later whether a log was cut: nothing in it can. */
export function lastLine({ unsealing, id }: UnsealingLine, language: WordLanguage): string {
	return `line ${unsealing.seq}: ${fingerprintWords(Buffer.from(id), language).join(' ')}`
}

function told({ unsealing, by }: UnsealingLine): string[] {
	const { seq, time, who, why, custodian, shares, images } = unsealing
	const key = shares === null ? 'a key in one piece' : `shares ${shares.join(', ')}`
	return [
		`${seq}. ${time}, ${images.length} images, ${printable(who, longestReason)}: ${printable(why, longestReason)}`,
		`   ${custodian}, ${key}; signed by ${by}`,
	]
}
