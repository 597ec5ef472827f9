import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Command, InvalidArgumentError } from 'commander'
import { systemClock } from '../platform/clock.ts'
import { makeDirectory } from '../platform/files/durable.ts'
import type { Fault } from '../platform/result.ts'
import { plainWords, type WordLanguage } from '../platform/word-lists.ts'
import { makeCustodian, makeSplitCustodian, writeSecret } from '../sealing/custodian-file.ts'
import { nameOf, type Share, shareRows } from '../sealing/custodian-share.ts'
import { readSplit, type Split, splitGrammar } from '../sealing/custodians.ts'
import { languageOption } from './arguments.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { drawAside, printAside, printLines } from './output.ts'
import { drawCode, pictureOf, symbolOf } from './show-code.ts'
import { unsealingsCommand } from './unsealings.ts'

interface NewOptions {
	readonly out?: readonly string[]
	readonly split?: Split
	readonly language: WordLanguage
}

export function custodianCommand(): Command {
	const custodian = new Command('custodian').description('make the keys that images are sealed to')
	custodian
		.command('new')
		.description("make a custodian's key and print its public half, for the kiosks' configuration")
		.option(
			'--out <path...>',
			'the private key, as age keeps it; of a split one a folder for the shares, or one each',
		)
		.option('--split <needed/made>', 'in shares, such as 2/3: any two of three open, no one does', toSplit)
		.addOption(languageOption())
		.action(async ({ out = [], split, language }: NewOptions) => {
			if (split !== undefined) return await newSplit(split, out, language)
			const [path] = out
			if (path === undefined || out.length > 1) {
				throw new CommandRefused(exit.usedWrongly, 'name with --out the file of the private key')
			}
			await asOwnerOf(dirname(path))
			const made = await makeCustodian(path, systemClock.wall())
			if (!made.ok) throw refusal(made.fault)
			printLines(made.value)
			printAside(
				`Put the line above under "custodians" of each kiosk. ${path} opens the images, whoever has it: keep it and a copy far from every kiosk. "--split 2/3" makes one that no single person can open with.`,
			)
		})
	return custodian.addCommand(unsealingsCommand())
}

/** The public half is told last: by then every share has been written or copied, and nothing was sealed to it yet. */
async function newSplit(split: Split, out: readonly string[], language: WordLanguage): Promise<void> {
	if (out.length > 1 && out.length !== split.count) {
		throw new CommandRefused(
			exit.usedWrongly,
			`--out: one folder for all, or ${split.count}, one for each share`,
		)
	}
	if (out.length === 0 && !(process.stdin.isTTY && process.stderr.isTTY)) {
		throw new CommandRefused(
			exit.usedWrongly,
			'no terminal to show shares on: name with --out a folder for them',
		)
	}
	await asOwnerOf(...out)
	const { named, signs, shares } = await makeSplitCustodian(split)
	for (const [index, share] of shares.entries()) {
		const folder = out[index] ?? out[0]
		const rows = shareRows(share, language)
		if (folder === undefined) await showShare(share, rows)
		else await writeShare(share, rows, signs, folder)
	}
	printLines(named)
	printAside(
		`Put the whole line above under "custodians" of each kiosk. Any ${split.threshold} of the ${split.count} shares open the images, and sign as ${signs}; the key itself is nowhere. Try all shares now, with "testigo unseal", before anything real is sealed: provisioning/custodians.md.`,
	)
}

async function writeShare(
	share: Share,
	rows: readonly string[],
	signs: string,
	folder: string,
): Promise<void> {
	const { number, threshold, count } = share
	const text = [
		`# Testigo, a custodian's key: ${nameOf(share)}`,
		`# ${threshold} of ${count} open; this one alone opens nothing. Keep it where no other is, and in no other country's reach.`,
		`# Unsealings are signed by ${signs}.`,
		...rows,
		'',
		'',
	]
	await makeDirectory(folder).catch((error: NodeJS.ErrnoException) => {
		throw new CommandRefused(exit.environmentFailed, `${folder}: can't be made (${error.code})`)
	})
	const at = (ending: string) => join(folder, `share-${number}.${ending}`)
	for (const [path, bytes] of [
		[at('txt'), text.join('\n')],
		[at('png'), await pictureOf(await symbolOf(codeOf(rows)))],
	] as const) {
		const written = await writeSecret(path, bytes)
		if (!written.ok) throw refusal(written.fault)
	}
}

/** One person at a time before the screen, which is cleared, scrolled lines and all (ECMA-48 ED 3, by xterm). */
async function showShare(share: Share, rows: readonly string[]): Promise<void> {
	const lines = createInterface({ input: process.stdin, output: process.stderr })
	const clear = '\u001b[2J\u001b[3J\u001b[H'
	try {
		await lines.question(`${clear}${nameOf(share)}: only its keeper looks on. Enter shows it. `)
		printAside('', ...rows.map((row) => `    ${row}`), '')
		drawCode(await symbolOf(codeOf(rows)))
		await lines.question('Written down and compared? Enter clears it. ')
		drawAside(clear)
	} finally {
		lines.close()
	}
}

/** The same words in plain letters: any reader of codes shows what can be typed. */
function codeOf(rows: readonly string[]): string {
	return plainWords(rows.join(' ')).join(' ')
}

function toSplit(text: string): Split {
	const split = readSplit(text)
	if (split === null) throw new InvalidArgumentError(`It must be ${splitGrammar}.`)
	return split
}

function refusal({ code, detail }: Fault<'already-there' | 'not-written'>): CommandRefused {
	return new CommandRefused(code === 'already-there' ? exit.usedWrongly : exit.environmentFailed, detail)
}
