import { dirname, join } from 'node:path'
import { Command } from 'commander'
import { parseVerifierKey, type VerifierKey } from '../evidence/keys/verifier-key.ts'
import { type NoteSignature, parseNote } from '../log/note.ts'
import {
	makeWitness,
	openWitness,
	type Witnessed,
	type WitnessFault,
	witnessArchive,
} from '../mirroring/witness.ts'
import { makeDirectory } from '../platform/files/durable.ts'
import { addLines } from '../publishing/cosignatures.ts'
import { isAddress, sourceAt } from './archive-source.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printJson, printLines } from './output.ts'
import { writeOut } from './write-out.ts'

interface Options {
	readonly dir?: string
	readonly out?: string
	readonly log?: string
}

export function witnessCommand(): Command {
	return new Command('witness')
		.description('sign that a public log goes on from what it showed before, and keep what it showed')
		.argument('<archive>', 'a folder (on a stick, too) or the address of an archive, or of a copy of one')
		.option('--dir <dir>', "the witness's, with its key and what it has seen")
		.option('--out <file>', 'where the checkpoint with its line goes (default: into the archive, a folder)')
		.option('--log <vkey>', "the log's verifier key, as it came by another way; else the first one is kept")
		.addCommand(
			new Command('init')
				.description('make the key of a witness in --dir, and print its verifier key')
				.requiredOption('--name <name>', 'as it stands before its signatures, e.g. witness.example/one')
				.action((options: InitOptions, command: Command) =>
					init({ ...options, ...command.optsWithGlobals<Options>() }),
				),
		)
		.action(run)
}

interface InitOptions {
	readonly name: string
}

async function init({ dir, name }: InitOptions & Options): Promise<void> {
	if (dir === undefined) throw noFolder()
	await asOwnerOf(dir)
	const made = await makeWitness(dir, name)
	if (!made.ok) throw refused(made.fault)
	printAside('Give this verifier key to the campaign: its campaign object lists its witnesses.')
	printLines(made.value)
}

async function run(archive: string, { dir, out, log }: Options): Promise<void> {
	if (dir === undefined) throw noFolder()
	await asOwnerOf(dir)
	if (out === undefined && isAddress(archive))
		throw new CommandRefused(exit.usedWrongly, '--out: name the file for the checkpoint with its line')
	const named = log === undefined ? null : parseVerifierKey(log)
	if (named?.ok === false) throw new CommandRefused(exit.usedWrongly, `--log: ${named.fault.detail}`)
	const signer = await openWitness(dir)
	if (!signer.ok) throw refused(signer.fault)
	const witnessed = await witnessArchive({
		...{ source: sourceAt(archive), directory: dir, signer: signer.value },
		...{ log: named?.value ?? null, nowMs: Date.now() },
	})
	if (!witnessed.ok) {
		const { fault } = witnessed
		printAside(`${fault.detail} (${fault.code}); NOTHING WAS SIGNED`)
		if ('proof' in fault)
			printAside(
				`Both texts, signed by the log, are kept in ${dir}/proof: show them to others, who verify them by testigo verify ${dir}/proof`,
			)
		process.exitCode = statusOf(fault)
		return
	}
	await hand(witnessed.value, archive, out, signer.value.key, join(dir, 'seen'))
	const { origin, size, sizeBefore, isUnchanged, log: vkey } = witnessed.value
	if (sizeBefore === null) printAside(`First seen, and kept: compare the key of the log. ${vkey}`)
	printAside(
		isUnchanged
			? `Signed before: ${size} leaves of ${origin}.`
			: `Signed: ${size} leaves of ${origin}, ${sizeBefore === null ? 'none before' : `which begin with the ${sizeBefore} of before`}. It says nothing of whether they are true.`,
	)
	printJson({ origin, size, sizeBefore, isUnchanged, log: vkey })
}

function noFolder(): CommandRefused {
	return new CommandRefused(exit.usedWrongly, "--dir: name the witness's folder")
}

/** It has signed, and its folder has the line already: whatever fails here says so. */
async function hand(
	{ note, size }: Witnessed,
	archive: string,
	out: string | undefined,
	witness: VerifierKey,
	folder: string,
): Promise<void> {
	const signed = `it HAS SIGNED; the checkpoint with its line lies in ${folder}`
	if (out !== undefined) {
		try {
			await makeDirectory(dirname(out))
			await writeOut(out, note)
		} catch (error) {
			const { code, message } = error as NodeJS.ErrnoException
			if (!(error instanceof CommandRefused) && code === undefined) throw error
			throw new CommandRefused(exit.environmentFailed, `${out}: ${message}; ${signed}`)
		}
		return
	}
	const parsed = parseNote(Buffer.from(note))
	if (!parsed.ok) throw new Error('a note of ours')
	const lines: readonly NoteSignature[] = parsed.value.signatures
	const added = await addLines(archive, size, parsed.value.text, lines, [witness]).catch(
		(error: NodeJS.ErrnoException) => {
			if (error.code === undefined) throw error
			throw new CommandRefused(exit.environmentFailed, `${archive}: ${error.message}; ${signed}`)
		},
	)
	if (added.ok) return
	const { code, detail } = added.fault
	const status = code === 'other-checkpoint' ? exit.foundWrong : exit.environmentFailed
	throw new CommandRefused(status, `${detail} (${code}); ${signed}`)
}

function refused(fault: WitnessFault): CommandRefused {
	return new CommandRefused(statusOf(fault), `${fault.detail} (${fault.code})`)
}

function statusOf({ code }: WitnessFault): number {
	if (['bad-name', 'already-there', 'bad-witness'].includes(code)) return exit.usedWrongly
	const isMachine = [
		'disk-failed',
		'locked',
		'source-unreachable',
		'tile-unreadable',
		'file-unreadable',
	].includes(code)
	return isMachine ? exit.environmentFailed : exit.foundWrong
}
