import { Command } from 'commander'
import { stampCheckpoint } from '../mirroring/stamping.ts'
import { isAddress } from './archive-source.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printJson } from './output.ts'

interface Options {
	readonly authority: readonly string[]
	readonly trusted?: string
}

const oneAuthority =
	'One authority alone: have another, of a different keeper, stamp it too; who holds one key could date it back.'

export function stampCommand(): Command {
	return new Command('stamp')
		.description(
			"have authorities of time stamp an archive's newest checkpoint (RFC 3161), and keep what they answer",
		)
		.argument('<archive>', 'a folder')
		.requiredOption('--authority <url...>', 'two of different keepers, at least')
		.option('--trusted <file>', 'certificates by which openssl verifies the answers, in PEM')
		.action(run)
}

async function run(archive: string, { authority, trusted }: Options): Promise<void> {
	const wrong = authority.find((one) => !isAddress(one))
	if (wrong !== undefined) throw new CommandRefused(exit.usedWrongly, `--authority ${wrong}: is no address`)
	await asOwnerOf(archive)
	let failed = 0
	let silent = 0
	for (const one of authority) {
		const stamped = await stampCheckpoint({ archive, authority: one, trusted: trusted ?? null })
		if (stamped.ok) {
			const { path, time, isVerified } = stamped.value
			printAside(
				`${path}: ${time}, by ${one}${isVerified === null ? '; its signature was not verified (--trusted)' : ''}`,
			)
			printJson({ authority: one, ...stamped.value })
			continue
		}
		failed++
		if (stamped.fault.code === 'no-answer') silent++
		printAside(`${stamped.fault.detail} (${stamped.fault.code})`)
	}
	if (new Set(authority).size < 2) printAside(oneAuthority)
	process.exitCode = failed > silent ? exit.foundWrong : silent > 0 ? exit.environmentFailed : exit.done
}
