import { extname } from 'node:path'
import { Command } from 'commander'
import { ArchiveFolder } from '../archive/archive-folder.ts'
import { tlogProofEnding } from '../log/tlog-proof.ts'
import { proveActas } from '../mirroring/acta-proof.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printJson } from './output.ts'
import { custodyNotTruth } from './proof-lines.ts'
import { writeOut } from './write-out.ts'

interface Options {
	readonly archive: string
	readonly out?: string
}

export function proofCommand(): Command {
	return new Command('proof')
		.description("write files that prove to anybody, offline, that a table's actas are in the public log")
		.argument('<table>', 'as centre.mesa, e.g. 010101001.01')
		.requiredOption('--archive <dir>', 'the archive, or a copy')
		.option(
			'--out <file>',
			'the file; where several entries count, the number of the leaf goes into its name',
		)
		.action(run)
}

async function run(table: string, { archive, out: named = fileName(table) }: Options): Promise<void> {
	// By its ending everybody, and every verifier, knows what it is.
	const out = named.endsWith(tlogProofEnding) ? named : `${named}${tlogProofEnding}`
	await asOwnerOf(out)
	const proofs = await proveActas(new ArchiveFolder(archive), table)
	if (!proofs.ok) {
		const { code, detail } = proofs.fault
		throw new CommandRefused(
			['unreadable', 'file-missing', 'file-unreadable'].includes(code)
				? exit.environmentFailed
				: exit.foundWrong,
			`${detail} (${code})`,
		)
	}
	const files: { readonly file: string; readonly leaf: number; readonly device: string }[] = []
	for (const { leaf, device, text } of proofs.value) {
		const ending = extname(out)
		const file =
			proofs.value.length === 1 ? out : `${out.slice(0, out.length - ending.length)}.${leaf}${ending}`
		await writeOut(file, text)
		files.push({ file, leaf, device })
	}
	for (const { file, leaf, device } of files) printAside(`Leaf ${leaf}, by ${device}: ${file}`)
	printAside(files.length === 0 ? `No entry in this archive counts for ${table}.` : custodyNotTruth)
	printJson({ table, proofs: files })
	process.exitCode = files.length === 0 ? exit.foundWrong : exit.done
}

function fileName(table: string): string {
	return /^[0-9]{1,20}\.[0-9]{1,9}$/.test(table) ? table : 'table'
}
